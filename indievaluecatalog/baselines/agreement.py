"""How many answers two persons share, for many pairs at once: packed bits and population counts.

Each option of each compared item is one bit of a person; a pair's agreement is the number of bits both have.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

PERSONS_AT_A_TIME = 8_192
"""Training persons compared at a time: their bits and what is made of them stay in the processor's cache."""

WORD = 64


def packed(codes: NDArray[np.integer[Any]], sizes: NDArray[np.int64]) -> NDArray[np.uint64]:
    """One bit for each option of each item, shape (words, n).

    Args:
        codes: shape (items, n): option positions; negative ones set no bit.
        sizes: shape (items,): options of each item.
    """
    bits = int(sizes.sum())
    words = np.zeros((-(-bits // WORD), codes.shape[1]), np.uint64)
    at = 0
    for row, size in zip(codes, sizes.tolist(), strict=True):
        for option in range(size):
            words[at // WORD] |= (row == option).astype(np.uint64) << np.uint64(at % WORD)
            at += 1
    return words


def agreements(training: NDArray[np.uint64], persons: NDArray[np.uint64], most: int) -> NDArray[np.unsignedinteger]:
    """Bits that each of b persons shares with each of m training persons, shape (b, m).

    Args:
        training: shape (words, m), from `packed`.
        persons: shape (words, b), from `packed`, with the same items.
        most: the highest agreement there can be, which decides the counts' type.
    """
    kind: type[np.unsignedinteger] = np.uint8 if most <= np.iinfo(np.uint8).max else np.uint16
    words, m = training.shape
    counts = np.empty((persons.shape[1], m), kind)
    both = np.empty((words, PERSONS_AT_A_TIME), np.uint64)
    ones = np.empty((words, PERSONS_AT_A_TIME), np.uint8)
    for start in range(0, m, PERSONS_AT_A_TIME):
        part = np.ascontiguousarray(training[:, start : start + PERSONS_AT_A_TIME])
        here = slice(0, part.shape[1])
        for row in range(len(counts)):
            np.bitwise_and(part, persons[:, row, None], out=both[:, here])
            np.bitwise_count(both[:, here], out=ones[:, here])
            np.add.reduce(ones[:, here], axis=0, dtype=kind, out=counts[row, start : start + part.shape[1]])
    return counts
