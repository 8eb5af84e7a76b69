"""How answers to an item are spread, over all persons and within groups, weighted or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.browse.collection import FEW, Collection
from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.dataset.lookup import NO_OPTION


@dataclass(frozen=True, slots=True)
class Spread:
    """The answers of one group: how many persons answered, and each option's share, which sum to one."""

    name: str
    answers: int
    shares: tuple[float, ...]

    @property
    def few(self) -> bool:
        """Whether so few answered that the shares say little."""
        return self.answers < FEW


@dataclass(frozen=True, slots=True)
class Distribution:
    """An item's answers.

    Attributes:
        everyone: all who are looked at; None where nobody answered, or too few to be shown.
        groups: those that are shown.
        silent: groups in which nobody answered.
        hidden: groups kept back, in the codebook's order: too small, or needed to keep a small one from being
            worked out.
        withheld: whether all who are looked at are too few to be shown.
    """

    everyone: Spread | None
    groups: tuple[Spread, ...] = ()
    silent: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    withheld: bool = False


def distribution(
    collection: Collection,
    item: int,
    granularity: Granularity,
    by: str,
    weight: str,
    members: NDArray[np.bool_] | None = None,
) -> Distribution:
    """The spread of an item's answers; some milliseconds for 97,000 persons.

    Where the collection has a smallest group above 1, groups of fewer answers are kept back, so is the next smallest
    while all minus the shown ones would be fewer than that, and shares are in whole per cent.

    Args:
        collection: the persons.
        item: position of the item.
        granularity: of the options.
        by: a demographic, or "" for no groups.
        weight: a usable weight, or "" to count every person once. Persons of weight 0 are left out.
        members: who is looked at, shape (n,); None for everyone.
    """
    people = collection.people
    codes = people.of(granularity)[item]
    weights = collection.weights[weight] if weight else np.ones(len(people))
    looked_at = np.ones(len(people), np.bool_) if members is None else members
    counted = looked_at & (codes != NO_OPTION) & (weights > 0)
    size = len(collection.items[item].options(granularity))
    every = _spreads(["All"], np.zeros(int(counted.sum()), np.intp), codes[counted], weights[counted], size)
    if every and every[0].answers < collection.smallest_group:
        return Distribution(None, withheld=True)
    everyone = _coarse(every[0], collection.smallest_group) if every else None
    if not by:
        return Distribution(everyone)
    options = [option.label for option in collection.catalog.demographics[by].options]
    groups = people.demographic(by)
    member = counted & (groups != NO_OPTION)
    found = _spreads(options, groups[member].astype(np.intp), codes[member], weights[member], size)
    present = np.bincount(groups[looked_at & (groups != NO_OPTION)], minlength=len(options))
    shown = _shown(found, int(counted.sum()), collection.smallest_group)
    heard, kept = {spread.name for spread in found}, {spread.name for spread in shown}
    silent, hidden = [], []
    for name, persons in zip(options, present.tolist(), strict=True):
        # That nobody of a handful answered says something of each of them, too.
        if persons and name not in heard and persons >= collection.smallest_group:
            silent.append(name)
        elif persons and name not in kept:
            hidden.append(name)
    coarse = tuple(_coarse(spread, collection.smallest_group) for spread in shown)
    return Distribution(everyone, coarse, tuple(silent), tuple(hidden))


def _shown(found: Sequence[Spread], answers: int, smallest: int) -> list[Spread]:
    """The groups that may be shown: neither small, nor such that a small rest is told by subtracting them."""
    shown = [spread for spread in found if spread.answers >= smallest]
    if len(shown) == len(found):
        return shown
    # The rest also holds those of whom the group is not known, who hide a small group as well as another group does.
    while shown and answers - sum(spread.answers for spread in shown) < smallest:
        fewest = min(spread.answers for spread in shown)
        shown = [spread for spread in shown if spread.answers > fewest]
    return shown


def _coarse(spread: Spread, smallest: int) -> Spread:
    """Shares in whole per cent where small groups are kept back: finer ones could be counted back to persons."""
    return spread if smallest <= 1 else replace(spread, shares=tuple(round(share, 2) for share in spread.shares))


def _spreads(
    names: Sequence[str],
    groups: NDArray[np.intp],
    codes: NDArray[np.int8],
    weights: NDArray[np.float64],
    size: int,
) -> list[Spread]:
    cells = groups * size + codes
    shape = (len(names), size)
    counts = np.bincount(cells, minlength=len(names) * size).reshape(shape).sum(axis=1)
    sums = np.bincount(cells, weights=weights, minlength=len(names) * size).reshape(shape)
    return [
        Spread(name, int(count), tuple((row / row.sum()).tolist()))
        for name, count, row in zip(names, counts, sums, strict=True)
        if count
    ]
