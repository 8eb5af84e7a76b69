"""Runs given in any form, files or what was read from them, laid over the tasks of their dataset."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People, read_people
from indievaluecatalog.scoring.cells import Cells, lay_out
from indievaluecatalog.scoring.results import Results, read_results

RunLike = str | Path | Results | Cells
"""A run: a results file, what was read from one, or predictions that are laid over their tasks already."""


def read_cells(
    runs: Sequence[RunLike],
    dataset: str | Path | People | None = None,
    *,
    catalog: Catalog | str | Path | None = None,
    partial: bool = False,
) -> list[Cells]:
    """Predictions laid over the tasks of their dataset, whose persons are read once for all of them.

    Args:
        runs: results files, or what was read from them; cells come back as they are.
        dataset: the build's folder or its persons; None for ./build/indievaluecatalog or else the last one built.
            Not used where all runs are cells.
        catalog: the catalog the dataset was built with, where that is not a shipped one.
        partial: accept runs of which predictions are missing.

    Raises:
        ResultsError: a file cannot be read or does not fit the dataset (see `lay_out`).
        BuildError: no build, or one of another catalog.
    """
    read = [run if isinstance(run, Results | Cells) else read_results(run) for run in runs]
    wanted = {split for one in read if isinstance(one, Results) for split in one.run.splits}
    people: People | None = None
    if isinstance(dataset, People):
        people = dataset
    elif wanted:
        people = read_people(dataset, splits=sorted(wanted), catalog=catalog)
    found = []
    for given, one in zip(runs, read, strict=True):
        if isinstance(one, Cells):
            found.append(one)
            continue
        assert people is not None, "results name at least one split"
        source = one.run.model if isinstance(given, Results | Cells) else str(given)
        found.append(lay_out(one, people, partial=partial, source=source))
    return found
