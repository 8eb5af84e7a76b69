"""A job in parts, and the record of a part that its store keeps."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.job import Job
from indievaluecatalog.evaluation.job_record import JobRecord
from indievaluecatalog.evaluation.request import ModelSpec, request_key
from indievaluecatalog.evaluation.shards import shard
from indievaluecatalog.evaluation.store import RunStore

WHOLE = (1, 1)


def whole_of(job: Job, model: ModelSpec) -> tuple[str, dict[str, Any]]:
    """Digest and plain values of a run in one piece.

    The reader is left out: what is asked is the same whatever version reads it, so that parts asked before and after
    an update are parts of one run.
    """
    asked = hashlib.sha256("\n".join(sorted(job.people.person_ids[job.persons].tolist())).encode()).hexdigest()
    run = job.run(model).to_dict()
    run["prompt"] = {name: value for name, value in run["prompt"].items() if name != "reader"}
    about = {"model": model.to_dict(), "run": run, "persons": len(job.persons), "who": asked}
    text = json.dumps(about, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest(), about


def part_of(job: Job, part: tuple[int, int]) -> Job:
    """One part of a whole job; the job itself where there is only one.

    Raises:
        EvaluationError: no such part, or nobody is in it.
    """
    if part == WHOLE:
        return job
    keep = job.persons[shard(job.people.person_ids[job.persons], *part)]
    if not len(keep):
        raise EvaluationError(
            f"there is nobody to ask in part {part[0]} of {part[1]}: make fewer parts of {len(job.persons)} persons"
        )
    return replace(job, persons=keep)


def record_of(job: Job, model: ModelSpec, part: tuple[int, int] = WHOLE) -> JobRecord:
    """What is to be remembered of a part of a whole job.

    Args:
        job: the whole.
        model: who is asked.
        part: 1 and 1 for all of it.
    """
    whole, about = whole_of(job, model)
    ids = job.people.person_ids[job.persons]
    about["nobody_in"] = [one for one in range(1, part[1] + 1) if not shard(ids, one, part[1]).any()]
    keys = {request_key(request, model) for request in part_of(job, part).requests()}
    return JobRecord(whole, *part, about=about, keys=tuple(sorted(keys)))


def note_job(job: Job, model: ModelSpec, store: RunStore, part: tuple[int, int] = WHOLE) -> None:
    """Have a store remember what it is for, once."""
    whole, _ = whole_of(job, model)
    if not store.has_job(whole, part):
        store.note(record_of(job, model, part))
