"""Tasks as a file, and who is in it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog, Granularity, Item
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.load import find_build
from indievaluecatalog.dataset.manifest import read_manifest
from indievaluecatalog.dataset.people import read_people
from indievaluecatalog.dataset.sample import sample_tasks
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS, shown_by_default
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.sampling.protocol import Protocol, chosen_protocol
from indievaluecatalog.sampling.tasks import TooFew
from indievaluecatalog.whole_file import whole_file

if TYPE_CHECKING:
    from datasets import Dataset


@dataclass(frozen=True, slots=True)
class CountryCoverage:
    """A country's persons in the dataset, how many may be evaluated, how many are, and how many have tasks here."""

    country: str
    persons: int
    eligible: int
    evaluated: int
    here: int


@dataclass(frozen=True, slots=True)
class Sampled:
    """What a file of tasks holds, and who is in it: by country before and after balancing."""

    protocol: Protocol
    n_demonstrations: int
    tasks: int
    persons: int
    left_out: int
    synthetic: bool
    coverage: tuple[CountryCoverage, ...]


def sample_to_file(
    dataset: str | Path | None,
    out: str | Path,
    *,
    setups: Sequence[int] = SETUPS,
    n_demonstrations: int | None = None,
    protocol: Protocol | str | None = None,
    changes: Mapping[str, Any] = MappingProxyType({}),
    splits: Sequence[str] = EVALUATION_SPLITS,
    too_few: TooFew = "error",
    answers: bool = True,
    catalog: Catalog | str | Path | None = None,
) -> Sampled:
    """Draw tasks of a built dataset and write them; the file appears only when it is whole.

    Parquet keeps class numbers with their names, as the `tasks` config does. A line of .jsonl holds the sentences
    shown and, of each probe, its options, and the positions of the person's answers among them. Where only the
    asked probe is left out of the demonstrations (protocol paper), each probe names the one that is not shown to it.

    Args:
        dataset: the build's folder; None for the default one.
        out: the file.
        setups: which of 0, 1, 2.
        n_demonstrations: statements shown; None for as many as the dataset was built for.
        protocol: the protocol or its name; None for the one the dataset was built by.
        changes: choices of the protocol made differently.
        splits: whose tasks.
        too_few: what becomes of persons with fewer answers.
        answers: whether .jsonl holds the answers.
        catalog: the catalog the dataset was built with, where that is not a shipped one.

    Raises:
        SamplingError, BuildError: as `sample_tasks` does; another ending, a place that cannot be written, no task.
    """
    target = Path(out)
    if target.suffix not in (".parquet", ".jsonl"):
        raise SamplingError(f"{target}: tasks are written as .parquet or .jsonl")
    folder = find_build(dataset)
    people = read_people(folder, catalog=catalog)
    drawing = chosen_protocol(protocol, people.protocol, **changes)
    size = shown_by_default(people.catalog) if n_demonstrations is None else n_demonstrations
    tasks = sample_tasks(people, setups, size, protocol=drawing, splits=splits, too_few=too_few)
    if not len(tasks):
        raise SamplingError(f"there is no task to write: no person of {' or '.join(splits)} has enough answers")
    with whole_file(target, SamplingError) as beside:
        if target.suffix == ".parquet":
            pq.write_table(tasks.data.table, beside, compression="zstd")
        else:
            with beside.open("w", encoding="utf-8") as file:
                file.writelines(_lines(tasks, people.catalog, drawing, answers))
    country_of = dict(zip(tasks["person_id"], tasks["country"], strict=True))
    here = Counter(country_of.values())
    manifest = read_manifest(folder)
    return Sampled(
        protocol=drawing,
        n_demonstrations=size,
        tasks=len(tasks),
        persons=len(country_of),
        left_out=len(people.rows_of(*splits)) * len(set(setups)) - len(tasks),
        synthetic=people.identity.synthetic,
        coverage=tuple(
            CountryCoverage(name, row["persons"], row["eligible"], row["chosen"], here[name])
            for name, row in manifest["splits"]["by_country"].items()
        ),
    )


def _lines(tasks: Dataset, catalog: Catalog, protocol: Protocol, answers: bool) -> Iterator[str]:
    """Each task as a line of JSON with text in place of class numbers."""
    lists = [column for column, feature in tasks.features.items() if hasattr(feature, "feature")]
    items = list(catalog.items.values())
    starts = {g: np.cumsum([0, *(len(item.options(g)) for item in items)]) for g in GRANULARITIES}
    for row in tasks:
        plain: dict[str, Any] = {column: value for column, value in row.items() if column not in lists}
        shown = [items[at].id for at in row["demonstrations"]]
        plain["demonstrations"] = [
            _about(items[at]) | {g: items[at].options(g)[place - starts[g][at]].statement for g, place in said.items()}
            for at, said in _entries(row, "demonstrations", "demonstrations")
        ]
        plain["probes"] = []
        for at, said in _entries(row, "probes", "answers"):
            item = items[at]
            entry = _about(item) | {f"{g}_options": [o.statement for o in item.options(g)] for g in GRANULARITIES}
            if answers:
                entry |= {f"{g}_answer": int(place - starts[g][at]) for g, place in said.items()}
            if protocol.exclude == "asked" and shown:
                entry["not_shown"] = item.id if item.id in shown[:-1] else shown[-1]
            plain["probes"].append(entry)
        yield json.dumps(plain, ensure_ascii=False) + "\n"


def _about(item: Item) -> dict[str, Any]:
    return {"item": item.id, "category": item.category, "label": item.label}


def _entries(row: Mapping[str, Any], items: str, said: str) -> Iterator[tuple[int, dict[Granularity, int]]]:
    """Item positions of a list column, each with the class numbers that stand beside it."""
    for at, item in enumerate(row[items]):
        yield item, {granularity: row[f"{said}_{granularity}"][at] for granularity in GRANULARITIES}
