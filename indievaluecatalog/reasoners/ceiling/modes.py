"""The most probable traits given demonstrated answers, by Newton steps for many persons and countries at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.reasoners.ceiling.answering import Answering
from indievaluecatalog.reasoners.ceiling.choices import NOBODY, Choice
from indievaluecatalog.reasoners.ceiling.graded import CLIP, sigmoid
from indievaluecatalog.reasoners.ceiling.likelihood import choice_masks
from indievaluecatalog.reasoners.ceiling.picks import Picks, chances_of_all
from indievaluecatalog.reasoners.ceiling.prior import Prior

Floats = NDArray[np.float32]
Options = NDArray[np.int8]
LONGEST_STEP = np.float32(2)
"""In standard deviations of a trait, so that a first step from far away cannot overshoot."""


@dataclass(frozen=True, slots=True, eq=False)
class Bend:
    """Slope and information of a log likelihood along latent scores: of g items in `columns`, and of each choice.

    Attributes:
        columns: intp, shape (g,): which graded items.
        by_score, information: shape (r, g).
        by_stretch, stretch_information: shape (r,): along extremeness.
        across: shape (r, g): information that extremeness shares with each score.
        by_utility: for each choice, shape (r, m).
        utility_information: for each choice, shape (r, m, m).
    """

    columns: NDArray[np.intp]
    by_score: Floats
    information: Floats
    by_stretch: Floats
    stretch_information: Floats
    across: Floats
    by_utility: tuple[Floats, ...]
    utility_information: tuple[Floats, ...]

    def of_traits(self, answering: Answering) -> tuple[Floats, Floats]:
        """Gradient (r, q) and information (r, q, q) along the traits."""
        loadings = answering.graded.loadings[self.columns]
        r, q = len(self.by_score), loadings.shape[1]
        rows, others = np.triu_indices(q)
        weights, outer = [self.information], [loadings[:, rows] * loadings[:, others]]
        gradient = self.by_score @ loadings
        gradient[:, -1] += self.by_stretch
        for choice, slope, bent in zip(answering.choices, self.by_utility, self.utility_information, strict=True):
            gradient += slope @ choice.loadings
            weights.append(bent.reshape(r, -1))
            of_pairs = choice.loadings[:, None, rows] * choice.loadings[None, :, others]
            outer.append(of_pairs.reshape(-1, len(rows)))
        # One large product for all items is far quicker than one for each.
        products = np.concatenate(weights, axis=1) @ np.concatenate(outer)
        full = np.empty((r, q, q), np.float32)
        full[:, rows, others] = products
        full[:, others, rows] = products
        across = self.across @ loadings
        full[:, -1, :] += across
        full[:, :, -1] += across
        full[:, -1, -1] += self.stretch_information
        return gradient, full


def newton_step(
    answering: Answering, prior: Prior, answers: Options, theta: Floats, country: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Traits (r, q) one step nearer to the mode of the posterior, and the precision (r, q, q) where the step began."""
    gradient, information = likelihood_bend(answering, answers, theta, country).of_traits(answering)
    precision = information + prior.precision
    gradient -= (theta - prior.means[country]) @ prior.precision
    step = np.linalg.solve(precision, gradient[:, :, None])[:, :, 0]
    return theta + shortened(step), precision


def shortened(step: Floats) -> Floats:
    """Steps (..., q), the long ones cut."""
    longest = np.abs(step).max(axis=-1, keepdims=True)
    found: Floats = (step * np.minimum(1, LONGEST_STEP / np.maximum(longest, LONGEST_STEP))).astype(np.float32)
    return found


