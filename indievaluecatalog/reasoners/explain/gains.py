"""Mean gains of every pair of items, with their errors, from sums over persons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog

Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Gains:
    """Gains in log score, nats an answer, of item b (column) by the answer to item a (row).

    Attributes:
        mean: shape (i, i); NaN on the diagonal and where nobody gave both answers.
        error: standard error of the mean over persons, same shape; NaN for fewer than two persons.
        persons: who gave both, same shape.
    """

    mean: Doubles
    error: Doubles
    persons: NDArray[np.int64]

    @classmethod
    def of_sums(
        cls,
        *,
        total: Doubles,
        weight: Doubles,
        squared_weight: Doubles,
        squares: Doubles,
        crossed: Doubles,
        persons: NDArray[np.int64],
    ) -> Gains:
        """From sums over persons with weights w and gains g: of w g, w, w^2, w^2 g^2 and w^2 g, each (i, i)."""
        apart = ~np.eye(len(total), dtype=np.bool_)
        known = apart & (weight > 0)
        mean = np.divide(total, weight, out=np.full(total.shape, np.nan), where=known)
        centre = np.where(known, mean, 0.0)
        spread = np.maximum(squares - 2 * centre * crossed + centre**2 * squared_weight, 0.0)
        several = known & (persons > 1)
        error = np.divide(np.sqrt(spread), weight, out=np.full(total.shape, np.nan), where=several)
        error *= np.sqrt(persons / np.maximum(persons - 1, 1))
        return cls(mean, error, np.where(apart, persons, 0))

    def told(self) -> Doubles:
        """What each item tells of an average other one, shape (i,)."""
        return _mean(self.mean, axis=1)

    def learned(self) -> Doubles:
        """What an average other item tells of each, shape (i,)."""
        return _mean(self.mean, axis=0)

    def by_category(self, catalog: Catalog) -> Doubles:
        """Mean over the pairs of items of each pair of categories, shape (c, c); NaN where there is none."""
        own = np.array([catalog.categories.index(item.category) for item in catalog.items.values()])
        member = (own[:, None] == np.arange(len(catalog.categories))).astype(np.float64)
        known = np.isfinite(self.mean)
        total = member.T @ np.where(known, self.mean, 0.0) @ member
        count = member.T @ known.astype(np.float64) @ member
        found: Doubles = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
        return found

    def strongest(self, item: int, most: int) -> list[int]:
        """Positions of the items that tell most of one, strongest first."""
        column = np.where(np.isfinite(self.mean[:, item]), self.mean[:, item], -np.inf)
        order = np.argsort(-column, kind="stable")[:most]
        return [int(at) for at in order if np.isfinite(column[at])]


def _mean(values: Doubles, axis: int) -> Doubles:
    known = np.isfinite(values)
    count = known.sum(axis=axis)
    total = np.where(known, values, 0.0).sum(axis=axis)
    found: Doubles = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return found
