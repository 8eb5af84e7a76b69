"""Draws that depend on names alone: (seed, purpose, key) -> a 64-bit number.

Every choice among persons and items is an ordering by such numbers, never a random generator, so that a draw
is the same whatever the order of persons, the subset that is run, the machine or the library version. (Making
up synthetic persons is another matter: that takes a seeded generator.)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray


def keyed_hash(seed: int, purpose: str, keys: Iterable[str]) -> NDArray[np.uint64]:
    """One uniform 64-bit number for each key, shape (n,).

    BLAKE2b over the key, itself keyed by seed and purpose; about a microsecond a key.
    """
    start = hashlib.blake2b(f"{seed}\x1f{purpose}".encode(), digest_size=16).digest()
    digests = b"".join(hashlib.blake2b(key.encode(), digest_size=8, key=start).digest() for key in keys)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def keyed_pairs(seed: int, purpose: str, rows: Iterable[str], columns: Iterable[str]) -> NDArray[np.uint64]:
    """One uniform 64-bit number for each pair of a row key and a column key, shape (rows, columns).

    The two keys are hashed as `keyed_hash` does and mixed by the finalizer of SplitMix64 (Steele, Lea and Flood
    2014), a few nanoseconds a pair.
    """
    left = keyed_hash(seed, f"{purpose}\x1frow", rows)
    right = keyed_hash(seed, f"{purpose}\x1fcolumn", columns)
    mixed = left[:, None] ^ right[None, :]
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed ^= mixed >> np.uint64(shift)
        mixed *= np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    return mixed
