"""CSV files with pyarrow, whatever their separator, encoding and decimal sign."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv

from indievaluecatalog.survey.columns import ColumnError, Raw, from_arrow
from indievaluecatalog.survey.formats.header import Header

_LOOK = 1 << 20
_BLOCK = 1 << 20
_SEPARATORS = (",", ";", "\t", "|")
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a CSV file is written: its column names, separator and decimal sign, and whether no row follows."""

    names: tuple[str, ...]
    separator: str
    decimal: str
    empty: bool


def dialect_of(path: Path) -> Dialect:
    """Find out from the first rows how a file is written.

    Raises:
        ColumnError: not text at all.
    """
    with _open(path) as file:
        start = file.read(_LOOK)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise ColumnError("is UTF-16 text; save it as UTF-8")
    if b"\x00" in start:
        raise ColumnError("is no text: it holds zero bytes")
    try:
        # A character may be cut in two at the end of what was read.
        text = start.decode("utf-8-sig", errors="strict" if len(start) < _LOOK else "ignore")
    except UnicodeDecodeError:
        text = start.decode("latin-1").removeprefix("ï»¿")
    lines = re.split(r"\r\n|\r|\n", text)
    first = lines[0] if lines else ""
    bare = re.sub(r'"[^"]*"', "", first)
    separator = max(_SEPARATORS, key=bare.count)
    names = tuple(name.strip() for name in next(csv.reader([first], delimiter=separator), []))
    cells = [cell for line in lines[1:40] for cell in line.replace('"', "").split(separator)]
    comma = separator != "," and any(_DECIMAL_COMMA.fullmatch(cell.strip()) for cell in cells)
    return Dialect(names, separator, "," if comma else ".", empty=not any(lines[1:]))


def delimited_header(path: Path) -> Header:
    """Names of a .csv or .csv.gz file; it does not say how many rows it has."""
    return Header(names=dialect_of(path).names, rows=None, labels=0)


def read_delimited(path: Path, names: Sequence[str], kinds: Mapping[str, str]) -> dict[str, Raw]:
    """The named columns.

    Args:
        path: a .csv or .csv.gz file.
        names: columns, as the file spells them.
        kinds: what a column is expected to hold: "code", "number" or "text". A file that holds something else
            there is read as what it holds, at the price of a second pass.

    Raises:
        ColumnError: rows of unequal length, or a column of dates.
    """
    dialect = dialect_of(path)
    if dialect.empty:
        return {name: np.empty(0) for name in names}
    # Columns are found by position: names may repeat, be empty, or be no UTF-8.
    places = {name: f"c{dialect.names.index(name)}" for name in names}
    table = _read_narrowest(path, dialect, {places[name]: kinds[name] for name in names})
    columns: dict[str, Raw] = {}
    for name, place in places.items():
        try:
            columns[name] = from_arrow(table.column(place))
        except ColumnError as error:
            raise ColumnError(f"variable {name} {error}") from error
    return columns


def _read_narrowest(path: Path, dialect: Dialect, kinds: Mapping[str, str]) -> pa.Table:
    """Read with the narrowest types that hold the file; types found by looking cost most memory, so come last."""
    text, number = pa.binary(), pa.float64()
    attempts: tuple[dict[str, pa.DataType], ...] = (
        {"code": pa.int16(), "number": number, "text": text},
        {"code": number, "number": number, "text": text},
        {"text": text},
    )
    for attempt, types in enumerate(attempts, start=1):
        try:
            return _read(path, dialect, list(kinds), {place: types[k] for place, k in kinds.items() if k in types})
        except pa.ArrowInvalid as error:
            uneven = re.search(r"Expected (\d+) columns, got (\d+)", str(error))
            if uneven is not None:
                raise ColumnError(
                    f"a row has {uneven[2]} cells where the first one has {uneven[1]}, separated by"
                    f" {dialect.separator!r}; the file is cut off or was not written as CSV: download or export it"
                    " again"
                ) from error
            if attempt == len(attempts):
                raise
    raise AssertionError("the last attempt returns or raises")


def _read(path: Path, dialect: Dialect, places: list[str], types: dict[str, pa.DataType]) -> pa.Table:
    with _open(path) as file:
        return pa_csv.read_csv(
            file,
            read_options=pa_csv.ReadOptions(
                column_names=[f"c{index}" for index in range(len(dialect.names))], skip_rows=1, block_size=_BLOCK
            ),
            parse_options=pa_csv.ParseOptions(delimiter=dialect.separator),
            convert_options=pa_csv.ConvertOptions(
                include_columns=places,
                column_types=types,
                decimal_point=dialect.decimal,
                true_values=[],
                false_values=[],
                timestamp_parsers=[],
            ),
        )


def _open(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.name.lower().endswith(".gz") else path.open("rb")  # type: ignore[return-value]
