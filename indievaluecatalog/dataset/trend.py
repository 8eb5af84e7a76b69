"""Datasets of several waves as one table: a column a concept, with class names that all of them share."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indievaluecatalog.catalog.concepts import SharedConcept, shared_concepts
from indievaluecatalog.catalog.model import Catalog, Granularity
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.people import People, read_people
from indievaluecatalog.dataset.tables import class_column, label_column
from indievaluecatalog.errors import BuildError

if TYPE_CHECKING:
    from datasets import Dataset


def trend_table(
    builds: Sequence[str | Path],
    granularity: Granularity = "refined",
    *,
    catalogs: Sequence[Catalog | str | Path | None] | None = None,
    weight: str | None = None,
) -> Dataset:
    """All persons of several waves in one `Dataset`, as far as their answers can be compared.

    Columns: `person_id`, `wave`, `synthetic`, `country`, `continent`, `weight`, then one a concept that all waves
    have ("wvs7/Q1"), a class label whose names are the answers that all waves offer; null where a person has none
    of them. What `shared_concepts` finds not to compare between any two of them is left out.

    Args:
        builds: folders of built datasets, at least two.
        granularity: of the items; one may fall back on the polar options where the refined ones differ.
        catalogs: what each was built with, in the same order; None for a shipped wave.
        weight: the weight to take, NaN where a wave has none of that name; by default each wave's first one.

    Raises:
        BuildError: fewer than two builds, two of one wave, a build that is not whole, or nothing in common.
    """
    from datasets import ClassLabel, Dataset, Features, Value

    if len(builds) < 2:
        raise BuildError("a trend needs the datasets of at least two waves")
    given = catalogs if catalogs is not None else [None] * len(builds)
    if len(given) != len(builds):
        raise BuildError(f"{len(builds)} builds, but {len(given)} catalogs; give one for each, or None")
    waves = [read_people(build, catalog=catalog) for build, catalog in zip(builds, given, strict=True)]
    ids = [people.identity.wave for people in waves]
    if len(set(ids)) < len(ids):
        raise BuildError(f"two of the builds are of one wave: {', '.join(ids)}")
    shared = _compared([people.catalog for people in waves], granularity)
    if not shared:
        raise BuildError(f"the waves {', '.join(ids)} share no concept that compares; see shared_concepts")
    columns = [_wave_columns(people, at, shared, weight) for at, people in enumerate(waves)]
    names = {concept: list(pairs) for concept, (_, pairs) in shared.items()}
    text = {"person_id": Value("string"), "wave": Value("string"), "synthetic": Value("bool")}
    place = {"country": Value("string"), "continent": Value("string"), "weight": Value("float64")}
    features = Features({**text, **place, **{concept: ClassLabel(names=names[concept]) for concept in shared}})
    schema = features.arrow_schema
    return Dataset(pa.concat_tables([pa.table(one).cast(schema) for one in columns]))


Compared = dict[str, tuple[list[SharedConcept], dict[str, int]]]
"""Concept -> how the first wave shares it with each other one, and the common names with their class ids."""


def _compared(catalogs: Sequence[Catalog], granularity: Granularity) -> Compared:
    first, *others = catalogs
    found = [shared_concepts(first, other, granularity) for other in others]
    if granularity == "refined":
        # One wave may force the polar options on all.
        polar = [shared_concepts(first, other, "polar") for other in others]
        forced = {name for one in found for name, entry in one.items() if entry.granularity == "polar"}
        found = [{name: coarse[name] if name in forced else entry for name, entry in one.items()}
                 for one, coarse in zip(found, polar, strict=True)]  # fmt: skip
    shared: Compared = {}
    for concept in found[0]:
        entries = [one[concept] for one in found if concept in one]
        options = [entry.options for entry in entries]
        if len(entries) < len(others) or any(each is None for each in options):
            continue
        common = [name.name for name in options[0] or ()]
        for each in options[1:]:
            common = [name for name in common if name in {option.name for option in each or ()}]
        if len(common) > 1:
            shared[concept] = (entries, {name: at for at, name in enumerate(common)})
    return shared


def _wave_columns(people: People, at: int, shared: Compared, weight: str | None) -> dict[str, pa.Array]:
    wave, n = people.catalog.wave, len(people)
    wanted = weight if weight is not None else next(iter(people.weights), "")
    weights = people.weights.get(wanted, np.full(n, np.nan))
    columns: dict[str, pa.Array] = {
        "person_id": pa.array(people.person_ids.tolist(), pa.string()),
        "wave": pa.array([wave.id] * n, pa.string()),
        "synthetic": pa.array([people.identity.synthetic] * n),
        "country": label_column(people.catalog, wave.country_demographic, people.demographics),
        "continent": label_column(people.catalog, wave.continent_demographic, people.demographics),
        "weight": pa.array(weights, mask=np.isnan(weights)),
    }
    items = {name: row for row, name in enumerate(people.catalog.items)}
    for concept, (entries, names) in shared.items():
        # Every entry holds the first wave's side; the other waves each have one of their own.
        entry = entries[max(at - 1, 0)]
        own = entry.first if at == 0 else entry.second
        held: NDArray[Any] = (
            people.of(entry.granularity)[items[own]] if entry.role == "item" else people.demographic(own)
        )
        columns[concept] = class_column(_renumbered(held, entry, names, first=at == 0))
    return columns


def _renumbered(held: NDArray[Any], entry: SharedConcept, names: dict[str, int], *, first: bool) -> NDArray[np.int64]:
    """Option positions of one wave as class ids of the common names, shape (n,)."""
    # The last place is for NO_OPTION (-1).
    table = np.full(max(int(held.max(initial=0)) + 2, 2), NO_OPTION, np.int64)
    for option in entry.options or ():
        for place in option.first if first else option.second:
            if place < len(table) - 1:
                table[place] = names.get(option.name, NO_OPTION)
    found: NDArray[np.int64] = table[held]
    return found
