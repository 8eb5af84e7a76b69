"""Two runs laid beside each other: the tasks they share, and what each person adds to their difference."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES, Granularity
from indievaluecatalog.scoring.accuracy import tally
from indievaluecatalog.scoring.cells import Cells
from indievaluecatalog.scoring.scores import Comparison, Figure
from indievaluecatalog.scoring.tallies import Tally, figures, resample


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two runs on their m common granularities and, where there are two of these, their mean.

    Attributes:
        comparisons: m of them, their p-values still to be found.
        shares: what each of the n persons adds to each difference, shape (n, m).
    """

    comparisons: tuple[Comparison, ...]
    shares: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Common:
    """What two runs share.

    Attributes:
        granularities: at which they have a task in common.
        lacking: at which both have tasks, but none in common.
        hits: of the first and the second, shape (g, s, n, p) each, NaN but where both have a prediction.
    """

    granularities: tuple[Granularity, ...]
    lacking: tuple[Granularity, ...]
    hits: tuple[NDArray[np.float64], NDArray[np.float64]]


def common_tasks(runs: tuple[Cells, Cells], right: tuple[NDArray[np.float64], NDArray[np.float64]]) -> Common:
    """What two runs share; `right` are their hits as `hits` gives them."""
    first, second = runs
    asked = [g for g in first.run.granularities if g in second.run.granularities]
    setups = [s for s in first.run.setups if s in second.run.setups]
    _, mine, yours = np.intersect1d(first.people.person_ids, second.people.person_ids, return_indices=True)
    arrays = []
    for cells, found, rows in ((first, right[0], mine), (second, right[1], yours)):
        g = [cells.run.granularities.index(name) for name in asked]
        s = [cells.run.setups.index(setup) for setup in setups]
        arrays.append(found[np.ix_(np.array(g, np.intp), np.array(s, np.intp), rows)])
    shared = ~np.isnan(arrays[0]) & ~np.isnan(arrays[1])
    there: NDArray[np.bool_] = np.any(shared, axis=(1, 2, 3))
    keep = shared.any(axis=(0, 1, 3))
    left, other = (np.where(shared, array, np.nan)[there][:, :, keep] for array in arrays)
    return Common(
        granularities=tuple(g for g, has in zip(asked, there, strict=True) if has),
        lacking=tuple(g for g, has in zip(asked, there, strict=True) if not has) or (() if asked else GRANULARITIES),
        hits=(left, other),
    )


def lacking_words(names: tuple[str, str], common: Common) -> str:
    """A sentence on what two runs of these names have no task in common at."""
    if not common.granularities:
        return f"{names[0]} and {names[1]} cannot be compared: they have no task in common"
    which = " and ".join(common.lacking)
    return f"{names[0]} and {names[1]} cannot be compared on {which} options: they have no such task in common"


def pair_of(names: tuple[str, str], common: Common, counts: NDArray[np.float64] | None) -> Pair:
    """The differences of two runs of these names, with intervals from resamples of their n persons, shape (b, n)."""
    ours, theirs = map(tally, common.hits)
    # Both count the same tasks, so that one denominator serves and a difference of ratios is a ratio of differences.
    difference = Tally(ours.total - theirs.total, ours.count)
    shares = difference.total / difference.count.sum(axis=0)
    (replicates,) = resample([difference], counts)
    persons = (difference.count > 0).sum(axis=0)
    kinds: list[str] = list(common.granularities)
    if len(kinds) > 1:
        kinds.append("mean")
        shares = np.column_stack([shares, shares.mean(axis=1)])
        persons = np.append(persons, (difference.count > 0).any(axis=1).sum())
        if replicates is not None:
            replicates = np.column_stack([replicates, replicates.mean(axis=1)])
    found = figures(shares.sum(axis=0), replicates)
    return Pair(
        comparisons=tuple(
            Comparison(*names, kind, int(n), figure or Figure(0.0), 1.0, 1.0)
            for kind, n, figure in zip(kinds, persons, found, strict=True)
        ),
        shares=shares,
    )
