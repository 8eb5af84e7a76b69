"""How often options are chosen, alone and together, over the persons who answered both questions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.reasoners.statistical.columns import Layout, indicators

BLOCK = 8_192
"""Persons at a time, which bounds memory at some 100 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Shares and covariances of the c columns.

    Attributes:
        counts: float64, shape (c,): persons who chose the option.
        shares: float64, shape (c,): among those with a valid answer; 0 where there is none.
        covariances: float64, shape (c, c): each pair over the persons who answered both questions, drawn towards 0
            with `prior` persons' worth, so that pairs which few or none answered say little or nothing.
    """

    counts: NDArray[np.float64]
    shares: NDArray[np.float64]
    covariances: NDArray[np.float64]


def moments_of(columns: NDArray[np.int16], layout: Layout, prior: float = 50.0) -> Moments:
    """Moments of n persons' answers, shape (n, variables), in blocks of persons."""
    owners, n_columns = layout.owners, int(layout.offsets[-1])
    together = np.zeros((n_columns, n_columns))
    with_valid = np.zeros((n_columns, len(layout.widths)))
    valid_pairs = np.zeros((len(layout.widths), len(layout.widths)))
    for start in range(0, len(columns), BLOCK):
        block = columns[start : start + BLOCK]
        chosen = indicators(block, n_columns)
        valid = (block >= 0).astype(np.float32)
        together += chosen.T @ chosen
        with_valid += chosen.T @ valid
        valid_pairs += valid.T @ valid
    answered = np.diag(valid_pairs)[owners]
    pairs = valid_pairs[owners][:, owners]
    means = with_valid[:, owners] / np.maximum(pairs, 1)
    covariances = together / np.maximum(pairs, 1) - means * means.T
    covariances *= pairs / np.maximum(pairs + prior, 1)
    counts = np.diag(together).copy()
    return Moments(counts, counts / np.maximum(answered, 1), covariances)
