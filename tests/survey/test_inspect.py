"""What `inspect_survey` tells, of good files and of bad ones."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import SurveyError
from indievaluecatalog.survey.answers import REASONS
from indievaluecatalog.survey.inspect import SurveyInspection, inspect_survey, render_inspection
from indievaluecatalog.survey.read import read_survey
from tests.survey.conftest import ROWS, SHARED_ID, SHARING

Files = Callable[[str], Path]


@pytest.fixture(scope="module")
def found(survey_files: Files, catalog: Catalog) -> SurveyInspection:
    return inspect_survey(survey_files("declared.sav"), catalog)


def test_it_says_what_the_file_is(found: SurveyInspection, population: pd.DataFrame) -> None:
    assert found.file.endswith("survey.declared.sav")
    assert found.format == "sav"
    assert found.size_bytes > 10_000
    assert (found.rows, found.columns) == population.shape
    assert found.waves == {"7": ROWS}
    assert found.versions == ("6-0-0 (test)",)
    assert sum(found.years.values()) == ROWS
    assert found.years[0] == 1
    assert found.weights == {"W_WEIGHT": ROWS - 1, "S018": ROWS, "PWGHT": ROWS - 1}


def test_it_counts_countries_by_name(found: SurveyInspection, population: pd.DataFrame) -> None:
    counts = population["B_COUNTRY"].value_counts()
    assert {one.code: one.rows for one in found.countries} == {int(code): n for code, n in counts.items()}
    assert {one.name for one in found.countries} == {"Andorra", "Argentina", "Germany", "Uruguay"}
    assert [one.rows for one in found.countries] == sorted(counts, reverse=True)


def test_it_says_what_the_file_has(found: SurveyInspection) -> None:
    assert len(found.items) == 253
    assert len(found.demographics) == 31
    assert found.absent_items == found.absent_demographics == found.absent_optional == ()
    assert found.duplicate_ids == {SHARED_ID: SHARING}
    assert ("Q1", "9", 2) in {(one.variable, one.code, one.count) for one in found.unlisted}
    assert any(one.variable == "Q270" for one in found.folded)
    assert any(one.variable == "Q111" for one in found.uncovered)
    assert found.problems == ()


def test_shares_of_missing_are_those_of_the_answers(
    found: SurveyInspection, survey_files: Files, catalog: Catalog
) -> None:
    answers = read_survey(survey_files("declared.sav"), catalog)
    for reason, share in found.missing.items():
        assert share == pytest.approx(np.mean(answers.reasons == REASONS.index(reason)))
    assert sum(found.missing.values()) == pytest.approx(np.mean(answers.reasons != 0))
    missing = (answers.reasons != 0).mean(axis=1)
    assert [one.missing for one in found.worst_items] == pytest.approx(sorted(missing, reverse=True)[:10])
    for one in found.worst_items:
        assert sum(one.reasons.values()) == pytest.approx(one.missing)


def test_it_is_plain_data(found: SurveyInspection) -> None:
    again = json.loads(json.dumps(found.to_dict()))
    assert again["duplicate_ids"] == {str(SHARED_ID): SHARING}
    assert again["countries"][0].keys() == {"code", "name", "rows"}


def test_the_text_holds_what_a_reader_looks_for(found: SurveyInspection) -> None:
    text = render_inspection(found)
    for word in ("240 rows", "Uruguay", "6-0-0 (test)", "253 of 253 items", "Q1 = 9: 2", str(SHARED_ID), "No problems"):
        assert word in text
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


def test_another_wave_is_described_all_the_same(population: pd.DataFrame, catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "wave6.csv"
    keep = ["A_WAVE", "B_COUNTRY", *[f"Q{n}" for n in range(1, 21)]]
    population[keep].assign(A_WAVE=6, Q2="text").to_csv(path, index=False)
    found = inspect_survey(path, catalog)
    assert found.rows == ROWS
    assert found.waves == {"6": ROWS}
    assert len(found.countries) == 4
    assert len(found.items) == 20
    problems = "\n".join(found.problems)
    for word in ("wave 6: 240 rows", "lacks 233 of the 253 items", "D_INTERVIEW", "variable Q2", "'text'"):
        assert word in problems
    text = render_inspection(found)
    assert "cannot be built from" in text
    assert "Has 20 of 253 items; lacks:" in text


def test_a_foreign_table_is_described_all_the_same(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_text("name;price\na;1\nb;2\n", "utf-8")
    found = inspect_survey(path, catalog)
    assert found.items == ()
    assert found.columns == 2
    assert found.problems
    assert render_inspection(found)


def test_a_file_without_rows_is_described_all_the_same(
    population: pd.DataFrame, catalog: Catalog, tmp_path: Path
) -> None:
    for name, write in (("none.csv", population.head(0).to_csv), ("none.parquet", population.head(0).to_parquet)):
        write(tmp_path / name, index=False)
        found = inspect_survey(tmp_path / name, catalog)
        assert found.rows == 0
        assert "has no rows" in found.problems
        assert render_inspection(found)


def test_what_cannot_be_read_at_all_is_an_error(catalog: Catalog, tmp_path: Path) -> None:
    path = tmp_path / "noise.sav"
    path.write_bytes(b"noise" * 40)
    with pytest.raises(SurveyError, match=r"noise\.sav"):
        inspect_survey(path, catalog)


def test_labels_of_the_file_are_counted(population: pd.DataFrame, catalog: Catalog, tmp_path: Path) -> None:
    import pyreadstat

    for ending, write in (("sav", pyreadstat.write_sav), ("dta", pyreadstat.write_dta)):
        path = tmp_path / f"labelled.{ending}"
        write(population, path, column_labels={"Q1": "Important in life: Family", "Q2": "Friends"})
        assert inspect_survey(path, catalog).labelled_variables == 2
