"""What the card tells as an example: one synthetic person, or what most respondents say; never one respondent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.tables import Indices


@dataclass(frozen=True, slots=True)
class Told:
    """A refined statement, its category, and the percentage of those with an answer to its item who hold it."""

    category: str
    statement: str
    share: float


@dataclass(frozen=True, slots=True)
class Example:
    """Statements that go together.

    Attributes:
        who: how a synthetic person describes themself; empty where the persons are real.
        told: statements by category, in the catalog's order; a category may have none.
        one_each: one of each category that has any.
    """

    who: tuple[str, ...]
    told: Mapping[str, Sequence[Told]]
    one_each: tuple[Told, ...]


def make_example(catalog: Catalog, indices: Indices, synthetic: bool) -> Example:
    """One synthetic person, or the most frequent statements.

    A card is seen by more people than the data, so it shows no respondent, and each category gives the statement that
    most respondents hold. Of a synthetic person the categories give statements from what nearly all hold to what few.
    """
    held = [option_counts(indices.refined[row], len(item.refined)) for row, item in enumerate(catalog.items.values())]
    if not synthetic:
        chosen = [int(np.argmax(counts)) if counts.any() else NO_OPTION for counts in held]
        told = _told(catalog, held, chosen)
        return Example((), told, tuple(max(some, key=lambda one: one.share) for some in told.values() if some))
    person = _fullest(indices)
    told = _told(catalog, held, indices.refined[:, person].tolist())
    return Example(
        _description(catalog, indices, person), told, _from_common_to_rare(list(filter(None, told.values())))
    )


def option_counts(found: NDArray[np.int8], n: int) -> NDArray[np.int64]:
    """How many persons hold each of an item's n options; shape (n,)."""
    # NO_OPTION is -1: a place before the first.
    return np.bincount(found.astype(np.int64) + 1, minlength=n + 1)[1:]


def _fullest(indices: Indices) -> int:
    """The person with most answers; the first of them."""
    return int(np.argmax((indices.refined != NO_OPTION).sum(axis=0, dtype=np.int16)))


def _told(catalog: Catalog, held: Sequence[NDArray[np.int64]], chosen: Sequence[int]) -> dict[str, list[Told]]:
    told: dict[str, list[Told]] = {category: [] for category in catalog.categories}
    for item, counts, option in zip(catalog.items.values(), held, chosen, strict=True):
        if option != NO_OPTION:
            share = 100 * int(counts[option]) / int(counts.sum())
            told[item.category].append(Told(item.category, item.refined[option].statement, share))
    return told


def _description(catalog: Catalog, indices: Indices, person: int) -> tuple[str, ...]:
    """All but the continent, which the country says."""
    return tuple(
        demographic.options[indices.demographics[at, person]].statement
        for at, (name, demographic) in enumerate(catalog.demographics.items())
        if name != catalog.wave.continent_demographic and indices.demographics[at, person] != NO_OPTION
    )


def _from_common_to_rare(told: Sequence[Sequence[Told]]) -> tuple[Told, ...]:
    """One statement of each category, the wanted shares falling evenly from 95 to 5 percent over the categories."""
    wanted = np.linspace(95, 5, len(told))
    return tuple(
        min(some, key=lambda one: abs(one.share - share)) for some, share in zip(told, wanted.tolist(), strict=True)
    )


def a_few(told: Sequence[Told]) -> list[Told]:
    """Three spread over a category's statements, or what there is."""
    return list(told[:: max(len(told) // 3, 1)][:3])
