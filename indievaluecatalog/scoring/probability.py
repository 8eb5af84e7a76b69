"""Scores of predicted distributions, task by task: log-loss, Brier score, calibration, distance on the scale."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.scoring.cells import Cells
from indievaluecatalog.scoring.ranks import rank_table
from indievaluecatalog.scoring.scores import Bin, Probability
from indievaluecatalog.scoring.tallies import Tally, figures, resample

FLOOR = 1e-6
BINS = 15


def probability_scores(cells: Cells, counts: NDArray[np.float64] | None) -> dict[str, Probability]:
    """Scores by granularity, over the tasks that have probabilities; granularities without any are left out.

    Means are over tasks; their intervals resample persons, each with all of his tasks.

    Args:
        cells: one run of n persons.
        counts: resamples of the persons, shape (b, n), or None for no intervals.
    """
    found: dict[str, Probability] = {}
    for at, granularity in enumerate(cells.run.granularities):
        if cells.probabilities is None:
            continue
        counted = cells.asked[at] & cells.given[at] & ~np.isnan(cells.probabilities[at, ..., 0])
        if not counted.any():
            continue
        setup, person, probe = np.nonzero(counted)
        item = cells.probes[setup, probe]
        # Of the probed items alone: another may have more options than these probabilities have room for.
        probed, which = np.unique(item, return_inverse=True)
        items = list(cells.people.catalog.items.values())
        ranks = rank_table([items[at] for at in probed], granularity, cells.probabilities.shape[-1])[which]
        given = cells.probabilities[at][counted].astype(np.float64)
        found[granularity] = _scores(given, cells.truth[at][counted], ranks, person, len(cells.people), counts)
    return found


def _scores(
    given: NDArray[np.float64],
    truth: NDArray[np.int8],
    ranks: NDArray[np.int8],
    person: NDArray[np.intp],
    persons: int,
    counts: NDArray[np.float64] | None,
) -> Probability:
    """Scores of t tasks: probabilities (t, k), right options (t,), ranks (t, k), whose task each is (t,)."""
    tasks = np.arange(len(truth))
    right = given[tasks, truth]
    losses = -np.log(np.maximum(right, FLOOR))
    one_hot = np.zeros_like(given)
    one_hot[tasks, truth] = 1
    briers = ((given - one_hot) ** 2).sum(axis=1)
    ordinal = ranks[:, 0] >= 0
    distances = ordinal_distances(given[ordinal], truth[ordinal], ranks[ordinal])
    bins, error = reliability(given, truth)
    tallies = [
        _tally(losses, person, persons),
        _tally(briers, person, persons),
        _tally(distances, person[ordinal], persons),
    ]
    log_loss, brier, distance = (
        figures(tally.values(), resampled)[0]
        for tally, resampled in zip(tallies, resample(tallies, counts), strict=True)
    )
    assert log_loss is not None, "there is at least one task"
    assert brier is not None, "there is at least one task"
    return Probability(
        n=len(truth),
        log_loss=log_loss,
        floored=int((right < FLOOR).sum()),
        floor=FLOOR,
        brier=brier,
        calibration_error=error,
        ordinal_distance=distance,
        n_ordinal=int(ordinal.sum()),
        reliability=bins,
    )


def ordinal_distances(
    given: NDArray[np.float64], truth: NDArray[np.int8], ranks: NDArray[np.int8]
) -> NDArray[np.float64]:
    """Wasserstein-1 distance of each prediction from the answered option, as a share of the scale, shape (t,).

    From a single option it is the expected distance in ranks: sum of p(option) |rank - rank answered| / (k - 1).

    Args:
        given: probabilities, shape (t, k).
        truth: options answered, shape (t,).
        ranks: shape (t, k), of items whose options have an order.
    """
    answered = np.take_along_axis(ranks, truth[:, None].astype(np.intp), axis=1)
    apart = np.where(ranks >= 0, np.abs(ranks.astype(np.float64) - answered), 0.0)
    found: NDArray[np.float64] = (given * apart).sum(axis=1) / np.maximum(ranks.max(axis=1), 1)
    return found


def reliability(given: NDArray[np.float64], truth: NDArray[np.int8]) -> tuple[tuple[Bin, ...], float]:
    """How often the most probable option is right, by how probable it was, and the expected calibration error.

    Fifteen bins of equal width over 0 to 1, each with its upper bound and without its lower; empty ones are left
    out. The error is the mean over bins of |accuracy - confidence|, weighted by tasks (Naeini, Cooper and
    Hauskrecht 2015; fifteen as in Guo et al. 2017). Where options tie for the most probable, the prediction counts
    as one of them drawn at random, so that the order of options does not matter.

    Args:
        given: probabilities, shape (t, k), t > 0.
        truth: right options, shape (t,).
    """
    confidence = given.max(axis=1)
    top = given >= confidence[:, None]
    right = top[np.arange(len(truth)), truth] / top.sum(axis=1)
    # A tenth of a millionth off: probabilities are single precision, and 0.2 must not fall above the bound 0.2.
    which = np.clip(np.ceil(confidence * BINS - 1e-6).astype(np.intp) - 1, 0, BINS - 1)
    n = np.bincount(which, minlength=BINS)
    sure = np.bincount(which, weights=confidence, minlength=BINS)
    correct = np.bincount(which, weights=right, minlength=BINS)
    bins = tuple(
        Bin(at / BINS, (at + 1) / BINS, int(n[at]), float(sure[at] / n[at]), float(correct[at] / n[at]))
        for at in np.flatnonzero(n).tolist()
    )
    return bins, float(np.abs(sure - correct).sum() / len(truth))


def _tally(values: NDArray[np.float64], person: NDArray[np.intp], persons: int) -> Tally:
    """Sums and numbers of tasks by person."""
    return Tally(
        np.bincount(person, weights=values, minlength=persons).astype(np.float64)[:, None],
        np.bincount(person, minlength=persons).astype(np.float64)[:, None],
    )
