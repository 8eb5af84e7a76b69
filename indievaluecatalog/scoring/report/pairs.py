"""Which of many comparisons stand in front, and what all of them were corrected for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from indievaluecatalog.scoring.compare import run_names
from indievaluecatalog.scoring.report.wording import GRANULARITY_KEYS, best_place, clean
from indievaluecatalog.scoring.scores import Comparison, Scores

FEW_RUNS = 3


def main_comparisons(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """Of each pair that of the mean of both granularities, or else what it has of polar and refined."""
    with_mean = {(one.first, one.second) for one in comparisons if one.granularity == "mean"}
    return [one for one in comparisons if one.granularity == "mean" or (one.first, one.second) not in with_mean]


def with_the_best(scores: Sequence[Scores], comparisons: Sequence[Comparison]) -> list[Comparison]:
    """The comparisons with the most accurate run, where runs are so many that all pairs would hide them.

    All of them where one run is in each, as with a reference: they say what was asked for.
    """
    best = _best_name(scores)
    chosen = [one for one in comparisons if best in (one.first, one.second)]
    if len(scores) <= FEW_RUNS or in_each(comparisons) or not chosen:
        return list(comparisons)
    return chosen


def in_each(comparisons: Sequence[Comparison]) -> str | None:
    """The run that is in each of two pairs or more; None where there is none."""
    pairs = {(one.first, one.second) for one in comparisons}
    if len(pairs) < 2:
        return None
    common = set.intersection(*map(set, pairs))
    return next(iter(common), None)


def correction(scores: Sequence[Scores], comparisons: Sequence[Comparison], shown: Sequence[Comparison]) -> str:
    """What the corrected p-values of the shown comparisons are corrected for, as a sentence; empty with one alone."""
    sizes = Counter(one.granularity for one in comparisons)
    kinds = [kind for kind in GRANULARITY_KEYS if any(one.granularity == kind for one in shown)]
    largest = max((sizes[kind] for kind in kinds), default=0)
    if largest < 2:
        return ""
    reference = in_each(comparisons)
    pairs = "pairs" if reference is None else f"comparisons with {clean(reference)}"
    if len({sizes[kind] for kind in kinds}) == 1:
        told = f"all {largest:,} {pairs}"
    else:
        told = f"all {pairs}: " + ", ".join(f"{sizes[kind]:,} of {kind} accuracy" for kind in kinds)
    hidden = len({(one.first, one.second) for one in shown}) < len({(one.first, one.second) for one in comparisons})
    fair = " of those that see no more than a model is shown" if any(entry.run.sees_also for entry in scores) else ""
    best = f"; shown are those with {clean(_best_name(scores))}, the most accurate run{fair}" if hidden else ""
    return f"Holm's correction is over {told}{best}."


def _best_name(scores: Sequence[Scores]) -> str:
    place = best_place(scores)
    return "" if place is None else run_names([entry.run for entry in scores])[place]
