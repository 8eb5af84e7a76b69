"""Who is nearest to whom: found once, and used by every kind of resemblance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.baselines.agreement import agreements
from indievaluecatalog.baselines.blocks import in_blocks

BLOCK = 32
"""Evaluation persons at a time; one takes as many bytes as there are training persons."""


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """The training persons nearest to n persons, at least the k nearest and all who are as near as the k-th.

    Those who agree in nothing are no neighbours, so there may be fewer than k.

    Attributes:
        k: how many were looked for.
        who: for each person positions of training persons, nearest first, of equally near ones the earlier.
        shared: for each person how many answers each of them shares, 1 or more, never rising.
    """

    k: int
    who: tuple[NDArray[np.int32], ...]
    shared: tuple[NDArray[np.int32], ...]


def find_nearest(training: NDArray[np.uint64], persons: NDArray[np.uint64], most: int, k: int) -> Near:
    """The k nearest of m training persons to each of n persons; some 1.5 ms a person for 97,000 of them.

    Args:
        training: shape (words, m), from `agreement.packed`.
        persons: shape (words, n), likewise.
        most: the highest agreement there can be.
        k: how many.
    """

    def look(block: slice) -> list[tuple[NDArray[np.int32], NDArray[np.int32]]]:
        counts = agreements(training, persons[:, block], most)
        return [nearest(here, k) for here in counts]

    found = [pair for part in in_blocks(persons.shape[1], BLOCK, look) for pair in part]
    return Near(k, tuple(who for who, _ in found), tuple(shared for _, shared in found))


def nearest(counts: NDArray[np.unsignedinteger[Any]], k: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Positions and counts of the k highest of m counts and all that equal the k-th; 0 is never among them.

    Highest first; of equal ones the earlier position.
    """
    at_least = np.bincount(counts)[::-1].cumsum()[::-1]
    border = max(int((at_least >= k).sum()) - 1, 1)
    found = np.flatnonzero(counts >= border).astype(np.int32)
    shared = counts[found].astype(np.int32)
    order = np.argsort(-shared, kind="stable")
    return found[order], shared[order]
