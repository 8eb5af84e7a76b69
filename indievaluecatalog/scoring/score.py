"""Everything scored of one run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.accuracy import accuracies, person_accuracies
from indievaluecatalog.scoring.cells import Cells, Coverage
from indievaluecatalog.scoring.chance import check_resamples
from indievaluecatalog.scoring.distribution import distribution_match
from indievaluecatalog.scoring.hits import unread
from indievaluecatalog.scoring.inequity import inequity
from indievaluecatalog.scoring.parts import PartScorer
from indievaluecatalog.scoring.probability import probability_scores
from indievaluecatalog.scoring.read_runs import RunLike, read_cells
from indievaluecatalog.scoring.scores import Inequity, Scores
from indievaluecatalog.scoring.tallies import person_counts
from indievaluecatalog.scoring.weights import usable_weights

MANY_UNREAD = 0.01


def score(
    results: RunLike,
    dataset: str | Path | People | None = None,
    *,
    partial: bool = False,
    resamples: int = 1_000,
    seed: int = 0,
    min_group: int = 5,
    more_dimensions: bool = False,
    permutations: int = 1_000,
) -> Scores:
    """Score one run: accuracy and its parts, probabilities, distributions, evenness.

    Args:
        results: a results file, or what was read from one.
        dataset: the build's folder or its persons; None for ./build/indievaluecatalog or else the last one built.
            Not used with cells.
        partial: score a run of which predictions are missing on those there are.
        resamples: of persons, for the intervals; 0 for none, else at least 10.
        seed: of all resampling.
        min_group: persons a group needs for a place in the inequity index, and a part for an interval.
        more_dimensions: also score the groups of demographics with many or very small groups; the index stays over
            the others, to be comparable.
        permutations: of persons among groups, for the index's floor.

    Raises:
        ResultsError: the file cannot be read or does not fit the dataset, or holds no prediction; too few resamples.
        BuildError: no build, or one of another catalog.
    """
    check_resamples(resamples)
    (whole,) = read_cells([results], dataset, partial=partial)
    coverage = whole.coverage
    if not coverage.predicted:
        raise ResultsError(f"{whole.run.model}: there is no prediction to score")
    # Persons without any prediction would be drawn into resamples and add nothing but noise. The others in the order
    # of their ids, so that resamples do not depend on the order they came in.
    rows = np.flatnonzero(whole.given.any(axis=(0, 1, 3)))
    cells = whole.take(rows[np.argsort(whole.people.person_ids[rows])])
    catalog, rule = cells.people.catalog, cells.people.catalog.evaluation
    counts = person_counts(len(cells.people), resamples, seed)
    weights, weight_notes = usable_weights(cells.people)
    first = next(iter(weights), None)
    parts = PartScorer.of(cells, counts, min_group)
    dimensions = [*rule.dimensions, *(rule.more_dimensions if more_dimensions else ())]
    return Scores(
        run=cells.run,
        coverage=coverage,
        accuracy=accuracies(cells, counts, weights),
        by_setup=parts.by_setup(),
        by_category=parts.by_category(),
        by_item=parts.by_item(),
        by_country=parts.by_demographic(catalog.wave.country_demographic, alphabetical=True),
        by_group={name: parts.by_demographic(name) for name in dimensions},
        probability=probability_scores(cells, counts),
        match=distribution_match(cells, first, None if first is None else weights[first]),
        inequity=_inequities(cells, parts.right, min_group, permutations, resamples, seed),
        notes=(*_notes(cells, coverage), *weight_notes),
    )


def _inequities(
    cells: Cells, right: NDArray[np.float64], min_group: int, permutations: int, resamples: int, seed: int
) -> dict[str, Inequity]:
    """The index at each granularity and of their mean, over the persons who have an accuracy there.

    Always over the catalog's dimensions alone: with more of them it would be another index.
    """
    catalog = cells.people.catalog
    by_person: dict[str, NDArray[np.float64]] = dict(
        zip(cells.run.granularities, person_accuracies(right), strict=True)
    )
    if len(by_person) > 1:
        by_person["mean"] = np.mean(list(by_person.values()), axis=0)
    found = {}
    for name, shares in by_person.items():
        known = np.isfinite(shares)
        groups = {}
        for dimension in catalog.evaluation.dimensions:
            demographic = catalog.demographics[dimension]
            labels = tuple(option.label for option in demographic.options)
            groups[dimension] = (demographic.label, labels, cells.people.demographic(dimension)[known])
        index = inequity(
            100 * shares[known],
            groups,
            min_group=min_group,
            permutations=permutations,
            resamples=resamples,
            seed=seed,
        )
        if index is not None:
            found[name] = index
    return found


def _notes(cells: Cells, coverage: Coverage) -> tuple[str, ...]:
    notes = []
    if not coverage.complete:
        notes.append(
            f"partial: {coverage.predicted:,} of {coverage.tasks:,} tasks have a prediction "
            f"({coverage.persons_predicted} of {coverage.persons} persons); all figures are of these alone"
        )
    if cells.people.identity.synthetic:
        notes.append("the persons are synthetic: no figure says anything about people")
    if cells.run.sees_also:
        notes.append(f"the predictor sees more than a model is shown: {cells.run.sees_also}")
    if cells.run.decision == "expected":
        notes.append("accuracy is expected accuracy: the probability given to the right option")
    lost = int(unread(cells).sum())
    if lost > MANY_UNREAD * coverage.predicted:
        notes.append(f"{lost:,} of {coverage.predicted:,} predictions could not be read: see the invalid rate")
    return tuple(notes)
