"""Tasks: for each person of a setup, the demonstrations shown and the probes asked, as arrays of item positions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import SETUPS, probe_setup
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.keyed_hash import keyed_pairs
from indievaluecatalog.sampling.protocol import OURS, Protocol

NOT_SHOWN = -1
"""Stands in `demonstrations` after the last one of a person who has fewer."""

SIZES = (0, 10, 25, 50, 100, 150, 200)
"""Numbers of demonstrations that are commonly asked for; any other works too."""

TooFew = Literal["error", "leave_out", "fewer"]

BLOCK = 8_192
"""Persons drawn at a time, which bounds memory at some 60 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Tasks:
    """The tasks of n persons in one setup.

    Attributes:
        setup: 0, 1 or 2.
        n_demonstrations: how many are shown.
        protocol: how they were drawn.
        rows: shape (n,): the persons' positions in the arrays they were drawn from.
        probes: int16, shape (p,): positions of the setup's items in the catalog, in order.
        asked: bool, shape (n, p): whether the person answered the probe, so that it can be asked.
        demonstrations: int16, shape (n, k): positions of the items shown, in order; NOT_SHOWN after the last.
            k is n_demonstrations, and one more with exclude="asked": see `shown_to`.
    """

    setup: int
    n_demonstrations: int
    protocol: Protocol
    rows: NDArray[np.intp]
    probes: NDArray[np.int16]
    asked: NDArray[np.bool_]
    demonstrations: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.rows)

    def shown_to(self, probe: int) -> NDArray[np.int16]:
        """What each person is shown when asked probe number `probe` (0..p-1), shape (n, n_demonstrations).

        With exclude="setup" the same for every probe. With exclude="asked" the first n_demonstrations of the
        person's order that are not the probe itself.
        """
        if self.protocol.exclude == "setup" or not self.n_demonstrations:
            return self.demonstrations[:, : self.n_demonstrations]
        others = self.demonstrations != self.probes[probe]
        # Move the probe to the back and keep the rest in order, then cut to size.
        order = np.argsort(~others, axis=1, kind="stable")[:, : self.n_demonstrations]
        shown = np.take_along_axis(self.demonstrations, order, axis=1)
        shown[~np.take_along_axis(others, order, axis=1)] = NOT_SHOWN
        return shown


def demonstration_items(catalog: Catalog, setup: int, protocol: Protocol) -> NDArray[np.bool_]:
    """Which items may be shown in a setup, shape (items,).

    Raises:
        SamplingError: an unknown setup or category.
    """
    for category in (*protocol.only_categories, *protocol.without_categories):
        if category not in catalog.categories:
            raise SamplingError(f"no category {category!r}; the catalog has {' | '.join(catalog.categories)}")
    probes = set(probe_items(catalog, setup))
    hidden = set(probes) if protocol.exclude == "setup" else set()
    if protocol.siblings == "left_out":
        for group in catalog.evaluation.siblings:
            if probes & set(group):
                hidden |= set(group) - (probes if protocol.exclude == "asked" else set())
    wanted = set(protocol.only_categories or catalog.categories) - set(protocol.without_categories)
    if not wanted:
        raise SamplingError("no category is left to show statements of")
    return np.array([item.id not in hidden and item.category in wanted for item in catalog.items.values()])


def probe_items(catalog: Catalog, setup: int) -> tuple[str, ...]:
    """`probe_setup`, with an error that a user can act on.

    Raises:
        SamplingError: an unknown setup.
    """
    if setup not in SETUPS:
        raise SamplingError(f"no setup {setup!r}; there are {', '.join(map(str, SETUPS))}")
    return probe_setup(catalog, setup)


