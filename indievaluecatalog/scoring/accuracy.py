"""Accuracy of a run: a person's share of right answers in a setup, averaged over persons and setups."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.scoring.cells import Cells
from indievaluecatalog.scoring.hits import hits, unread
from indievaluecatalog.scoring.scores import Accuracy, Figure
from indievaluecatalog.scoring.tallies import Tally, figures, resample


def setup_accuracies(right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each person's share of right answers in each setup, shape (g, s, n); NaN where nothing counts.

    Args:
        right: shape (g, s, n, p), as `hits` gives them.
    """
    counted = ~np.isnan(right)
    found = np.full(right.shape[:3], np.nan)
    np.divide(np.nansum(right, axis=3), counted.sum(axis=3), out=found, where=counted.any(axis=3))
    return found


def person_accuracies(right: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each person's accuracy averaged over the setups that count, shape (g, n); NaN where none does."""
    sums = tally(right)
    return np.where(sums.count > 0, sums.total / np.maximum(sums.count, 1), np.nan).T


def tally(right: NDArray[np.float64]) -> Tally:
    """Sums whose ratio is the mean over persons and setups, one column a granularity.

    A person adds one share for each setup that counts, and is resampled with all of them.
    """
    shares = setup_accuracies(right)
    return Tally(np.nansum(shares, axis=1).T, (~np.isnan(shares)).sum(axis=1).T.astype(np.float64))


def accuracies(
    cells: Cells, counts: NDArray[np.float64] | None, weights: Mapping[str, NDArray[np.float64]]
) -> dict[str, Accuracy]:
    """Accuracy at each granularity of the run and, with both, their mean.

    The weighted figures are means over the same persons and setups, each person counted by his weight. The rate of
    answers that could not be read is a share of all predictions given.

    Args:
        cells: n persons; at least one prediction at every granularity.
        counts: resamples of the persons, shape (b, n), or None for no intervals.
        weights: survey weights without NaN, shape (n,) each: a person's share in a setup then counts by the
            person's weight (0 leaves the person out).
    """
    strict = tally(hits(cells))
    names = [*cells.run.granularities, *(["mean"] if len(cells.run.granularities) > 1 else [])]
    tallies = [strict, tally(hits(cells, valid_only=True)), *(strict.weighted(values) for values in weights.values())]
    replicates = resample(tallies, counts)
    strict_figures, valid_figures, *weighted = (
        with_mean(columns, resampled) for columns, resampled in zip(tallies, replicates, strict=True)
    )
    given, lost = cells.given.sum(axis=(1, 2, 3)), unread(cells).sum(axis=(1, 2, 3))
    rates = [*(lost / np.maximum(given, 1)), float(lost.sum() / max(given.sum(), 1))]
    found = {}
    for at, name in enumerate(names):
        figure = strict_figures[at]
        if figure is None:
            continue
        by_weight = {weight: of[at] for weight, of in zip(weights, weighted, strict=True)}
        found[name] = Accuracy(
            strict=figure,
            valid_only=valid_figures[at],
            invalid_rate=float(rates[at]),
            weighted={weight: value for weight, value in by_weight.items() if value is not None},
        )
    return found


def with_mean(columns: Tally, replicates: NDArray[np.float64] | None) -> list[Figure | None]:
    """Figures of the granularities and, where there are two, of their mean: its resamples are the means of theirs."""
    values = columns.values()
    if len(values) > 1:
        values = np.append(values, values.mean())
        if replicates is not None:
            replicates = np.column_stack([replicates, replicates.mean(axis=1)])
    return figures(values, replicates)
