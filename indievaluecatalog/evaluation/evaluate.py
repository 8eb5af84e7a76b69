"""From a model and a dataset to one file of results."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.job import Job, prepare
from indievaluecatalog.evaluation.reading import EXTRA, OUTCOMES, Reading, read_with_extra
from indievaluecatalog.evaluation.request import Model, ModelSpec, Request, Response, request_key
from indievaluecatalog.evaluation.runner import Asked, ask
from indievaluecatalog.evaluation.store import RunStore
from indievaluecatalog.scoring.results import UNREAD, Results, prediction_table

BATCH = 256

Place = tuple[str, int, str, str]
"""Person, setup, granularity, slot."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of asking a model.

    Attributes:
        results: predictions, of the requests that were answered.
        asked: what this call sent, and what the store held already.
        outcomes: how often each outcome of reading occurs, by name; "extra" counts answers nobody asked for.
        unanswered: probes without any response: they failed for good, and are asked again by the next call.
        complete: whether every task of the run has a prediction: all persons were asked, and all answered.
    """

    results: Results
    asked: Asked
    outcomes: Mapping[str, int]
    unanswered: int
    complete: bool


def evaluate(
    model: Model,
    dataset: Job | People | str | Path | None = None,
    *,
    store: str | Path,
    attempts: int = 1,
    progress: Callable[[Asked], None] | None = None,
    **choices: Any,
) -> Evaluation:
    """Ask a model what it takes each person to have answered.

    Every answer is kept in the store as it comes; the same call again sends only what is lacking, so that a run may
    be stopped at any time, and costs nothing twice. The same answers give the same results, byte for byte.

    Args:
        model: what answers, such as an `OpenAIModel` or a `LocalModel`.
        dataset: a build's folder, None for the default one, people read from one, or a prepared job.
        store: the file of answers; made if it is not there.
        attempts: how often the same is asked, at most, while some of its answer cannot be read. A server that
            always answers the same makes more than one useless.
        progress: told how far the asking is after each response.
        choices: further arguments of `prepare`: prompt, granularities, n_demonstrations, setups, splits, ...

    Raises:
        EvaluationError: nothing to ask, a store that cannot be used, or a model that refuses for good.
        SamplingError, BuildError: as `prepare` does.
    """
    if attempts < 1:
        raise EvaluationError(f"the number of attempts is at least 1, not {attempts}")
    if isinstance(dataset, Job) and choices:
        raise EvaluationError(f"a prepared job leaves nothing to choose: {', '.join(choices)}")
    job = dataset if isinstance(dataset, Job) else prepare(dataset, **choices)
    with RunStore(store) as kept:
        done = ask(model, job.requests(), kept, progress=progress)
        for attempt in range(1, attempts):
            unread = _unread(job, model.spec, kept, attempt)
            if not unread:
                break
            again = (request for request in job.requests(attempt) if _places(request) & unread)
            done = _sum(done, ask(model, again, kept, progress=progress))
        results, outcomes, unanswered = results_of(job, model.spec, kept, attempts)
    whole = sum(int(tasks.asked.sum()) for tasks in job.tasks) * len(job.prompts)
    return Evaluation(results, done, outcomes, unanswered, complete=results.table.num_rows == whole)


def results_of(job: Job, model: ModelSpec, store: RunStore, attempts: int = 1) -> tuple[Results, dict[str, int], int]:
    """Results, outcomes and number of unanswered probes from what a store holds of a job, without asking anybody."""
    extra: Counter[str] = Counter()
    best: dict[Place, Reading] = {}
    unanswered = 0
    for attempt in range(attempts):
        for request, response in _answered(job, model, store, attempt):
            if response is None:
                unanswered += len(request.slots) if attempt == 0 else 0
                continue
            readings, more = read_with_extra(request, response)
            extra[EXTRA] += more
            for place, reading in zip(_each_place(request), readings, strict=True):
                if place not in best or best[place].outcome != "read":
                    best[place] = reading
    outcomes = Counter(reading.outcome for reading in best.values())
    counts = {name: outcomes[name] for name in OUTCOMES} | {EXTRA: extra[EXTRA]}
    return Results(run=job.run(model, attempts), table=_table(job, best)), counts, unanswered


def _answered(job: Job, model: ModelSpec, store: RunStore, attempt: int) -> Iterator[tuple[Request, Response | None]]:
    requests = job.requests(attempt)
    while batch := list(islice(requests, BATCH)):
        keys = [request_key(request, model) for request in batch]
        found = store.responses(keys)
        yield from ((request, found.get(key)) for request, key in zip(batch, keys, strict=True))


def _unread(job: Job, model: ModelSpec, store: RunStore, attempt: int) -> set[Place]:
    """Probes that were answered in all attempts before this one, but never so that the answer could be read."""
    read: set[Place] = set()
    unread: set[Place] = set()
    for before in range(attempt):
        for request, response in _answered(job, model, store, before):
            if response is not None:
                for place, reading in zip(_each_place(request), read_with_extra(request, response)[0], strict=True):
                    (read if reading.outcome == "read" else unread).add(place)
    return unread - read


def _each_place(request: Request) -> list[Place]:
    return [(request.person_id, request.setup, request.granularity, slot.id) for slot in request.slots]


def _places(request: Request) -> set[Place]:
    return set(_each_place(request))


def _sum(first: Asked, second: Asked) -> Asked:
    return Asked(
        asked=first.asked + second.asked,
        already=first.already + second.already,
        failed=first.failed + second.failed,
        stopped=first.stopped or second.stopped,
        sent=first.sent + second.sent,
        prompt_tokens=first.prompt_tokens + second.prompt_tokens,
        completion_tokens=first.completion_tokens + second.completion_tokens,
        cached_tokens=first.cached_tokens + second.cached_tokens,
    )


def _table(job: Job, best: Mapping[Place, Reading]) -> pa.Table:
    """The readings as rows of results, in the order of the tasks."""
    items = list(job.people.catalog.items.values())
    by_part: dict[tuple[int, str], list[tuple[str, int, Reading]]] = defaultdict(list)
    for (person, setup, granularity, slot), reading in best.items():
        by_part[setup, granularity].append((person, int(slot[1:]) - 1, reading))
    tables = []
    for tasks in job.tasks:
        ids = job.people.person_ids[tasks.rows]
        row_of = {name: at for at, name in enumerate(ids.tolist())}
        for granularity in job.prompts:
            sizes = np.array([len(items[at].options(granularity)) for at in tasks.probes])
            given = np.zeros(tasks.asked.shape, np.bool_)
            chosen = np.full(tasks.asked.shape, UNREAD, np.int8)
            chances = np.zeros((*tasks.asked.shape, int(sizes.max())), np.float32)
            for person, probe, reading in by_part[tasks.setup, granularity]:
                at = (row_of[person], probe)
                given[at] = True
                if reading.choice is not None:
                    chosen[at] = reading.choice
                if reading.probabilities is not None:
                    chances[at][: len(reading.probabilities)] = reading.probabilities
            probes = [items[at].id for at in tasks.probes]
            for likely in (True, False):
                mask = given & (chances.any(axis=2) == likely)
                if mask.any():
                    chance = chances if likely else None
                    tables.append(prediction_table(ids, tasks.setup, probes, granularity, mask, chosen, chance, sizes))
    if not tables:
        raise EvaluationError("the model answered nothing: there are no results to write")
    return pa.concat_tables(tables).unify_dictionaries()
