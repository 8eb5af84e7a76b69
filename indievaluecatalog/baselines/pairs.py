"""How often each option of one item goes together with each option of another, over many persons."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

PERSONS_AT_A_TIME = 4_096
"""Persons unfolded into 0/1 indicators at a time, which bounds memory at some 20 MB."""


def indicators(codes: NDArray[np.integer[Any]], sizes: NDArray[np.int64]) -> NDArray[np.float32]:
    """A 0/1 row for each option of each item, shape (options, n); negative codes leave all of an item's at 0.

    Args:
        codes: shape (items, n): option positions.
        sizes: shape (items,): options of each item.
    """
    item, option = owners(sizes)
    found: NDArray[np.float32] = (codes[item] == option[:, None]).astype(np.float32)
    return found


def owners(sizes: NDArray[np.int64]) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """The item and the option that each indicator stands for, shape (options,) each."""
    item = np.repeat(np.arange(len(sizes)), sizes)
    return item, np.arange(len(item)) - np.repeat(np.cumsum(sizes) - sizes, sizes)


def pair_counts(
    answers: NDArray[np.integer[Any]],
    items: NDArray[np.intp],
    sizes: NDArray[np.int64],
    others: NDArray[np.integer[Any]],
    other_sizes: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Persons who gave both of two options, shape (options, other options).

    Args:
        answers: shape (all items, n): option positions, negative for none.
        items: shape (i,): rows of `answers` to count.
        sizes: shape (i,): options of each of them.
        others: shape (o, n): answers of the same persons to other items.
        other_sizes: shape (o,): options of each of those.
    """
    total = np.zeros((int(sizes.sum()), int(other_sizes.sum())))
    for start in range(0, answers.shape[1], PERSONS_AT_A_TIME):
        part = slice(start, start + PERSONS_AT_A_TIME)
        # Whole numbers below 2**24, so the 32-bit product is exact.
        total += indicators(answers[items, part], sizes) @ indicators(others[:, part], other_sizes).T
    return total


def sums_by_item(values: NDArray[np.float64], sizes: NDArray[np.int64], axis: int) -> NDArray[np.float64]:
    """Sums over the options of each item along an axis of a table of options."""
    if not len(sizes):
        return np.zeros((0, values.shape[1]) if axis == 0 else (values.shape[0], 0))
    found: NDArray[np.float64] = np.add.reduceat(values, np.cumsum(sizes) - sizes, axis=axis)
    return found
