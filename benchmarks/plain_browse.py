"""The plain way to what the page shows: a pandas table, and one expression per request."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

Way = Callable[[Mapping[str, Any]], object]


def plain_ways(folder: Path, facts: Mapping[str, Any], *, held: bool) -> tuple[dict[str, Way], float]:
    """View -> what answers one request, and the seconds that reading the table took.

    Args:
        folder: a built dataset.
        facts: names of its country, weight and items.
        held: the table stays in memory; else every request reads the columns it needs.
    """
    files = sorted((folder / "data" / "refined").glob("*.parquet"))
    items, country, weight = facts["items"], facts["country"], facts["weight"]
    start = time.perf_counter()
    table = _read(files, ["person_id", country, weight, *items]) if held else None
    seconds = time.perf_counter() - start

    def columns(*names: str) -> pd.DataFrame:
        return table if table is not None else _read(files, list(dict.fromkeys(names)))

    def person(asked: Mapping[str, Any]) -> object:
        frame = columns("person_id", *items)
        return frame[frame["person_id"] == asked["person"]].iloc[0]

    def found(asked: Mapping[str, Any]) -> object:
        frame = columns("person_id", country)
        return frame[frame[country] == asked["code"]].head(25)

    def spread(asked: Mapping[str, Any]) -> object:
        frame = columns(asked["item"], weight).dropna(subset=[asked["item"]])
        sums = frame.groupby(asked["item"])[weight].sum()
        return sums / sums.sum()

    def by_country(asked: Mapping[str, Any]) -> object:
        frame = columns(country, asked["item"], weight).dropna(subset=[asked["item"]])
        sums = frame.pivot_table(weight, index=country, columns=asked["item"], aggfunc="sum", fill_value=0)
        return sums.div(sums.sum(axis=1), axis=0)

    def alike(asked: Mapping[str, Any]) -> object:
        frame = columns("person_id", *items)
        answers = frame[items]
        mine = answers[frame["person_id"] == asked["person"]].iloc[0]
        both = (answers.notna() & mine.notna()).sum(axis=1)
        share = answers.eq(mine).sum(axis=1) / both
        return share[both >= mine.notna().sum() / 2].nlargest(6)

    ways = {
        "person": person,
        "persons by country": found,
        "item, all": spread,
        "item by country": by_country,
        "most alike": alike,
    }
    return ways, seconds


def _read(files: list[Path], columns: list[str]) -> pd.DataFrame:
    # Class numbers with gaps become floats, as pandas does by itself.
    return pd.concat([pd.read_parquet(path, columns=columns) for path in files], ignore_index=True)
