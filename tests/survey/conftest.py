"""A small made-up population with every kind of cell, and writers for every format it may come in."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from indievaluecatalog.catalog.model import Catalog, Demographic, Item

ROWS = 240
SHARED_ID = 858_069_901
SHARING = 30
Writer = Callable[[pd.DataFrame, Path], None]


def entries(catalog: Catalog) -> list[Item | Demographic]:
    return [*catalog.items.values(), *catalog.demographics.values()]


def make_population(catalog: Catalog, rows: int = ROWS, seed: int = 7) -> pd.DataFrame:
    """Raw cells as a wave file has them: float64 where NaN stands for an empty cell, and one column of text."""
    rng = np.random.default_rng(seed)
    wave = catalog.wave
    columns: dict[str, object] = {
        wave.version_variable: ["6-0-0 (test)"] * rows,
        "doi": ["doi.org/10.0/ü"] * rows,
        wave.wave_variable: np.full(rows, float(wave.wave_code)),
        wave.year_variable: rng.choice([2017.0, 2019.0, 2022.0], rows),
        wave.country_variable: rng.choice([20.0, 32.0, 276.0, 858.0], rows),
        wave.country_alpha_variable: ["AND"] * rows,
        wave.person_variable: 276_070_000.0 + np.arange(rows),
    }
    columns |= {weight: np.round(rng.uniform(0.2, 3, rows), 4) for weight in wave.weights}
    columns["S007"] = 5_000_000_000.0 + np.arange(rows)
    for entry in entries(catalog):
        if entry.variable not in columns:
            codes = [*entry.codes, *entry.codes, *entry.missing]
            columns[entry.variable] = rng.choice(codes, rows).astype(float)
    frame = pd.DataFrame(columns)
    frame["FILLER"] = 1.0
    frame.loc[: SHARING - 1, [wave.person_variable, wave.country_variable]] = [SHARED_ID, 858]
    # Two persons of that country who answered alike.
    answered = list(dict.fromkeys(entry.variable for entry in entries(catalog)))
    frame.loc[1, answered] = frame.loc[0, answered]
    frame.loc[[3, 5], "Q1"] = 9  # in no codebook
    frame.loc[6, "Q2"] = 2.5
    frame.loc[7, "Q3"] = -7  # negative, without a reason of its own
    frame.loc[[8, 9, 10], "Q4"] = np.nan
    frame.loc[[11, 12, 13], "Q270"] = [8, 12, 31]
    frame.loc[14, "W_WEIGHT"] = -4
    frame.loc[15, "PWGHT"] = np.nan
    frame.loc[16, wave.year_variable] = np.nan
    frame.loc[17, "Q111"] = 3
    return frame


@pytest.fixture(scope="session")
def population(catalog: Catalog) -> pd.DataFrame:
    return make_population(catalog)


def _labels(frame: pd.DataFrame) -> dict[str, dict[float, str]]:
    return {name: {-1.0: "Don't know", 1.0: "One"} for name in frame if str(name)[:1] == "Q"}


def _declared(frame: pd.DataFrame) -> dict[str, list[dict[str, float] | float]]:
    """A range of user-missing codes for most variables, single codes for some, as real files have them."""
    whole: dict[str, list[dict[str, float] | float]] = {
        name: [{"lo": -99.0, "hi": -1.0}] for name in frame if str(name)[:1] == "Q"
    }
    return whole | {"Q5": [-1.0, -2.0, -4.0], "Q6": [-2.0]}


def _csv(separator: str = ",", encoding: str = "utf-8", decimal: str = ".", quoting: int = 0) -> Writer:
    def write(frame: pd.DataFrame, path: Path) -> None:
        frame.to_csv(path, sep=separator, encoding=encoding, decimal=decimal, quoting=quoting, index=False)

    return write


def _whole(frame: pd.DataFrame) -> pd.DataFrame:
    """The same frame with columns of whole numbers as integers, as Stata and most programs write them."""
    kinds = {
        name: "int64" for name in frame if frame[name].dtype == float and (frame[name] == frame[name].round()).all()
    }
    return frame.astype(kinds)


def _zip(inner: str) -> Writer:
    def write(frame: pd.DataFrame, path: Path) -> None:
        part = path.with_name(f"inner_{inner}")
        WRITERS[inner](frame, part)
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(part, f"WVS wave 7/data.{inner.split('/')[-1]}")
            archive.writestr("codebook.pdf", b"%PDF")
            archive.writestr("__MACOSX/._data.csv", b"\x00")

    return write


def _gz(frame: pd.DataFrame, path: Path) -> None:
    path.write_bytes(gzip.compress(frame.to_csv(index=False).encode()))


def _padded(frame: pd.DataFrame, path: Path) -> None:
    """Numbers as text with blanks around them, and blanks in place of nothing."""
    text = frame.astype(object).map(
        lambda cell: " " if cell != cell else f" {cell} " if isinstance(cell, float) else cell
    )
    text.to_csv(path, index=False)


WRITERS: dict[str, Writer] = {
    "sav": lambda frame, path: pyreadstat.write_sav(frame, path),
    "declared.sav": lambda frame, path: pyreadstat.write_sav(
        frame, path, missing_ranges=_declared(frame), variable_value_labels=_labels(frame), row_compress=True
    ),
    "declared.zsav": lambda frame, path: pyreadstat.write_sav(
        frame, path, missing_ranges=_declared(frame), variable_value_labels=_labels(frame), compress=True
    ),
    "dta": lambda frame, path: pyreadstat.write_dta(_whole(frame), path, version=14),
    "lower.dta": lambda frame, path: pyreadstat.write_dta(frame.rename(columns=str.lower), path, version=14),
    "csv": _csv(),
    "whole.csv": lambda frame, path: _csv()(_whole(frame), path),
    "padded.csv": _padded,
    "quoted.csv": _csv(quoting=1),
    "bom.csv": _csv(encoding="utf-8-sig"),
    "latin1.csv": _csv(encoding="latin-1"),
    "semicolon.csv": _csv(";"),
    "comma_decimal.csv": _csv(";", decimal=","),
    "tab.csv": _csv("\t"),
    "tsv": _csv("\t"),
    "csv.gz": _gz,
    "parquet": lambda frame, path: frame.to_parquet(path),
    "text.parquet": lambda frame, path: (
        frame.astype(object)
        .map(
            lambda cell: None if cell != cell else f"{cell:g}" if isinstance(cell, float) and cell < 1e5 else str(cell)
        )
        .to_parquet(path)
    ),
    "category.parquet": lambda frame, path: frame.astype({"Q1": "category", "Q260": "category"}).to_parquet(path),
    "whole.parquet": lambda frame, path: _whole(frame).to_parquet(path),
    "sav.zip": _zip("sav"),
    "declared.sav.zip": _zip("declared.sav"),
    "dta.zip": _zip("dta"),
    "csv.zip": _zip("csv"),
    "csv.gz.zip": _zip("csv.gz"),
    "parquet.zip": _zip("parquet"),
}
"""Ending of the file's name -> how to write it; what stands before the last dots says what is special."""


@pytest.fixture(scope="session")
def survey_files(population: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The population in the format asked for, written once."""
    folder = tmp_path_factory.mktemp("formats")

    def file(kind: str) -> Path:
        path = folder / f"survey.{kind}"
        if not path.exists():
            WRITERS[kind](population, path)
        return path

    return file


@pytest.fixture(params=["auto", "core"])
def with_and_without_fast(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every reading test holds with the fast reader and where it is not installed."""
    if request.param == "core":
        monkeypatch.setattr("indievaluecatalog.survey.engines.fast_installed", lambda: False)
    return str(request.param)
