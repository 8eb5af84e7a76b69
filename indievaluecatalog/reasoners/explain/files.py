"""Files that explanations leave behind: tables for programs, facts about them, and plots."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.scoring.report.canvas import Plot, standalone
from indievaluecatalog.whole_file import whole_file

DIGITS = 6
"""After the point, in files: numbers of other machines may differ beyond."""


def write_csv(rows: Sequence[Mapping[str, Any]], path: Path) -> Path:
    """Write rows that have the same keys; at least one row is needed for there to be columns."""
    with whole_file(path, ReasonerError) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]) if rows else [], lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _rounded(value) for name, value in row.items()} for row in rows)
    return path


def write_parquet(table: pa.Table, facts: Mapping[str, Any], path: Path) -> Path:
    """Write a table with facts about it in its metadata, so that they never part."""
    told = table.replace_schema_metadata({"indievaluecatalog": json.dumps(facts, sort_keys=True)})
    with whole_file(path, ReasonerError) as beside:
        pq.write_table(told, beside, compression="zstd")
    return path


def write_json(facts: Mapping[str, Any], path: Path) -> Path:
    """Write plain values."""
    text = json.dumps(_plain(facts), indent=1, ensure_ascii=False, sort_keys=True)
    with whole_file(path, ReasonerError) as beside:
        beside.write_text(f"{text}\n", "utf-8")
    return path


def write_text(text: str, path: Path) -> Path:
    """Write a text."""
    with whole_file(path, ReasonerError) as beside:
        beside.write_text(text, "utf-8")
    return path


def write_plots(plots: Mapping[str, Plot], folder: Path) -> tuple[Path, ...]:
    """Write each plot as NAME.svg."""
    return tuple(write_text(standalone(plot), folder / f"{name}.svg") for name, plot in plots.items())


def _rounded(value: Any) -> Any:
    return round(value, DIGITS) + 0.0 if isinstance(value, float) else value


def _plain(value: Any) -> Any:
    """The value with rounded numbers, and None where a number is none."""
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, float):
        return None if value != value else _rounded(value)
    return value
