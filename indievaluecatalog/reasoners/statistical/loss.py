"""How surprised a model is by answers it was not shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.reasoners.statistical.columns import Layout


class Model(Protocol):
    """What every statistical model can do; `kind` names it in files and tables."""

    kind: ClassVar[str]

    def tensors(self) -> Mapping[str, NDArray[Any]]:
        """Everything learned, by name, as `model_file` keeps it."""

    @property
    def layout(self) -> Layout:
        """Which column stands for which option."""

    def probabilities(self, columns: NDArray[np.int16], shown: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Probability of every refined option given the shown answers, shape (n, item columns)."""


def answer_loss(model: Model, columns: NDArray[np.int16], shown: NDArray[np.bool_]) -> float:
    """Mean negative log probability, in nats, of the valid answers to items that are not shown; NaN for none."""
    return loss_of(model.probabilities(columns, shown), columns, shown, model.layout)


def loss_of(
    probabilities: NDArray[np.float32], columns: NDArray[np.int16], shown: NDArray[np.bool_], layout: Layout
) -> float:
    """The same from probabilities of shape (n, item columns)."""
    items = columns[:, : layout.n_items]
    person, item = np.nonzero((items >= 0) & ~shown[:, : layout.n_items])
    right = np.maximum(probabilities[person, items[person, item]], 1e-6).astype(np.float64)
    return float(-np.log(right).mean()) if len(right) else float("nan")
