"""How far the means of groups lie apart: the plain figure, the debiased one, and what chance does to it.

Groups are G, persons n, resamples b. `inequity` puts the dimensions together; here is the arithmetic of one.

The plain figure, the sample standard deviation of the group means, is inflated: a group mean is off by chance,
with variance s^2 / n_g, and chance differences count as spread. Its population variance P = var(means) over the G
groups has the expectation

    true variance of the G means + (1 - 1/G) * mean over groups of s^2 / n_g,

so that P less the second part, with s^2 the pooled variance within groups, is right on average whatever the true
means are. The difference is the debiased variance. It may be negative: that is what makes its average right.

Note that sample and population differ: without any noise the plain figure is sqrt(G / (G - 1)) times the debiased
one, 1.41 times for two groups.

The variance within groups is pooled, since that of five persons says little. Where small groups vary more within
than large ones, too little is taken off.

Restricted maximum likelihood has the smaller error where groups are uneven and their means a normal sample whose
spread has nothing to do with size: over nine groups of 5 to 213 persons with a true spread of 2 points, a root mean
square error of 0.5 against 1.0. It is not used, because it trusts small groups little: where the smallest group
alone is served badly, it reads 0.2 on average for the true 2; the variance here averages 1.8 squared, with an interval
that covers. Who asks about inequity asks about that group. (`benchmarks/inequity_simulation.py` has the figures.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.95
"""Coverage of intervals."""
HALVINGS = 32
"""Of the bracket of a bound: to a billionth of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Persons sorted by group, so that sums over groups are one pass.

    Attributes:
        members: shape (N,): positions of the persons that are in a group, group by group.
        starts: shape (G,): where each group begins in `members`.
        sizes: float64, shape (G,): persons of each group, at least one.
    """

    members: NDArray[np.intp]
    starts: NDArray[np.intp]
    sizes: NDArray[np.float64]

    @property
    def estimable(self) -> bool:
        """Whether there are two groups, and a group of two to tell chance from spread by."""
        return len(self.sizes) >= 2 and len(self.members) > len(self.sizes)

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sums over each group, shape (G, ...), of values of shape (n, ...)."""
        found: NDArray[np.float64] = np.add.reduceat(values[self.members], self.starts, axis=0)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """What is observed over the groups of one dimension.

    Attributes:
        layout: who is in which group.
        means: shape (G,): mean of each group.
        residuals: shape (n,): each person's distance from the group's mean; 0 for persons in no group.
        apparent: population variance of the means.
        variance: the same less sampling noise; may be negative.
    """

    layout: Layout
    means: NDArray[np.float64]
    residuals: NDArray[np.float64]
    apparent: float
    variance: float

    @property
    def plain(self) -> float:
        """Sample standard deviation of the means."""
        return float(self.means.std(ddof=1))


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """How the debiased variance comes out in b resamples of persons, as a function of the true spread.

    In a world whose group means lie apart as the observed ones do, but f times as far, the debiased variance of a
    resample is f^2 * apparent + f * linear + quadratic: f = 1 is the ordinary bootstrap.

    Attributes:
        apparent: population variance of the observed means.
        linear: shape (b,): twice the covariance of the observed means with the resample's errors.
        quadratic: shape (b,): variance of the resample's errors, less what its own debiasing takes off.
    """

    apparent: float
    linear: NDArray[np.float64]
    quadratic: NDArray[np.float64]


def lay_out_groups(index: NDArray[np.int16], kept: NDArray[np.intp]) -> Layout:
    """Sort persons by group.

    Args:
        index: shape (n,): each person's option.
        kept: the options that are groups, ascending, each of at least one person.
    """
    order = np.argsort(index, kind="stable")
    members = order[np.isin(index[order], kept)]
    sizes = np.bincount(index[members], minlength=1)[kept] if len(kept) else np.zeros(0, np.intp)
    return Layout(members, np.cumsum(sizes) - sizes, sizes.astype(np.float64))


