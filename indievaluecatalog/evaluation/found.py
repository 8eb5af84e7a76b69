"""Results from what a store holds of a job, without asking anybody."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.answered import Place, answered, places_of
from indievaluecatalog.evaluation.job import Job
from indievaluecatalog.evaluation.reading import EXTRA, OUTCOMES, Reading, read_with_extra
from indievaluecatalog.evaluation.request import ModelSpec, Response
from indievaluecatalog.evaluation.store import RunStore
from indievaluecatalog.scoring.results import UNREAD, Results, prediction_table


@dataclass(frozen=True, slots=True)
class Found:
    """What a store holds of a job.

    Attributes:
        results: predictions, of the requests that were answered. They do not depend on who served them: the same
            texts give the same bytes.
        outcomes: how often each outcome of reading occurs, by name; "extra" counts answers nobody asked for.
        responses: requests that were answered, repeats in later attempts included.
        unanswered: probes without any response.
        unrepeated: probes whose answer could not be read, counted for each further attempt that is still to be made.
        served: how many responses each model gave by its own account, such as "m-2026-01-01 (fp_1)", most first;
            responses without an account are left out.
    """

    results: Results
    outcomes: Mapping[str, int]
    responses: int
    unanswered: int
    unrepeated: int
    served: Mapping[str, int]


def results_of(job: Job, model: ModelSpec, store: RunStore, attempts: int = 1) -> Found:
    """Read what a store holds of a job.

    Raises:
        EvaluationError: it holds no answer at all.
    """
    extra: Counter[str] = Counter()
    served: Counter[str] = Counter()
    best: dict[Place, Reading] = {}
    responses = unanswered = unrepeated = 0
    for attempt in range(attempts):
        for request, response in answered(job, model, store, attempt):
            if response is None:
                unread = [place for place in places_of(request) if place in best and best[place].outcome != "read"]
                unanswered += len(request.slots) if attempt == 0 else 0
                unrepeated += len(unread)
                continue
            responses += 1
            served.update(_served_by(response))
            readings, more = read_with_extra(request, response)
            extra[EXTRA] += more
            for place, reading in zip(places_of(request), readings, strict=True):
                if place not in best or best[place].outcome != "read":
                    best[place] = reading
    outcomes = Counter(reading.outcome for reading in best.values())
    return Found(
        results=Results(run=job.run(model, attempts), table=_table(job, best, store)),
        outcomes={name: outcomes[name] for name in OUTCOMES} | {EXTRA: extra[EXTRA]},
        responses=responses,
        unanswered=unanswered,
        unrepeated=unrepeated,
        served=dict(sorted(served.items(), key=lambda pair: (-pair[1], pair[0]))),
    )


def _served_by(response: Response) -> list[str]:
    if response.fingerprint is None:
        return [response.served] if response.served is not None else []
    return [f"{response.served or '?'} ({response.fingerprint})"]


def _table(job: Job, best: Mapping[Place, Reading], store: RunStore) -> pa.Table:
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
        why = f". The last failure: {errors[-1].error}" if (errors := store.errors()) else ""
        raise EvaluationError(f"the model answered nothing: there are no results to write{why}")
    return pa.concat_tables(tables).unify_dictionaries()
