"""A person's statements as one sequence, after each of which every statement still to come is a probe.

So a model that reads a sequence once is asked hundreds of probes about the same person at every length of what it has
read, where a row of text asks one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.people import People
from indievaluecatalog.keyed_hash import keyed_hash, keyed_pairs
from indievaluecatalog.reasoners.language.small.vocabulary import START, Vocabulary
from indievaluecatalog.reasoners.training_data.drawing import Drawing
from indievaluecatalog.reasoners.training_data.packed import packed_sequences
from indievaluecatalog.sampling.tasks import NOT_SHOWN

Said = Literal["refined", "both"]
"""Statements that are read: refined ones, or polar ones for half of the persons of each epoch. Refined are asked."""

ORDER = "small language model persons"
READING = "small language model granularity"
STEPS = "small language model steps"


@dataclass(frozen=True, slots=True, eq=False)
class Sequences:
    """Of n persons what is read and what is asked, over i items.

    Attributes:
        tokens: int64, shape (n, 1 + length): START, then statements; START again after a person's last.
        steps: int64, shape (n, s): after how many statements the person is asked, ascending.
        asked: bool, shape (n, s, i): which items are asked there: those whose statements are still to come.
        answers: int64, shape (n, i): position of the refined option; NO_OPTION where there is no answer.
    """

    tokens: NDArray[np.int64]
    steps: NDArray[np.int64]
    asked: NDArray[np.bool_]
    answers: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.tokens)

    def part(self, start: int, stop: int) -> Sequences:
        """Some of the persons."""
        some = slice(start, stop)
        return Sequences(self.tokens[some], self.steps[some], self.asked[some], self.answers[some])


def sequences_of(
    people: People,
    vocabulary: Vocabulary,
    rows: NDArray[np.intp],
    *,
    epoch: int,
    length: int,
    looks: int,
    said: Said = "refined",
) -> Sequences:
    """Sequences of some training persons in the orders of an epoch, which depend on no one else.

    Args:
        people: whom `rows` counts in; by their protocol siblings may be left out beside each other.
        vocabulary: of their catalog.
        rows: positions of training persons.
        epoch: other orders and steps for each.
        length: most statements that are read.
        looks: after how many of them the person is asked, one in each stretch of equal length.
        said: granularities of what is read.

    Raises:
        ReasonerError: as `packed_sequences` does.
    """
    packed = packed_sequences(people, Drawing(people.protocol), granularity="refined", epoch=epoch, rows=rows)
    there = packed.items != NOT_SHOWN
    n, items = len(rows), len(people.catalog.items)
    person, at = np.nonzero(there)
    place = np.full((n, items), -1)
    place[person, packed.items[person, at]] = at
    read = packed.items[:, :length]
    positions = np.where(read == NOT_SHOWN, 0, read).astype(np.int64)
    found = _tokens(people, vocabulary, rows, positions, _granularities(people, rows, epoch, said))
    tokens = np.full((n, 1 + read.shape[1]), START, dtype=np.int64)
    tokens[:, 1:] = np.where(read == NOT_SHOWN, START, found)
    # There is always a statement left to ask.
    most = np.minimum(there.sum(axis=1), length + 1)
    steps = _steps(people, rows, epoch, looks, most)
    answers = np.where(place >= 0, people.refined[:, rows].T, NO_OPTION).astype(np.int64)
    return Sequences(tokens, steps, place[:, None, :] >= steps[:, :, None], answers)


def epoch_order(people: People, rows: NDArray[np.intp], seed: int, epoch: int) -> NDArray[np.intp]:
    """Persons in the order of an epoch, which does not depend on the order they come in."""
    numbers = keyed_hash(seed, f"{ORDER}\x1f{epoch}", people.person_ids[rows].tolist())
    ordered: NDArray[np.intp] = rows[np.argsort(numbers, kind="stable")]
    return ordered


def _tokens(
    people: People,
    vocabulary: Vocabulary,
    rows: NDArray[np.intp],
    items: NDArray[np.int64],
    polar: NDArray[np.bool_],
) -> NDArray[np.int64]:
    persons = rows[:, None]

    def of(granularity: Granularity) -> NDArray[np.int64]:
        return vocabulary.tokens(granularity, items, people.of(granularity)[items, persons].astype(np.int64))

    return np.where(polar[:, None], of("polar"), of("refined")) if polar.any() else of("refined")


def _granularities(people: People, rows: NDArray[np.intp], epoch: int, said: Said) -> NDArray[np.bool_]:
    """Whether each person's statements are read at the polar granularity."""
    if said == "refined":
        return np.zeros(len(rows), np.bool_)
    numbers = keyed_hash(people.protocol.seed, f"{READING}\x1f{epoch}", people.person_ids[rows].tolist())
    found: NDArray[np.bool_] = (numbers & np.uint64(1)).astype(np.bool_)
    return found


def _steps(people: People, rows: NDArray[np.intp], epoch: int, looks: int, most: NDArray[np.intp]) -> NDArray[np.int64]:
    ids = people.person_ids[rows].tolist()
    drawn = keyed_pairs(people.protocol.seed, f"{STEPS}\x1f{epoch}", ids, map(str, range(looks)))
    shares = (np.arange(looks) + drawn / 2.0**64) / looks
    # Rounding may make a share of exactly 1.
    return np.minimum((shares * most[:, None]).astype(np.int64), np.maximum(most - 1, 0)[:, None])
