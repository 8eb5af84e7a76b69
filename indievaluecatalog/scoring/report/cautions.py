"""What a reader of a report must know first."""

from __future__ import annotations

from collections.abc import Sequence

from indievaluecatalog.scoring.report.wording import best_place, clean, main_key, percent, run_labels
from indievaluecatalog.scoring.scores import Scores


def lead(scores: Sequence[Scores]) -> str:
    """The report in a sentence or two: the highest accuracy, with its interval.

    A run that sees more than a model is shown is no contender: it follows as an upper reference.
    """
    labels = run_labels(scores)
    best = best_place(scores)
    if best is None:
        return "There is nothing to show."
    entry = scores[best]
    kind = main_key(entry.accuracy) or ""
    words = "the mean of polar and refined accuracy" if kind == "mean" else f"{kind} accuracy"
    persons = f"{entry.coverage.persons_predicted:,} {'synthetic ' if _synthetic(entry) else ''}persons"
    beyond = [at for at, one in enumerate(scores) if one.run.sees_also]
    plain = len(scores) - len(beyond)
    if len(scores) == 1 or plain == 1:
        start = f"{labels[best]}:"
    elif not beyond or not plain:
        start = f"Highest of {len(scores)} runs: {labels[best]} with"
    else:
        start = f"Highest of the {plain} runs that see no more than a model is shown: {labels[best]} with"
    said = f"{start} {_with_interval(entry, kind)} right, {words}, on {persons}."
    if entry.run.sees_also:
        return f"{said} It sees more than a model is shown: {clean(entry.run.sees_also)}."
    references = [
        f"{labels[at]} {_with_interval(scores[at], kind)}" for at in beyond if main_key(scores[at].accuracy) == kind
    ]
    more = f" For reference, seeing more than a model is shown: {'; '.join(references)}." if references else ""
    return said + more


def _with_interval(entry: Scores, kind: str) -> str:
    figure = entry.accuracy[kind].strict
    if figure.low is None or figure.high is None:
        return f"{percent(figure.value)}%"
    return f"{percent(figure.value)}% ({percent(figure.low)} to {percent(figure.high)})"


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
    if len({frozenset(run.splits) for run in runs}) > 1:
        found.append("They are about different persons (splits) of a dataset.")
    if len({frozenset(run.setups) for run in runs}) > 1:
        found.append("They are about different questions (setups) of a dataset.")
    return found


def _synthetic(entry: Scores) -> bool:
    return entry.run.dataset.synthetic
