"""From a model and a dataset to one file of results."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.answered import Place, answered, places_of
from indievaluecatalog.evaluation.found import Found, results_of
from indievaluecatalog.evaluation.job import Job, prepare
from indievaluecatalog.evaluation.job_parts import WHOLE, note_job, part_of, whole_of
from indievaluecatalog.evaluation.possible_specs import answered_specs, possible_specs
from indievaluecatalog.evaluation.reading import read_with_extra
from indievaluecatalog.evaluation.request import Model, ModelSpec
from indievaluecatalog.evaluation.runner import Asked, ask
from indievaluecatalog.evaluation.store import RunStore
from indievaluecatalog.scoring.results import Results


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came of asking a model.

    Attributes:
        results: predictions, of the requests that were answered.
        asked: what this call sent, and what the store held already.
        outcomes: how often each outcome of reading occurs, by name; "extra" counts answers nobody asked for.
        unanswered: probes without any response: they failed for good, and are asked again by the next call.
        complete: whether every task of the run has a prediction: all persons were asked, and all answered.
        unrepeated: probes whose answer could not be read, counted for each further attempt that is still to be made;
            not 0 where the run was cut off between attempts or a repeat failed. The next call makes them.
        served: how many answers each model gave by its server's account, such as "m-2026-01-01 (fp_1)", most first.
            More than one: the answers are not all of the same model.
    """

    results: Results
    asked: Asked
    outcomes: Mapping[str, int]
    unanswered: int
    complete: bool
    unrepeated: int = 0
    served: Mapping[str, int] = field(default_factory=dict)


def evaluate(
    model: Model,
    dataset: Job | People | str | Path | None = None,
    *,
    store: str | Path,
    attempts: int = 1,
    part: tuple[int, int] | None = None,
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
        part: (1, 4) for the first of four parts of the persons; `merge` puts the stores of all parts together.
        progress: told how far the asking is after each response.
        choices: further arguments of `evaluation.job.prepare`: prompt, granularities, n_demonstrations, setups, ...

    Raises:
        EvaluationError: nothing to ask, a store that cannot be used, or a model that refuses for good.
        SamplingError, BuildError: as `prepare` does.
    """
    whole = _job(dataset, attempts, choices)
    job = part_of(whole, part or WHOLE)
    with RunStore(store) as kept:
        # Known before anything catches signals: a server may take its time for the question this can take.
        spec = model.spec
        note_job(whole, spec, kept, part or WHOLE)
        done = ask(model, job.requests(), kept, progress=progress)
        for attempt in range(1, attempts):
            unread = _unread(job, spec, kept, attempt)
            if not unread:
                break
            again = (request for request in job.requests(attempt) if unread.intersection(places_of(request)))
            done = _sum(done, ask(model, again, kept, progress=progress))
        return _evaluation(job, results_of(job, spec, kept, attempts), done)


def evaluate_offline(
    model: Model,
    dataset: Job | People | str | Path | None = None,
    *,
    store: str | Path,
    attempts: int = 1,
    part: tuple[int, int] | None = None,
    **choices: Any,
) -> Evaluation:
    """What a store holds of a run, asking nobody and changing nothing.

    Args:
        model: as for `evaluate`. Where its identity is not known before its server is asked, it is the one by which
            the store holds most answers.
        dataset, attempts, part, choices: as for `evaluate`.
        store: the file of answers, which must be there.

    Raises:
        EvaluationError: no such store, or it holds no answer of this run.
        SamplingError, BuildError: as `prepare` does.
    """
    whole = _job(dataset, attempts, choices)
    job = part_of(whole, part or WHOLE)
    with RunStore(store, "read") as kept:
        specs = (*possible_specs(model), *getattr(model, "adapted_specs", ()))
        noted = [spec for spec in specs if kept.has_job(whole_of(whole, spec)[0], part or WHOLE)]
        answered_by = answered_specs(model, job.requests(), kept, noted or specs)
        if not answered_by:
            held = sorted({record.model.name for record in kept.jobs()})
            raise EvaluationError(
                f"{store}: holds no answer of {specs[0].name} to this run, as it is asked here"
                + (f"; it was made for runs of {', '.join(held)}" if held else "")
                + ". Name model, server, settings and tasks as when it was asked"
            )
        found = results_of(job, answered_by[0], kept, attempts)
    return _evaluation(job, found, Asked(already=found.responses))


def _job(dataset: Job | People | str | Path | None, attempts: int, choices: Mapping[str, Any]) -> Job:
    if attempts < 1:
        raise EvaluationError(f"the number of attempts is at least 1, not {attempts}")
    if isinstance(dataset, Job) and choices:
        raise EvaluationError(f"a prepared job leaves nothing to choose: {', '.join(choices)}")
    return dataset if isinstance(dataset, Job) else prepare(dataset, **choices)


def _evaluation(job: Job, found: Found, done: Asked) -> Evaluation:
    tasks = sum(int(tasks.asked.sum()) for tasks in job.tasks) * len(job.prompts)
    return Evaluation(
        results=found.results,
        asked=done,
        outcomes=found.outcomes,
        unanswered=found.unanswered,
        unrepeated=found.unrepeated,
        complete=found.results.table.num_rows == tasks,
        served=found.served,
    )


def _unread(job: Job, model: ModelSpec, store: RunStore, attempt: int) -> set[Place]:
    """Probes that were answered in all attempts before this one, but never so that the answer could be read."""
    read: set[Place] = set()
    unread: set[Place] = set()
    for before in range(attempt):
        for request, response in answered(job, model, store, before):
            if response is not None:
                for place, reading in zip(places_of(request), read_with_extra(request, response)[0], strict=True):
                    (read if reading.outcome == "read" else unread).add(place)
    return unread - read


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
