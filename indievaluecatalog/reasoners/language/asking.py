"""What a small language model reads to answer probes: a person's statements, then every probe, each by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES, Granularity
from indievaluecatalog.dataset.people import People
from indievaluecatalog.reasoners.language.vocabulary import PAD, START, Vocabulary
from indievaluecatalog.sampling.tasks import NOT_SHOWN

REFINED = GRANULARITIES.index("refined")


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """Of n persons d steps of statements and then p of probes.

    Attributes:
        before, asked, first, options: int64, shape (n, d + p), as in `Steps`.
        mask: bool, shape (n, 1, d + p, d + p): what each step may read. A probe reads all statements and itself.
        positions: int64, shape (n, d + p): all probes stand in the place after the last statement.
        probes: p.
    """

    before: NDArray[np.int64]
    asked: NDArray[np.int64]
    first: NDArray[np.int64]
    options: NDArray[np.int64]
    mask: NDArray[np.bool_]
    positions: NDArray[np.int64]
    probes: int

    def arrays(self) -> tuple[NDArray[Any], ...]:
        """In the order that the network takes them."""
        return self.before, self.asked, self.first, self.options, self.mask, self.positions


def asking_of(
    vocabulary: Vocabulary,
    people: People,
    shown: NDArray[np.int16],
    probes: NDArray[np.integer[Any]],
    demonstrations: Granularity,
) -> Asking:
    """What n persons are shown and asked.

    Args:
        vocabulary: of their catalog.
        people: the n persons.
        shown: shape (n, d): positions of items, NOT_SHOWN after a person's last.
        probes: shape (p,): positions of the items asked, at the refined granularity.
        demonstrations: granularity of the statements shown.
    """
    n, d = shown.shape
    p = len(probes)
    there = shown != NOT_SHOWN
    items = np.where(there, shown, 0).astype(np.int64)
    options = people.of(demonstrations)[items, np.arange(n)[:, None]].astype(np.int64)
    answers = np.where(there, vocabulary.answers(demonstrations, items, options), PAD)
    said = np.concatenate([np.full((n, 1), START), answers], axis=1)
    count = there.sum(axis=1)
    last = said[np.arange(n), count]
    questions = np.where(there, vocabulary.questions(demonstrations, items), PAD)
    each = np.broadcast_to(np.asarray(probes, dtype=np.int64), (n, p))
    steps = np.arange(d + p)
    # Statements read what stands before them, probes all statements, and everything reads itself.
    may = (steps[None, :] <= steps[:, None]) & (steps[None, :] < d) | np.eye(d + p, dtype=np.bool_)
    real = np.concatenate([there, np.ones((n, p), np.bool_)], axis=1)
    mask = may[None] & real[:, None, :] | np.eye(d + p, dtype=np.bool_)[None]
    return Asking(
        before=np.concatenate([said[:, :d], np.repeat(last[:, None], p, axis=1)], axis=1),
        asked=np.concatenate([questions, vocabulary.questions("refined", each)], axis=1),
        first=np.concatenate(
            [np.zeros((n, d), np.int64) + vocabulary.first_answer, vocabulary.firsts[REFINED, each]], 1
        ),
        options=np.concatenate([np.ones((n, d), np.int64), vocabulary.sizes[REFINED, each]], axis=1),
        mask=mask[:, None],
        positions=np.concatenate([np.broadcast_to(np.arange(d), (n, d)), np.repeat(count[:, None], p, axis=1)], axis=1),
        probes=p,
    )
