"""Accuracy on parts of the tasks: setups, categories, items, countries and demographic groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.scoring.accuracy import tally
from indievaluecatalog.scoring.cells import Cells
from indievaluecatalog.scoring.hits import hits
from indievaluecatalog.scoring.scores import Figure, Part
from indievaluecatalog.scoring.tallies import Tally, figures, resample


@dataclass(frozen=True, slots=True, eq=False)
class PartScorer:
    """What all parts of one run share.

    Attributes:
        cells: n persons.
        right: shape (g, s, n, p), as `hits` gives them.
        counts: resamples of the persons, shape (b, n), or None.
        min_persons: parts of fewer persons have no interval: a bootstrap of a handful says little.
    """

    cells: Cells
    right: NDArray[np.float64]
    counts: NDArray[np.float64] | None
    min_persons: int

    @classmethod
    def of(cls, cells: Cells, counts: NDArray[np.float64] | None, min_persons: int = 2) -> PartScorer:
        """Made ready for a run."""
        return cls(cells, hits(cells), counts, min_persons)

    def by_setup(self) -> tuple[Part, ...]:
        """One part a setup of the run, in its order."""
        setups = self.cells.run.setups
        same = np.broadcast_to(np.eye(len(setups))[:, None, :], (*self.cells.probes.shape, len(setups)))
        return self._by_probe([f"setup {setup}" for setup in setups], same)

    def by_category(self) -> tuple[Part, ...]:
        """One part a category that is probed, in the catalog's order."""
        catalog = self.cells.people.catalog
        category_of = np.array([catalog.categories.index(item.category) for item in catalog.items.values()])
        probed = category_of[self.cells.probes]
        return self._by_probe(catalog.categories, probed[..., None] == np.arange(len(catalog.categories)))

    def by_item(self) -> tuple[Part, ...]:
        """One part a probe item, in the catalog's order, over all setups that ask it."""
        probed = np.unique(self.cells.probes)
        ids = list(self.cells.people.catalog.items)
        found = self._by_probe([ids[at] for at in probed], self.cells.probes[..., None] == probed)
        return tuple(replace(part, label=self.cells.people.catalog.items[part.name].label) for part in found)

    def by_demographic(self, name: str, *, alphabetical: bool = False) -> tuple[Part, ...]:
        """One part a group of a demographic that has persons, in the catalog's order or by label.

        None where `name` is empty, as that of a demographic which the survey does not ask.
        """
        if not name:
            return ()
        options = self.cells.people.catalog.demographics[name].options
        member = self.cells.people.demographic(name)[:, None] == np.arange(len(options))
        persons = tally(self.right)
        found = self._parts(
            [option.label for option in options],
            [
                Tally(t[:, None] * member, c[:, None] * member)
                for t, c in zip(persons.total.T, persons.count.T, strict=True)
            ],
        )
        return tuple(sorted(found, key=lambda part: part.name)) if alphabetical else found

    def _by_probe(self, names: Sequence[str], member: NDArray[np.generic]) -> tuple[Part, ...]:
        """Parts that are sets of probes: `member` says which probe is in which, shape (s, p, m)."""
        inside = member.astype(np.float64)
        tallies = []
        for right in self.right:
            counted = ~np.isnan(right)
            above = np.matmul(np.where(counted, right, 0.0), inside)
            below = np.matmul(counted.astype(np.float64), inside)
            share = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
            tallies.append(Tally(share.sum(axis=0), (below > 0).sum(axis=0).astype(np.float64)))
        return self._parts(names, tallies)

    def _parts(self, names: Sequence[str], tallies: Sequence[Tally]) -> tuple[Part, ...]:
        """One tally a granularity, each with a column a part; parts without a person are left out."""
        persons = np.stack([one.count > 0 for one in tallies]).any(axis=0).sum(axis=0)
        values = [one.values() for one in tallies]
        replicates = resample(tallies, self.counts)
        enough = persons >= max(self.min_persons, 2)
        columns: dict[str, list[Figure | None]] = {}
        for at, granularity in enumerate(self.cells.run.granularities):
            columns[granularity] = figures(values[at], replicates[at], enough)
        if len(values) > 1:
            mean = None if self.counts is None else np.mean([one for one in replicates if one is not None], axis=0)
            columns["mean"] = figures(np.mean(values, axis=0), mean, enough)
        nothing: list[Figure | None] = [None] * len(names)
        return tuple(
            Part(
                name,
                int(persons[at]),
                polar=columns.get("polar", nothing)[at],
                refined=columns.get("refined", nothing)[at],
                mean=columns.get("mean", nothing)[at],
            )
            for at, name in enumerate(names)
            if persons[at]
        )
