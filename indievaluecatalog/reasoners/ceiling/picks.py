"""Items of which only so many may be picked, given some of them: the others are summed out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
LEAST_CHANCE = 1e-6
"""Chances are kept this far from 0 and 1, as they are when picks are drawn."""


@dataclass(frozen=True, slots=True, eq=False)
class Picks:
    """A group of a items of which at most `most` are picked.

    Attributes:
        members: intp, shape (a,): places among the graded items.
        option: int, shape (a,): which option of each stands for a pick.
        sign: shape (a,): whether a higher score makes a pick more (1) or less (-1) likely.
        most: how many picks there may be.
    """

    members: NDArray[np.intp]
    option: NDArray[np.intp]
    sign: Floats
    most: int

    def log_odds(self, score: Floats) -> Doubles:
        """Log odds of each pick if there were no limit, shape (r, a), from the scores of its items less their cuts.

        Items of a list have two codes, so that their one cut is the middle and nothing is stretched.
        """
        limit = np.log((1 - LEAST_CHANCE) / LEAST_CHANCE)
        return np.clip((score * self.sign).astype(np.float64), -limit, limit)


def log_weight(odds: Doubles, free: NDArray[np.bool_], left: NDArray[np.intp], most: int) -> Doubles:
    """Log of the summed odds of all ways to pick at most `left` (r,) of the items that are free, (r, a)."""
    ways = ways_of_exactly(np.where(free, odds, 0.0), most)
    allowed = np.arange(most + 1) <= left[:, None]
    found: Doubles = np.log((ways * allowed).sum(axis=1))
    return found


def ways_of_exactly(odds: Doubles, most: int) -> Doubles:
    """Summed odds of all ways to pick exactly 0, 1, ..., most items, shape (r, most + 1); odds 0 is no item."""
    ways = np.zeros((len(odds), most + 1))
    ways[:, 0] = 1.0
    for item in range(odds.shape[1]):
        ways[:, 1:] += odds[:, item, None] * ways[:, :-1]
    return ways


def chance_of(odds: Doubles, free: NDArray[np.bool_], left: NDArray[np.intp], most: int, item: int) -> Doubles:
    """Chance (r,) to pick one of the free items, at most `left` being picked of them."""
    others = free.copy()
    others[:, item] = False
    ways = np.cumsum(ways_of_exactly(np.where(others, odds, 0.0), most), axis=1)
    rows = np.arange(len(odds))
    without = ways[rows, left]
    with_it = np.where(left > 0, odds[:, item] * ways[rows, np.maximum(left - 1, 0)], 0.0)
    found: Doubles = with_it / (without + with_it)
    return found


def chances_of_all(odds: Doubles, free: NDArray[np.bool_], left: NDArray[np.intp], most: int) -> Doubles:
    """`chance_of` each item, shape (r, a); 0 for those that are not free."""
    found = [chance_of(odds, free, left, most, item) for item in range(odds.shape[1])]
    return np.where(free, np.stack(found, axis=1), 0.0)
