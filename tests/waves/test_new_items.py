"""New items of another survey: scales are recognised, sentences read, and a person is asked little."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.todo import todos
from indievaluecatalog.waves.codebook import Variable
from indievaluecatalog.waves.draft_ranges import grouped_numbers
from indievaluecatalog.waves.new_items import new_battery, stem, subject
from indievaluecatalog.waves.scales import Family, families, recognise
from tests.waves.town import AGREE, OFTEN, TRUST, draft_town, fill, write_town

ANSWERS = {code: label for code, label in AGREE.items() if code != 9}


def points(low: str, high: str, codes: range) -> dict[int, str]:
    return {code: {codes[0]: low, codes[-1]: high}.get(code, str(code)) for code in codes}


def battery(values: dict[int, str], *labels: str) -> dict[str, object]:
    group = [Variable(f"x{at}", label, at, values, {}, {}) for at, label in enumerate(labels)]
    return new_battery("new", group, {one.name: one.name for one in group}, {})[0]


def test_scales_follow_their_schema() -> None:
    from jsonschema import Draft202012Validator

    folder = files("indievaluecatalog.waves")
    schema = json.loads(folder.joinpath("scales.schema.json").read_text("utf-8"))
    data = yaml.safe_load(folder.joinpath("scales.yaml").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    assert [error.message for error in Draft202012Validator(schema).iter_errors(data)] == []
    assert len({family.id for family in families()}) == len(families())


@pytest.mark.parametrize("family", families(), ids=lambda family: family.id)
def test_patterns_of_a_family_can_be_read_and_its_wording_has_the_topic(family: Family) -> None:
    for pattern in (family.low, family.high, family.about, *(half["labels"] for half in family.polar.values())):
        re.compile(pattern)
    told = [*family.grades.values(), family.each, *(half["words"] for half in family.polar.values())]
    assert all(("{topic}" in family.template) != ("{topic}" in text) for text in told)


@pytest.mark.parametrize(
    ("labels", "about", "expected"),
    [
        (ANSWERS, "", ("agreement", (5, 4, 3, 2, 1))),
        (OFTEN, "", ("frequency", (1, 2, 3, 4, 5))),
        (points("No trust at all", "Complete trust", range(1, 11)), "", ("trust_10", tuple(range(1, 11)))),
        (points("Complete trust", "No trust at all", range(11)), "", ("trust_10", tuple(range(10, -1, -1)))),
        (points("Cold", "Warm", range(11)), "", ("ten_points", tuple(range(11)))),
        (points("Cold", "Warm", range(1, 8)), "", ("steps", tuple(range(1, 8)))),
        (points("Not important", "Very important", range(1, 8)), "", ("steps", tuple(range(1, 8)))),
        ({1: "A great deal", 2: "Not much", 3: "Not at all"}, "Confidence: Banks", ("confidence", (3, 2, 1))),
        ({1: "A great deal", 2: "Not much", 3: "Not at all"}, "Worries: War", ("amount", (3, 2, 1))),
    ],
)
def test_families_are_told_by_both_ends(labels: dict[int, str], about: str, expected: tuple[str, object]) -> None:
    found = recognise(labels, about)
    assert found is not None
    assert (found.family.id, found.low_to_high) == expected


@pytest.mark.parametrize(
    "labels",
    [
        {code: f"Party {code}" for code in range(1, 11)},
        {1: "Red", 2: "Green", 3: "Blue"},
        {code: str(code) for code in range(1, 11)},
        {1: "Only"},
    ],
)
def test_names_and_bare_numbers_are_no_scale(labels: dict[int, str]) -> None:
    assert recognise(labels) is None


def statements(made: dict[str, object], granularity: str) -> list[str]:
    from indievaluecatalog.catalog.convert import state

    topic = made["items"][0]["slots"]
    return [state(made["template"], option["slots"], topic) for option in made[granularity]]


def test_sentences_read_where_labels_have_a_stem() -> None:
    made = battery(OFTEN, "How often: Take the bus", "How often: Walk to work")
    assert statements(made, "refined")[0] == "I never take the bus."
    assert statements(made, "polar") == [
        "I seldom or never take the bus.",
        "I sometimes take the bus.",
        "I often take the bus.",
    ]
    assert "TODO" in made["note"]
    assert not any("TODO" in str(item) for item in made["items"])


def test_without_a_stem_each_item_is_asked_for_once() -> None:
    made = battery(OFTEN, "Use of the bus", "Walking")
    assert "note" not in made
    assert [str(item).count("TODO") for item in made["items"]] == [1, 1]


def test_a_half_that_has_no_common_word_names_its_grades() -> None:
    made = battery({1: "Never", 2: "Sometimes", 3: "Often", 4: "Always"}, "How often: Run", "How often: Swim")
    assert statements(made, "polar") == ["I never run or sometimes run.", "I often run."]


def test_scales_with_labelled_ends_are_cut_as_wave_7_cuts_them() -> None:
    labels = points("No trust at all", "Complete trust", range(1, 11))
    made = battery(labels, "Trust: The mayor", "Trust: Courts")
    assert [one["codes"] for one in made["refined"]] == [[1, 2, 3], [4, 5], [6, 7], [8, 9, 10]]
    assert [one["codes"] for one in made["polar"]] == [[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]]
    turned = battery(points("Complete trust", "No trust at all", range(11)), "Trust: The mayor", "Trust: Courts")
    assert [one["codes"] for one in turned["polar"]] == [[0, 1, 2, 3, 4], [5], [6, 7, 8, 9, 10]]
    assert statements(turned, "refined")[0] == "I have a lot of trust in the mayor."


def test_ends_of_any_scale_are_named_in_its_sentence() -> None:
    made = battery(points("Cold {x}", "Warm", range(1, 8)), "Feeling: The town", "Feeling: The county")
    assert statements(made, "refined")[1] == 'Between "Cold (x)" and "Warm", I place the town at step 2 of 7.'
    assert statements(made, "polar")[0] == 'Between "Cold (x)" and "Warm", I place the town on the side of the first.'


def test_stems_and_subjects() -> None:
    assert (stem("Q12. Trust: Local police"), subject("Q12. Trust: Local police")) == ("Trust", "Local police")
    assert (stem("Life is good"), subject("Life is good.")) == ("", "Life is good")


def test_ages_fall_into_known_groups() -> None:
    known = {1: "16-24 years", 2: "25-34 years", 3: "35 and over"}
    options = [{"codes": [1], "label": "16-24"}, {"codes": [2, 3], "label": "25 and over"}]
    ages = Variable("age", "Age", 0, {}, {}, dict.fromkeys([15, *range(18, 60), 999], 3), "number")
    found = grouped_numbers(ages, known, options)
    assert found is not None
    young, old = found["options"]
    assert (young["codes"][0], young["codes"][-1], old["codes"][0], old["codes"][-1]) == (16, 24, 25, 59)
    assert found["uncovered"] == [15, 999]


@pytest.mark.parametrize("counts", [dict.fromkeys((1, 2, 3), 9), {}])
def test_codes_of_groups_are_no_ages(counts: dict[int, int]) -> None:
    one = Variable("age", "Age", 0, {}, {}, counts)
    assert grouped_numbers(one, {1: "16-24", 2: "25-34"}, [{"codes": [1]}, {"codes": [2]}]) is None


def test_a_town_asks_a_person_little_and_takes_no_faint_likeness(tmp_path: Path) -> None:
    made = draft_town(write_town(tmp_path / "town.sav"), tmp_path / "town")
    assert made.items == 15
    assert made.todos <= made.items
    told = {one["variable"]: one for one in made.decisions}
    for name in ("h5", "t2", "t3"):
        assert told[name]["id"] == name
        if told[name]["known"]:
            assert "perhaps" in told[name]["done"]
    assert any("--decisions" in todo.text for todo in todos(made.path))
    fill(made.path)
    catalog = load_catalog(made.path)
    assert all(item.concept == f"town/{item.id}" for item in catalog.items.values())
    assert catalog.categories == ("Agree", "How often", "Trust")
    assert catalog.demographics["X003R"].options[0].label == "16-24"
    assert catalog.demographics["X003R"].uncovered == (15,)
    assert TRUST[1] in catalog.items["t1"].codes.values()
