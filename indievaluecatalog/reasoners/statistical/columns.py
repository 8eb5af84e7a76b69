"""Answers as columns: one number for each option of each item and, pooled, of each demographic.

A *variable* is an item or a demographic. Column numbers run over the refined options of all items first, then over
the options of the demographics, of which the rare ones share one column, so that no column stands for a handful of
persons.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError

NO_COLUMN = -1
RARE = 0.003
"""Share of the persons who answered below which a demographic's option is pooled with the other rare ones."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Which column stands for which option.

    Attributes:
        items: ids of the i items.
        sizes: refined options of each item.
        demographics: ids of the d demographics.
        pooled: for each demographic, the place (from 0) among its columns of each of its options; NO_COLUMN for one
            that nobody held.
        grouping: id of the demographic that says which group a person is of, the country; empty for none.
        catalog_digest: of the catalog that the items and options are of.
    """

    items: tuple[str, ...]
    sizes: tuple[int, ...]
    demographics: tuple[str, ...]
    pooled: tuple[tuple[int, ...], ...]
    grouping: str
    catalog_digest: str

    @property
    def n_items(self) -> int:
        """How many variables are items; the others are demographics."""
        return len(self.items)

    @property
    def widths(self) -> NDArray[np.int64]:
        """Columns of each variable, shape (i + d,)."""
        return np.array([*self.sizes, *(max(places) + 1 for places in self.pooled)], dtype=np.int64)

    @property
    def offsets(self) -> NDArray[np.int64]:
        """First column of each variable, and behind them the number of columns, shape (i + d + 1,)."""
        return np.concatenate([[0], np.cumsum(self.widths)])

    @property
    def owners(self) -> NDArray[np.int64]:
        """The variable of each column, shape (columns,)."""
        return np.repeat(np.arange(len(self.widths)), self.widths)

    @property
    def group_columns(self) -> slice:
        """The columns that say of which group a person is; empty without groups, or with one only."""
        if not self.grouping:
            return slice(0, 0)
        at = self.n_items + self.demographics.index(self.grouping)
        start, width = int(self.offsets[at]), int(self.widths[at])
        return slice(start, start + width) if width > 1 else slice(0, 0)

    @property
    def n_item_columns(self) -> int:
        """Columns of the items, which come first: what a reasoner predicts."""
        return sum(self.sizes)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for files."""
        return asdict(self)

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Layout:
        """The layout that `to_dict` wrote. Raises KeyError or TypeError for anything else."""
        return cls(
            items=tuple(plain["items"]),
            sizes=tuple(plain["sizes"]),
            demographics=tuple(plain["demographics"]),
            pooled=tuple(tuple(places) for places in plain["pooled"]),
            grouping=plain["grouping"],
            catalog_digest=plain["catalog_digest"],
        )


def layout_of(people: People) -> Layout:
    """The layout of a catalog, with the demographics' options pooled by how rare they are among `people`."""
    catalog = people.catalog
    pooled = [
        _pooled(people.demographics[row], len(demographic.options))
        for row, demographic in enumerate(catalog.demographics.values())
    ]
    return Layout(
        items=tuple(catalog.items),
        sizes=_sizes(catalog),
        demographics=tuple(catalog.demographics),
        pooled=tuple(pooled),
        grouping=catalog.wave.country_demographic,
        catalog_digest=catalog.digest,
    )


def _sizes(catalog: Catalog) -> tuple[int, ...]:
    return tuple(len(item.refined) for item in catalog.items.values())


def _pooled(answers: NDArray[np.int16], options: int) -> tuple[int, ...]:
    counts = np.bincount(answers[answers >= 0], minlength=options)
    common = counts >= max(RARE * counts.sum(), 1)
    places = np.cumsum(common) - 1
    rare = int(common.sum()) if counts[~common].any() or not common.any() else NO_COLUMN
    return tuple(int(place) if often else rare for place, often in zip(places, common, strict=True))


def columns_of(people: People, layout: Layout) -> NDArray[np.int16]:
    """The column of every answer, shape (n, i + d); NO_COLUMN without a valid answer.

    Raises:
        ReasonerError: persons of another catalog.
    """
    if people.catalog.digest != layout.catalog_digest:
        raise ReasonerError(
            f"the reasoner was trained on another catalog (digest {layout.catalog_digest[:12]}) than the persons are "
            f"of ({people.catalog.digest[:12]}): train it on a dataset of this catalog"
        )
    found = np.full((len(people), len(layout.widths)), NO_COLUMN, np.int16)
    for row, offset in enumerate(layout.offsets[: layout.n_items]):
        given = people.refined[row]
        found[:, row] = np.where(given == NO_OPTION, NO_COLUMN, given + offset)
    for row, places in enumerate(layout.pooled):
        given = people.demographics[row]
        at = layout.n_items + row
        place = np.append(np.array(places), NO_COLUMN)[given]
        found[:, at] = np.where(place == NO_COLUMN, NO_COLUMN, place + layout.offsets[at])
    return found


def groups_of(columns: NDArray[np.int16], layout: Layout) -> NDArray[np.int64]:
    """Each person's group, counted from 0, shape (n,), from columns of shape (n, v); -1 where it is not known."""
    inside = layout.group_columns
    if inside.start == inside.stop:
        return np.full(len(columns), -1, np.int64)
    given = columns[:, layout.n_items + layout.demographics.index(layout.grouping)].astype(np.int64)
    return np.where(given == NO_COLUMN, -1, given - inside.start)


def indicators(columns: NDArray[np.integer[Any]], n_columns: int) -> NDArray[np.float32]:
    """A one in the column of each answer, shape (n, n_columns), from columns of shape (n, v)."""
    found = np.zeros((len(columns), n_columns), np.float32)
    person, variable = np.nonzero(columns >= 0)
    found[person, columns[person, variable]] = 1.0
    return found
