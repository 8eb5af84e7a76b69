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
