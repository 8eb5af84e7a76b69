"""Training rows as arrays: who is asked what, in which order of rows, and what stands before it. No text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.keyed_hash import keyed_hash, keyed_pairs
from indievaluecatalog.reasoners.training_data.drawing import Drawing, TooFewPersons, chosen_hold_out
from indievaluecatalog.reasoners.training_data.listing import find_mixture
from indievaluecatalog.reasoners.training_data.persons import UnitCount, draw_persons
from indievaluecatalog.reasoners.training_data.unit import Mixture, Unit
from indievaluecatalog.sampling.holdout import ItemHoldout
from indievaluecatalog.sampling.protocol import Protocol
from indievaluecatalog.sampling.tasks import NOT_SHOWN

ORDER = "training order"
DEMONSTRATIONS = "training demonstrations"
PLACE_BITS = np.uint64(0xFFFF)
"""The low bits of a keyed number, which give way to the item's position so that one sort gives both."""
BLOCK = 1_024
"""Rows whose demonstrations are drawn at a time: what fits a processor's cache."""
TOLD = 5
"""Items, and units, that a message names before it counts the others."""


@dataclass(frozen=True, slots=True, eq=False)
class RowBlock:
    """Some training rows.

    Attributes:
        unit: int16, shape (n,): which unit of the mixture.
        person: int32, shape (n,): position in the people.
        item: int16, shape (n,): position of the item asked.
        answer: int8, shape (n,): the option's position in the catalog, at the unit's granularity of probes.
        n_shown: int16, shape (n,).
        demonstrations: int16, shape (n, k): positions of the items shown, in order; NOT_SHOWN after the last.
        chance: uint64, shape (n,): a keyed number a row, for whatever else is left to chance.
    """

    unit: NDArray[np.int16]
    person: NDArray[np.int32]
    item: NDArray[np.int16]
    answer: NDArray[np.int8]
    n_shown: NDArray[np.int16]
    demonstrations: NDArray[np.int16]
    chance: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.unit)


@dataclass(frozen=True, slots=True, eq=False)
class TrainingRows:
    """The n rows of a mixture, in a keyed order; each (unit, person, item) once.

    What a row shows is drawn when a block is asked for, so that millions of rows take little memory.

    Attributes:
        people: whom `person` counts in.
        mixture, drawing: what was drawn, and how.
        unit: int16, shape (n,).
        person: int32, shape (n,).
        item: int16, shape (n,).
        counts: of each unit, what it gave and left out.
        may_show: t[probe, item], see `Drawing.may_show`.
    """

    people: People
    mixture: Mixture
    drawing: Drawing
    unit: NDArray[np.int16]
    person: NDArray[np.int32]
    item: NDArray[np.int16]
    counts: tuple[UnitCount, ...]
    may_show: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.unit)

    def block(self, start: int = 0, stop: int | None = None) -> RowBlock:
        """The rows from `start` to before `stop`, as arrays; 5 microseconds a row."""
        part = slice(start, stop)
        unit, person, item = self.unit[part], self.person[part], self.item[part]
        answer = np.empty(len(unit), dtype=np.int8)
        for granularity in GRANULARITIES:
            asked = np.array([one.probes == granularity for one in self.mixture.units])[unit]
            answer[asked] = self.people.of(granularity)[item[asked], person[asked]]
        parts = [
            self._shown(unit[at : at + BLOCK], person[at : at + BLOCK], item[at : at + BLOCK])
            for at in range(0, max(len(unit), 1), BLOCK)
        ]
        n_shown, demonstrations, chance = (np.concatenate(one) for one in zip(*parts, strict=True))
        return RowBlock(unit, person, item, answer, n_shown, demonstrations, chance)

    def blocks(self, size: int = 8_192) -> Iterator[RowBlock]:
        """All rows, so many at a time."""
        for start in range(0, len(self), size):
            yield self.block(start, start + size)

    def _shown(
        self, unit: NDArray[np.int16], person: NDArray[np.int32], item: NDArray[np.int16]
    ) -> tuple[NDArray[np.int16], NDArray[np.int16], NDArray[np.uint64]]:
        """Number shown, items shown, and a number for whatever else is left to chance."""
        people, items = self.people, list(self.people.catalog.items)
        bounds = np.array([one.number for one in self.mixture.units], dtype=np.int64)[unit]
        most = max(one.number[1] for one in self.mixture.units)
        keys = row_keys(people, self.mixture, unit, person, item)
        drawn = keyed_pairs(self.drawing.protocol.seed, DEMONSTRATIONS, keys, [*items, "\x1fnumber", "\x1fchance"])
        numbers, chance = drawn[:, : len(items)], drawn[:, -1].copy()
        spread = (bounds[:, 1] - bounds[:, 0] + 1).astype(np.uint64)
        n_shown = (bounds[:, 0] + (drawn[:, -2] % spread).astype(np.int64)).astype(np.int16)
        eligible = (people.refined[:, person] != NO_OPTION).T & self.may_show[item]
        places = np.arange(len(items), dtype=np.uint64)
        ranked = np.where(eligible, (numbers & ~PLACE_BITS) | places, np.iinfo(np.uint64).max)
        ranked.sort(axis=1)
        shown = (ranked[:, :most] & PLACE_BITS).astype(np.int64)
        shown[np.arange(shown.shape[1])[None, :] >= n_shown[:, None]] = NOT_SHOWN
        return n_shown, shown.astype(np.int16), chance


