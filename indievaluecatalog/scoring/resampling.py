"""Resampling persons: the only chance in scoring, seeded by name, the same on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.keyed_hash import keyed_hash


def generator(seed: int, purpose: str) -> np.random.Generator:
    """A random generator of its own for one purpose; no draw of another purpose moves it."""
    return np.random.Generator(np.random.PCG64(int(keyed_hash(seed, "resampling", [purpose])[0])))


def resample_counts(n: int, resamples: int, seed: int = 0, purpose: str = "bootstrap") -> NDArray[np.float64]:
    """How often each of n persons is drawn in each bootstrap resample, shape (resamples, n); rows sum to n.

    Statistics that are (ratios of) sums over persons then cost one matrix product.
    """
    rng = generator(seed, purpose)
    drawn = rng.integers(0, n, (resamples, n))
    flat = drawn + n * np.arange(resamples)[:, None]
    return np.bincount(flat.ravel(), minlength=resamples * n).reshape(resamples, n).astype(np.float64)
