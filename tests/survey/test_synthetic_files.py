from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pyreadstat
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import SurveyError
from indievaluecatalog.survey.synthetic import (
    Population,
    read_traits,
    synthesize,
    true_probabilities,
    write_survey,
    write_traits,
)

ENDINGS = (".sav", ".zsav", ".dta", ".csv", ".parquet")


@pytest.fixture(scope="module")
def population(catalog: Catalog) -> Population:
    return synthesize(catalog, 700, seed=3)


def read(path: Path) -> pd.DataFrame:
    match path.suffix:
        case ".sav" | ".zsav":
            frame: pd.DataFrame = pyreadstat.read_sav(path, user_missing=True)[0]
            return frame
        case ".dta":
            return pd.read_stata(path, convert_categoricals=False)
        case ".csv":
            return pd.read_csv(path)
        case _:
            return pd.read_parquet(path)


@pytest.mark.parametrize("ending", ENDINGS)
def test_round_trip(population: Population, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"made up{ending}"
    write_survey(population, path)
    found = read(path)
    assert set(found.columns) == set(population.columns)
    for name, values in population.columns.items():
        if values.dtype.kind == "U":
            assert found[name].tolist() == values.tolist()
        else:
            np.testing.assert_allclose(found[name].to_numpy(dtype=float), values.astype(float), rtol=1e-12)
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("ending", [".sav", ".dta", ".csv", ".parquet"])
def test_full_layout_has_the_real_width(population: Population, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"full{ending}"
    write_survey(population, path, layout="full")
    found = read(path)
    assert found.shape == (700, population.facts.layout["width"])
    assert set(population.columns) <= set(found.columns)
    for name in population.catalog.wave.optional_variables:
        assert name in found.columns
    assert found["S007"].is_unique


def test_labels_in_spss(catalog: Catalog, population: Population, tmp_path: Path) -> None:
    path = tmp_path / "labels.sav"
    write_survey(population, path, layout="full")
    meta: Any = pyreadstat.read_sav(path, metadataonly=True, user_missing=True)[1]
    assert "synthetic" in meta.file_label.lower()
    for item in catalog.items.values():
        assert meta.column_names_to_labels[item.variable] == item.label
        labels = meta.variable_value_labels[item.variable]
        assert all(labels[float(code)] == text for code, text in item.codes.items() if len(text) < 100)
        assert all(float(code) in labels for code in item.missing)
        assert meta.missing_ranges[item.variable] == [{"lo": -5.0, "hi": -1.0}]
    fillers = [name for name in meta.column_names if name.startswith("FILLER_")]
    assert fillers
    assert all("Filler" in meta.column_names_to_labels[name] for name in fillers)


def test_labels_in_stata(catalog: Catalog, population: Population, tmp_path: Path) -> None:
    path = tmp_path / "labels.dta"
    write_survey(population, path)
    meta: Any = pyreadstat.read_dta(path, metadataonly=True)[1]
    assert "synthetic" in meta.file_label.lower()
    item = next(iter(catalog.items.values()))
    assert meta.column_names_to_labels[item.variable] == item.label
    assert set(item.codes.values()) <= set(meta.variable_value_labels[item.variable].values())


def test_labels_in_parquet(catalog: Catalog, population: Population, tmp_path: Path) -> None:
    path = tmp_path / "labels.parquet"
    write_survey(population, path)
    schema = pq.read_schema(path)
    item = next(iter(catalog.items.values()))
    assert schema.field(item.variable).metadata[b"label"].decode() == item.label
    assert b"SYNTHETIC" in schema.metadata[b"file_label"]


def test_unknown_ending_and_layout(population: Population, tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match=r"\.sav, \.zsav"):
        write_survey(population, tmp_path / "people.xlsx")
    with pytest.raises(SurveyError, match="no layout"):
        write_survey(population, tmp_path / "people.sav", layout="wide")  # type: ignore[arg-type]
    assert not list(tmp_path.iterdir())


def test_places_that_cannot_be_written(population: Population, tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match="no such folder"):
        write_survey(population, tmp_path / "nowhere" / "people.sav")
    (tmp_path / "folder.csv").mkdir()
    with pytest.raises(SurveyError, match="is a folder"):
        write_survey(population, tmp_path / "folder.csv")
    with pytest.raises(SurveyError, match="cannot be written"):
        write_survey(population, Path("/proc/people.csv"))


@pytest.mark.parametrize("error", [OSError("No space left on device"), pyreadstat.ReadstatError("broken")])
def test_a_failed_write_leaves_the_old_file(
    population: Population, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(frame: pd.DataFrame, path: Path, **options: object) -> None:
        Path(path).write_text("half")
        raise error

    target = tmp_path / "people.sav"
    target.write_text("old")
    monkeypatch.setattr(pyreadstat, "write_sav", fail)
    with pytest.raises(SurveyError, match="cannot be written"):
        write_survey(population, target)
    assert target.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["people.sav"]


def test_traits_come_back_and_give_the_same_truth(catalog: Catalog, population: Population, tmp_path: Path) -> None:
    path = tmp_path / "traits.parquet"
    write_traits(population, path)
    truth = read_traits(path)
    np.testing.assert_array_equal(truth.traits.factors, population.traits.factors)
    np.testing.assert_array_equal(truth.interview_ids, population.columns[catalog.wave.person_variable])
    rows = np.array([5, 2, 600])
    for item_id in catalog.items:
        expected = true_probabilities(population, item_id)
        np.testing.assert_array_equal(true_probabilities(truth, item_id), expected)
    np.testing.assert_allclose(true_probabilities(truth.take(rows), item_id), expected[rows], atol=1e-6)


def test_traits_files_that_are_none(population: Population, tmp_path: Path) -> None:
    with pytest.raises(SurveyError, match=r"\.parquet"):
        write_traits(population, tmp_path / "traits.csv")
    for name in ("absent.parquet", "survey.parquet", "text.parquet"):
        path = tmp_path / name
        if name.startswith("survey"):
            write_survey(population, path)
        elif name.startswith("text"):
            path.write_text("hello")
        with pytest.raises(SurveyError, match="no file of true traits"):
            read_traits(path)