def observe(layout: Layout, accuracy: NDArray[np.float64]) -> Spread:
    """The spread of accuracies, shape (n,), over groups that are `estimable`."""
    means = layout.sums(accuracy) / layout.sizes
    residuals = np.zeros_like(accuracy)
    residuals[layout.members] = accuracy[layout.members] - np.repeat(means, layout.sizes.astype(np.intp))
    groups = len(means)
    within = float(residuals @ residuals) / (len(layout.members) - groups)
    apparent = float(means.var())
    noise = (1 - 1 / groups) * within * float(np.mean(1 / layout.sizes))
    return Spread(layout, means, residuals, apparent, apparent - noise)


def resample(spread: Spread, counts: NDArray[np.float64]) -> Resampled:
    """What resamples do to one dimension.

    A group of which a resample holds nobody (one in 150 for a group of five) has no error in it and no noise
    taken off.

    Args:
        spread: the dimension.
        counts: how often each person is in each resample, shape (n, b).
    """
    layout, groups = spread.layout, len(spread.means)
    sizes = layout.sums(counts)
    there = sizes > 0
    inverse = np.where(there, 1 / np.where(there, sizes, 1), 0)
    drawn = counts * spread.residuals[:, None]
    error = layout.sums(drawn) * inverse
    squares = spread.residuals @ drawn - (error**2 * sizes).sum(axis=0)
    freedom = np.maximum(sizes.sum(axis=0) - there.sum(axis=0), 1)
    noise = (1 - 1 / groups) * squares / freedom * inverse.mean(axis=0)
    linear = 2 * ((spread.means - spread.means.mean()) @ error) / groups
    return Resampled(spread.apparent, linear, error.var(axis=0) - noise)


def join(parts: Sequence[Resampled]) -> Resampled:
    """Blocks of resamples of one dimension as one."""
    return Resampled(
        apparent=parts[0].apparent,
        linear=np.concatenate([part.linear for part in parts]),
        quadratic=np.concatenate([part.quadratic for part in parts]),
    )


def mean_of(parts: Sequence[Resampled]) -> Resampled:
    """The mean over dimensions, of which all lie apart f times as far together."""
    return Resampled(
        apparent=float(np.mean([part.apparent for part in parts])),
        linear=np.mean([part.linear for part in parts], axis=0),
        quadratic=np.mean([part.quadratic for part in parts], axis=0),
    )


def interval(variance: float, resampled: Resampled, level: float = LEVEL) -> tuple[float, float]:
    """The true spreads that the observed debiased variance is compatible with, as standard deviations.

    A pivot on the variance scale: resamples say how far the estimate falls from the truth, not where the truth is
    (percentiles of resamples count the noise twice and miss the truth over many groups). How far depends on the
    truth itself, much for two or three groups, so the pivot is taken at each candidate: a spread is in the
    interval where the observed variance lies between the outer quantiles of the resamples at that spread.

    Args:
        variance: the debiased variance observed.
        resampled: how it varies.
        level: coverage asked for.
    """
    scale = np.sqrt(resampled.apparent)
    linear = resampled.linear / scale if scale > 0 else np.zeros_like(resampled.linear)
    tail = (1 - level) / 2

    def quantile(true_spread: float, share: float) -> float:
        return float(np.quantile(true_spread**2 + true_spread * linear + resampled.quadratic, share))

    def largest(share: float, target: float) -> float:
        """The largest true spread at which this quantile has not passed the target."""
        high = 1.0
        while quantile(high, share) <= target:
            high *= 2
        low = 0.0
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if quantile(middle, share) <= target else (low, middle)
        return low

    none_low, none_high = quantile(0, tail), quantile(0, 1 - tail)
    low = 0.0 if variance <= none_high else largest(1 - tail, variance)
    # A variance below what even no spread gives by chance speaks for no spread, and is taken as just possible.
    return low, largest(tail, max(variance, none_low))
