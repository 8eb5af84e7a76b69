"""Predictions of evaluated models, laid over the persons who are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.cells import Cells
from indievaluecatalog.scoring.hits import hits
from indievaluecatalog.scoring.read_runs import read_cells
from indievaluecatalog.scoring.results import UNREAD, find_results


@dataclass(frozen=True, slots=True, eq=False)
class Evaluated:
    """One file of predictions.

    Attributes:
        key: the first letters of the run's digest, for addresses.
        path: the file.
        cells: predictions over tasks.
        hits: as `scoring.hits.hits` gives them, shape (g, s, n, p).
        places: person_id -> position on the axis of persons, of those with a prediction.
    """

    key: str
    path: Path
    cells: Cells
    hits: NDArray[np.float64]
    places: dict[str, int]

    @property
    def name(self) -> str:
        """What the file is called."""
        return self.path.stem

    def accuracy(self, granularity: Granularity, person: str | None = None) -> float | None:
        """Strict accuracy over setups, of one person or the mean over persons; None where nothing is counted."""
        if granularity not in self.cells.run.granularities or (person is not None and person not in self.places):
            return None
        here = self.hits[self.cells.run.granularities.index(granularity)]
        if person is not None:
            here = here[:, [self.places[person]]]
        counted = ~np.isnan(here)
        sizes = counted.sum(axis=2)
        if not sizes.any():
            return None
        return float((np.where(counted, here, 0).sum(axis=2)[sizes > 0] / sizes[sizes > 0]).mean())


@dataclass(frozen=True, slots=True)
class Guess:
    """What a model said of one probe: option positions, the prediction None where it named no readable one."""

    setup: int
    item: int
    truth: int
    prediction: int | None
    right: bool
    probability: float | None


def guesses(evaluated: Evaluated, person: str, granularity: Granularity) -> list[Guess]:
    """All predictions for a person, by setup and probe; none where the run has none."""
    cells = evaluated.cells
    if granularity not in cells.run.granularities or person not in evaluated.places:
        return []
    g, row = cells.run.granularities.index(granularity), evaluated.places[person]
    found = []
    for s, setup in enumerate(cells.run.setups):
        for p in np.flatnonzero(cells.given[g, s, row]).tolist():
            truth, said = int(cells.truth[g, s, row, p]), int(cells.prediction[g, s, row, p])
            share = None
            if cells.probabilities is not None and not np.isnan(cells.probabilities[g, s, row, p, truth]):
                share = float(cells.probabilities[g, s, row, p, truth])
            guess = None if said == UNREAD else said
            found.append(Guess(setup, int(cells.probes[s, p]), truth, guess, said == truth, share))
    return found


def read_evaluated(folder: Path, people: People) -> tuple[tuple[Evaluated, ...], tuple[str, ...]]:
    """The files of predictions in a folder that are about these persons, and why others are left out.

    Raises:
        ResultsError: no folder, none with files, or no file that fits.
    """
    if not folder.exists():
        raise ResultsError(f"{folder}: there is no such folder of results (--results)")
    found, left_out = [], []
    for path in find_results([folder]):
        try:
            cells = read_cells([path], people, partial=True)[0]
        except ResultsError as error:
            left_out.append(str(error))
            continue
        some = np.flatnonzero(cells.given.any(axis=(0, 1, 3)))
        places = {str(cells.people.person_ids[row]): int(row) for row in some}
        found.append(Evaluated(cells.run.digest[:12], path, cells, hits(cells), places))
    if not found:
        raise ResultsError(f"{folder}: no file of predictions for these persons. {left_out[0]}")
    return _apart(found), tuple(left_out)


def _apart(found: Sequence[Evaluated]) -> tuple[Evaluated, ...]:
    """One file of each run: a copy under another name shows nothing new."""
    return tuple({one.key: one for one in reversed(found)}.values())[::-1]
