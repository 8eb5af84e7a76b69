"""A person's answers as one sequence: each step holds the answer before and the question now, and is scored.

So a model that reads the sequence from the left learns from every answer, and n answers take n steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES
from indievaluecatalog.dataset.people import People
from indievaluecatalog.keyed_hash import keyed_hash, keyed_pairs
from indievaluecatalog.reasoners.language.vocabulary import PAD, START, Vocabulary
from indievaluecatalog.reasoners.training_data.drawing import Drawing
from indievaluecatalog.reasoners.training_data.packed import packed_sequences
from indievaluecatalog.sampling.tasks import NOT_SHOWN

Said = Literal["refined", "both"]
"""Granularities of the statements that are trained on: refined alone, or persons of refined, polar and mixed ones."""

ORDER = "small language model persons"
GRANULARITY = "small language model granularity"


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """Sequences of n persons, padded on the right.

    Attributes:
        before: int64, shape (n, length): token of the answer before; START first, PAD after the last step.
        asked: int64, shape (n, length): token of the question.
        first: int64, shape (n, length): token of the item's first option.
        options: int64, shape (n, length): how many options it has; 0 after the last step.
        answer: int64, shape (n, length): position of the person's option; -1 after the last step.
    """

    before: NDArray[np.int64]
    asked: NDArray[np.int64]
    first: NDArray[np.int64]
    options: NDArray[np.int64]
    answer: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.before)

    @property
    def answers(self) -> int:
        """How many answers are predicted."""
        return int((self.answer >= 0).sum())


def training_steps(
    people: People,
    vocabulary: Vocabulary,
    drawing: Drawing,
    rows: NDArray[np.intp],
    *,
    epoch: int,
    said: Said = "refined",
    length: int | None = None,
) -> Steps:
    """Sequences of some training persons, in the order of statements of an epoch.

    Args:
        people: whom `rows` counts in.
        vocabulary: of their catalog.
        drawing: seed and items that may be asked.
        rows: positions of training persons.
        epoch: another order for each.
        said: granularities of statements.
        length: the first so many statements of each person; None for all.

    Raises:
        ReasonerError: as `packed_sequences` does.
    """
    packed = packed_sequences(people, drawing, granularity="refined", epoch=epoch, length=length, rows=rows)
    there = packed.items != NOT_SHOWN
    items = np.where(there, packed.items, 0).astype(np.int64)
    coarse = np.zeros(items.shape, np.intp)
    if said == "both":
        coarse = _coarse(people, drawing, rows, items, epoch)
    options = np.where(coarse == 0, packed.options, people.polar[items, rows[:, None]]).astype(np.int64)
    first = vocabulary.firsts[coarse, items]
    answers = np.where(there, first + options, PAD)
    before = np.concatenate([np.full((len(rows), 1), START), answers[:, :-1]], axis=1)
    questions = np.stack([vocabulary.questions(one, items) for one in GRANULARITIES])
    asked = np.take_along_axis(questions, coarse[None], axis=0)[0]
    return Steps(
        before=np.where(there, before, PAD),
        asked=np.where(there, asked, PAD),
        first=first,
        options=np.where(there, vocabulary.sizes[coarse, items], 0),
        answer=np.where(there, options, -1),
    )


def epoch_order(people: People, rows: NDArray[np.intp], seed: int, epoch: int) -> NDArray[np.intp]:
    """Persons in the order of an epoch, which does not depend on the order they come in."""
    numbers = keyed_hash(seed, f"{ORDER}\x1f{epoch}", people.person_ids[rows].tolist())
    ordered: NDArray[np.intp] = rows[np.argsort(numbers, kind="stable")]
    return ordered


def _coarse(
    people: People, drawing: Drawing, rows: NDArray[np.intp], items: NDArray[np.int64], epoch: int
) -> NDArray[np.intp]:
    """Which granularity each statement is of: a third of the persons refined, a third polar, a third mixed."""
    ids, names = people.person_ids[rows].tolist(), list(people.catalog.items)
    purpose = f"{GRANULARITY}\x1f{epoch}"
    kind = (keyed_hash(drawing.protocol.seed, purpose, ids) % np.uint64(3)).astype(np.intp)
    drawn = keyed_pairs(drawing.protocol.seed, purpose, ids, names) & np.uint64(1)
    mixed = np.take_along_axis(drawn.astype(np.intp), items, axis=1)
    return np.where(kind[:, None] == 2, mixed, kind[:, None])
