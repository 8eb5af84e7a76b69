"""What `read_survey` promises, told on one population written in every format."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from indievaluecatalog.catalog.model import Catalog, Demographic, Item
from indievaluecatalog.errors import MissingExtraError
from indievaluecatalog.survey.answers import NO_CODE, REASONS, Answers
from indievaluecatalog.survey.duplicates import drop_duplicate_ids
from indievaluecatalog.survey.read import read_survey
from tests.survey.conftest import ROWS, SHARED_ID, SHARING, WRITERS, make_population

Files = Callable[[str], Path]


@pytest.fixture(scope="session")
def answers(survey_files: Files, catalog: Catalog) -> Answers:
    return read_survey(survey_files("sav"), catalog, engine="pyreadstat")


def meaning(entry: Item | Demographic, cell: float, catalog: Catalog) -> tuple[int, str]:
    """The definition of a coded cell, in plain words, against which the tables are checked."""
    if math.isnan(cell):
        return NO_CODE, "unknown"
    if cell < 0:
        reason = catalog.wave.missing_reasons.get(int(cell))
        return NO_CODE, reason.name if reason else "unknown"
    if isinstance(entry, Demographic) and entry.fold_above is not None:
        cell = min(cell, entry.fold_above)
    if cell in entry.uncovered:
        return int(cell), "uncovered"
    return (int(cell), "answered") if cell in entry.codes else (NO_CODE, "unlisted")


def assert_same(one: Answers, other: Answers) -> None:
    for name in ("codes", "reasons", "demographic_codes", "demographic_reasons", "interview_ids", "person_ids"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    for name in ("country_codes", "years"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)
    assert list(one.weights) == list(other.weights)
    for name, weights in one.weights.items():
        np.testing.assert_allclose(weights, other.weights[name], rtol=1e-12, err_msg=name)
    for name in ("rows", "columns", "versions", "duplicate_ids", "unlisted", "uncovered", "folded", "notes"):
        assert getattr(one.report, name) == getattr(other.report, name), name


def test_every_cell_means_what_the_catalog_says(answers: Answers, population: pd.DataFrame, catalog: Catalog) -> None:
    for place, item in enumerate(catalog.items.values()):
        expected = [meaning(item, cell, catalog) for cell in population[item.variable]]
        assert [(c, REASONS[r]) for c, r in zip(answers.codes[place], answers.reasons[place], strict=True)] == expected
    for place, one in enumerate(catalog.demographics.values()):
        expected = [meaning(one, cell, catalog) for cell in population[one.variable]]
        codes, reasons = answers.demographic_codes[place], answers.demographic_reasons[place]
        assert [(c, REASONS[r]) for c, r in zip(codes, reasons, strict=True)] == expected


def test_the_table_is_shaped_and_typed_as_declared(answers: Answers, catalog: Catalog) -> None:
    assert answers.wave_id == "wvs7"
    assert answers.item_ids == tuple(catalog.items)
    assert answers.demographic_ids == tuple(catalog.demographics)
    assert (answers.codes.dtype, answers.codes.shape) == (np.int8, (253, ROWS))
    assert (answers.reasons.dtype, answers.reasons.shape) == (np.uint8, (253, ROWS))
    assert (answers.demographic_codes.dtype, answers.demographic_codes.shape) == (np.int32, (31, ROWS))
    assert (answers.demographic_reasons.dtype, answers.demographic_reasons.shape) == (np.uint8, (31, ROWS))
    assert answers.interview_ids.dtype == np.int64
    assert answers.country_codes.dtype == np.int32
    assert answers.years.dtype == np.int16
    assert len(answers) == ROWS


def format_named(kind: str) -> str:
    """The format that a file name of the WRITERS stands for, as reports put it."""
    inner = kind.removesuffix(".zip")
    name = "csv.gz" if inner.endswith("csv.gz") else inner.rpartition(".")[2].replace("tsv", "csv")
    return f"{name} in zip" if kind.endswith(".zip") else name


@pytest.mark.parametrize("kind", WRITERS)
def test_the_same_answers_from_every_format(
    kind: str, answers: Answers, survey_files: Files, catalog: Catalog, with_and_without_fast: str
) -> None:
    read = read_survey(survey_files(kind), catalog)
    assert_same(read, answers)
    assert read.report.source == f"survey.{kind}"
    assert read.report.format == format_named(kind)


def test_declared_missing_codes_stay_apart_in_the_fast_reader(
    answers: Answers, survey_files: Files, catalog: Catalog
) -> None:
    pytest.importorskip("polars_readstat")
    for kind in ("declared.sav", "declared.zsav", "declared.sav.zip", "sav"):
        path = survey_files(kind)
        before = path.read_bytes()
        assert_same(read_survey(path, catalog, engine="fast"), answers)
        assert path.read_bytes() == before, "the file itself is never touched"


def test_the_fast_engine_without_its_package_says_what_to_install(
    survey_files: Files, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indievaluecatalog.survey.engines.fast_installed", lambda: False)
    with pytest.raises(MissingExtraError, match=r"pip install 'indievaluecatalog\[fast\]'"):
        read_survey(survey_files("sav"), catalog, engine="fast")


def test_whatever_keeps_the_fast_reader_away_auto_reads_on(
    answers: Answers, survey_files: Files, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("polars_readstat")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("indievaluecatalog.survey.formats.spss_fast.shutil.copyfile", full)
    assert_same(read_survey(survey_files("declared.sav"), catalog), answers)


def test_everything_that_is_not_plain_is_counted(answers: Answers, population: pd.DataFrame, catalog: Catalog) -> None:
    report = answers.report
    assert (report.rows, report.columns) == population.shape
    assert report.versions == ("6-0-0 (test)",)
    assert {(one.variable, one.code, one.count) for one in report.unlisted} == {("Q1", "9", 2), ("Q2", "2.5", 1)}
    assert {(one.code, one.count) for one in report.folded if one.variable == "Q270"} == {
        ("8", 1),
        ("12", 1),
        ("31", 1),
    }
    uncovered = Counter({one.variable: 0 for one in report.uncovered})
    for one in report.uncovered:
        uncovered[one.variable] += one.count
    for entry in [*catalog.items.values(), *catalog.demographics.values()]:
        assert uncovered[entry.variable] == int(population[entry.variable].isin(entry.uncovered).sum())
    notes = "\n".join(report.notes)
    assert "Q4 (3)" in notes
    assert "Q3 = -7 (1)" in notes
    assert "1 row has no usable year (A_YEAR)" in notes


def test_technical_columns(answers: Answers, population: pd.DataFrame) -> None:
    np.testing.assert_array_equal(answers.interview_ids, population["D_INTERVIEW"])
    np.testing.assert_array_equal(answers.country_codes, population["B_COUNTRY"])
    np.testing.assert_array_equal(answers.years, population["A_YEAR"].fillna(0))
    assert list(answers.weights) == ["W_WEIGHT", "S018", "PWGHT"]
    assert np.isnan(answers.weights["W_WEIGHT"][14]), "a negative weight is a missing code"
    assert np.isnan(answers.weights["PWGHT"][15])
    np.testing.assert_array_equal(answers.weights["S018"], population["S018"])


def test_a_file_without_optional_columns_and_a_few_items(
    population: pd.DataFrame, catalog: Catalog, tmp_path: Path
) -> None:
    gone = ["PWGHT", "S007", "Q9", "Q10", "Q289", "version", "A_YEAR"]
    path = tmp_path / "v4.csv"
    population.drop(columns=gone).to_csv(path, index=False)
    read = read_survey(path, catalog)
    assert read.report.absent_items == ("Q9", "Q10")
    assert read.report.absent_demographics == ("Q289",)
    assert read.report.absent_optional == ("PWGHT", "S007")
    assert list(read.weights) == ["W_WEIGHT", "S018"]
    assert read.report.versions == ()
    assert not read.years.any()
    for item in ("Q9", "Q10"):
        place = read.item_ids.index(item)
        assert set(read.codes[place]) == {NO_CODE}
        assert {REASONS[one] for one in read.reasons[place]} == {"absent"}


def test_a_file_without_its_wave_column_is_taken_by_its_items(
    population: pd.DataFrame, catalog: Catalog, tmp_path: Path
) -> None:
    path = tmp_path / "nowave.csv"
    population.drop(columns="A_WAVE").to_csv(path, index=False)
    assert any("A_WAVE" in note for note in read_survey(path, catalog).report.notes)


def test_labels_in_place_of_codes_are_read_where_they_are_clear(
    answers: Answers, population: pd.DataFrame, catalog: Catalog, tmp_path: Path
) -> None:
    """Exports "with value labels" hold text. Case, blanks and the kind of apostrophe do not matter."""
    frame = population.copy().astype(dict.fromkeys(("Q5", "Q6", "Q260", "B_COUNTRY", "A_WAVE"), object))
    for name in ("Q5", "Q6"):
        item = catalog.items[name]
        labels = {**item.codes, **item.missing}
        frame[name] = [f" {labels[int(cell)].upper()}".replace("'", "’") for cell in population[name]]
    country, sex = catalog.demographics["B_COUNTRY"], catalog.demographics["Q260"]
    frame["B_COUNTRY"] = [country.codes[int(cell)] for cell in population["B_COUNTRY"]]
    frame["Q260"] = [{**sex.codes, **sex.missing}[int(cell)] for cell in population["Q260"]]
    frame["A_WAVE"] = "2017-2022"
    for path, write in ((tmp_path / "l.csv", frame.to_csv), (tmp_path / "l.parquet", frame.to_parquet)):
        write(path, index=False)
        assert_same(read_survey(path, catalog), answers)
    path = tmp_path / "l.sav"
    pyreadstat.write_sav(frame, path)
    assert_same(read_survey(path, catalog), answers)


def test_columns_in_any_order_and_rows_in_any_order_give_the_same_persons(
    answers: Answers, population: pd.DataFrame, catalog: Catalog, tmp_path: Path
) -> None:
    path = tmp_path / "shuffled.csv"
    shuffled = population.sample(frac=1, random_state=3)
    shuffled[list(reversed(shuffled.columns))].to_csv(path, index=False)
    read = read_survey(path, catalog)
    assert set(read.person_ids) == set(answers.person_ids)
    by_key = {key: column for column, key in enumerate(answers.person_ids)}
    order = [by_key[key] for key in read.person_ids]
    np.testing.assert_array_equal(read.codes, answers.codes[:, order])
    np.testing.assert_array_equal(read.reasons, answers.reasons[:, order])


def test_shared_interview_ids_are_reported_and_their_rows_kept(answers: Answers) -> None:
    assert answers.report.duplicate_ids == {SHARED_ID: SHARING}
    assert any(str(SHARED_ID) in note for note in answers.report.notes)
    assert int((answers.interview_ids == SHARED_ID).sum()) == SHARING


def test_the_papers_way_keeps_the_first_row_of_an_id(answers: Answers) -> None:
    kept = drop_duplicate_ids(answers)
    assert len(kept) == ROWS - SHARING + 1
    assert len(set(kept.interview_ids)) == len(kept)
    assert kept.person_ids[0] == answers.person_ids[0]
    assert len(drop_duplicate_ids(kept)) == len(kept)


def test_progress_goes_up_to_the_end(survey_files: Files, catalog: Catalog) -> None:
    told: list[tuple[str, float]] = []
    read_survey(survey_files("csv"), catalog, progress=lambda stage, done: told.append((stage, done)))
    shares = [done for _, done in told]
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] == 1
    assert all(stage for stage, _ in told)


def test_nothing_is_left_behind_in_the_temporary_folder(
    survey_files: Files, catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    read_survey(survey_files("declared.sav.zip"), catalog)
    read_survey(survey_files("declared.sav"), catalog)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8", "utf-8-sig"])
def test_accents_inside_a_column_that_is_read(encoding: str, catalog: Catalog, tmp_path: Path) -> None:
    frame = make_population(catalog, 20)
    frame["version"] = "Türkei"
    path = tmp_path / "accents.csv"
    frame.to_csv(path, index=False, encoding=encoding)
    assert read_survey(path, catalog).report.versions == ("Türkei",)
