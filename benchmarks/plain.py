"""The plain way, for comparison: row by row, cell by cell, in Python objects.

Written here for that purpose only. It reads the first rows of a file, looks every answer up in a dictionary
of statements, and writes one JSON line a person and granularity.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import GRANULARITIES


def rows_of(path: Path, limit: int) -> Iterator[Mapping[str, Any]]:
    """The first rows as dictionaries, all columns, the way a first script would read them."""
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as stream:
            yield from islice(csv.DictReader(stream), limit)
        return
    import pyreadstat

    read = pyreadstat.read_sav if path.suffix == ".sav" else pyreadstat.read_dta
    kwargs = {"user_missing": True} if path.suffix == ".sav" else {}
    frame, _ = read(str(path), row_limit=limit, **kwargs)
    for _, row in frame.iterrows():
        yield row


def convert(path: Path, limit: int, out: Path) -> tuple[int, float]:
    """Convert up to `limit` rows; returns rows done and seconds."""
    catalog = load_catalog("wvs7")
    known = {
        granularity: {
            (item.variable, code): option.statement
            for item, _, option in catalog.statements(granularity)
            for code in option.codes
        }
        for granularity in GRANULARITIES
    }
    people = {
        (d.variable, code): o.statement for d in catalog.demographics.values() for o in d.options for code in o.codes
    }
    start = time.perf_counter()
    done = 0
    with out.open("w", encoding="utf-8") as stream:
        for row in rows_of(path, limit):
            done += 1
            answers = {name: _code(row[name]) for name in (i.variable for i in catalog.items.values())}
            for granularity, statements in known.items():
                said = [statements[key] for key in answers.items() if key in statements]
                stream.write(json.dumps({"granularity": granularity, "statements": said}) + "\n")
            who = [people.get((d.variable, _code(row[d.variable]))) for d in catalog.demographics.values()]
            stream.write(json.dumps({"demographics": [text for text in who if text]}) + "\n")
    return done, time.perf_counter() - start


def _code(value: Any) -> int | None:
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return None