def likelihood_bend(answering: Answering, answers: Options, theta: Floats, country: NDArray[np.intp]) -> Bend:
    """Slope of the log likelihood of demonstrated answers; curvature that could be negative is left out."""
    graded = answering.graded
    heard: NDArray[np.bool_] = np.any(answers[:, graded.positions] >= 0, axis=0)
    for picks in answering.picks:
        # What is heard of one tells of all the others.
        heard[picks.members] |= heard[picks.members].any()
    columns = np.flatnonzero(heard)
    options = answers[:, graded.positions[columns]]
    score = theta @ graded.loadings[columns].T + graded.lean[country[:, None], columns] - graded.middle[columns]
    by_score, information, stretching = _graded_bend(answering, columns, options, score, graded.stretch(theta))
    for picks in answering.picks:
        at = np.searchsorted(columns, picks.members)
        if heard[picks.members].any():
            by_score[:, at], information[:, at] = _picks_bend(picks, options[:, at], score[:, at])
    chosen = [_choice_bend(choice, answers, theta, country) for choice in answering.choices]
    return Bend(
        columns,
        by_score,
        information,
        stretching.by_stretch,
        stretching.information,
        stretching.across,
        tuple(slope for slope, _ in chosen),
        tuple(bent for _, bent in chosen),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Stretching:
    """Slope along extremeness: gradient (r,), information (r,) and that shared with each item's score (r, g)."""

    by_stretch: Floats
    information: Floats
    across: Floats


def _graded_bend(
    answering: Answering, columns: NDArray[np.intp], options: Options, score: Floats, stretch: Floats
) -> tuple[Floats, Floats, _Stretching]:
    """Gradient and information along each item's score, (r, g), and along extremeness.

    log P = log F(high - score) + log F(score - low) + log(1 - exp(low - high)) with F logistic, where low and high
    are multiplied by the stretch: each term is concave in the score. Options of several runs count as one interval,
    and codes off the scale are left out: this is only where samples are drawn from, not how they are weighed.
    """
    graded, power = answering.graded, answering.graded.extremeness
    low = graded.low[columns, options].min(axis=2)
    high = graded.high[columns, options].max(axis=2)
    known = (options >= 0) & answering.lone[columns] & (low < high)
    seen = known.astype(np.float32)
    low *= stretch[:, None]
    high *= stretch[:, None]
    above, below = sigmoid(high - score), sigmoid(low - score)
    curved_above, curved_below = above * (1 - above) * seen, below * (1 - below) * seen
    by_score = (above + below - 1) * seen
    width = np.where(known, np.minimum(high - low, CLIP), CLIP)
    grown = np.expm1(width)
    by_high, by_low = -power * high, -power * low
    pulled = ((1 - above) * by_high - below * by_low) * seen
    narrow = np.where(known, power * width / grown, 0)
    # Divided twice, since the square of exp(60) is more than these numbers hold.
    bent = np.where(known, power**2 * width * ((width * (grown + 1) - grown) / grown) / grown, 0)
    information = (curved_above * by_high**2 + curved_below * by_low**2).sum(axis=1)
    information += bent.sum(axis=1)
    information += np.maximum(power * pulled.sum(axis=1), 0)
    return (
        by_score,
        curved_above + curved_below,
        _Stretching(
            by_stretch=(pulled - narrow).sum(axis=1),
            information=information.astype(np.float32),
            across=-(curved_above * by_high + curved_below * by_low),
        ),
    )


def _picks_bend(picks: Picks, seen: Options, score: Floats) -> tuple[Floats, Floats]:
    odds = np.exp(picks.log_odds(score))
    picked = seen == picks.option
    every = np.ones_like(picked)
    expected = chances_of_all(odds, every, np.full(len(odds), picks.most), picks.most)
    left = np.maximum(picks.most - picked.sum(axis=1), 0)
    found = picked + chances_of_all(odds, seen < 0, left, picks.most)
    gradient = (found - expected) * picks.sign * (seen >= 0).any(axis=1, keepdims=True)
    information = expected * (1 - expected) * (seen >= 0)
    return gradient.astype(np.float32), information.astype(np.float32)


def _choice_bend(choice: Choice, answers: Options, theta: Floats, country: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Slope (r, m) and information (r, m, m) along utilities.

    Each item counts as a softmax, the second one without the first's code.
    """
    codes = len(choice.loadings)
    slope, bent = np.zeros((len(theta), codes), np.float32), np.zeros((len(theta), codes, codes), np.float32)
    if not any((answers[:, at] >= 0).any() for at in choice.positions if at != NOBODY):
        return slope, bent
    shares = choice.shares(theta, country)
    sizes = (choice.first.shape[1], choice.second.shape[1])
    masks = choice_masks(choice, answers, sizes)
    left = np.ones_like(shares)
    for at, mask, members in zip(choice.positions, masks, (choice.first, choice.second), strict=True):
        if at == NOBODY:
            continue
        possible = shares * left
        possible = possible / np.maximum(possible.sum(axis=1, keepdims=True), np.float32(1e-12))
        chosen = possible * (mask @ members.T)
        total = chosen.sum(axis=1, keepdims=True)
        known = ((answers[:, at] >= 0)[:, None] & (total > 1e-12)).astype(np.float32)
        chosen = chosen / np.maximum(total, np.float32(1e-12))
        slope += (chosen - possible) * known
        weighed = possible * known
        bent -= weighed[:, :, None] * possible[:, None, :]
        bent[:, np.arange(codes), np.arange(codes)] += weighed
        left = np.where(known > 0, 1 - chosen, left)
    return slope, bent
