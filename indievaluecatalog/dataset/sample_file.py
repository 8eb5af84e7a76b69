"""Tasks as a file, and who is in it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.load import find_build
from indievaluecatalog.dataset.manifest import read_manifest
from indievaluecatalog.dataset.people import read_people
from indievaluecatalog.dataset.sample import sample_tasks
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.sampling.protocol import Protocol
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
    n_demonstrations: int = 200,
    protocol: Callable[[Protocol], Protocol] = lambda own: own,
    splits: Sequence[str] = EVALUATION_SPLITS,
    too_few: TooFew = "error",
    catalog: Catalog | str | Path | None = None,
) -> Sampled:
    """Draw tasks of a built dataset and write them; the file appears only when it is whole.

    `protocol` makes the protocol to draw by from the one the dataset was built by, which is the default.

    Parquet keeps class numbers with their names, as the `tasks` config does; .jsonl has text in their place.

    Raises:
        SamplingError, BuildError: as `sample_tasks` does; another ending, or a place that cannot be written.
    """
    target = Path(out)
    if target.suffix not in (".parquet", ".jsonl"):
        raise SamplingError(f"{target}: tasks are written as .parquet or .jsonl")
    folder = find_build(dataset)
    people = read_people(folder, catalog=catalog)
    drawing = protocol(people.protocol)
    tasks = sample_tasks(
        people, setups, n_demonstrations, protocol=drawing, splits=splits, too_few=too_few, catalog=catalog
    )
    with whole_file(target, SamplingError) as beside:
        if target.suffix == ".parquet":
            pq.write_table(tasks.data.table, beside, compression="zstd")
        else:
            with beside.open("w", encoding="utf-8") as file:
                file.writelines(_lines(tasks))
    country_of = dict(zip(tasks["person_id"], tasks["country"], strict=True))
    here = Counter(country_of.values())
    return Sampled(
        protocol=drawing,
        tasks=len(tasks),
        persons=len(country_of),
        left_out=len(people.rows_of(*splits)) * len(setups) - len(tasks),
        synthetic=people.identity.synthetic,
        coverage=tuple(
            CountryCoverage(name, row["persons"], row["eligible"], row["chosen"], here[name])
            for name, row in read_manifest(folder)["splits"]["by_country"].items()
        ),
    )


def _lines(tasks: Dataset) -> Iterator[str]:
    """Each task as a line of JSON with text in place of class numbers."""
    names = {column: feature.feature.names for column, feature in tasks.features.items() if hasattr(feature, "feature")}
    for row in tasks:
        plain: dict[str, Any] = {column: value for column, value in row.items() if column not in names}
        for items, said in (("demonstrations", "demonstrations"), ("probes", "answers")):
            keys = ("item", *GRANULARITIES)
            columns = (items, *(f"{said}_{granularity}" for granularity in GRANULARITIES))
            texts = [[names[column][at] for at in row[column]] for column in columns]
            plain[items] = [dict(zip(keys, entry, strict=True)) for entry in zip(*texts, strict=True)]
        yield json.dumps(plain, ensure_ascii=False) + "\n"
