"""Random generators that belong to a purpose: the same seed and purpose give the same draws.

Each stage has a generator of its own, so that adding a stage leaves the draws of the others alone. Draws are
the same for one version of numpy; a population of N persons is no prefix of a bigger one.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray


def generator(seed: int, *purpose: str | int) -> np.random.Generator:
    """A generator for one purpose, apart from every other purpose's."""
    name = "\x1f".join(str(part) for part in purpose)
    digest = hashlib.blake2b(name.encode(), digest_size=16).digest()
    return np.random.default_rng(np.random.SeedSequence([abs(seed), int(seed < 0), int.from_bytes(digest, "little")]))


def choose(
    rng: np.random.Generator, codes: NDArray[np.int32], shares: NDArray[np.float64], size: int
) -> NDArray[np.int32]:
    """`size` codes drawn with the given shares, which need not add up to one."""
    edges = np.cumsum(shares / shares.sum())
    picked = np.searchsorted(edges, rng.random(size), side="right")
    return codes[np.minimum(picked, len(codes) - 1)]


def choose_rows(rng: np.random.Generator, weights: NDArray[np.float32]) -> NDArray[np.intp]:
    """One column index a row of `weights` (n, k), drawn in proportion to the row's weights."""
    edges = np.cumsum(weights, axis=1)
    level = rng.random(len(weights), dtype=np.float32) * edges[:, -1]
    return np.asarray(np.minimum((edges <= level[:, None]).sum(axis=1), weights.shape[1] - 1), dtype=np.intp)
