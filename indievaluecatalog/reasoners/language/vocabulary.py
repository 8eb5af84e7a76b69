"""Statements as tokens: a question for each item and granularity, an answer for each option."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog, Granularity

PAD, START = 0, 1
SPECIALS = 2


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """Tokens of a catalog of i items: specials, then questions, then answers.

    Attributes:
        catalog_digest: of the catalog.
        wave: its id.
        firsts: int64, shape (2, i): token of each item's first option, by position in GRANULARITIES.
        sizes: int64, shape (2, i): how many options it has.
    """

    catalog_digest: str
    wave: str
    firsts: NDArray[np.int64]
    sizes: NDArray[np.int64]

    @classmethod
    def of(cls, catalog: Catalog) -> Vocabulary:
        """The tokens of a catalog; the same catalog gives the same ones."""
        sizes = np.array([[len(item.options(one)) for item in catalog.items.values()] for one in GRANULARITIES])
        starts = np.concatenate([[0], np.cumsum(sizes.ravel())[:-1]]).reshape(sizes.shape)
        return cls(catalog.digest, catalog.wave.id, SPECIALS + sizes.size + starts, sizes)

    def __len__(self) -> int:
        return SPECIALS + self.sizes.size + int(self.sizes.sum())

    @property
    def first_answer(self) -> int:
        """The first token that is an answer; all after it are."""
        return SPECIALS + self.sizes.size

    @property
    def widest(self) -> int:
        """Most options of an item."""
        return int(self.sizes.max())

    def questions(self, granularity: Granularity, items: NDArray[np.integer]) -> NDArray[np.int64]:
        """The token that asks each item."""
        row = GRANULARITIES.index(granularity)
        found: NDArray[np.int64] = SPECIALS + row * self.sizes.shape[1] + np.asarray(items, dtype=np.int64)
        return found

    def answers(
        self, granularity: Granularity, items: NDArray[np.integer], options: NDArray[np.integer]
    ) -> NDArray[np.int64]:
        """The token of each item's option."""
        found: NDArray[np.int64] = self.firsts[GRANULARITIES.index(granularity), items] + options
        return found
