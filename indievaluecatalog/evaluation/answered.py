"""The requests of a job beside what a store holds of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from indievaluecatalog.evaluation.job import Job
from indievaluecatalog.evaluation.request import ModelSpec, Request, Response, request_key
from indievaluecatalog.evaluation.store import RunStore

_BATCH = 256

Place = tuple[str, int, str, str]
"""Person, setup, granularity, slot."""


def answered(job: Job, model: ModelSpec, store: RunStore, attempt: int) -> Iterator[tuple[Request, Response | None]]:
    """Each request of an attempt, and its response if there is one."""
    requests = job.requests(attempt)
    while batch := list(islice(requests, _BATCH)):
        keys = [request_key(request, model) for request in batch]
        found = store.responses(keys)
        yield from ((request, found.get(key)) for request, key in zip(batch, keys, strict=True))


def places_of(request: Request) -> list[Place]:
    """The probes that a request asks, in order."""
    return [(request.person_id, request.setup, request.granularity, slot.id) for slot in request.slots]
