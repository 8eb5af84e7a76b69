"""Predictions in the conditions of a study, laid over the same persons' tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from indievaluecatalog.baselines.listing import Baseline, named_baseline
from indievaluecatalog.baselines.run import run_together
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.job import Job
from indievaluecatalog.scoring.cells import Cells, lay_out
from indievaluecatalog.scoring.results import Results
from indievaluecatalog.studies.choices import Choices
from indievaluecatalog.studies.listing import Condition

WITHOUT_STATEMENTS = "majority"
"""What every baseline that reads statements comes to where there are none."""

Progress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One predictor in one condition.

    Attributes:
        predictor: its name in tables.
        condition: the condition's label.
        job: what was asked.
        cells: the predictions about the persons asked.
        flat: whether the predictor sees nothing of what conditions change, so that it is the same in all of several.
    """

    predictor: str
    condition: str
    job: Job
    cells: Cells
    flat: bool = False


def entry_of(predictor: str, condition: str, job: Job, results: Results, flat: bool = False) -> Entry:
    """Results of a condition, of the persons that are asked in it."""
    cells = lay_out(results, job.people, partial=True, source=f"{predictor}, {condition}")
    asked = np.isin(cells.people.person_ids, job.people.person_ids[job.persons])
    return Entry(predictor, condition, job, cells.take(np.flatnonzero(asked)), flat)


def baseline_entries(
    names: Sequence[str],
    people: People,
    jobs: Sequence[tuple[Condition, Job]],
    choices: Choices,
    progress: Progress,
) -> Iterator[tuple[Entry, Results]]:
    """Baselines in the conditions of a study, each run once for what is the same to it.

    One that uses demonstrations takes part where statements alone are shown, and is shown the very statements that a
    model is. Shown nothing it does what is left of each of them, which is the baseline `majority`. One that uses no
    demonstrations is the same in every condition, and so is any other where conditions change the prompt alone.

    Args:
        names: of BASELINES; none that needs true traits.
        people: train and evaluation persons.
        jobs: conditions and what is asked in them.
        choices: of the user.
        progress: told the stage and how much is done, 0 to 1.

    Yields:
        The entry, and the results it was made of.

    Raises:
        SamplingError: as `run_baseline` does.
    """
    baselines = [named_baseline(name) for name in dict.fromkeys(names)]
    made: dict[Any, Results] = {}
    played = [_acting(baselines, job) for _, job in jobs]
    flat = {one.name for one in baselines if _unmoved(one.name, played, [job for _, job in jobs])}
    for at, ((condition, job), acting) in enumerate(zip(jobs, played, strict=True)):
        keys = {one.name: _sameness(one, job) for one in acting.values()}
        new = {one.name: _settings(one, job) for one in acting.values() if keys[one.name] not in made}
        if new:
            progress(f"{', '.join(new)}: {condition.label}", at / len(jobs))
            done = run_together(
                new,
                people,
                n_demonstrations=job.n_demonstrations,
                splits=choices.splits,
                setups=choices.setups,
                protocol=job.protocol,
                too_few="fewer" if condition.category is not None else choices.too_few,
            )
            made |= {keys[name]: results for name, results in zip(new, done, strict=True)}
        for name, one in acting.items():
            results = _of_persons(made[keys[one.name]], job)
            yield entry_of(name, condition.label, job, results, name in flat), results


def check_baselines(names: Sequence[str]) -> None:
    """Refuse baselines that do not exist or need more than a dataset.

    Raises:
        SamplingError: no such baseline.
        EvaluationError: one that needs true traits.
    """
    for name in names:
        if named_baseline(name).name == "truth":
            raise EvaluationError("the baseline truth takes no part in studies: it sees nothing of what they change")


def _acting(baselines: Sequence[Baseline], job: Job) -> dict[str, Baseline]:
    """By name, the baselines that take part in a job, and which baseline each of them comes to there."""
    shown = next(iter(job.prompts.values())).shown
    found: dict[str, Baseline] = {}
    for one in baselines:
        if not one.needs_demonstrations or shown == "statements":
            found[one.name] = one
        elif shown == "none":
            found[one.name] = named_baseline(WITHOUT_STATEMENTS)
    return found


def _unmoved(name: str, played: Sequence[Mapping[str, Baseline]], jobs: Sequence[Job]) -> bool:
    """Whether a baseline does the very same in all of several jobs."""
    if len(jobs) < 2 or any(name not in acting for acting in played):
        return False
    return len({_sameness(acting[name], job) for acting, job in zip(played, jobs, strict=True)}) == 1


def _sameness(baseline: Baseline, job: Job) -> tuple[Any, ...]:
    """What decides a baseline's predictions in a job."""
    if not baseline.needs_demonstrations:
        return (baseline.name,)
    return (baseline.name, job.n_demonstrations, job.protocol, *_settings(baseline, job).values())


def _settings(baseline: Baseline, job: Job) -> dict[str, Any]:
    """Demonstrations as a model is shown them."""
    if "demonstrations" not in baseline.settings:
        return {}
    return {"demonstrations": next(iter(job.prompts.values())).demonstrations}


def _of_persons(results: Results, job: Job) -> Results:
    """The predictions about the persons and granularities that are asked."""
    import pyarrow.compute as pc

    asked = job.people.person_ids[job.persons].tolist()
    table = results.table
    keep = pc.and_(
        pc.is_in(table["person_id"].cast("string"), value_set=_strings(asked)),
        pc.is_in(table["granularity"].cast("string"), value_set=_strings(list(job.prompts))),
    )
    run = replace(results.run, granularities=tuple(job.prompts))
    return Results(run=run, table=table.filter(keep).unify_dictionaries())


def _strings(values: Sequence[str]) -> Any:
    import pyarrow as pa

    return pa.array(values, pa.string())
