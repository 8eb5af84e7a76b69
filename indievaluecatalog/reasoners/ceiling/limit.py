"""A limit for real persons, whose true model nobody knows: extrapolated, under assumptions that are stated.

Two questions, apart. How accurate would this family of models be with infinitely many training persons? And how
accurate, beyond that, if all answers were shown? Each is answered by a power law fitted to measured accuracies:
accuracy = limit - gap * size**(-rate). Neither is a bound: another family may lie above the limit of this one, and
a law that holds over the sizes measured may bend beyond them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.errors import ReasonerError

Doubles = NDArray[np.float64]
FEWEST_SIZES = 4
"""Three numbers are fitted, and what is left over tells how well."""
RATES = np.linspace(0.05, 1.5, 146)
VALUES = 4_001
"""Limits that are tried for the interval."""
STUDENT = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""97.5% points of Student's distribution with 1, 2, ... degrees of freedom; beyond, the last one."""
ASSUMPTIONS = (
    "the model family stays the same, and is fitted as well at sizes that were not measured",
    "accuracy = limit - gap * size**(-rate) also holds beyond the largest size",
    "more persons are persons of the same kind, and more answers are to questions of the same kind",
    "the interval covers scatter around the fitted law and what is unknown of its rate, not the law being wrong",
)


@dataclass(frozen=True, slots=True)
class ExtrapolatedLimit:
    """Where a power law through accuracies by size leads.

    Attributes:
        limit: accuracy at the size asked for, in the unit of the accuracies.
        interval: limits (95%) that some law of this form comes near enough to the accuracies with, by Student's
            distribution; few sizes make it wide.
        rate: of the law: how fast the gap closes with size.
        largest, reached: the largest size measured, and the accuracy there by the law.
        scatter: root mean square of what the law leaves over.
        assumptions: what must be true for this to mean anything.
    """

    limit: float
    interval: tuple[float, float]
    rate: float
    largest: float
    reached: float
    scatter: float
    assumptions: tuple[str, ...] = ASSUMPTIONS


def extrapolated_limit(
    sizes: Sequence[float] | Doubles,
    accuracies: Sequence[float] | Doubles,
    *,
    at: float = np.inf,
    highest: float = 100.0,
) -> ExtrapolatedLimit:
    """The accuracy that a power law through measured ones predicts for another size.

    Args:
        sizes: numbers of training persons, or of answers shown: at least four different ones above 0.
        accuracies: measured at each, in percent.
        at: the size asked for: infinitely many, or for instance all answers that there are to show.
        highest: no limit lies above it.

    Raises:
        ReasonerError: fewer than four sizes, a size of 0 or less, or numbers that are none.
    """
    x, y = np.asarray(sizes, dtype=np.float64), np.asarray(accuracies, dtype=np.float64)
    if x.shape != y.shape or len(np.unique(x)) < FEWEST_SIZES or not (x > 0).all() or not np.isfinite([x, y]).all():
        raise ReasonerError(
            f"a limit is extrapolated from accuracies at {FEWEST_SIZES} or more different sizes above 0; "
            f"{len(np.unique(x))} were given, for {len(y)} accuracies"
        )
    limits = np.linspace(min(0.0, y.min()), max(highest, y.max()), VALUES)
    misfits, rates, gaps = _profile(x, y, limits, at)
    best = int(np.argmin(misfits))
    free = len(y) - 3
    # A hair of scatter, since the grid itself is that coarse.
    scatter = float(np.sqrt(max(misfits[best] / free, (limits[1] - limits[0]) ** 2)))
    near = limits[misfits <= misfits[best] + (STUDENT[min(free, len(STUDENT)) - 1] * scatter) ** 2]
    beyond = 0.0 if np.isinf(at) else at ** -rates[best]
    return ExtrapolatedLimit(
        limit=float(limits[best]),
        interval=(float(near.min()), float(near.max())),
        rate=float(rates[best]),
        largest=float(x.max()),
        reached=float(limits[best] - gaps[best] * (x.max() ** -rates[best] - beyond)),
        scatter=scatter,
    )


