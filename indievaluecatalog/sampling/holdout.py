"""Items that training never sees: a split by item, harder than one by person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.keyed_hash import keyed_hash


@dataclass(frozen=True, slots=True)
class ItemHoldout:
    """Item ids in catalog order: those training may use, as question or as demonstration, and those it may not."""

    training: tuple[str, ...]
    held_out: tuple[str, ...]


def item_holdout(catalog: Catalog, share: float = 0.2, *, seed: int = 0) -> ItemHoldout:
    """Hold out a share of each category's items, drawn by keyed hash.

    Siblings, of which one answer gives part of the others' away, stay together. A larger share holds out the
    same items and more.

    Raises:
        SamplingError: a share outside 0 to 1.
    """
    if not 0 <= share <= 1:
        raise SamplingError(f"the share of items held out is between 0 and 1, not {share}")
    together = {item: min(group) for group in catalog.evaluation.siblings for item in group}
    held_out = set()
    for category in catalog.categories:
        items = [item.id for item in catalog.items_of(category)]
        families = sorted({together.get(item, item) for item in items})
        numbers = keyed_hash(seed, "item hold-out", families)
        wanted = round(share * len(items))
        chosen: set[str] = set()
        for at in np.argsort(numbers, kind="stable"):
            if len(chosen) >= wanted:
                break
            chosen |= {item for item in items if together.get(item, item) == families[at]}
        held_out |= chosen
    return ItemHoldout(
        training=tuple(item for item in catalog.items if item not in held_out),
        held_out=tuple(item for item in catalog.items if item in held_out),
    )
