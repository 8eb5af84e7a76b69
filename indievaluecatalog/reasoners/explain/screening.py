"""A cheap guess at what a question would add, so that a model is asked about the likely ones alone.

What a model predicts from each answer alone implies how options go together. Taken as the covariance of normal
variables, it says in closed form what any further question would tell once some are asked.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.reasoners.statistical.columns import Layout

Doubles = NDArray[np.float64]
RIDGE = 1e-3
"""Added to every option's variance, so that options hardly anyone chose carry no information."""
DIGITS = 9
"""Guesses that differ by rounding alone are equal, on every machine."""


class Screen:
    """What is known of i items after some questions; changed by `take`."""

    def __init__(self, alone: NDArray[np.float32], nothing: NDArray[np.float32], layout: Layout) -> None:
        """Before any question.

        Args:
            alone: probabilities of all options with each option known by itself, shape (c, c).
            nothing: the same with nothing known, shape (c,).
            layout: of the c item columns.
        """
        shares = nothing.astype(np.float64)
        starts = layout.offsets[: layout.n_items]
        self._owners = np.repeat(np.arange(layout.n_items), layout.sizes)
        implied = shares[:, None] * (alone.astype(np.float64) - shares)
        implied = (implied + implied.T) / 2
        same = self._owners[:, None] == self._owners
        implied[same] = (np.diag(shares) - np.outer(shares, shares))[same]
        # What a model says of pairs need not be a covariance as it stands.
        values, vectors = np.linalg.eigh(implied)
        self._left: Doubles = (vectors * np.maximum(values, 0.0)) @ vectors.T + RIDGE * np.eye(len(shares))
        self._blocks = [np.arange(start, start + size) for start, size in zip(starts, layout.sizes, strict=True)]

    def guesses(self, counted: NDArray[np.bool_]) -> Doubles:
        """About what each item would tell of the counted ones, in nats over all of them, shape (i,).

        Half the share of each option's variance that it would explain, added up.
        """
        variances = np.diag(self._left)
        wanted = counted[self._owners] / variances
        found = np.zeros(len(self._blocks))
        for item, block in enumerate(self._blocks):
            cross = self._left[block]
            # One column of a block says what the others leave; the ridge keeps the block from being singular.
            explained = (cross * np.linalg.solve(self._left[np.ix_(block, block)], cross)).sum(axis=0)
            explained[block] = 0.0
            found[item] = explained @ wanted / 2
        guessed: Doubles = np.round(found, DIGITS)
        return guessed

    def take(self, item: int) -> None:
        """An item is asked."""
        block = self._blocks[item]
        cross = self._left[:, block]
        self._left = self._left - cross @ np.linalg.solve(self._left[np.ix_(block, block)], cross.T)
        self._left[np.ix_(block, block)] += RIDGE * np.eye(len(block))
