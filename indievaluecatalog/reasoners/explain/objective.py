"""What a good prediction is worth: nats of the answer's log probability, or whether it was named at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import polar_of_refined
from indievaluecatalog.reasoners.explain.shown import LEAST_CHANCE, ROWS
from indievaluecatalog.reasoners.statistical.columns import Layout
from indievaluecatalog.reasoners.statistical.loss import Model

Objective = Literal["loss", "accuracy"]
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Scorer:
    """Scores of options under predictions.

    Attributes:
        objective: "loss" for log probabilities, "accuracy" for the mean of polar and refined hits.
        layout: of the columns.
        polar: int64, shape (item columns,): the polar option of each refined one, counted over all items.
    """

    objective: Objective
    layout: Layout
    polar: NDArray[np.int64]

    @classmethod
    def of(cls, objective: Objective, catalog: Catalog, layout: Layout) -> Scorer:
        """The scorer of a catalog."""
        owners = polar_of_refined(catalog)
        found, before = [], 0
        for at, item in enumerate(catalog.items.values()):
            found.append(before + owners[at, : len(item.refined)].astype(np.int64))
            before += len(item.polar)
        return cls(objective, layout, np.concatenate(found))

    def of_options(self, chances: Floats) -> Floats:
        """What each option scores if it is the answer, shape as given: (n, item columns)."""
        if self.objective == "loss":
            return np.log(np.maximum(chances, LEAST_CHANCE))
        refined = self._largest(chances, self.layout.offsets[: self.layout.n_items])
        # The columns of a polar option need not stand together: they are summed by where they belong.
        order = np.argsort(self.polar, kind="stable")
        starts = np.searchsorted(self.polar[order], np.arange(self.polar.max() + 1))
        sums = np.add.reduceat(chances[:, order], starts, axis=1)
        items = np.repeat(np.arange(self.layout.n_items), self.layout.sizes)
        first = np.searchsorted(items[order][starts], np.arange(self.layout.n_items))
        polar = self._largest(sums, first)[:, self.polar]
        found: Floats = (refined + polar) * np.float32(0.5)
        return found

    def of_answers(self, model: Model, columns: NDArray[np.int16], shown: NDArray[np.bool_]) -> Floats:
        """What the persons' own answers score, shown or not, shape (n, items); NaN without an answer."""
        answers = columns[:, : self.layout.n_items]
        found = np.empty(answers.shape, np.float32)
        for start in range(0, len(columns), ROWS):
            rows = slice(start, start + ROWS)
            found[rows] = self.of_given(model.probabilities(columns[rows], shown[rows]), answers[rows])
        return found

    def of_given(self, chances: Floats, answers: NDArray[np.int16]) -> Floats:
        """The same from predictions (n, item columns) and the columns answered (n, items)."""
        if self.objective == "loss":
            # The logarithm of what is needed alone: of one option in four.
            own = np.take_along_axis(chances, np.maximum(answers, 0).astype(np.intp), axis=1)
            found: Floats = np.log(np.maximum(own, LEAST_CHANCE))
        else:
            found = np.take_along_axis(self.of_options(chances), np.maximum(answers, 0).astype(np.intp), axis=1)
        found[answers < 0] = np.nan
        return found

    @staticmethod
    def _largest(values: Floats, starts: NDArray[np.integer]) -> Floats:
        """A one for the first of the largest values of each group of columns, shape as given."""
        sizes = np.diff(np.append(starts, values.shape[1]))
        best = values == np.repeat(np.maximum.reduceat(values, starts, axis=1), sizes, axis=1)
        # Of equal ones the first, as predictions are made.
        before = np.cumsum(best, axis=1)
        base = np.repeat((before - best)[:, starts], sizes, axis=1)
        found: Floats = (best & (before - base == 1)).astype(np.float32)
        return found
