"""A study from its name to what came of it: ask a model under every condition, run baselines beside it, score."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People, read_people
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.cost import Plan, Prices, dry_run
from indievaluecatalog.evaluation.evaluate import evaluate
from indievaluecatalog.evaluation.files import RESULTS, file_name, free_place
from indievaluecatalog.evaluation.job import Job
from indievaluecatalog.evaluation.possible_specs import possible_specs
from indievaluecatalog.evaluation.request import Model
from indievaluecatalog.evaluation.runner import Asked
from indievaluecatalog.evaluation.store import RunStore
from indievaluecatalog.scoring.chance import check_resamples
from indievaluecatalog.scoring.results import Results, write_results
from indievaluecatalog.scoring.score import score
from indievaluecatalog.scoring.scores import Scores
from indievaluecatalog.studies.choices import Choices, jobs_of, requests_of
from indievaluecatalog.studies.entries import Entry, Progress, baseline_entries, check_baselines, entry_of
from indievaluecatalog.studies.facts import facts_of, no_index, notes_of
from indievaluecatalog.studies.listing import Condition, Study, named_study
from indievaluecatalog.studies.outcome import Outcome
from indievaluecatalog.studies.scored import MIN_PERSONS, lines_of


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """Who is asked and where it is kept.

    Attributes:
        model: a language model, or None for baselines alone.
        store: the file of its answers, shared by all studies of the model.
        attempts: as for `evaluate`.
        baselines: names of those that run beside it.
    """

    model: Model | None = None
    store: Path | None = None
    attempts: int = 1
    baselines: tuple[str, ...] = ()


def run_study(
    study: Study | str,
    asking: Asking,
    dataset: People | str | Path | None = None,
    choices: Choices | None = None,
    *,
    results: Path | None = None,
    catalog: Catalog | str | Path | None = None,
    resamples: int = 1_000,
    seed: int = 0,
    progress: Progress | None = None,
) -> Outcome:
    """Run a study.

    What conditions or studies have in common is asked once: all answers lie in one store, and a study that was
    stopped goes on where it was.

    Args:
        study: one of `read_studies`, or its name.
        asking: the model, the store, and baselines beside it.
        dataset: a build's folder, None for the default one, or people read from one.
        choices: what conditions leave as it is.
        results: a folder for the files of predictions, one a predictor and condition; None writes none.
        catalog: the catalog the dataset was built with, where that is not a shipped one.
        resamples: of persons, for the intervals.
        seed: of the resampling.
        progress: told a stage and how much of the whole is done, 0 to 1.

    Raises:
        EvaluationError: no such study, nobody to ask, or a model that refuses for good.
        SamplingError, BuildError, ResultsError: as `prepare`, `run_baseline` and `write_results` do.
    """
    chosen, tell = choices or Choices(), progress or (lambda stage, done: None)
    wanted = named_study(study) if isinstance(study, str) else study
    check_resamples(resamples)
    check_baselines(asking.baselines)
    if asking.model is None and not asking.baselines:
        raise EvaluationError("a study needs a model to ask, or baselines")
    if asking.model is not None and possible_specs(asking.model)[0].name in asking.baselines:
        raise EvaluationError(f"the model has the name of a baseline, {possible_specs(asking.model)[0].name!r}")
    if asking.model is not None and asking.store is None:
        raise EvaluationError("a study that asks a model needs a store for its answers")
    tell("persons", 0.0)
    people = dataset if isinstance(dataset, People) else read_people(dataset, catalog=catalog)
    jobs = jobs_of(wanted, people, chosen)
    entries: list[Entry] = []
    share = 0.9 if asking.model else 0.0
    for entry in _asked(asking, jobs, results, wanted.name, lambda stage, done: tell(stage, share * done)):
        entries.append(entry)
    beside = baseline_entries(
        asking.baselines, people, jobs, chosen, lambda stage, done: tell(stage, share + (0.95 - share) * done)
    )
    for entry, made in beside:
        entries.append(entry)
        if results is not None and not entry.flat and made.run.model == entry.predictor:
            write_results(made, _place(results, wanted.name, entry, made))
    tell("scoring", 0.95)
    by_predictor = {one.predictor: [e for e in entries if e.predictor == one.predictor] for one in entries}
    lines = [line for mine in by_predictor.values() for line in lines_of(wanted, mine, resamples, seed)]
    scores: list[Scores] = []
    if wanted.figure == "evenness":
        scores = [
            score(e.cells, resamples=resamples, seed=seed, min_group=MIN_PERSONS)
            for e in entries
            if e.condition == wanted.reference
        ]
    tell("done", 1.0)
    return Outcome(
        study=wanted,
        conditions=tuple(condition.label for condition, _ in jobs),
        categories=people.catalog.categories,
        lines=tuple(lines),
        scores=tuple(scores),
        facts=facts_of(jobs, people, asking.model.spec if asking.model else None, asking.baselines, resamples),
        synthetic=people.identity.synthetic,
        notes=(*no_index(scores, MIN_PERSONS), *notes_of(jobs, lines, asking.baselines)),
    )


def plan_study(
    study: Study | str,
    asking: Asking,
    dataset: People | str | Path | None = None,
    choices: Choices | None = None,
    *,
    catalog: Catalog | str | Path | None = None,
    prices: Prices | None = None,
) -> Plan:
    """What a study would send, without sending or writing anything; what conditions share counts once.

    Raises:
        EvaluationError: no model to ask, or as `run_study`.
    """
    if asking.model is None:
        raise EvaluationError("baselines send nothing: there is nothing to plan without a model")
    wanted = named_study(study) if isinstance(study, str) else study
    people = dataset if isinstance(dataset, People) else read_people(dataset, catalog=catalog)
    requests = requests_of(jobs_of(wanted, people, choices or Choices()))
    if asking.store is None or not asking.store.is_file():
        return dry_run(requests, asking.model, None, prices)
    with RunStore(asking.store, "read") as there:
        return dry_run(requests, asking.model, there, prices)


def default_store(model: Model, folder: Path = RESULTS) -> Path:
    """Where answers of a model lie by default: in the folder, by the name that `evaluate` too gives its stores."""
    return folder / f"{file_name(possible_specs(model)[0].name)}.sqlite"


def _asked(
    asking: Asking,
    jobs: Sequence[tuple[Condition, Job]],
    results: Path | None,
    study: str,
    tell: Progress,
) -> Iterator[Entry]:
    """The model's entries, condition by condition; results are written as each is whole."""
    if asking.model is None or asking.store is None:
        return
    for at, (condition, job) in enumerate(jobs):
        total = sum(1 for _ in job.requests())
        done = evaluate(
            asking.model,
            job,
            store=asking.store,
            attempts=asking.attempts,
            progress=_counting(tell, condition.label, at, len(jobs), total),
        )
        entry = entry_of(asking.model.spec.name, condition.label, job, done.results)
        if results is not None:
            write_results(done.results, _place(results, study, entry, done.results))
        yield entry


def _counting(tell: Progress, label: str, at: int, of: int, total: int) -> Callable[[Asked], None]:
    def show(asked: Asked) -> None:
        done = asked.asked + asked.already
        tell(f"{label}: {done:,} of {total:,}", (at + done / max(total, 1)) / of)

    return show


def _place(folder: Path, study: str, entry: Entry, results: Results) -> Path:
    """Where results go; beside those of another run that are there."""
    persons = len(entry.job.persons)
    some = "" if persons == len(entry.job.people) else f"-{persons}_persons"
    name = f"{file_name(entry.predictor)}-{study}-{file_name(entry.condition)}{some}.parquet"
    return free_place(folder / name, results.run)