def _profile(x: Doubles, y: Doubles, limits: Doubles, at: float) -> tuple[Doubles, Doubles, Doubles]:
    """For each limit (v,) the least sum of squares that any rate and gap leave, and that rate and gap."""
    least, rates, gaps = np.full(len(limits), np.inf), np.zeros(len(limits)), np.zeros(len(limits))
    for rate in RATES:
        falling = x**-rate - (0.0 if np.isinf(at) else at**-rate)
        short = limits[:, None] - y
        # A gap that grew with size would be no limit.
        gap = np.maximum(short @ falling / (falling @ falling), 0)
        misfit = ((short - gap[:, None] * falling) ** 2).sum(axis=1)
        better = misfit < least
        least, rates, gaps = np.where(better, misfit, least), np.where(better, rate, rates), np.where(better, gap, gaps)
    return least, rates, gaps


def extrapolated_limits(
    measured: Sequence[Mapping[str, Any]], *, all_answers: float
) -> dict[str, dict[float, ExtrapolatedLimit]]:
    """Both limits from a table of rows with `n_train`, `d` (answers shown) and `accuracy` (percent).

    Args:
        measured: accuracies of one model family on the same persons and probes.
        all_answers: how many answers there would be to show.

    Returns:
        "persons": for each d with enough sizes, the limit with infinitely many training persons. "answers": for
        each n_train with enough of them, the limit with all answers shown (d = 0 is left out of that law). What has
        too few sizes is not there.

    Raises:
        ReasonerError: a row that lacks one of the three, or nothing that has enough sizes.
    """
    try:
        rows = np.array([[row["n_train"], row["d"], row["accuracy"]] for row in measured], dtype=np.float64)
    except (KeyError, TypeError, ValueError) as error:
        raise ReasonerError(f"each row needs the numbers n_train, d and accuracy: {error}") from None
    rows = rows.reshape(-1, 3)
    found: dict[str, dict[float, ExtrapolatedLimit]] = {"persons": {}, "answers": {}}
    for name, fixed, varied, to in (("persons", 1, 0, np.inf), ("answers", 0, 1, all_answers)):
        for value in np.unique(rows[:, fixed]).tolist():
            chosen = rows[(rows[:, fixed] == value) & (rows[:, varied] > 0)]
            if len(np.unique(chosen[:, varied])) >= FEWEST_SIZES:
                found[name][value] = extrapolated_limit(chosen[:, varied], chosen[:, 2], at=to)
    if not any(found.values()):
        raise ReasonerError(
            f"no number of answers was measured with {FEWEST_SIZES} numbers of training persons, nor the other way "
            f"round: measure more sizes"
        )
    return found


@dataclass(frozen=True, slots=True)
class Halves:
    """What two models trained on disjoint halves of the persons say of a model's own variance, in shares.

    Attributes:
        error: mean Brier score of the two: squared distance between prediction and answer, summed over options.
        variance: the part of it that another half would change: half the mean squared distance of the two.
        averaged: Brier score of their mean, lower by half the variance.
        disagreement: share of probes for which they name different options.
    """

    error: float
    variance: float
    averaged: float
    disagreement: float


def variance_of_halves(
    first: NDArray[np.floating[Any]], second: NDArray[np.floating[Any]], answers: NDArray[np.integer[Any]]
) -> Halves:
    """The part of a model's error that is its own variance, from two trained on disjoint halves.

    For two draws of the same fit, half their mean squared distance is the variance that retraining on other persons
    has, without bias. It belongs to models of half the size; one of all persons has less. What is left is the
    spread of the answers themselves together with the bias of the model family, which this cannot tell apart: it is
    no limit, but says how much of the error more persons of the same kind could take away.

    Args:
        first: probabilities of the options, shape (n, k), 0 beyond an item's options.
        second: those of the other model, for the same n probes.
        answers: the options that were chosen, shape (n,).

    Raises:
        ReasonerError: shapes that do not belong together, or no probes.
    """
    one, two = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if one.shape != two.shape or one.ndim != 2 or answers.shape != one.shape[:1] or not len(answers):
        raise ReasonerError(
            f"probabilities of shapes {one.shape} and {two.shape} and answers of shape {answers.shape} are not of the "
            f"same probes"
        )
    chosen = np.eye(one.shape[1])[answers]

    def brier(given: Doubles) -> float:
        return float(((given - chosen) ** 2).sum(axis=1).mean())

    return Halves(
        error=(brier(one) + brier(two)) / 2,
        variance=float(((one - two) ** 2).sum(axis=1).mean()) / 2,
        averaged=brier((one + two) / 2),
        disagreement=float((one.argmax(axis=1) != two.argmax(axis=1)).mean()),
    )
