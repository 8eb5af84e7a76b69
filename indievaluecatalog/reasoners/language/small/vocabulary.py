"""Statements as tokens: one for each option of each item, at either granularity."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog, Granularity

START = 0
"""The token that every sequence begins with; what stands after a person's last statement is this too."""


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Tokens of a catalog of i items: the start, the refined options in catalog order, then the polar ones.

    Attributes:
        catalog_digest: of the catalog.
        firsts: int64, shape (2, i): token of each item's first option, by position in GRANULARITIES.
        sizes: int64, shape (2, i): how many options it has.
    """

    catalog_digest: str
    firsts: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, catalog: Catalog) -> Vocabulary:
        """The tokens of a catalog; the same catalog gives the same ones."""
        sizes = np.array([[len(item.options(one)) for item in catalog.items.values()] for one in ("refined", "polar")])
        firsts = 1 + np.concatenate([[0], np.cumsum(sizes.ravel())[:-1]]).reshape(sizes.shape)
        rows = [("refined", "polar").index(one) for one in GRANULARITIES]
        return cls(catalog.digest, firsts[rows], sizes[rows])

    def __len__(self) -> int:
        return 1 + int(self.sizes.sum())

    @property
    def owners(self) -> NDArray[np.int64]:
        """Position of the item of each refined option, shape (refined options,)."""
        sizes = self.sizes[GRANULARITIES.index("refined")]
        return np.repeat(np.arange(len(sizes)), sizes)

    @property
    def columns(self) -> NDArray[np.int64]:
        """Position of each item's first option among all refined options, shape (i,)."""
        found: NDArray[np.int64] = self.firsts[GRANULARITIES.index("refined")] - 1
        return found

    def tokens(
        self, granularity: Granularity, items: NDArray[np.integer], options: NDArray[np.integer]
    ) -> NDArray[np.int64]:
        """The token of each item's option, of any shape."""
        found: NDArray[np.int64] = self.firsts[GRANULARITIES.index(granularity), items] + options
        return found
