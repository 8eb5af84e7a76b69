"""What a model says when one answer is known and no other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.reasoners.statistical.columns import NO_COLUMN
from indievaluecatalog.reasoners.statistical.loss import Model

Floats = NDArray[np.float32]


def answers_alone(model: Model) -> tuple[Floats, Floats]:
    """Probabilities of all options with each option known by itself (c, c), and with nothing known (c,)."""
    c = model.layout.n_item_columns
    single = np.full((c + 1, len(model.layout.widths)), NO_COLUMN, np.int16)
    single[np.arange(c), np.repeat(np.arange(model.layout.n_items), model.layout.sizes)] = np.arange(c)
    found = model.probabilities(single, single >= 0)
    return found[:c], found[c]
