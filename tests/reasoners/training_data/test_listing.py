"""The units and mixtures there are, and a user's own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.training_data.listing import (
    find_mixture,
    list_mixtures,
    list_units,
    read_declarations,
)
from indievaluecatalog.reasoners.training_data.unit import Mixture, Unit


def test_every_pair_of_granularities_has_every_number() -> None:
    units = list_units()
    for shown in ("refined", "polar"):
        for asked in ("refined", "polar"):
            for number in ((50, 50), (100, 100), (150, 150), (200, 200), (100, 200), (50, 200)):
                unit = units[f"{shown}-{asked}-{'-'.join(map(str, dict.fromkeys(number)))}"]
                assert (unit.shown, unit.demonstrations, unit.probes) == ("statements", shown, asked)
                assert unit.number == number
    assert units["demographics-polar"].number == (0, 0)
    assert units["north-america-refined-polar-200"].continents == ("North America",)


def test_names_and_digests_tell_units_apart() -> None:
    units = list(list_units().values())
    assert len({unit.digest for unit in units}) == len(units)
    assert all(unit.name == name for name, unit in list_units().items())
    one = units[0]
    assert one.with_persons(25).digest != one.digest
    assert replace(one, about="other words").digest == one.digest
    assert len({mixture.digest for mixture in list_mixtures().values()}) == len(list_mixtures())


def test_a_mixture_is_found_by_name_by_units_or_as_it_is() -> None:
    assert find_mixture("four-200") == list_mixtures()["four-200"]
    assert [unit.name for unit in find_mixture(["polar-polar-50", Unit("x")]).units] == ["polar-polar-50", "x"]
    assert find_mixture("polar-polar-50", size=3).units[0].persons == 3
    assert find_mixture(Mixture("m", (Unit("x"),)), size=4).units == (Unit("x", persons=4),)
    with pytest.raises(ReasonerError, match=r"no unit or mixture 'best'; .* paper-best, .* refined-refined-50, "):
        find_mixture("best")


def test_a_users_file_adds_its_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        "units:\n"
        "  women: {shown: both, demonstrations: polar, probes: refined, number: [5, 9], persons: 12,"
        " demographics: {Q260: [Female]}}\n"
        "mixtures:\n"
        "  mine: {about: Mine., persons: 7, units: [women, polar-polar-50]}\n",
        "utf-8",
    )
    mixture = find_mixture("mine", file=file)
    assert [(unit.name, unit.persons) for unit in mixture.units] == [("women", 7), ("polar-polar-50", 7)]
    assert find_mixture("women", file=file).units[0].number == (5, 9)
    assert read_declarations(file)[0]["women"].demographics == {"Q260": ("Female",)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("units: {a: {shown: statements, probes: polar}}", "mine.yaml: units.a: 'demonstrations' is a required"),
        ("units: {a: {shown: demographics, probes: polar, number: 5}}", "so that its number is 0"),
        ("units: {a: {shown: all, probes: polar}}", "units.a.shown: 'all' is not one of"),
        ("mixtures: {m: {about: x, units: [nowhere]}}", "names a unit 'nowhere' that is nowhere declared"),
        ("units: {polar-polar-50: {shown: demographics, probes: polar}}", "of another meaning"),
        ("units:\n  a: {shown: demographics, probes: polar}\n  a: {}", "the key a stands twice"),
        ("units: {a: {shown: statements, demonstrations: polar, probes: polar, number: [9, 5]}}", "from less to more"),
        ("units: [", "no valid YAML"),
    ],
)
def test_a_faulty_file_is_named_with_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text, "utf-8")
    with pytest.raises(ReasonerError, match=said):
        read_declarations(file)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"shown": "none"}, "shown is one of"),
        ({"probes": "fine"}, "probes is one of"),
        ({"name": ""}, "no name"),
        ({"name": "a/b"}, "no name"),
        ({"number": (0, 0)}, "at least 1"),
        ({"shown": "demographics"}, "its number is 0"),
        ({"persons": 0}, "at least 1, not 0"),
    ],
)
def test_a_unit_that_makes_no_sense_is_refused(wrong: dict[str, object], said: str) -> None:
    with pytest.raises(ReasonerError, match=said):
        Unit(**({"name": "x"} | wrong))  # type: ignore[arg-type]


def test_a_mixture_has_units_of_different_names() -> None:
    for units, said in (((), "has no units"), ((Unit("x"), Unit("x", persons=3)), "names unit x twice")):
        with pytest.raises(ReasonerError, match=said):
            Mixture("m", units)
