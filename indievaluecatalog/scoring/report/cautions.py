"""What a reader of a report must know first."""

from __future__ import annotations

from collections.abc import Sequence

from indievaluecatalog.scoring.report.wording import clean, main_key, percent, run_labels
from indievaluecatalog.scoring.scores import Scores


def lead(scores: Sequence[Scores]) -> str:
    """The report in one sentence: the highest accuracy, with its interval."""
    labels = run_labels(scores)
    # Only figures of one kind have an order.
    kinds = [main_key(entry.accuracy) for entry in scores]
    kind = next((key for key in ("mean", "polar", "refined") if key in kinds), None)
    if kind is None:
        return "There is nothing to show."
    best = max((at for at in range(len(scores)) if kinds[at] == kind), key=lambda at: _strict(scores[at], kind))
    figure = scores[best].accuracy[kind].strict
    interval = (
        "" if figure.low is None or figure.high is None else f" ({percent(figure.low)} to {percent(figure.high)})"
    )
    words = "the mean of polar and refined accuracy" if kind == "mean" else f"{kind} accuracy"
    persons = f"{scores[best].coverage.persons_predicted:,} {'synthetic ' if _synthetic(scores[best]) else ''}persons"
    start = f"{labels[best]}:" if len(scores) == 1 else f"Highest of {len(scores)} runs: {labels[best]} with"
    return f"{start} {percent(figure.value)}%{interval} right, {words}, on {persons}."


def synthetic_runs(scores: Sequence[Scores]) -> str:
    """Which persons are made up, as a sentence; empty where none are."""
    names = sorted({clean(entry.run.dataset.name) for entry in scores if _synthetic(entry)})
    if not names:
        return ""
    which = f"dataset {names[0]}" if len(names) == 1 else f"datasets {', '.join(names)}"
    whose = "All persons are" if all(_synthetic(entry) for entry in scores) else "The persons of some runs are"
    return f"{whose} made up by a program ({which})."


def partial_runs(scores: Sequence[Scores]) -> list[str]:
    """A line for each run of which predictions are missing."""
    return [
        f"{label}: {entry.coverage.predicted:,} of {entry.coverage.tasks:,} tasks, "
        f"{entry.coverage.persons_predicted:,} of {entry.coverage.persons:,} persons"
        for label, entry in zip(run_labels(scores), scores, strict=True)
        if not entry.coverage.complete
    ]


def mixed_tasks(scores: Sequence[Scores]) -> list[str]:
    """A sentence for each reason why the runs' figures cannot be set against each other."""
    runs = [entry.run for entry in scores]
    found = []
    if len({run.dataset.digest for run in runs}) > 1:
        found.append("They are about different datasets.")
    if len({run.protocol.digest for run in runs}) > 1:
        found.append("They follow different protocols.")
    if len({(frozenset(run.splits), frozenset(run.setups)) for run in runs}) > 1:
        found.append("They are about different persons or questions of a dataset.")
    return found


def _strict(entry: Scores, kind: str) -> float:
    return entry.accuracy[kind].strict.value


def _synthetic(entry: Scores) -> bool:
    return entry.run.dataset.synthetic
