"""Runs against each other on the tasks they share, paired over persons."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.accuracy import tally
from indievaluecatalog.scoring.cells import Cells
from indievaluecatalog.scoring.hits import hits
from indievaluecatalog.scoring.resampling import generator
from indievaluecatalog.scoring.run import Run
from indievaluecatalog.scoring.scores import Comparison, Figure
from indievaluecatalog.scoring.tallies import Tally, figures, person_counts, resample

FLIPS_AT_A_TIME = 1_000


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
    runs: Sequence[Cells],
    *,
    reference: int | None = None,
    mixed_protocols: bool = False,
    resamples: int = 1_000,
    permutations: int = 10_000,
    seed: int = 0,
) -> tuple[Comparison, ...]:
    """Differences in strict accuracy between runs, on the tasks that both of a pair have predictions for.

    Persons are the unit: the interval is a percentile bootstrap over persons, and the p-value that of a paired
    permutation test that flips the sign of each person's difference, (1 + as large) / (1 + permutations), two-sided.
    The p-values are corrected for all comparisons made together by Holm's step-down rule (1979).

    Args:
        runs: two or more, of the same dataset and protocol. The number of demonstrations, what is shown and the
            prompt may differ: that is what is commonly compared.
        reference: position of the run that each other is compared with; None for every pair.
        mixed_protocols: allow runs that drew their demonstrations differently.
        resamples: of persons, for the intervals; 0 for none.
        permutations: sign flips.
        seed: of both.

    Raises:
        ResultsError: fewer than two runs, runs of different datasets or protocols, or a pair without a common task.
    """
    if len(runs) < 2:
        raise ResultsError(f"a comparison needs two runs or more, not {len(runs)}")
    if reference is not None and not 0 <= reference < len(runs):
        raise ResultsError(f"there is no run {reference} to compare with: the {len(runs)} runs count from 0")
    names = run_names([run.run for run in runs])
    pairs = (
        list(combinations(range(len(runs)), 2))
        if reference is None
        else [(at, reference) for at in range(len(runs)) if at != reference]
    )
    for first, second in combinations(range(len(runs)), 2):
        refuse_mixed(runs[first].run, runs[second].run, names[first], names[second], mixed_protocols)
    found: list[Comparison] = []
    for first, second in pairs:
        found += _pair(runs[first], runs[second], names[first], names[second], (resamples, permutations, seed))
    adjusted = holm([comparison.p_value for comparison in found])
    return tuple(
        Comparison(c.first, c.second, c.granularity, c.persons, c.difference, c.p_value, p)
        for c, p in zip(found, adjusted, strict=True)
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
            f"under one protocol, or allow it with mixed_protocols=True"
        )


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Holm's step-down correction, in the order given; never above 1."""
    order = np.argsort(np.asarray(p_values, np.float64), kind="stable")
    adjusted = np.empty(len(p_values))
    highest = 0.0
    for place, at in enumerate(order):
        highest = max(highest, min(1.0, (len(p_values) - place) * p_values[at]))
        adjusted[at] = highest
    return tuple(float(p) for p in adjusted)


def _pair(
    first: Cells, second: Cells, first_name: str, second_name: str, chance: tuple[int, int, int]
) -> list[Comparison]:
    granularities = [g for g in first.run.granularities if g in second.run.granularities]
    left, right = _common(first, second, granularities, f"{first_name} and {second_name}")
    resamples, permutations, seed = chance
    ours, theirs = tally(left), tally(right)
    # Both count the same tasks, so that one denominator serves and a difference of ratios is a ratio of differences.
    difference = Tally(ours.total - theirs.total, ours.count)
    counts = person_counts(left.shape[2], resamples, seed)
    shares = difference.total / difference.count.sum(axis=0)
    (replicates,) = resample([difference], counts)
    persons = (difference.count > 0).sum(axis=0)
    names: list[str] = list(granularities)
    if len(granularities) > 1:
        names.append("mean")
        shares = np.column_stack([shares, shares.mean(axis=1)])
        persons = np.append(persons, (difference.count > 0).any(axis=1).sum())
        if replicates is not None:
            replicates = np.column_stack([replicates, replicates.mean(axis=1)])
    p_values = _sign_flip_p(shares, permutations, seed)
    return [
        Comparison(first_name, second_name, name, int(persons[at]), figure or Figure(0.0), p_values[at], p_values[at])
        for at, (name, figure) in enumerate(zip(names, figures(shares.sum(axis=0), replicates), strict=True))
    ]


def _common(
    first: Cells, second: Cells, granularities: Sequence[Granularity], both: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Hits of both runs on common granularities, setups and persons, NaN but where both have a prediction."""
    setups = [s for s in first.run.setups if s in second.run.setups]
    _, mine, yours = np.intersect1d(first.people.person_ids, second.people.person_ids, return_indices=True)
    arrays = []
    for cells, rows in ((first, mine), (second, yours)):
        g = [cells.run.granularities.index(name) for name in granularities]
        s = [cells.run.setups.index(setup) for setup in setups]
        arrays.append(hits(cells)[np.ix_(np.array(g, np.intp), np.array(s, np.intp), rows)])
    shared = ~np.isnan(arrays[0]) & ~np.isnan(arrays[1])
    which = [name for name, there in zip(granularities, shared, strict=True) if not there.any()]
    if which or not granularities:
        raise ResultsError(
            f"{both} cannot be compared: they have no {', '.join(which)} task in common".replace("  ", " ")
        )
    keep = shared.any(axis=(0, 1, 3))
    left, right = (np.where(shared, array, np.nan)[:, :, keep] for array in arrays)
    return left, right


def _sign_flip_p(shares: NDArray[np.float64], permutations: int, seed: int) -> list[float]:
    """Two-sided p-value of each column's sum under random signs of the rows (persons)."""
    observed = np.abs(shares.sum(axis=0))
    rng = generator(seed, "sign flips")
    reached = np.zeros(shares.shape[1], np.int64)
    for start in range(0, permutations, FLIPS_AT_A_TIME):
        size = (min(FLIPS_AT_A_TIME, permutations - start), len(shares))
        signs = rng.integers(0, 2, size, dtype=np.int8).astype(np.float64) * 2 - 1
        # Sums that are equal but for rounding count as reached.
        reached += (np.abs(signs @ shares) >= observed - 1e-12).sum(axis=0)
    return [float((1 + count) / (1 + permutations)) for count in reached]
