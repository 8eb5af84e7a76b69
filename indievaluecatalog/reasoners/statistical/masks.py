"""Which answers a reasoner is shown while it learns: any number of them, so that one model serves every number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEWEST = 5
MOST = 0.85
"""Of the items: a reasoner is always asked something too."""
NOTHING = 0.04
"""Share of the persons of whom nothing is shown, so that the shares of all persons are learned as well."""


def learning_masks(n: int, n_items: int, n_variables: int, random: np.random.Generator) -> NDArray[np.bool_]:
    """Which variables n persons show, shape (n, n_variables), items first.

    The number of items shown is even on a log scale from FEWEST to MOST of all, as accuracy is about even on it.
    Demographics are hidden of one half, all shown of a quarter, and each shown by chance of the others.
    """
    numbers = np.exp(random.uniform(np.log(FEWEST), np.log(MOST * n_items), n))
    numbers[random.random(n) < NOTHING] = 0
    chance = np.zeros((n, n_variables), np.float32)
    chance[:, :n_items] = (numbers / n_items)[:, None]
    kind = random.random(n)
    chance[:, n_items:] = np.select([kind < 0.5, kind < 0.75], [0.0, 1.0], random.random(n))[:, None]
    return random.random((n, n_variables), dtype=np.float32) < chance


def testing_masks(n: int, n_items: int, n_variables: int, sizes: tuple[int, ...], seed: int) -> NDArray[np.bool_]:
    """Fixed masks for held-out persons, the sizes in turn, demographics hidden, shape (n, n_variables)."""
    random = np.random.default_rng([seed, 1])
    shown = np.zeros((n, n_variables), np.bool_)
    order = random.random((n, n_items)).argsort(axis=1)
    shown[:, :n_items] = order < np.resize(np.array(sizes), n)[:, None]
    return shown
