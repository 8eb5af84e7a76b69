"""What a store was meant to hold: which part of which run, by the keys of all its requests."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.job import Job
from indievaluecatalog.evaluation.request import ModelSpec, request_key
from indievaluecatalog.evaluation.shards import shard


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One part of one run, as a store remembers it.

    Attributes:
        whole: SHA-256 (hex) of the run that it is a part of: the model, what is asked, and of whom.
        part, parts: 1 and 1 for a run in one piece.
        about: the model and the run in plain values, for messages.
        keys: of all first requests of this part, sorted.
    """

    whole: str
    part: int
    parts: int
    about: Mapping[str, Any]
    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        """Such as "part 2/8"."""
        return f"part {self.part}/{self.parts}"

    @property
    def model(self) -> ModelSpec:
        """Who was to be asked."""
        return ModelSpec(**self.about["model"])


def whole_of(job: Job, model: ModelSpec) -> tuple[str, dict[str, Any]]:
    """Digest and plain values of a run in one piece."""
    asked = hashlib.sha256("\n".join(sorted(job.people.person_ids[job.persons].tolist())).encode()).hexdigest()
    about = {"model": model.to_dict(), "run": job.run(model).to_dict(), "persons": len(job.persons), "who": asked}
    text = json.dumps(about, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest(), about


def part_of(job: Job, part: tuple[int, int]) -> Job:
    """One part of a whole job.

    Raises:
        EvaluationError: no such part, or nobody is in it.
    """
    keep = job.persons[shard(job.people.person_ids[job.persons], *part)]
    if not len(keep):
        raise EvaluationError(
            f"there is nobody to ask in part {part[0]} of {part[1]}: make fewer parts of {len(job.persons)} persons"
        )
    return replace(job, persons=keep)


def record_of(job: Job, model: ModelSpec, part: tuple[int, int] = (1, 1)) -> JobRecord:
    """What is to be remembered of a part of a whole job.

    Args:
        job: the whole.
        model: who is asked.
        part: 1 and 1 for all of it.
    """
    whole, about = whole_of(job, model)
    mine = job if part == (1, 1) else part_of(job, part)
    keys = {request_key(request, model) for request in mine.requests()}
    return JobRecord(whole, *part, about=about, keys=tuple(sorted(keys)))


def differences(records: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Where runs differ, as "name: a, b" lines; at most a few.

    Args:
        records: what the runs are about, by digest.
    """
    flat = [_flat(about, "") for about in records.values()]
    names = sorted({name for one in flat for name in one})
    told = []
    for name in names:
        values = list(dict.fromkeys(json.dumps(one.get(name)) for one in flat))
        # The run repeats the model; the digest of persons says nothing that a person can read.
        if len(values) > 1 and not name.startswith(("run.settings", "run.model", "who")):
            told.append(f"{name}: {', '.join(values)}")
    return told[:8]


def _flat(value: Mapping[str, Any], path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, inside in value.items():
        where = f"{path}.{name}" if path else name
        if isinstance(inside, Mapping) and inside:
            found |= _flat(inside, where)
        else:
            found[where] = inside
    return found
