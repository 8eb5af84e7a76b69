"""Sums over persons, which every figure is a ratio of, and their intervals from resampling persons."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.scoring.resampling import resample_counts
from indievaluecatalog.scoring.scores import Figure

LOW, HIGH = 0.025, 0.975


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """m figures as ratios of sums over n persons.

    Attributes:
        total: shape (n, m): what each person adds above the line, 0 where nothing.
        count: shape (n, m): what each adds below it.
    """

    total: NDArray[np.float64]
    count: NDArray[np.float64]

    def weighted(self, weights: NDArray[np.float64]) -> Tally:
        """The same with persons weighted, shape (n,)."""
        return Tally(self.total * weights[:, None], self.count * weights[:, None])

    def values(self) -> NDArray[np.float64]:
        """The figures, shape (m,); NaN where nothing counts."""
        return _ratio(self.total.sum(axis=0), self.count.sum(axis=0))


def resample(tallies: Sequence[Tally], counts: NDArray[np.float64] | None) -> list[NDArray[np.float64] | None]:
    """The figures of every resample, shape (b, m) for each tally; NaN where nobody that counts was drawn.

    All in one matrix product: many small ones cost more in threads that wait for each other than in sums.

    Args:
        tallies: of the same n persons.
        counts: how often each person is drawn, shape (b, n); None for no resamples, which gives None.
    """
    if counts is None:
        return [None] * len(tallies)
    sums = counts @ np.hstack([part for tally in tallies for part in (tally.total, tally.count)])
    widths = np.cumsum([0, *(tally.total.shape[1] for tally in tallies for _ in range(2))])
    pieces = [sums[:, start:end] for start, end in pairwise(widths)]
    return [_ratio(above, below) for above, below in zip(pieces[::2], pieces[1::2], strict=True)]


def person_counts(n: int, resamples: int, seed: int) -> NDArray[np.float64] | None:
    """The resamples that all figures of a run share, shape (resamples, n); None where none are asked for.

    With fewer than two persons there is nothing to resample.
    """
    return resample_counts(n, resamples, seed) if resamples and n > 1 else None


def bounds(replicates: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The 95% percentile interval of each column, shapes (m,); resamples without a figure are left out."""
    low, high = np.quantile(replicates, (LOW, HIGH), axis=0)
    for column in np.flatnonzero(np.isnan(replicates).any(axis=0)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # A column of NaN alone has NaN bounds: as it should.
            low[column], high[column] = np.nanquantile(replicates[:, column], (LOW, HIGH))
    return low, high


def figures(
    values: NDArray[np.float64],
    replicates: NDArray[np.float64] | None,
    wanted: NDArray[np.bool_] | None = None,
) -> list[Figure | None]:
    """One figure a column, None where the value is NaN.

    Args:
        values: shape (m,).
        replicates: shape (b, m), or None for no intervals.
        wanted: shape (m,): which columns have an interval; all by default.
    """
    if replicates is None:
        return [None if np.isnan(value) else Figure(float(value)) for value in values]
    low, high = bounds(replicates)
    with_interval = np.isfinite(low) if wanted is None else np.isfinite(low) & wanted
    return [
        None
        if np.isnan(value)
        else Figure(float(value), float(low[at]), float(high[at]))
        if with_interval[at]
        else Figure(float(value))
        for at, value in enumerate(values)
    ]


def _ratio(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    found = np.full(np.shape(above), np.nan)
    np.divide(above, below, out=found, where=below > 0)
    return found
