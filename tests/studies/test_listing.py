"""Which studies there are, and what a file of studies must hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.studies.listing import named_study, read_studies


def test_the_paper_s_studies_are_there() -> None:
    assert [study.name for study in read_studies()] == [
        *("demonstrations", "shown", "granularity", "categories", "inequity", "form", "option-order")
    ]


def test_conditions_follow_the_catalog_and_the_numbers_asked_for(catalog: Catalog) -> None:
    labels = [one.label for one in named_study("categories").conditions(catalog)]
    assert labels == ["nothing", *catalog.categories, "all categories"]
    study = named_study("demonstrations")
    assert [one.label for one in study.conditions(catalog)] == ["0", "50", "100", "150", "200"]
    assert [one.demonstrations for one in study.with_sizes([9, 3]).conditions(catalog)] == [0, 3, 9]
    with pytest.raises(EvaluationError, match="at least 1"):
        study.with_sizes([0, 3])
    with pytest.raises(EvaluationError, match="takes one number"):
        named_study("shown").with_sizes([1, 2])


def test_of_the_usual_numbers_those_that_a_catalog_has_too_few_items_for_are_left_out() -> None:
    wvs6, study = load_catalog("wvs6"), named_study("demonstrations")
    assert [one.label for one in study.conditions(wvs6)] == ["0", "50", "100", "150"]
    assert [one.label for one in study.with_sizes([190]).conditions(wvs6)] == ["0", "190"]


def test_conditions_and_their_reference_have_names_of_their_own(catalog: Catalog) -> None:
    for study in read_studies():
        labels = [one.label for one in study.conditions(catalog)]
        assert len(set(labels)) == len(labels)
        assert study.reference in labels


def test_an_unknown_study_names_those_there_are() -> None:
    with pytest.raises(EvaluationError, match="no study 'order'; there are demonstrations, shown"):
        named_study("order")


ENTRY = "- {name: one, title: One, question: Why?, figure: rows, reference: a, conditions: [{label: a}, {label: b}]}\n"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("figure: rows", "figure: pie", "0.figure: 'pie' is not one of"),
        ("reference: a", "reference: c", "one: no condition 'c' to compare with"),
        ("{label: b}", "{label: a}", "one: two conditions of one label"),
        ("{label: b}", "{label: b, model: x}", "'model' was unexpected"),
        ("{label: b}", "{each: person}", "'person' is not one of"),
        ("question: Why?, ", "", "'question' is a required property"),
        ("figure: rows", "figure: [", "no valid YAML at line 1"),
    ],
)
def test_faults_are_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    file = tmp_path / "studies.yaml"
    file.write_text(ENTRY, "utf-8")
    assert [study.told for study in read_studies(file)] == [("a", "b")]
    file.write_text(ENTRY.replace(old, new), "utf-8")
    with pytest.raises(EvaluationError, match=f"studies.yaml: .*({message})"):
        read_studies(file)
    file.write_text(ENTRY * 2, "utf-8")
    with pytest.raises(EvaluationError, match="the study one is there twice"):
        read_studies(file)
