"""What an answer adds beside others: each of a person's shown answers is left out in turn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.keyed_hash import keyed_pairs
from indievaluecatalog.reasoners.explain.gains import Gains
from indievaluecatalog.reasoners.explain.shown import ROWS, log_scores
from indievaluecatalog.reasoners.statistical.loss import Model


def gains_beside(
    model: Model,
    person_ids: NDArray[np.str_],
    columns: NDArray[np.int16],
    weights: NDArray[np.float64],
    n_beside: int,
    seed: int,
    tell: Callable[[str, float], None],
) -> Gains:
    """Gains of an answer beside others over the others without it, about the items that are not shown.

    Each person shows `n_beside` answers and one more, drawn by keyed hash, so that about every pair of items is met
    with some persons; persons with no more than `n_beside` answers show all but one in three.

    Args:
        model: to ask.
        person_ids: shape (n,).
        columns: shape (n, variables).
        weights: shape (n,).
        n_beside: how many others are shown.
        seed: of the draw.
        tell: called with a stage and the share of it done.
    """
    i = model.layout.n_items
    sums = {name: np.zeros((i, i)) for name in ("total", "weight", "squared_weight", "squares", "crossed")}
    persons = np.zeros((i, i), np.int64)
    drawn = drawn_answers(model, person_ids, columns, n_beside + 1, seed)
    at_a_time = max(ROWS // (n_beside + 2), 1)
    for start in range(0, len(columns), at_a_time):
        tell(f"each answer beside {n_beside} others", start / len(columns))
        block = range(start, min(start + at_a_time, len(columns)))
        rows, masks, ends = [], [], [0]
        for row in block:
            used = np.flatnonzero(drawn[row])
            mine = np.repeat(drawn[row][None], len(used) + 1, axis=0)
            mine[1 + np.arange(len(used)), used] = False
            rows += [row] * len(mine)
            masks.append(mine)
            ends.append(ends[-1] + len(mine))
        scores = log_scores(model, columns[rows], np.concatenate(masks)).astype(np.float64)
        for row, first, end in zip(block, ends, ends[1:], strict=False):
            used = np.flatnonzero(drawn[row])
            asked = np.flatnonzero(np.isfinite(scores[first]) & ~drawn[row, :i])
            gain = scores[first, asked] - scores[first + 1 : end][:, asked]
            pair = np.ix_(used, asked)
            w = weights[row]
            sums["total"][pair] += w * gain
            sums["weight"][pair] += w
            sums["squared_weight"][pair] += w**2
            sums["squares"][pair] += w**2 * gain**2
            sums["crossed"][pair] += w**2 * gain
            persons[pair] += 1
    return Gains.of_sums(**sums, persons=persons)


def drawn_answers(
    model: Model, person_ids: NDArray[np.str_], columns: NDArray[np.int16], size: int, seed: int
) -> NDArray[np.bool_]:
    """Which answers each person shows, shape (n, variables): `size` of the items answered, and never all of them."""
    layout = model.layout
    answered = columns[:, : layout.n_items] >= 0
    numbers = keyed_pairs(seed, "answers shown beside", person_ids.tolist(), layout.items)
    order = np.where(answered, numbers, np.iinfo(np.uint64).max).argsort(axis=1, kind="stable").argsort(axis=1)
    most = np.minimum(size, answered.sum(axis=1) * 2 // 3)
    shown = np.zeros(columns.shape, np.bool_)
    shown[:, : layout.n_items] = answered & (order < most[:, None])
    return shown
