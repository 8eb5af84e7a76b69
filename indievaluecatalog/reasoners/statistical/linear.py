"""The default reasoner: conditioning on factors, read by logistic heads; numpy alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.statistical.columns import Layout
from indievaluecatalog.reasoners.statistical.factors import Factors, axes_of, fit_factors, scores_of
from indievaluecatalog.reasoners.statistical.heads import PARTS, Heads, first_heads, probabilities_of
from indievaluecatalog.reasoners.statistical.learn_heads import Learning, learn_heads
from indievaluecatalog.reasoners.statistical.loss import answer_loss, loss_of
from indievaluecatalog.reasoners.statistical.moments import Moments, moments_of

Progress = Callable[[str, float], None]
BLOCK = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class LinearModel:
    """Factors and heads; see `fit_linear`."""

    kind: ClassVar[str] = "linear"
    layout: Layout
    factors: Factors
    heads: Heads

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Everything learned, by name."""
        parts = {"factors": ("loadings", "evidence", "roots"), "heads": PARTS}
        return {f"{of}.{name}": getattr(getattr(self, of), name) for of, names in parts.items() for name in names}

    @classmethod
    def of_tensors(cls, layout: Layout, tensors: Mapping[str, NDArray[Any]]) -> LinearModel:
        """The model that `tensors` came from. Raises KeyError where one lacks."""
        loadings, evidence, roots = (tensors[f"factors.{name}"] for name in ("loadings", "evidence", "roots"))
        factors = Factors(loadings, evidence, roots, layout.widths)
        weights = {name: tensors[f"heads.{name}"] for name in PARTS}
        return cls(layout, factors, Heads(**weights, offsets=layout.offsets[: layout.n_items + 1]))

    def probabilities(self, columns: NDArray[np.int16], shown: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Probability of every refined option given the shown answers, shape (n, item columns).

        Args:
            columns: shape (n, variables), as `columns_of` makes them.
            shown: shape (n, variables): which answers may be used.
        """
        found = np.empty((len(columns), self.layout.n_item_columns), np.float32)
        for start in range(0, len(columns), BLOCK):
            rows = slice(start, start + BLOCK)
            found[rows] = probabilities_of(self.heads, scores_of(self.factors, columns[rows], shown[rows]))
        return found


@dataclass(frozen=True, slots=True)
class LinearSettings:
    """Choices of the linear model.

    Attributes:
        factors: numbers of factors to try in turn; the last that held-out persons gain from is kept.
        hidden: units of the hidden layer.
        learning: how the heads learn.
    """

    factors: tuple[int, ...] = (15, 30, 60, 120)
    hidden: int = 256
    learning: Learning = field(default_factory=Learning)


def fit_linear(
    layout: Layout,
    training: NDArray[np.int16],
    held_out: NDArray[np.int16],
    tests: NDArray[np.bool_],
    settings: LinearSettings,
    seed: int,
    tell: Progress,
) -> LinearModel:
    """Fit the linear model.

    Args:
        layout: of the columns.
        training: answers of n persons, shape (n, variables).
        held_out: answers of m other persons, by whom the number of factors and the moment to stop are chosen.
        tests: shape (m, variables): what is shown of them.
        settings: choices.
        seed: of masks, order and first weights.
        tell: called with a stage and the share of it done.
    """
    tell("how often answers go together", 0.0)
    moments = moments_of(training, layout)

    factors = choose_factors(moments, layout, held_out, tests, settings.factors, tell)
    heads = first_heads(moments, layout, factors, settings.hidden, seed)
    scores = scores_of(factors, held_out, tests)
    heads, _ = learn_heads(
        heads,
        factors,
        layout,
        training,
        lambda now: loss_of(probabilities_of(now, scores), held_out, tests, layout),
        settings.learning,
        seed,
        lambda done, loss: tell(f"answers read from factors, {loss:.4f} nats an answer", done),
    )
    return LinearModel(layout, factors, heads)


def choose_factors(
    moments: Moments,
    layout: Layout,
    held_out: NDArray[np.int16],
    tests: NDArray[np.bool_],
    numbers: tuple[int, ...],
    tell: Progress,
) -> Factors:
    """The factors of the last of some numbers, in turn, that held-out persons gain from; arguments as `fit_linear`'s.

    Raises:
        ReasonerError: no number to try.
    """
    chosen, least, axes = None, np.inf, axes_of(moments, layout)
    for k in numbers:
        tell(f"{k} factors", 0.0)
        factors = fit_factors(moments, layout, k, axes)
        # Without hidden units the seed draws nothing.
        model = LinearModel(layout, factors, first_heads(moments, layout, factors, 0, seed=0))
        loss = answer_loss(model, held_out, tests)
        if chosen is not None and loss >= least:
            break
        chosen, least = factors, loss
    if chosen is None:
        raise ReasonerError("settings name no number of factors to try")
    return chosen
