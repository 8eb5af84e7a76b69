"""Parquet files with pyarrow."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pyarrow.parquet as pq

from indievaluecatalog.survey.columns import ColumnError, Raw, from_arrow
from indievaluecatalog.survey.formats.header import Header


def parquet_header(path: Path) -> Header:
    """Names and number of rows of a .parquet file."""
    with pq.ParquetFile(path) as file:
        names = tuple(file.schema_arrow.names)
        title = (file.schema_arrow.metadata or {}).get(b"file_label", b"").decode("utf-8", "replace")
        return Header(names=names, rows=file.metadata.num_rows, labels=0, title=title)


def read_parquet(path: Path, names: Sequence[str]) -> dict[str, Raw]:
    """The named columns.

    Raises:
        ColumnError: a column that holds neither numbers nor text.
    """
    with pq.ParquetFile(path) as file:
        table = file.read(columns=list(names))
    columns: dict[str, Raw] = {}
    for name in names:
        try:
            columns[name] = from_arrow(table.column(name))
        except ColumnError as error:
            raise ColumnError(f"variable {name} {error}") from error
    return columns
