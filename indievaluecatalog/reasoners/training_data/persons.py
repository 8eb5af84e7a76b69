"""Which persons are drawn for which items of a unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.dataset.people import People
from indievaluecatalog.keyed_hash import keyed_pairs
from indievaluecatalog.reasoners.training_data.pool import pool_of
from indievaluecatalog.reasoners.training_data.unit import Unit

PURPOSE = "training persons"
ITEMS = 128
"""Items drawn for at a time, which bounds memory at some 100 MB of 92,000 persons."""
PERSONS = 2_048
"""Persons whose numbers are made at a time: what fits a processor's cache."""


@dataclass(frozen=True, slots=True)
class UnitCount:
    """What a unit gave, and what it left out, by name.

    Attributes:
        unit: its name.
        rows: how many it gave.
        wanted: how many it would give if every item had its persons.
        persons: how many different persons are in them.
        candidates: training persons it could have drawn for one item at least.
        left_out: reason -> training persons, each under the first reason that holds.
        short: item id -> persons there were, where they are fewer than wanted.
    """

    unit: str
    rows: int
    wanted: int
    persons: int
    candidates: int
    left_out: Mapping[str, int]
    short: Mapping[str, int]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for files."""
        return {
            "unit": self.unit,
            "rows": self.rows,
            "wanted": self.wanted,
            "persons": self.persons,
            "candidates": self.candidates,
            "training_persons_left_out": dict(self.left_out),
            "items_with_too_few_persons": dict(self.short),
        }


@dataclass(frozen=True, slots=True, eq=False)
class DrawnPersons:
    """Pairs of a person and an item.

    Attributes:
        person: positions in the people, shape (n,).
        item: positions in the catalog, shape (n,), ascending.
        count: of these and of what was left out.
    """

    person: NDArray[np.int32]
    item: NDArray[np.int16]
    count: UnitCount


def draw_persons(
    people: People,
    unit: Unit,
    training: NDArray[np.intp],
    asked: NDArray[np.intp],
    may_show: NDArray[np.bool_],
    seed: int,
) -> DrawnPersons:
    """Draw a unit's persons: for each item those of the smallest keyed numbers among who can be asked it.

    Who can be asked an item has a valid answer to it and as many others that may be shown beside it as the unit
    shows at most. So a draw depends on the seed, the unit's name, the person and the item alone, and more persons
    an item are the same and others.

    Args:
        people: i items.
        unit: whose persons.
        training: positions of the persons that may be trained on.
        asked: positions of the items asked.
        may_show: t[probe, item], shape (i, i).
        seed: enters the keyed hash.

    Raises:
        ReasonerError: see `pool_of`.
    """
    pool = pool_of(people, unit, training)
    answered = people.answered[:, pool.rows]
    ids = people.person_ids[pool.rows].tolist()
    names = list(people.catalog.items)
    usable = may_show.any(axis=0)
    others = answered[usable].sum(axis=0, dtype=np.int16)
    ever = np.zeros(len(ids), dtype=np.bool_)
    persons, items, short = [], [], {}
    for start in range(0, len(asked), ITEMS):
        block = asked[start : start + ITEMS]
        numbers = _numbers(seed, ids, [f"{unit.name}\x1f{names[item]}" for item in block])
        for at, item in enumerate(block):
            hidden = usable & ~may_show[item]
            can = answered[item] & (others - answered[hidden].sum(axis=0, dtype=np.int16) >= unit.number[1])
            ever |= can
            found = np.flatnonzero(can)
            if len(found) < unit.persons:
                short[names[item]] = len(found)
            elif len(found) > unit.persons:
                found = found[np.argpartition(numbers[at, found], unit.persons - 1)[: unit.persons]]
            persons.append(np.sort(found))
            items.append(np.full(len(found), item, dtype=np.int16))
    chosen = np.concatenate(persons)
    count = UnitCount(
        unit=unit.name,
        rows=len(chosen),
        wanted=unit.persons * len(asked),
        persons=len(np.unique(chosen)),
        candidates=int(ever.sum()),
        left_out={**pool.left_out, "too_few_answers": int(len(ids) - ever.sum())},
        short=short,
    )
    return DrawnPersons(person=pool.rows[chosen].astype(np.int32), item=np.concatenate(items), count=count)


def _numbers(seed: int, persons: list[str], items: list[str]) -> NDArray[np.uint64]:
    """The keyed number of each pair, shape (items, persons)."""
    found = np.empty((len(items), len(persons)), dtype=np.uint64)
    for start in range(0, len(persons), PERSONS):
        part = slice(start, start + PERSONS)
        found[:, part] = keyed_pairs(seed, PURPOSE, persons[part], items).T
    return found
