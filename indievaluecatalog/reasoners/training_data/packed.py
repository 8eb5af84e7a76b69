"""One sequence a person: all statements in a keyed order, each of which can be predicted from those before it.

A model of statements learns from every answer of a sequence at once, where a row of text gives it one answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.keyed_hash import keyed_pairs
from indievaluecatalog.reasoners.training_data.drawing import Drawing
from indievaluecatalog.sampling.tasks import NOT_SHOWN

PURPOSE = "packed statements"
PLACE_BITS = np.uint64(0xFFFF)
BLOCK = 1_024


@dataclass(frozen=True, slots=True, eq=False)
class Packed:
    """The answers of n persons, each in an order of its own.

    Attributes:
        person: int32, shape (n,): positions in the people.
        items: int16, shape (n, length): positions in the catalog; NOT_SHOWN after a person's last.
        options: int8, shape (n, length): the person's option of that item; NO_OPTION after the last.
    """

    person: NDArray[np.int32]
    items: NDArray[np.int16]
    options: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.person)


def packed_sequences(
    people: People,
    drawing: Drawing | None = None,
    *,
    granularity: Granularity = "refined",
    epoch: int = 0,
    length: int | None = None,
    rows: NDArray[np.intp] | None = None,
) -> Packed:
    """Each person's statements as one sequence, in an order drawn for this person and epoch.

    The order depends on the seed, the person, the item and the epoch alone, and is the same at both granularities.
    Items held out are in no sequence, since every item of a sequence is asked. Of siblings that are left out beside
    each other, a sequence holds the first in its order only.

    Args:
        people: whose answers.
        drawing: seed, categories, siblings and items held out; None for the dataset's own protocol.
        granularity: of the options.
        epoch: another order for each.
        length: the first so many of each order; None for all.
        rows: positions of the persons, in the order wanted; None for all training persons.

    Raises:
        ReasonerError: no persons, a person who may not be trained on, or a length below 1.
    """
    chosen = people.rows_of("train") if rows is None else rows
    _check(people, chosen, length)
    drawing = drawing or Drawing(people.protocol)
    usable = np.zeros(len(people.catalog.items), dtype=np.bool_)
    usable[drawing.asked(people.catalog)] = True
    usable &= drawing.may_show(people.catalog).any(axis=0)
    width = min(length or len(usable), int(usable.sum()))
    parts = [
        _ordered(people, drawing, usable, chosen[start : start + BLOCK], epoch, width)
        for start in range(0, len(chosen), BLOCK)
    ]
    items = np.concatenate(parts)
    options = np.where(items == NOT_SHOWN, NO_OPTION, people.of(granularity)[items, chosen[:, None]])
    return Packed(chosen.astype(np.int32), items, options.astype(np.int8))


def packed_batches(
    people: People,
    drawing: Drawing | None = None,
    *,
    size: int,
    granularity: Granularity = "refined",
    epoch: int = 0,
    length: int | None = None,
) -> Iterator[Packed]:
    """One epoch of `packed_sequences` of the training persons, so many at a time, persons in a keyed order too."""
    if size < 1:
        raise ReasonerError(f"a batch has at least one person, not {size}")
    training = people.rows_of("train")
    _check(people, training, length)
    drawing = drawing or Drawing(people.protocol)
    purpose = f"{PURPOSE}\x1fpersons\x1f{epoch}"
    numbers = keyed_pairs(drawing.protocol.seed, purpose, people.person_ids[training].tolist(), [""])[:, 0]
    order = training[np.argsort(numbers, kind="stable")]
    for start in range(0, len(order), size):
        part = order[start : start + size]
        yield packed_sequences(people, drawing, granularity=granularity, epoch=epoch, length=length, rows=part)


def _check(people: People, rows: NDArray[np.intp], length: int | None) -> None:
    if not len(rows):
        raise ReasonerError("the dataset has no persons in its train split, so that there is nobody to train on")
    if not np.isin(rows, people.rows_of("train")).all():
        raise ReasonerError("some of these persons are kept for evaluation, and must not be trained on")
    if length is not None and length < 1:
        raise ReasonerError(f"a sequence has at least one statement, not {length}")


def _ordered(
    people: People, drawing: Drawing, usable: NDArray[np.bool_], rows: NDArray[np.intp], epoch: int, width: int
) -> NDArray[np.int16]:
    """Positions of the items in each person's order, shape (n, width)."""
    items = list(people.catalog.items)
    last = np.iinfo(np.uint64).max
    ids = people.person_ids[rows].tolist()
    numbers = keyed_pairs(drawing.protocol.seed, f"{PURPOSE}\x1f{epoch}", ids, items)
    there = (people.refined[:, rows] != NO_OPTION).T & usable
    ranked = np.where(there, (numbers & ~PLACE_BITS) | np.arange(len(items), dtype=np.uint64), last)
    if drawing.protocol.siblings == "left_out":
        for group in people.catalog.evaluation.siblings:
            places = [items.index(item) for item in group]
            first = ranked[:, places].min(axis=1, keepdims=True)
            ranked[:, places] = np.where(ranked[:, places] == first, ranked[:, places], last)
    ranked.sort(axis=1)
    found = np.where(ranked == last, NOT_SHOWN, (ranked & PLACE_BITS).astype(np.int64)).astype(np.int16)
    return found[:, :width]
