"""What chance alone would do: sign flips of paired differences, and Holm's correction for many of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.resampling import generator

LEVEL = 0.05
"""The level that a corrected p-value must be able to fall below for a comparison to be worth making."""

FEWEST_FLIPS, MOST_FLIPS = 10_000, 200_000
FLIPS_A_COMPARISON = 20 / LEVEL
"""With so many for each comparison of a family, the smallest corrected p-value is a twentieth of the level."""

FLIPS_AT_A_TIME = 1_000
NUMBERS_AT_A_TIME = 4_000_000
FEWEST_RESAMPLES = 10


def check_resamples(resamples: int) -> None:
    """Refuse numbers of resamples that no interval can be read off.

    Raises:
        ResultsError: neither 0 nor 10 or more.
    """
    if resamples != 0 and resamples < FEWEST_RESAMPLES:
        raise ResultsError(f"resamples are 0, for no intervals, or {FEWEST_RESAMPLES} or more, not {resamples}")


def flips_for(family: int) -> int:
    """How many sign flips a family of comparisons that are corrected together needs; never above MOST_FLIPS."""
    return min(MOST_FLIPS, max(FEWEST_FLIPS, math.ceil(FLIPS_A_COMPARISON * family)))


def can_tell(family: int, flips: int) -> bool:
    """Whether the smallest p-value there can be, 1 / (1 + flips), survives the correction for the whole family."""
    return family / (1 + flips) < LEVEL


def sign_flip_p(shares: Sequence[NDArray[np.float64]], flips: int, seed: int) -> list[list[float]]:
    """Two-sided p-values of the columns' sums under random signs of the rows (persons).

    Tables of as many persons are flipped by the same signs, all in one product: a p-value does not depend on which
    other tables there are.

    Args:
        shares: for each pair of runs what each person adds to the differences, shape (n, m).
        flips: how many.
        seed: of the signs.

    Returns:
        For each table, m values of (1 + flips that reach the sum) / (1 + flips).
    """
    found: list[list[float]] = [[] for _ in shares]
    for persons in dict.fromkeys(len(table) for table in shares):
        places = [at for at, table in enumerate(shares) if len(table) == persons]
        values = iter(_p_values(np.hstack([shares[at] for at in places]), flips, seed))
        for at in places:
            found[at] = [next(values) for _ in range(shares[at].shape[1])]
    return found


def _p_values(shares: NDArray[np.float64], flips: int, seed: int) -> list[float]:
    observed = np.abs(shares.sum(axis=0))
    rng = generator(seed, "sign flips")
    reached = np.zeros(shares.shape[1], np.int64)
    block = max(1, min(FLIPS_AT_A_TIME, NUMBERS_AT_A_TIME // max(len(shares), 1)))
    for start in range(0, flips, block):
        size = (min(block, flips - start), len(shares))
        signs = rng.integers(0, 2, size, dtype=np.int8).astype(np.float64) * 2 - 1
        # Sums that are equal but for rounding count as reached.
        reached += (np.abs(signs @ shares) >= observed - 1e-12).sum(axis=0)
    return [float((1 + count) / (1 + flips)) for count in reached]


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's step-down correction (1979), in the order given; never above 1."""
    order = np.argsort(np.asarray(p_values, np.float64), kind="stable")
    adjusted = np.empty(len(p_values))
    highest = 0.0
    for place, at in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[at]))
        adjusted[at] = highest
    return tuple(float(p) for p in adjusted)
