"""Greedy choice of questions: each time the one that, with those chosen before, tells most of all that is not asked.

To try a question is to ask the model about every person again. So a cheap guess (`screening`) orders the questions,
and those with the best guesses are tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.reasoners.explain.objective import Scorer
from indievaluecatalog.reasoners.explain.screening import Screen
from indievaluecatalog.reasoners.explain.singles import answers_alone
from indievaluecatalog.reasoners.statistical.loss import Model

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Step:
    """A question chosen: its item, what all chosen ones tell of an answer not asked, and how many were tried."""

    item: int
    gain: float
    tried: int


def greedy_items(
    model: Model,
    scorer: Scorer,
    columns: NDArray[np.int16],
    candidates: NDArray[np.intp],
    targets: NDArray[np.intp],
    most_tried: int,
) -> Iterator[Step]:
    """Candidates in the order of choice, without end but their number.

    The worth of questions is the gain in score over nothing asked, summed over the persons' answers to those targets
    that are not asked themselves: a question that is hard to guess wins nothing by being asked.

    Args:
        model: to ask.
        scorer: of its predictions.
        columns: of n persons, shape (n, variables).
        candidates: positions of items that may be asked.
        targets: positions of items that count.
        most_tried: candidates tried a step, at most.
    """
    layout = model.layout
    alone, nothing = answers_alone(model)
    before = scorer.of_given(np.repeat(nothing[None], len(columns), axis=0), columns[:, : layout.n_items])
    screen = Screen(alone, nothing, layout)
    counted = np.zeros(layout.n_items, np.bool_)
    counted[targets] = True
    shown = np.zeros(columns.shape[1], np.bool_)
    # Of a question that few answered little is to be had.
    reach = (columns[:, : layout.n_items] >= 0).mean(axis=0)
    waiting = {int(item) for item in candidates}
    while waiting:
        guesses = screen.guesses(counted) * reach
        likely = sorted(waiting, key=lambda item: (-guesses[item], item))[:most_tried]
        tried = {item: _worth(model, scorer, columns, before, shown, counted, item) for item in likely}
        chosen = max(likely, key=lambda item: (tried[item][0], -item))
        shown[chosen] = True
        counted[chosen] = False
        screen.take(chosen)
        waiting.discard(chosen)
        yield Step(chosen, tried[chosen][1], len(tried))


def _worth(
    model: Model,
    scorer: Scorer,
    columns: NDArray[np.int16],
    before: Floats,
    shown: NDArray[np.bool_],
    counted: NDArray[np.bool_],
    item: int,
) -> tuple[float, float]:
    """Gain of the shown items and one more over nothing: its sum over the answers not asked, and its mean."""
    also = shown.copy()
    also[item] = True
    scores = scorer.of_answers(model, columns, np.broadcast_to(also, columns.shape))
    change = (scores - before)[:, counted & ~also[: len(counted)]].astype(np.float64)
    known = np.isfinite(change)
    total = float(change[known].sum())
    return total, total / max(int(known.sum()), 1)
