"""Bayes' rule with weighed evidence: log-likelihood ratios, and the weight that suits held-out persons best."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.floating[Any]]

WEIGHTS = (0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.15, 0.18, 0.22, 0.27, 0.33, 0.4, 0.5, 0.65, 0.8, 1.0)
"""Weights of the evidence that are tried. Answers that go together count twice in naive Bayes, so 1 is too much."""

HELD_OUT = 500
"""Training persons on whom the weight is chosen; a fifth of them where they are few."""

LEAST = 1e-6
"""No option of a held-out person counts as less probable than this when log loss is compared."""


def held_out(training: int) -> int:
    """How many of the training persons, the first in keyed order, the weight is chosen on."""
    return min(HELD_OUT, training // 5)


def log_ratios(observed: NDArray[np.float64], expected: NDArray[np.float64], smoothing: float) -> NDArray[np.float32]:
    """Log of how much oftener two options go together than expected, with `smoothing` persons added to both.

    0 where one of the two numbers would be 0, that is where nothing is known.
    """
    more, base = observed + smoothing, expected + smoothing
    known = (more > 0) & (base > 0)
    found: NDArray[np.float32] = np.log(np.where(known, more, 1.0) / np.where(known, base, 1.0)).astype(np.float32)
    return found


def log_of_shares(shares: NDArray[np.float64]) -> NDArray[np.float64]:
    """Natural logarithm, minus infinity of 0."""
    with np.errstate(divide="ignore"):
        found: NDArray[np.float64] = np.log(shares)
    return found


def posterior(prior: Numbers, evidence: Numbers, weight: float) -> Numbers:
    """Probabilities of the options, shape (n, p, k).

    Args:
        prior: logs, shape (p, k) or (n, p, k); minus infinity beyond an item's options.
        evidence: summed log-likelihood ratios, shape (n, p, k).
        weight: what they are multiplied with.
    """
    scores = prior + weight * evidence
    scores -= scores.max(axis=2, keepdims=True)
    likely = np.exp(scores)
    found: Numbers = likely / likely.sum(axis=2, keepdims=True)
    return found


def best_weight(prior: Numbers, evidence: Numbers, answers: NDArray[np.int8]) -> float:
    """The one of WEIGHTS with the least log loss on n persons' answers, shape (p, n); the smaller of equal ones."""
    probe, person = np.nonzero(answers >= 0)
    if not len(person):
        return 0.0
    right = answers[probe, person]
    losses = []
    for weight in WEIGHTS:
        likely = posterior(prior, evidence, weight)[person, probe, right]
        losses.append(float(-np.log(np.maximum(likely, LEAST)).mean()))
    return WEIGHTS[int(np.argmin(losses))]
