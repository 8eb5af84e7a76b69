"""Wanted shares of answers of each item: from the facts, or plausible ones by seed."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Item
from indievaluecatalog.survey.synthetic.draws import generator
from indievaluecatalog.survey.synthetic.facts import Facts
from indievaluecatalog.survey.synthetic.steps import quantile

_NORMAL = NormalDist()


def graded_shares(item: Item, steps: int, facts: Facts, seed: int) -> NDArray[np.float64]:
    """Shares (steps,) from the lowest step to the highest, adding up to one.

    Two numbers fix a straight line of cuts on a normal scale: the share in the upper part, and on the top step.
    """
    half = 1 if steps == 3 else steps - steps // 2
    top = steps - 1
    levels = facts.levels.get(item.id)
    if levels:
        at_half = quantile(1 - levels[0] / 100)
        at_top = quantile(1 - levels[1] / 100) if len(levels) > 1 else at_half + _usual_gap(steps)
    else:
        shared = generator(seed, "level", item.battery).normal(-0.1, 0.45)
        at_half = shared + generator(seed, "level", item.id).normal(0, 0.4)
        at_top = at_half + _usual_gap(steps)
    at_top = at_half + facts.tuning.step_width * (at_top - at_half)
    slope = (at_top - at_half) / (top - half) if top > half else 1.0
    position = np.arange(1, steps)
    cuts = facts.tuning.sharpness * at_half + slope * (position - half)
    below = np.array([_NORMAL.cdf(float(cut)) for cut in cuts])
    shares = np.diff(np.concatenate([[0.0], below, [1.0]]))
    return np.asarray(np.maximum(shares, 1e-4) / np.maximum(shares, 1e-4).sum())


def _usual_gap(steps: int) -> float:
    return 1.1 if steps < 7 else 1.3


def choice_shares(item: Item, codes: int, facts: Facts, seed: int) -> NDArray[np.float64]:
    """Shares (codes,) of an item without an order, adding up to one."""
    levels = facts.levels.get(item.id)
    if levels and len(levels) == codes:
        shares = np.maximum(np.array(levels, dtype=np.float64), 0.1) ** facts.tuning.sharpness
    else:
        shares = np.exp(generator(seed, "level", item.id).normal(0, 0.7, codes))
    return np.asarray(shares / shares.sum())
