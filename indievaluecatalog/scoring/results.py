"""The one result format: a Parquet file of predictions, with the identity of its run in the file's metadata.

A row is one prediction, keyed by (person_id, setup, item, granularity). It holds no answer of anyone: scoring looks
those up in the dataset, so that a file of predictions may be passed on where the survey may not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.errors import ResultsError, SamplingError
from indievaluecatalog.scoring.run import Run
from indievaluecatalog.whole_file import whole_file

FORMAT = 1
METADATA = b"indievaluecatalog.results"
UNREAD = -1
"""In prediction arrays: an answer was given but could not be read. A null in the file."""

_CATEGORY = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        pa.field("person_id", _CATEGORY, nullable=False),
        pa.field("setup", pa.int8(), nullable=False),
        pa.field("item", _CATEGORY, nullable=False),
        pa.field("granularity", _CATEGORY, nullable=False),
        pa.field("prediction", pa.int8()),
        pa.field("probabilities", pa.list_(pa.float32())),
    ]
)
"""`prediction`: position of the option in the catalog, null where the answer could not be read. `probabilities`: one
for each option of the item at the granularity, or null."""


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """Predictions and the run they are of.

    Attributes:
        run: which model, dataset, protocol and tasks.
        table: rows in any order, of six columns: person_id; setup; item; granularity ("refined" or "polar");
            prediction, the position of the option in the catalog from 0, null where an answer could not be read;
            probabilities, one for each option of the item, or null.
    """

    run: Run
    table: pa.Table

    @classmethod
    def of_rows(cls, run: Run, rows: Iterable[Mapping[str, Any]]) -> Results:
        """Results from plain rows: person_id, setup, item, granularity, prediction, and perhaps probabilities.

        Keys beyond these are refused, so that a misspelt one cannot pass for an answer that was not read.

        Raises:
            ResultsError: a row that lacks one of these, has another, or a value of another type.
        """
        plain = pa.schema([pa.field(f.name, pa.string() if f.type == _CATEGORY else f.type) for f in SCHEMA])
        needed, known = set(plain.names) - {"probabilities"}, set(plain.names)
        found = []
        for at, row in enumerate(rows):
            if not needed <= set(row) <= known:
                raise ResultsError(
                    f"row {at} of the predictions has the keys {', '.join(map(str, row))}; it needs "
                    f"{', '.join(plain.names[:5])}, and may have probabilities"
                )
            whole = [row["setup"], *([] if row["prediction"] is None else [row["prediction"]])]
            if any(isinstance(value, bool) or not isinstance(value, int | np.integer) for value in whole):
                raise ResultsError(
                    f"row {at} of the predictions has a setup or prediction that is no whole number: {row}"
                )
            found.append(dict(row))
        try:
            return cls(run=run, table=pa.Table.from_pylist(found, schema=plain).cast(SCHEMA))
        except (pa.ArrowException, TypeError, OverflowError, ValueError) as error:
            raise ResultsError(f"rows of predictions: {error}") from error


def prediction_table(
    person_ids: NDArray[np.str_],
    setup: int,
    items: Sequence[str],
    granularity: Granularity,
    asked: NDArray[np.bool_],
    predictions: NDArray[np.int8],
    probabilities: NDArray[np.floating[Any]] | None,
    sizes: NDArray[np.integer[Any]],
) -> pa.Table:
    """Rows of one setup and granularity from arrays, for the probes that are asked.

    Args:
        person_ids: shape (n,).
        setup: the setup.
        items: ids of its p probes, in order.
        granularity: of the predictions.
        asked: shape (n, p): which probes the person can be asked.
        predictions: shape (n, p): option positions; UNREAD where none could be read.
        probabilities: shape (n, p, k): of the options, in order; what lies beyond an item's options is ignored.
        sizes: shape (p,): options of each probe.
    """
    person, probe = np.nonzero(asked)
    chosen = predictions[person, probe].astype(np.int8)
    if probabilities is None:
        lists = pa.nulls(len(person), SCHEMA.field("probabilities").type)
    else:
        inside = np.arange(probabilities.shape[2]) < np.asarray(sizes)[probe][:, None]
        starts = np.concatenate([[0], np.cumsum(np.asarray(sizes)[probe])]).astype(np.int32)
        values = probabilities[person, probe][inside].astype(np.float32)
        lists = pa.ListArray.from_arrays(pa.array(starts), pa.array(values))
    columns = [
        pa.DictionaryArray.from_arrays(pa.array(person.astype(np.int32)), pa.array(person_ids.tolist(), pa.string())),
        pa.array(np.full(len(person), setup, np.int8)),
        pa.DictionaryArray.from_arrays(pa.array(probe.astype(np.int32)), pa.array(list(items), pa.string())),
        pa.DictionaryArray.from_arrays(pa.array(np.zeros(len(person), np.int32)), pa.array([granularity])),
        pa.array(chosen, mask=chosen == UNREAD),
        lists,
    ]
    return pa.table(columns, schema=SCHEMA)


def write_results(results: Results, path: str | Path) -> None:
    """Write a results file; it appears under its name only when it is whole. The same results give the same bytes.

    Raises:
        ResultsError: another ending than .parquet, or a place that cannot be written.
    """
    target = Path(path)
    if target.suffix != ".parquet":
        raise ResultsError(f"{target}: results are written as .parquet")
    content = {"format": FORMAT, "run": results.run.to_dict(), "run_digest": results.run.digest}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False)
    table = results.table.select(SCHEMA.names).cast(SCHEMA).unify_dictionaries()
    with whole_file(target, ResultsError) as beside:
        pq.write_table(table.replace_schema_metadata({METADATA: text}), beside, compression="zstd")


def read_results(path: str | Path) -> Results:
    """Read a results file. Whether its rows fit the tasks is checked when they are scored.

    Raises:
        ResultsError: no such file, no results file, another format, or columns missing or of another type.
    """
    file = Path(path)
    if not file.is_file():
        raise ResultsError(f"{file}: there is no such file")
    try:
        table = pq.read_table(file)
    except (OSError, pa.ArrowException) as error:
        raise ResultsError(f"{file}: cannot be read as Parquet: {error}") from error
    try:
        content = json.loads((table.schema.metadata or {})[METADATA])
    except KeyError:
        raise ResultsError(f"{file}: no file of predictions: its metadata name no run") from None
    except ValueError as error:
        raise ResultsError(f"{file}: its identity is no JSON: {error}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        found = content.get("format") if isinstance(content, dict) else None
        raise ResultsError(f"{file}: format {found!r}, but this version reads {FORMAT}")
    absent = [name for name in SCHEMA.names if name not in table.column_names]
    if absent:
        raise ResultsError(f"{file}: the columns {', '.join(absent)} are missing")
    try:
        run = Run.from_dict(content.get("run", {}))
        table = table.select(SCHEMA.names).cast(SCHEMA)
    except (ResultsError, SamplingError, KeyError, pa.ArrowException, ValueError) as error:
        raise ResultsError(f"{file}: {error}") from error
    return Results(run=run, table=table)


def find_results(paths: Iterable[str | Path]) -> tuple[Path, ...]:
    """Results files: those named, and of a folder all that end in .parquet; numbers in names count as numbers.

    Raises:
        ResultsError: a folder without any.
    """
    found: list[Path] = []
    for path in map(Path, paths):
        if not path.is_dir():
            found.append(path)
            continue
        inside = sorted(path.glob("*.parquet"), key=_natural)
        if not inside:
            raise ResultsError(f"{path}: the folder holds no .parquet file")
        found += inside
    # A shell lists files as text, 100 before 50; an order that somebody chose stays.
    return tuple(sorted(found, key=_natural) if found == sorted(found) else found)


def _natural(path: Path) -> list[tuple[int, int, str]]:
    parts = re.split(r"(\d+)", str(path))
    return [(1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts]