def row_keys(
    people: People, mixture: Mixture, unit: NDArray[np.int16], person: NDArray[np.int32], item: NDArray[np.int16]
) -> list[str]:
    """What every draw of a row depends on: the names of its unit, person and item."""
    units, items = [one.name for one in mixture.units], list(people.catalog.items)
    ids = people.person_ids[person].tolist()
    rows = zip(unit.tolist(), ids, item.tolist(), strict=True)
    return [f"{units[which]}\x1f{who}\x1f{items[what]}" for which, who, what in rows]


def training_rows(
    people: People,
    mixture: Mixture | Unit | str | Sequence[str | Unit],
    *,
    size: int | None = None,
    protocol: Protocol | None = None,
    hold_out: float | Sequence[str] | ItemHoldout = (),
    held_out_shown: bool = False,
    too_few: TooFewPersons = "error",
) -> TrainingRows:
    """Draw the training rows of a mixture, as arrays, from training persons alone.

    Args:
        people: of a dataset; only those of its train split are drawn.
        mixture: a mixture or unit, its name, or several units.
        size: persons an item in every unit, instead of what the units say.
        protocol: see `Drawing`; None for the one the dataset was built by.
        hold_out: items that are never asked: a share of each category, ids, or an `ItemHoldout`.
        held_out_shown: whether those may stand among the demonstrations.
        too_few: what becomes of an item that fewer persons can be drawn for than a unit wants: "error", or "fewer"
            for all there are.

    Raises:
        ReasonerError: no such mixture; nobody to train on; too few persons; an item, category, continent or label
            that the catalog does not have.
        SamplingError: a share outside 0 to 1.
    """
    chosen = find_mixture(mixture, size=size)
    own = protocol or people.protocol
    held_out = chosen_hold_out(people.catalog, hold_out, own.seed)
    drawing = Drawing(own, held_out, held_out_shown, too_few)
    training = people.rows_of("train")
    if not len(training):
        raise ReasonerError(
            "the dataset has no persons in its train split: evaluation persons are never trained on, so that a "
            "dataset with others is needed"
        )
    asked, may_show = drawing.asked(people.catalog), drawing.may_show(people.catalog)
    drawn = [draw_persons(people, unit, training, asked, may_show, own.seed) for unit in chosen.units]
    counts = tuple(one.count for one in drawn)
    if too_few == "error":
        _check_enough(chosen, counts)
    unit = np.concatenate([np.full(len(one.person), at, dtype=np.int16) for at, one in enumerate(drawn)])
    if not len(unit):
        raise ReasonerError("not one row can be drawn: no training person has enough answers for any unit")
    person, item = np.concatenate([one.person for one in drawn]), np.concatenate([one.item for one in drawn])
    order = np.argsort(keyed_hash(own.seed, ORDER, row_keys(people, chosen, unit, person, item)), kind="stable")
    return TrainingRows(people, chosen, drawing, unit[order], person[order], item[order], counts, may_show)


def _check_enough(mixture: Mixture, counts: Sequence[UnitCount]) -> None:
    told = []
    for unit, count in zip(mixture.units, counts, strict=True):
        if count.short:
            few = [f"{item} has {there}" for item, there in list(count.short.items())[:TOLD]]
            more = f" and {len(count.short) - TOLD} more items" if len(count.short) > TOLD else ""
            shows = f" and {unit.number[1]} other answers to show" if unit.number[1] else ""
            told.append(
                f"unit {unit.name} needs {unit.persons} persons an item, with an answer to it{shows}; "
                f"{', '.join(few)}{more}"
            )
    if told:
        hidden = f" (and {len(told) - TOLD} more units)" if len(told) > TOLD else ""
        raise ReasonerError(
            f"{'; '.join(told[:TOLD])}{hidden}. Ask for fewer persons an item (size=, --size) or units that show "
            "less, or take what there is (too_few='fewer', --too-few fewer)"
        )
