"""Whether answers moved more between two waves than opinions do: a reversed scale shows so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.concepts import shared_concepts
from indievaluecatalog.catalog.model import Catalog, Item
from indievaluecatalog.errors import CatalogError

MOVED = 0.4
"""A share of persons, 0 to 1, who would have to have changed their answer."""
REVERSED_BY = 0.15
"""How much nearer the reversed distribution must be before a scale counts as turned round."""
FEWEST = 50


@dataclass(frozen=True, slots=True)
class Shift:
    """How far an item's answers moved: 0 (not at all) to 1, as they are and with the scale turned round."""

    item: str
    concept: str
    moved: float
    moved_if_reversed: float

    @property
    def reversed(self) -> bool:
        """Whether the scale looks turned round."""
        return self.moved > REVERSED_BY and self.moved_if_reversed < self.moved - REVERSED_BY

    @property
    def implausible(self) -> bool:
        """Whether a person should look."""
        return self.reversed or self.moved > MOVED


def shifts(
    catalog: Catalog, counts: Mapping[str, Mapping[int, int]], earlier: Catalog, build: str | Path
) -> list[Shift]:
    """The items that both waves have, those that moved most first.

    Args:
        catalog: of the new wave.
        counts: variable -> code -> rows of the new file.
        earlier: the catalog that `build` was built with.
        build: folder of the earlier wave's dataset.

    Raises:
        CatalogError: the folder is no dataset of that catalog.
    """
    found = []
    table = _answers(Path(build), earlier)
    for shared in shared_concepts(earlier, catalog).values():
        if shared.role != "item" or shared.options is None:
            continue
        old, new = earlier.items[shared.first], catalog.items[shared.second]
        coarse = shared.granularity == "polar"
        before = _before(table[old.id], old, coarse)
        after = _after(counts.get(new.variable, {}), new, coarse)
        p = np.array([sum(before[at] for at in option.first) for option in shared.options])
        q = np.array([sum(after[at] for at in option.second) for option in shared.options])
        if min(p.sum(), q.sum()) < FEWEST:
            continue
        p, q = p / p.sum(), q / q.sum()
        moved = (float(np.abs(p - q).sum() / 2), float(np.abs(p - q[::-1]).sum() / 2))
        found.append(Shift(new.id, shared.concept, *moved))
    return sorted(found, key=lambda one: (not one.reversed, -one.moved, one.item))


def _answers(build: Path, catalog: Catalog) -> dict[str, NDArray[Any]]:
    """Item id -> how often each refined option was chosen."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    files = sorted((build / "data" / "refined").glob("*.parquet"))
    if not files:
        raise CatalogError([f"{build}: [no-dataset] holds no data/refined/*.parquet; name the folder of a build"])
    totals = {item.id: np.zeros(len(item.refined), np.int64) for item in catalog.items.values()}
    try:
        for file in files:
            table = pq.read_table(file, columns=list(totals))
            for name, total in totals.items():
                held = table[name].drop_null().to_numpy()
                total += np.bincount(held, minlength=len(total))[: len(total)]
    except (OSError, pa.ArrowException, KeyError, ValueError) as error:
        raise CatalogError([f"{build}: [other-dataset] is no dataset of {catalog.wave.id}: {error}"]) from error
    return totals


def _before(refined: Sequence[int] | NDArray[Any], item: Item, coarse: bool) -> list[int]:
    if not coarse:
        return [int(count) for count in refined]
    counts = [0] * len(item.polar)
    for option, count in zip(item.refined, refined, strict=True):
        place = item.option_index(option.codes[0], "polar")
        if place is not None:
            counts[place] += int(count)
    return counts


def _after(counts: Mapping[int, int], item: Item, coarse: bool) -> list[int]:
    options = item.options("polar" if coarse else "refined")
    return [sum(counts.get(code, 0) for code in option.codes) for option in options]