def draw_tasks(
    catalog: Catalog,
    answered: NDArray[np.bool_],
    person_ids: NDArray[np.str_],
    *,
    setup: int = 0,
    n_demonstrations: int = 200,
    protocol: Protocol = OURS,
    ranking: NDArray[np.int16] | None = None,
    too_few: TooFew = "error",
) -> Tasks:
    """Draw what n persons are shown and asked in one setup.

    A draw depends on the protocol, the person's key, and which items the person answered: not on the other
    persons, their order, other sizes, or the machine. It is the same for refined and polar. Takes some 20
    microseconds a person, in blocks.

    Args:
        catalog: i items.
        answered: shape (i, n): whether each person has a valid answer to each item.
        person_ids: shape (n,): unique keys.
        setup: 0, 1 or 2.
        n_demonstrations: how many to show.
        protocol: see `Protocol`.
        ranking: for order="informative": item positions, most informative first (`informative_order`).
        too_few: what becomes of persons with fewer answers to show: "error", "leave_out", or "fewer".

    Raises:
        SamplingError: an unknown setup or category, a negative size, a missing ranking, or a person with too
            few answers.
    """
    if isinstance(n_demonstrations, bool) or not isinstance(n_demonstrations, int | np.integer):
        raise SamplingError(f"the number of demonstrations is a whole number, not {n_demonstrations!r}")
    if n_demonstrations < 0:
        raise SamplingError(f"the number of demonstrations cannot be negative: {n_demonstrations}")
    if too_few not in get_args(TooFew):
        raise SamplingError(f"too_few is one of {', '.join(get_args(TooFew))}, not {too_few!r}")
    if answered.shape != (len(catalog.items), len(person_ids)):
        raise SamplingError(
            f"answers of shape {answered.shape} are not {len(catalog.items)} items by {len(person_ids)} persons"
        )
    probes = _positions(catalog, probe_items(catalog, setup))
    allowed = demonstration_items(catalog, setup, protocol)
    size = n_demonstrations + (protocol.exclude == "asked" and n_demonstrations > 0)
    places = _places(protocol, ranking, len(catalog.items)) if n_demonstrations else None
    parts, counts = [], []
    for start in range(0, len(person_ids), BLOCK):
        block = slice(start, start + BLOCK)
        eligible = (answered[:, block] & allowed[:, None]).T
        counts.append(eligible.sum(axis=1))
        if places is None:
            numbers = _numbers(catalog, person_ids[block], n_demonstrations, protocol)
        else:
            numbers = np.broadcast_to(places, eligible.shape)
        parts.append(_first(numbers, eligible, size))
    empty = np.empty((0, size), np.int16)
    demonstrations = np.concatenate(parts) if parts else empty
    available = np.concatenate(counts) if counts else np.empty(0, np.intp)
    rows = _rows_with_enough(person_ids, available, size, n_demonstrations, setup, too_few)
    return Tasks(
        setup=setup,
        n_demonstrations=n_demonstrations,
        protocol=protocol,
        rows=rows,
        probes=probes,
        asked=answered[probes][:, rows].T.copy(),
        demonstrations=demonstrations[rows],
    )


def _positions(catalog: Catalog, items: tuple[str, ...]) -> NDArray[np.int16]:
    order = {item: at for at, item in enumerate(catalog.items)}
    return np.array([order[item] for item in items], dtype=np.int16)


def _numbers(
    catalog: Catalog, person_ids: NDArray[np.str_], n_demonstrations: int, protocol: Protocol
) -> NDArray[np.uint64]:
    """Numbers that order every item for every person, shape (n, items). Half of any block's time."""
    purpose = "demonstrations" if protocol.sizes == "nested" else f"demonstrations {n_demonstrations}"
    return keyed_pairs(protocol.seed, purpose, person_ids.tolist(), catalog.items)


def _places(protocol: Protocol, ranking: NDArray[np.int16] | None, items: int) -> NDArray[np.uint64] | None:
    """The place of every item in a ranking, or None where the order is the keyed one."""
    if protocol.order != "informative":
        return None
    if ranking is None:
        raise SamplingError("the informative order needs a ranking of items: see informative_order")
    places = np.full(items, items, dtype=np.uint64)
    places[ranking] = np.arange(len(ranking), dtype=np.uint64)
    return places


def _first(numbers: NDArray[np.uint64], eligible: NDArray[np.bool_], size: int) -> NDArray[np.int16]:
    """Positions of the `size` smallest numbers among the eligible, in order, shape (n, size)."""
    if not size:
        return np.empty((len(numbers), 0), np.int16)
    last = np.iinfo(np.uint64).max
    order = np.argsort(np.where(eligible, numbers, last), axis=1, kind="stable")[:, :size]
    chosen = np.where(np.take_along_axis(eligible, order, axis=1), order, NOT_SHOWN).astype(np.int16)
    if chosen.shape[1] < size:
        chosen = np.pad(chosen, ((0, 0), (0, size - chosen.shape[1])), constant_values=NOT_SHOWN)
    return chosen


def _rows_with_enough(
    person_ids: NDArray[np.str_],
    available: NDArray[np.intp],
    needed: int,
    n_demonstrations: int,
    setup: int,
    too_few: TooFew,
) -> NDArray[np.intp]:
    short = np.flatnonzero(available < needed)
    if not len(short) or too_few == "fewer":
        return np.arange(len(person_ids))
    if too_few == "leave_out":
        return np.flatnonzero(available >= needed)
    worst = short[np.argmin(available[short])]
    raise SamplingError(
        f"{len(short)} of {len(person_ids)} persons have too few answers for {n_demonstrations} demonstrations in "
        f"setup {setup}; person {person_ids[worst]} has {max(int(available[worst]) - (needed > n_demonstrations), 0)}. "
        f"Ask for fewer demonstrations, or pass too_few='leave_out' or 'fewer' (--too-few)"
    )
