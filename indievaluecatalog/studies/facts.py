"""What a reader of a study must know: what was run, and what to bear in mind."""

from __future__ import annotations

import json
from collections.abc import Sequence

from indievaluecatalog.baselines.listing import named_baseline
from indievaluecatalog.dataset.people import People
from indievaluecatalog.evaluation.job import Job
from indievaluecatalog.evaluation.request import ModelSpec
from indievaluecatalog.studies.listing import Condition
from indievaluecatalog.studies.outcome import Line

DIGEST_SHOWN = 12


def facts_of(
    jobs: Sequence[tuple[Condition, Job]], people: People, model: ModelSpec | None
) -> tuple[tuple[str, str], ...]:
    """Names and values that say what was run."""
    first = jobs[0][1]
    protocols = dict.fromkeys(f"{job.protocol.name} {job.protocol.digest[:DIGEST_SHOWN]}" for _, job in jobs)
    more = f"; and {len(protocols) - 2} more" if len(protocols) > 2 else ""
    versions = dict.fromkeys(prompt.version for _, job in jobs for prompt in job.prompts.values())
    return (
        ("dataset", f"{people.identity.name} {people.identity.digest[:DIGEST_SHOWN]}"),
        ("persons asked", f"{len(first.persons):,} of {len(first.people):,} in {' and '.join(first.splits)}"),
        ("setups", ", ".join(str(tasks.setup) for tasks in first.tasks)),
        ("options asked", " and ".join(first.prompts)),
        *((("model", f"{model.name} ({model.kind})"), ("settings", json.dumps(dict(model.settings)))) if model else ()),
        ("prompts", f"version {', '.join(versions)}"),
        ("protocols", "; ".join(list(protocols)[:2]) + more),
    )


def notes_of(lines: Sequence[Line], baselines: Sequence[str]) -> tuple[str, ...]:
    """What to bear in mind."""
    found = []
    partial = [line for line in lines if line.predicted < line.tasks]
    if partial:
        worst = min(partial, key=lambda line: line.predicted / max(line.tasks, 1))
        found.append(
            f"{len(partial)} of {len(lines)} lines lack predictions; most does {worst.predictor}, {worst.condition}: "
            f"{worst.predicted:,} of {worst.tasks:,}. Figures are of those there are; the same command asks the rest"
        )
    unread = max(lines, key=lambda line: line.unread, default=None)
    if unread is not None and unread.unread > 0.01:
        found.append(
            f"answers that could not be read count as wrong; most of them has {unread.predictor}, {unread.condition}: "
            f"{100 * unread.unread:.1f}%"
        )
    if {line.persons for line in lines if line.persons} != {max((line.persons for line in lines), default=0)}:
        found.append("not all conditions are about the same number of persons; differences are over those in common")
    flat = [name for name in baselines if not named_baseline(name).needs_demonstrations]
    if flat:
        found.append(f"{' and '.join(flat)} see nothing of what the conditions change: they are the same in all")
    return tuple(found)
