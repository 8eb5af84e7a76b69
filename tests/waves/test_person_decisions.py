"""What a person decides takes the place of what was proposed, and nothing else changes."""

from __future__ import annotations

from pathlib import Path

import pytest

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import CatalogError
from indievaluecatalog.waves.codebook import Codebook, Variable
from indievaluecatalog.waves.match import match_codebook
from indievaluecatalog.waves.matching import Match, Matching
from indievaluecatalog.waves.person_decisions import Decision, decided, read_decisions

MENTIONED = {1: "Important", 2: "Not mentioned"}
AGREE = {1: "Agree", 2: "Neither", 3: "Disagree"}


@pytest.fixture(scope="module")
def known() -> Catalog:
    return load_catalog("wvs7")


@pytest.fixture(scope="module")
def proposed(known: Catalog) -> Matching:
    told = (
        ("V1", "Important child qualities: Obedience", MENTIONED),
        ("V2", "Important child qualities: Self-expression", MENTIONED),
        ("V3", "Scarce jobs: men's right to a job before women", AGREE),
        ("V4", "Favourite colour of cars", {1: "Red", 2: "Blue"}),
    )
    variables = tuple(Variable(name, label, at, values, {}, {}) for at, (name, label, values) in enumerate(told))
    return match_codebook(Codebook("new.sav", "sav", 0, variables), known)


def of(matching: Matching, name: str) -> Match:
    return next(match for match in matching.matches if match.variable.name == name)


def test_without_decisions_nothing_changes(proposed: Matching, known: Catalog) -> None:
    assert decided(proposed, known, {}).matches == proposed.matches


def test_a_decision_is_kept_with_its_reason(proposed: Matching, known: Catalog) -> None:
    told = {
        "V2": Decision("none", why="no quality of wave 7"),
        "V3": Decision("Q33"),
        "V4": Decision("left out"),
    }
    found = decided(proposed, known, told)
    assert [match.status for match in found.matches] == [of(proposed, "V1").status, "new", "sure", "left out"]
    assert of(found, "V1") == of(proposed, "V1")
    assert of(found, "V2").reasons[0].says == "decided by a person: no quality of wave 7"
    repeated = of(found, "V3")
    assert repeated.known is not None
    assert (repeated.known.id, repeated.confidence) == ("Q33", 1.0)
    assert repeated.relation is not None
    assert repeated.relation.kind == "regrouped"
    assert "Q33" not in {one.id for one in found.lost}


def test_what_a_person_gives_away_is_taken_from_whom_it_was_proposed_for(proposed: Matching, known: Catalog) -> None:
    assert of(proposed, "V1").known is not None
    found = decided(proposed, known, {"V2": Decision("Q17")})
    assert (of(found, "V1").status, of(found, "V1").known) == ("new", None)
    assert "another variable" in of(found, "V1").reasons[0].says


def test_a_person_may_say_how_the_codes_stand(proposed: Matching, known: Catalog) -> None:
    for codes, mapping in (("same", {1: 1, 2: 2}), ("reversed", {1: 2, 2: 1})):
        relation = of(decided(proposed, known, {"V1": Decision("Q17", codes)}), "V1").relation  # type: ignore[arg-type]
        assert relation is not None
        assert (relation.kind, relation.mapping) == (codes, mapping)


def test_faults_are_named(proposed: Matching, known: Catalog, tmp_path: Path) -> None:
    for told, message in (
        ({"V9": Decision("none")}, "V9: .* new.sav has no such variable"),
        ({"V1": Decision("Q999")}, "wvs7 has no 'Q999'"),
        ({"V1": Decision("Q8"), "V2": Decision("Q8")}, "V1, V2: .* only one can"),
    ):
        with pytest.raises(CatalogError, match=message):
            decided(proposed, known, told)
    file = tmp_path / "told.yaml"
    file.write_text("V2: {known: none, why: other}\nV45: {known: Q33}\n", "utf-8")
    assert read_decisions(file) == {"V2": Decision("none", why="other"), "V45": Decision("Q33")}
    for text, message in (
        ("V2: none\n", "told.yaml: .decision. V2: 'none' is not of type 'object'"),
        ("V2: {why: x}\n", "'known' is a required property"),
        ("V2: [\n", "told.yaml"),
        ("V2: {known: Q1, codes: turned}\n", "'turned' is not one of"),
        ("- V2\n", "the file"),
    ):
        file.write_text(text, "utf-8")
        with pytest.raises(CatalogError, match=message):
            read_decisions(file)
    with pytest.raises(CatalogError, match="no such file"):
        read_decisions(tmp_path / "none.yaml")
