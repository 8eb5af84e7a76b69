"""Entries of a study scored and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from indievaluecatalog.evaluation.job import Job
from indievaluecatalog.sampling.tasks import NOT_SHOWN
from indievaluecatalog.scoring.accuracy import accuracies
from indievaluecatalog.scoring.compare import compare_cells
from indievaluecatalog.scoring.hits import hits, unread
from indievaluecatalog.scoring.parts import PartScorer
from indievaluecatalog.scoring.scores import Comparison, Part
from indievaluecatalog.scoring.tallies import person_counts
from indievaluecatalog.studies.entries import Entry
from indievaluecatalog.studies.listing import Study
from indievaluecatalog.studies.outcome import Line
from indievaluecatalog.studies.positions import pooled, positions

MIN_PERSONS = 5
"""A part of fewer persons has no interval."""


def lines_of(study: Study, entries: Sequence[Entry], resamples: int, seed: int) -> tuple[Line, ...]:
    """The lines of one predictor.

    Args:
        study: whose reference condition the others are compared with.
        entries: a predictor's, a condition each.
        resamples: of persons, for intervals; 0 for none.
        seed: of the resampling.
    """
    ordered = [*entries]
    orders = {entry.job.prompts[key].option_order for entry in entries for key in entry.job.prompts}
    told = len(orders) > 1 and not entries[0].flat and entries[0].cells.run.prompt is not None
    if told:
        ordered.append(pooled(entries))
    reference = next((entry for entry in entries if entry.condition == study.reference), None)
    differences = _differences(ordered, reference, resamples, seed)
    lines = []
    for entry in ordered:
        cells = entry.cells
        coverage, counts = cells.coverage, person_counts(len(cells.people), resamples, seed)
        by_map = study.figure == "map"
        lines.append(
            Line(
                predictor=entry.predictor,
                condition=entry.condition,
                persons=coverage.persons_predicted,
                tasks=coverage.tasks,
                predicted=coverage.predicted,
                accuracy={name: one.strict for name, one in accuracies(cells, counts, {}).items()},
                unread=float(unread(cells).sum() / max(coverage.predicted, 1)),
                statements=_statements(entry.job),
                difference=differences.get(entry.condition, {}),
                flat=entry.flat,
                by_category=PartScorer.of(cells, counts, MIN_PERSONS).by_category() if by_map else (),
                gain=_gain(entry, reference, resamples, seed) if by_map else (),
                positions=positions(entry, None if entry is reference else reference)
                if told and entry in entries
                else None,
            )
        )
    return tuple(lines)


def _differences(
    entries: Sequence[Entry], reference: Entry | None, resamples: int, seed: int
) -> dict[str, Mapping[str, Comparison]]:
    """By condition and granularity, the differences from the reference, corrected together."""
    if reference is None or reference.flat or len(entries) < 2:
        return {}
    # Called by their conditions, since runs may have names in common.
    named = [replace(e.cells, run=replace(e.cells.run, model=e.condition)) for e in (reference, *entries)]
    others = [cells for cells, entry in zip(named[1:], entries, strict=True) if entry is not reference]
    compared = compare_cells([named[0], *others], reference=0, mixed_protocols=True, resamples=resamples, seed=seed)
    found: dict[str, dict[str, Comparison]] = {}
    for one in compared.comparisons:
        found.setdefault(one.first, {})[one.granularity] = one
    return dict(found)


def _gain(entry: Entry, reference: Entry | None, resamples: int, seed: int) -> tuple[Part, ...]:
    """Accuracy by category less that of the reference condition, on the tasks that both have predictions for."""
    if reference is None or reference is entry or entry.flat:
        return ()
    difference = hits(entry.cells) - hits(reference.cells)
    if np.isnan(difference).all():
        return ()
    counts = person_counts(len(entry.cells.people), resamples, seed)
    return PartScorer(entry.cells, difference, counts, MIN_PERSONS).by_category()


def _statements(job: Job) -> float:
    """How many statements a person who is asked is shown, on average over persons and setups."""
    counts = []
    for tasks in job.tasks:
        here = np.isin(tasks.rows, job.persons)
        shown = (tasks.demonstrations[here] != NOT_SHOWN).sum(axis=1)
        # Of one drawn by exclude="asked" each probe is shown all but one.
        counts.append(np.minimum(shown, tasks.n_demonstrations))
    every = np.concatenate(counts)
    return float(every.mean()) if len(every) else 0.0
