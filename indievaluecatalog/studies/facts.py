"""What a reader of a study must know: what was run, and what to bear in mind."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from indievaluecatalog.baselines.listing import named_baseline
from indievaluecatalog.dataset.people import People
from indievaluecatalog.evaluation.job import Job
from indievaluecatalog.evaluation.request import ModelSpec
from indievaluecatalog.scoring.scores import Scores
from indievaluecatalog.studies.listing import Condition
from indievaluecatalog.studies.outcome import Line
from indievaluecatalog.studies.positions import POOLED

DIGEST_SHOWN = 12

NAMED_AT_MOST = 6
"""More numbers of statements than this are given as their range."""


def facts_of(
    jobs: Sequence[tuple[Condition, Job]],
    people: People,
    model: ModelSpec | None,
    baselines: Sequence[str] = (),
    resamples: int = 0,
) -> tuple[tuple[str, str], ...]:
    """Names and values that say what was run; what conditions change has all its values."""
    first = jobs[0][1]
    protocols = dict.fromkeys(f"{job.protocol.name} {job.protocol.digest[:DIGEST_SHOWN]}" for _, job in jobs)
    more = f"; and {len(protocols) - 2} more" if len(protocols) > 2 else ""
    prompts = [prompt for _, job in jobs for prompt in job.prompts.values()]
    by_model = (
        ("model", f"{model.name} ({model.kind})") if model else (),
        ("settings", json.dumps(dict(model.settings))) if model else (),
        ("form", _list(prompt.form for prompt in prompts)) if model else (),
        ("order of options", _list(prompt.option_order for prompt in prompts)) if model else (),
        ("prompts", f"version {_list(prompt.version for prompt in prompts)}") if model else (),
    )
    telling = [prompt for prompt in prompts if prompt.shown in ("statements", "both")]
    sizes = _sizes([job for _, job in jobs])
    return (
        ("dataset", f"{people.identity.name} {people.identity.digest[:DIGEST_SHOWN]}"),
        ("persons asked", f"{len(first.persons):,} of {len(first.people):,} in {' and '.join(first.splits)}"),
        ("setups", ", ".join(str(tasks.setup) for tasks in first.tasks)),
        ("told of a person", _list({"none": "nothing"}.get(prompt.shown, prompt.shown) for prompt in prompts)),
        *((("statements shown", f"{sizes}, {_list(prompt.demonstrations for prompt in telling)}"),) if telling else ()),
        ("options asked", " and ".join(first.prompts)),
        *(fact for fact in by_model if fact),
        *((("baselines", ", ".join(baselines)),) if baselines else ()),
        ("protocols", "; ".join(list(protocols)[:2]) + more),
        ("intervals", f"{resamples:,} resamples of persons" if resamples else "none were asked for"),
    )


def notes_of(jobs: Sequence[tuple[Condition, Job]], lines: Sequence[Line], baselines: Sequence[str]) -> tuple[str, ...]:
    """What to bear in mind."""
    found = []
    partial = [line for line in lines if line.predicted < line.tasks]
    if partial:
        worst = min(partial, key=lambda line: line.predicted / max(line.tasks, 1))
        found.append(
            f"{len(partial)} of {len(lines)} lines lack predictions, most of all {worst.predictor}, "
            f"{worst.condition}, which has {worst.predicted:,} of {worst.tasks:,}. Figures are of those there are; the "
            "same command asks the rest"
        )
    unread = max(lines, key=lambda line: line.unread, default=None)
    if unread is not None and unread.unread > 0.01:
        found.append(
            f"Answers that could not be read count as wrong: up to {100 * unread.unread:.1f}% in one condition "
            f"({unread.predictor}, {unread.condition})"
        )
        if any(line.condition == POOLED for line in lines):
            found.append("Pooling orders also fills answers that could not be read in one of them, which is no skill")
    if {line.persons for line in lines if line.persons} != {max((line.persons for line in lines), default=0)}:
        found.append("Not all conditions are about the same number of persons; differences are over those in common")
    flat = list(dict.fromkeys(line.predictor for line in lines if line.flat))
    if flat:
        found.append(f"What the conditions change does not reach {' and '.join(flat)}: the same figures hold in all")
    readers = [name for name in dict.fromkeys(baselines) if named_baseline(name).needs_demonstrations]
    shown = {prompt.shown for _, job in jobs for prompt in job.prompts.values()}
    if readers and "none" in shown:
        found.append(f"Shown nothing, all that is left of {' and '.join(readers)} is the baseline majority")
    if readers and shown & {"demographics", "both"}:
        found.append(f"Only statements can be shown to {' and '.join(readers)}: no rows where demographics are")
    return tuple(found)


def no_index(scores: Sequence[Scores], least: int) -> tuple[str, ...]:
    """That there is no index of evenness, if so."""
    if not scores or any(entry.inequity for entry in scores):
        return ()
    return (
        f"There is no Value Inequity Index: no demographic divides the persons asked into two groups of at least "
        f"{least}. Ask more persons",
    )


def _list(values: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(values))


def _sizes(jobs: Sequence[Job]) -> str:
    """Numbers of statements, other than none."""
    sizes = sorted({job.n_demonstrations for job in jobs} - {0})
    if len(sizes) > NAMED_AT_MOST:
        return f"at most {sizes[0]} to {sizes[-1]}"
    return ", ".join(map(str, sizes)) or "0"
