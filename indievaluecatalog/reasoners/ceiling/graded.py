"""Graded items as arrays: the interval of the latent score in which each option lies.

Everything is divided by an item's noise, so that the latent score carries standard logistic noise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Item
from indievaluecatalog.survey.synthetic.model import ItemModel, Model

Floats = NDArray[np.float32]
FAR = np.float32(1e3)
"""Where a cut lies that nobody passes."""
CLIP = np.float32(60)


@dataclass(frozen=True, slots=True, eq=False)
class Graded:
    """g graded items with at most o options, each of at most j runs of neighbouring codes; c countries, q traits.

    Attributes:
        positions: intp, shape (g,): places of the items in the catalog.
        loadings: shape (g, q).
        lean: shape (c, g).
        middle: shape (g,): the cut around which an extreme answerer stretches.
        low, high: shape (g, o, j): cuts at both ends of a run, as distances from the middle; equal for no run.
        on: shape (c, g): share of answers that are on the scale, among the covered ones.
        off: shape (c, g, o): share of each option's codes off the scale, among the covered ones.
        extremeness: how strongly that trait stretches.
    """

    positions: NDArray[np.intp]
    loadings: Floats
    lean: Floats
    middle: Floats
    low: Floats
    high: Floats
    on: Floats
    off: Floats
    extremeness: np.float32

    def stretch(self, theta: Floats) -> Floats:
        """By what the distances of cuts are multiplied, shape (r,)."""
        found: Floats = np.exp(-self.extremeness * theta[:, -1]).astype(np.float32)
        return found

    def option_probabilities(self, item: int, theta: Floats, country: NDArray[np.intp]) -> Floats:
        """Probabilities (r, o) of the options of item number `item`, given a covered answer."""
        score: Floats = theta @ self.loadings[item] + self.lean[country, item] - self.middle[item]
        stretch = self.stretch(theta)[:, None]
        found = np.zeros((len(theta), self.low.shape[1]), np.float32)
        for run in range(self.low.shape[2]):
            found = found + inside(self.low[item, :, run] * stretch, self.high[item, :, run] * stretch, score[:, None])
        found = found * self.on[country, item][:, None] + self.off[country, item]
        total = found.sum(axis=1, keepdims=True)
        shares: Floats = (found / np.maximum(total, np.float32(1e-30))).astype(np.float32)
        return shares


def sigmoid(values: Floats) -> Floats:
    """The standard logistic distribution function."""
    one = np.float32(1)
    found: Floats = one / (one + np.exp(-np.clip(values, -CLIP, CLIP)))
    return found


def inside(low: Floats, high: Floats, score: Floats) -> Floats:
    """Chance that a score with logistic noise falls between two cuts; exact far out, where differences cancel."""
    found: Floats = sigmoid(high - score) * sigmoid(score - low) * -np.expm1(-np.minimum(high - low, CLIP))
    return found


def make_graded(model: Model, items: Sequence[Item], positions: Sequence[int]) -> Graded:
    """The graded ones among a catalog's items, `positions` being their places in it."""
    models = [model.items[item.id] for item in items]
    options = max((len(item.refined) for item in items), default=1)
    found = [[_runs(one, option.codes) for option in item.refined] for item, one in zip(items, models, strict=True)]
    runs = max((len(run) for each in found for run in each), default=1) or 1
    low = np.zeros((len(items), options, runs), np.float32)
    high = np.zeros_like(low)
    for at, each in enumerate(found):
        for option, ends in enumerate(each):
            for run, (start, end) in enumerate(ends):
                low[at, option, run], high[at, option, run] = start, end
    countries, noise = len(model.country_codes), np.array([one.noise for one in models], np.float32)
    on, off = np.ones((countries, len(items)), np.float32), np.zeros((countries, len(items), options), np.float32)
    for at, (item, one) in enumerate(zip(items, models, strict=True)):
        on[:, at], off[:, at, : len(item.refined)] = off_scale(item, one)
    styles = np.zeros((len(items), 2), np.float32)
    styles[:, 0] = model.acquiescence
    factors = np.array([one.loadings for one in models], np.float32).reshape(len(items), len(model.factor_names))
    lean = np.array([one.country for one in models], np.float32).reshape(len(items), countries)
    middle = np.array([one.cuts[len(one.cuts) // 2] for one in models], np.float32)
    return Graded(
        positions=np.array(positions, np.intp),
        loadings=(np.concatenate([factors, styles], axis=1) / noise[:, None]).astype(np.float32),
        lean=(lean / noise[:, None]).T.copy(),
        middle=middle / noise,
        low=low,
        high=high,
        on=on,
        off=off,
        extremeness=np.float32(model.extremeness),
    )


def off_scale(item: Item, model: ItemModel) -> tuple[Floats, Floats]:
    """Shares by country of answers on the scale (c,), and of each refined option's codes off it, (c, o).

    Both among the answers that are on the scale or covered.
    """
    shares = model.off_shares.astype(np.float64)
    of_option = np.zeros((len(shares), len(item.refined)))
    covered = np.zeros(len(shares))
    for at, code in enumerate(model.off_codes):
        option = item.option_index(code, "refined")
        if option is not None:
            of_option[:, option] += shares[:, at]
            covered += shares[:, at]
    on = 1 - shares.sum(axis=1)
    total = np.maximum(on + covered, 1e-9)
    return (on / total).astype(np.float32), (of_option / total[:, None]).astype(np.float32)


def _runs(model: ItemModel, codes: Sequence[int]) -> list[tuple[np.float32, np.float32]]:
    """Ends of each run of neighbouring codes, as distances from the middle cut in units of noise."""
    cuts = np.concatenate([[-FAR], (model.cuts - model.cuts[len(model.cuts) // 2]) / np.float32(model.noise), [FAR]])
    places = sorted(model.codes.index(code) for code in codes if code in model.codes)
    found: list[list[int]] = []
    for place in places:
        if found and found[-1][1] == place:
            found[-1][1] = place + 1
        else:
            found.append([place, place + 1])
    return [(cuts[start].astype(np.float32), cuts[end].astype(np.float32)) for start, end in found]
