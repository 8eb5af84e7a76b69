"""Runs against each other on the tasks they share, paired over persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.cells import Cells
from indievaluecatalog.scoring.chance import LEVEL, can_tell, check_resamples, flips_for, holm, sign_flip_p
from indievaluecatalog.scoring.hits import hits
from indievaluecatalog.scoring.paired import common_tasks, lacking_words, pair_of
from indievaluecatalog.scoring.read_runs import RunLike, read_cells
from indievaluecatalog.scoring.run import Run
from indievaluecatalog.scoring.scores import Comparison
from indievaluecatalog.scoring.tallies import person_counts


@dataclass(frozen=True, slots=True)
class Compared:
    """Comparisons that were corrected together, granularity by granularity.

    Attributes:
        comparisons: pair by pair; of a pair first the granularities, then their mean.
        left_out: a sentence for each pair that has no task in common, wholly or at a granularity.
        notes: what else a reader must know, such as that so many comparisons leave nothing to find.
    """

    comparisons: tuple[Comparison, ...]
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def run_names(runs: Sequence[Run]) -> tuple[str, ...]:
    """A name for each run that tells it from the others: its model, and where that is not enough what differs."""
    names = [run.model for run in runs]
    for more in (
        lambda run: f"{run.n_demonstrations} demonstrations",
        lambda run: run.shown,
        lambda run: run.protocol.name,
        lambda run: ", ".join(f"{key}={value}" for key, value in sorted(run.settings.items())),
        lambda run: run.digest[:8],
    ):
        told = [more(run) for run in runs]
        for name in {name for name in names if names.count(name) > 1}:
            same = [at for at, other in enumerate(names) if other == name]
            if len({told[at] for at in same}) > 1:
                for at in same:
                    names[at] = f"{name}, {told[at]}" if told[at] else name
    return tuple(names)


def compare(
    runs: Sequence[RunLike],
    dataset: str | Path | People | None = None,
    *,
    partial: bool = False,
    reference: int | None = None,
    mixed_protocols: bool = False,
    resamples: int = 1_000,
    permutations: int | None = None,
    seed: int = 0,
) -> tuple[Comparison, ...]:
    """Differences in strict accuracy between runs, on the tasks that both of a pair have predictions for.

    Persons are the unit: the interval is a percentile bootstrap over persons, and the p-value that of a paired
    permutation test that flips the sign of each person's difference, (1 + as large) / (1 + permutations), two-sided.

    The p-values are corrected by Holm's step-down rule (1979) for all comparisons made together at one granularity:
    those of polar accuracy, of refined accuracy and of their mean are three families, since each answers a question
    of its own and the mean follows from the other two. Every pair, or every run against one named beforehand, is
    such a family; the pairs with the run that came out best are not, and have to be read from all pairs.

    Args:
        runs: two or more, of the same dataset and protocol: results files, or what was read from them. The number of
            demonstrations, what is shown and the prompt may differ: that is what is commonly compared.
        dataset: the build's folder or its persons; None for ./build/indievaluecatalog or else the last one built.
            Its persons are read once. Not used where all runs are cells.
        partial: accept runs of which predictions are missing.
        reference: position of the run that each other is compared with; None for every pair.
        mixed_protocols: allow runs that drew their demonstrations differently.
        resamples: of persons, for the intervals; 0 for none, else at least 10.
        permutations: sign flips; by default 400 for each comparison of a family, so that a corrected p-value can be
            a twentieth of 0.05, but at least 10,000 and at most 200,000. The latter serve families of up to 10,000
            comparisons; in larger ones no corrected p-value can be below 0.05.
        seed: of both.

    Raises:
        ResultsError: fewer than two runs, a file that cannot be read or does not fit the dataset, runs of different
            datasets or protocols, or a pair without a common task.
        BuildError: no build, or one of another catalog.
    """
    if len(runs) < 2:
        raise ResultsError(f"a comparison needs two runs or more, not {len(runs)}")
    if reference is not None and not 0 <= reference < len(runs):
        raise ResultsError(f"there is no run {reference} to compare with: the {len(runs)} runs count from 0")
    check_resamples(resamples)
    found = compare_cells(
        read_cells(runs, dataset, partial=partial),
        reference=reference,
        mixed_protocols=mixed_protocols,
        resamples=resamples,
        permutations=permutations,
        seed=seed,
    )
    if found.left_out:
        raise ResultsError(found.left_out[0])
    return found.comparisons


def compare_cells(
    runs: Sequence[Cells],
    *,
    reference: int | None = None,
    mixed_protocols: bool = False,
    resamples: int = 1_000,
    permutations: int | None = None,
    seed: int = 0,
) -> Compared:
    """As `compare`, but what has no task in common is left out and said.

    Raises:
        ResultsError: runs of different datasets or protocols.
    """
    names = run_names([run.run for run in runs])
    for first, second in combinations(range(len(runs)), 2):
        refuse_mixed(runs[first].run, runs[second].run, names[first], names[second], mixed_protocols)
    places = (
        list(combinations(range(len(runs)), 2))
        if reference is None
        else [(at, reference) for at in range(len(runs)) if at != reference]
    )
    right = [hits(run) for run in runs]
    drawn: dict[int, NDArray[np.float64] | None] = {}
    pairs, left_out = [], []
    for first, second in places:
        both = (names[first], names[second])
        common = common_tasks((runs[first], runs[second]), (right[first], right[second]))
        if common.lacking:
            left_out.append(lacking_words(both, common))
        if common.granularities:
            persons = common.hits[0].shape[2]
            if persons not in drawn:
                drawn[persons] = person_counts(persons, resamples, seed)
            pairs.append(pair_of(both, common, drawn[persons]))
    comparisons = [one for pair in pairs for one in pair.comparisons]
    families: dict[str, list[int]] = {}
    for at, one in enumerate(comparisons):
        families.setdefault(one.granularity, []).append(at)
    largest = max(map(len, families.values()), default=0)
    flips = flips_for(largest) if permutations is None else permutations
    p_values = [p for several in sign_flip_p([pair.shares for pair in pairs], flips, seed) for p in several]
    adjusted = np.empty(len(comparisons))
    for family in families.values():
        adjusted[family] = holm([p_values[at] for at in family])
    return Compared(
        comparisons=tuple(
            replace(one, p_value=p, adjusted_p_value=float(corrected))
            for one, p, corrected in zip(comparisons, p_values, adjusted, strict=True)
        ),
        left_out=tuple(left_out),
        notes=()
        if can_tell(largest, flips)
        else (
            f"{largest:,} comparisons are corrected together on {flips:,} permutations: no corrected p-value can be "
            f"below {LEVEL}. Compare fewer runs, or each with one named beforehand (--reference)",
        ),
    )


def refuse_mixed(first: Run, second: Run, first_name: str, second_name: str, mixed_protocols: bool = False) -> None:
    """Refuse what cannot stand in one comparison.

    Raises:
        ResultsError: runs of two datasets, or of two protocols unless `mixed_protocols`; names both.
    """
    if first.dataset.digest != second.dataset.digest:
        raise ResultsError(
            f"{first_name} and {second_name} cannot be compared: one is of the dataset {first.dataset.name} "
            f"{first.dataset.digest[:12]}, the other of {second.dataset.name} {second.dataset.digest[:12]}"
        )
    if first.protocol.digest != second.protocol.digest and not mixed_protocols:
        raise ResultsError(
            f"{first_name} and {second_name} cannot be compared: one follows the protocol {first.protocol.name} "
            f"{first.protocol.digest[:12]}, the other {second.protocol.name} {second.protocol.digest[:12]}. Run both "
            f"under one protocol, or allow it with mixed_protocols=True (--mixed-protocols)"
        )
