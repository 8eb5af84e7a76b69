"""Right, wrong or not counted: one number a task, from which every accuracy is made."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.scoring.cells import Cells
from indievaluecatalog.scoring.results import UNREAD


def unread(cells: Cells) -> NDArray[np.bool_]:
    """Predictions that could not be read, shape (g, s, n, p).

    A run that decides by its probabilities names no option, so none of its predictions is unread.
    """
    if cells.run.decision == "expected":
        return np.zeros(cells.given.shape, np.bool_)
    found: NDArray[np.bool_] = cells.given & (cells.prediction == UNREAD)
    return found


def hits(cells: Cells, *, valid_only: bool = False) -> NDArray[np.float64]:
    """1 right, 0 wrong, NaN not counted, shape (g, s, n, p).

    Not counted are cells that are no task, and tasks without a prediction. Of a run with the decision "expected" a
    cell holds the probability given to the right option.

    Args:
        cells: one run.
        valid_only: leave out predictions that could not be read, instead of counting them as wrong.
    """
    if cells.run.decision == "expected":
        found = true_probability(cells)
    else:
        found = (cells.prediction == cells.truth).astype(np.float64)
    counted = cells.asked & cells.given
    if valid_only:
        counted &= ~unread(cells)
    return np.where(counted, found, np.nan)


def true_probability(cells: Cells) -> NDArray[np.float64]:
    """The probability given to the right option, shape (g, s, n, p); NaN where there is none, or no task."""
    if cells.probabilities is None:
        return np.full(cells.truth.shape, np.nan)
    at = np.maximum(cells.truth, 0)[..., None].astype(np.intp)
    found = np.take_along_axis(cells.probabilities, at, axis=-1)[..., 0].astype(np.float64)
    return np.where(cells.asked, found, np.nan)
