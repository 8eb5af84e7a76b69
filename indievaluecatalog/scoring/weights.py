"""Survey weights of the scored persons."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.dataset.people import People


def usable_weights(people: People) -> tuple[dict[str, NDArray[np.float64]], tuple[str, ...]]:
    """The survey weights that can be used, in the catalog's order, and what a reader must know of the others.

    Persons without a weight, or with a negative one, get 0 and so are left out of what is weighted; a weight that
    nobody has is left out as a whole.

    Returns:
        Name -> weights, shape (n,) each; notes.
    """
    found: dict[str, NDArray[np.float64]] = {}
    notes = []
    for name, values in people.weights.items():
        usable = np.isfinite(values) & (values >= 0)
        cleaned = np.where(usable, values, 0.0)
        if not cleaned.sum() > 0:
            notes.append(f"nobody here has the weight {name}: nothing is weighted by it")
            continue
        found[name] = cleaned
        if not usable.all():
            notes.append(f"{int((~usable).sum())} persons without the weight {name} are left out of what it weights")
    if not people.weights:
        notes.append("the dataset has no survey weights: nothing is weighted")
    return found, tuple(notes)
