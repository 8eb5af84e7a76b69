"""Picking at most so many of a list: independent picks, given that the limit holds, without trial and error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


def _tails(odds: Doubles, most: int) -> list[Doubles]:
    """For each item: weight of all choices among it and the later ones that stay within 0..most picks.

    Entry i has shape (n, most + 1); the last entry, for no items left, is all ones.
    """
    n, items = odds.shape
    tails = [np.ones((n, most + 1))]
    for index in range(items - 1, -1, -1):
        after = tails[-1]
        here = after.copy()
        here[:, 1:] += odds[:, index, None] * after[:, :-1]
        tails.append(here)
    return tails[::-1]


def _chance(odds: Doubles, tails: list[Doubles], index: int) -> Doubles:
    """Chance to pick item `index` for each number of picks left, shape (n, most + 1)."""
    chance = np.zeros_like(tails[index])
    chance[:, 1:] = odds[:, index, None] * tails[index + 1][:, :-1] / tails[index][:, 1:]
    return chance


def _in_blocks(chances: Floats, work: Callable[[Doubles, slice], None], size: int = 20_000) -> None:
    for start in range(0, len(chances), size):
        part = slice(start, start + size)
        clipped = np.clip(chances[part].astype(np.float64), 1e-6, 1 - 1e-6)
        work(clipped / (1 - clipped), part)


def pick_probabilities(chances: Floats, most: int) -> Floats:
    """Probability of each pick under the limit, from the chances without one; both (n, items)."""
    result = np.empty_like(chances)

    def work(odds: Doubles, part: slice) -> None:
        tails = _tails(odds, most)
        left = np.zeros((len(odds), most + 1))
        left[:, most] = 1.0
        for index in range(odds.shape[1]):
            picked = left * _chance(odds, tails, index)
            result[part, index] = picked.sum(axis=1)
            left = left - picked
            left[:, :-1] += picked[:, 1:]

    _in_blocks(chances, work)
    return result


def draw_picks(chances: Floats, most: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """One draw of picks for each person, (n, items), never more than `most` in a row."""
    result = np.empty(chances.shape, dtype=np.bool_)

    def work(odds: Doubles, part: slice) -> None:
        tails = _tails(odds, most)
        left = np.full(len(odds), most)
        rows = np.arange(len(odds))
        for index in range(odds.shape[1]):
            picked = rng.random(len(odds)) < _chance(odds, tails, index)[rows, left]
            result[part, index] = picked
            left -= picked

    _in_blocks(chances, work)
    return result
