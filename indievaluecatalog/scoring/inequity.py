"""The Value Inequity Index: how unevenly a predictor serves the groups of each demographic.

For one demographic it is the standard deviation of the groups' mean accuracies, in points; the index is the mean
over demographics (Jiang, Sorensen, Levine and Choi 2024, arXiv 2410.03868). Most of that figure is chance at 800
persons, so it stands here beside what chance alone would give and a debiased figure with an interval; see `spread`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.resampling import generator, resample_counts
from indievaluecatalog.scoring.scores import Dimension, Figure, Inequity
from indievaluecatalog.scoring.spread import (
    Layout,
    Resampled,
    Spread,
    interval,
    join,
    lay_out_groups,
    mean_of,
    observe,
    resample,
)

BLOCK = 4_000_000
"""Numbers in memory at once, about: persons times permutations or resamples of one block."""
NEARLY = 1e-9
"""Points: a permutation that comes so near the observed figure has reached it."""
INTERVAL_GROUP = 5
"""Persons the smallest group needs for an interval. In simulations, intervals meant to cover 95% cover 94% over thirty
groups of five, 88% over groups of four, 70% over groups of three, and 0% over fifty of one."""


@dataclass(frozen=True, slots=True, eq=False)
class _Table:
    """One demographic before and after its groups were chosen; `spread` is None where they are too few."""

    name: str
    label: str
    large: Mapping[str, tuple[int, float]]
    small: Mapping[str, int]
    spread: Spread | None


def inequity(
    accuracy: NDArray[np.float64],
    groups: Mapping[str, tuple[str, tuple[str, ...], NDArray[np.int16]]],
    *,
    min_group: int = 5,
    permutations: int = 1000,
    resamples: int = 1000,
    seed: int = 0,
) -> Inequity | None:
    """Spread of mean accuracy over the groups of demographics: plain, by chance alone, and debiased.

    The plain figure is that of the paper where `min_group` is 1. The floor comes from permuting accuracies over
    persons, the same permutation in every dimension. The index is the mean of the plain figures; its debiased
    form is the root of the mean debiased variance, not floored before the mean, so that noise cancels over
    dimensions. Intervals resample persons; there is none over groups of fewer than INTERVAL_GROUP persons, and
    none of an index with such a dimension.

    Args:
        accuracy: mean accuracy of each person in points (0 to 100), shape (n,).
        groups: by demographic id: its label, its options' labels, and each person's option, shape (n,), -1 for
            a person who has none and is ignored there.
        min_group: smaller groups are left out and listed.
        permutations: for the floor and its p-value.
        resamples: for the intervals; 0 for none.
        seed: of both.

    Returns:
        None where no dimension has two groups large enough. Such a dimension is listed in the table without
        figures and is not in the index; so is one whose groups are all of one person.

    Raises:
        ResultsError: an accuracy that is no finite number, options that do not fit, or a count below its least.
    """
    accuracy = _checked(accuracy, groups)
    for what, given, least in (
        ("min_group", min_group, 1),
        ("permutations", permutations, 1),
        ("resamples", resamples, 0),
    ):
        if given < least:
            raise ResultsError(f"{what} is {given}: it must be at least {least}")
    tables = [_table(name, entry, accuracy, min_group) for name, entry in groups.items()]
    spreads = [table.spread for table in tables if table.spread is not None]
    if not spreads:
        return None
    plain = np.array([spread.plain for spread in spreads])
    by_chance = _permuted(accuracy, [spread.layout for spread in spreads], permutations, seed)
    parts = _resampled(spreads, len(accuracy), resamples, seed) if resamples else [None] * len(spreads)

    dimensions = []
    at = 0
    for table in tables:
        if table.spread is None:
            dimensions.append(
                Dimension(table.name, table.label, table.large, table.small, None, None, None, None, None)
            )
            continue
        dimensions.append(
            Dimension(
                name=table.name,
                label=table.label,
                groups=table.large,
                left_out=table.small,
                plain=float(plain[at]),
                floor=float(by_chance[at].mean()),
                p_value=_p_value(float(plain[at]), by_chance[at]),
                debiased_variance=table.spread.variance,
                debiased=_figure(table.spread.variance, parts[at]),
            )
        )
        at += 1
    return Inequity(
        min_group=min_group,
        plain=float(plain.mean()),
        floor=float(by_chance.mean()),
        p_value=_p_value(float(plain.mean()), by_chance.mean(axis=0)),
        debiased=_figure(float(np.mean([s.variance for s in spreads])), _mean_of(parts)),
        dimensions=tuple(dimensions),
    )


def _checked(
    accuracy: NDArray[np.float64], groups: Mapping[str, tuple[str, tuple[str, ...], NDArray[np.int16]]]
) -> NDArray[np.float64]:
    accuracy = np.asarray(accuracy, np.float64)
    wrong = ~np.isfinite(accuracy)
    if wrong.any():
        raise ResultsError(
            f"{int(wrong.sum())} of {len(accuracy)} persons have an accuracy that is no number, the first at position "
            f"{int(np.argmax(wrong))}: leave persons without a scored prediction out before asking for the index"
        )
    for name, (_, labels, index) in groups.items():
        if index.shape != accuracy.shape:
            raise ResultsError(f"{name}: options of {index.shape} persons for accuracies of {accuracy.shape}")
        if len(index) and (index.min() < -1 or index.max() >= len(labels)):
            raise ResultsError(
                f"{name}: options {index.min()} to {index.max()}, but there are {len(labels)} (from 0; -1 for none)"
            )
        if len(set(labels)) != len(labels):
            raise ResultsError(f"{name}: two options have the same label")
    return accuracy


def _table(
    name: str,
    entry: tuple[str, tuple[str, ...], NDArray[np.int16]],
    accuracy: NDArray[np.float64],
    min_group: int,
) -> _Table:
    label, labels, index = entry
    sizes = np.bincount(index[index >= 0], minlength=len(labels))
    totals = np.bincount(index[index >= 0], weights=accuracy[index >= 0], minlength=len(labels))
    kept = np.flatnonzero(sizes >= min_group)
    layout = lay_out_groups(index, kept)
    return _Table(
        name=name,
        label=label,
        large={labels[g]: (int(sizes[g]), float(totals[g] / sizes[g])) for g in kept},
        small={labels[g]: int(sizes[g]) for g in np.flatnonzero((sizes > 0) & (sizes < min_group))},
        spread=observe(layout, accuracy) if layout.estimable else None,
    )


def _blocks(total: int, n: int) -> Iterator[tuple[int, int]]:
    """Number and length of each block of permutations or resamples of n persons."""
    length = max(1, BLOCK // n)
    for number, start in enumerate(range(0, total, length)):
        yield number, min(length, total - start)


def _permuted(
    accuracy: NDArray[np.float64], layouts: Sequence[Layout], permutations: int, seed: int
) -> NDArray[np.float64]:
    """Plain figures under permutation, shape (dimensions, permutations)."""
    rng = generator(seed, "inequity permutations")
    # Centred, so that squares of deviations lose no digits.
    centred = accuracy - accuracy.mean()
    found: list[NDArray[np.float64]] = []
    for _, length in _blocks(permutations, len(accuracy)):
        mixed = np.ascontiguousarray(rng.permuted(np.tile(centred, (length, 1)), axis=1).T)
        found.append(np.stack([(layout.sums(mixed) / layout.sizes[:, None]).std(axis=0, ddof=1) for layout in layouts]))
    return np.concatenate(found, axis=1)


def _resampled(spreads: Sequence[Spread], n: int, resamples: int, seed: int) -> list[Resampled | None]:
    """What resamples of persons, the same in every dimension, do to each; None where its groups are too small."""
    found: list[list[Resampled]] = [[] for _ in spreads]
    for number, length in _blocks(resamples, n):
        drawn = np.ascontiguousarray(resample_counts(n, length, seed, f"inequity resamples {number}").T)
        for parts, spread in zip(found, spreads, strict=True):
            if spread.layout.sizes.min() >= INTERVAL_GROUP:
                parts.append(resample(spread, drawn))
    return [join(parts) if parts else None for parts in found]


def _mean_of(parts: Sequence[Resampled | None]) -> Resampled | None:
    known = [part for part in parts if part is not None]
    return mean_of(known) if len(known) == len(parts) else None


def _p_value(observed: float, by_chance: NDArray[np.float64]) -> float:
    reached = int((by_chance >= observed - NEARLY).sum())
    return (1 + reached) / (1 + len(by_chance))


def _figure(variance: float, resampled: Resampled | None) -> Figure:
    value = float(np.sqrt(max(variance, 0.0)))
    return Figure(value) if resampled is None else Figure(value, *interval(variance, resampled))
