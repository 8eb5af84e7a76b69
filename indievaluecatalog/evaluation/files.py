"""An evaluation and its files: where results and answers go, and what a run would send."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.evaluation.cost import Plan, Prices, dry_run
from indievaluecatalog.evaluation.evaluate import Evaluation, evaluate, evaluate_offline
from indievaluecatalog.evaluation.job import Job
from indievaluecatalog.evaluation.job_parts import WHOLE, part_of
from indievaluecatalog.evaluation.possible_specs import possible_specs
from indievaluecatalog.evaluation.request import Model, ModelSpec
from indievaluecatalog.evaluation.runner import Asked
from indievaluecatalog.evaluation.store import RunStore
from indievaluecatalog.sampling.protocol import OURS
from indievaluecatalog.scoring.results import read_results, write_results
from indievaluecatalog.scoring.run import Run
from indievaluecatalog.whole_file import check_place

RESULTS = Path("build/results")


def places(
    spec: ModelSpec, job: Job, out: Path | None, store: Path | None, part: tuple[int, int] | None = None
) -> tuple[Path, Path]:
    """Where results and answers go: as named, or by what is run.

    Answers of all runs with one model may lie in one store, so by default they do.
    """
    model = file_name(spec.name)
    target = out or RESULTS / f"{'-'.join([model, *_choices(job, part)])}.parquet"
    return target, store or target.parent / f"{model}.sqlite"


def file_name(name: str) -> str:
    """A model's or condition's name as a part of a file's name."""
    return re.sub(r"[^A-Za-z0-9._-]+", "_", name.rstrip("/")).strip("_") or "model"


def _choices(job: Job, part: tuple[int, int] | None) -> Iterator[str]:
    """What tells a run's results from others of the same model: the usual choices, and others where they were made."""
    prompt = next(iter(job.prompts.values()))
    yield from (prompt.form, prompt.shown, str(job.n_demonstrations))
    if prompt.demonstrations != "refined":
        yield f"show_{prompt.demonstrations}"
    if len(job.prompts) == 1:
        yield f"ask_{next(iter(job.prompts))}"
    if prompt.option_order != "coded":
        yield prompt.option_order
    setups = tuple(tasks.setup for tasks in job.tasks)
    if setups != SETUPS:
        yield f"setup_{'_'.join(map(str, setups))}"
    if job.splits != EVALUATION_SPLITS:
        yield "_".join(job.splits)
    if job.protocol != OURS:
        yield f"protocol_{job.protocol.digest[:8]}"
    if len(job.persons) < len(job.people.person_ids):
        yield f"{len(job.persons)}_persons"
    if part is not None and part != WHOLE:
        yield f"part_{part[0]}_of_{part[1]}"


def plan_of(
    model: Model,
    job: Job,
    out: Path | None = None,
    store: Path | None = None,
    prices: Prices | None = None,
    part: tuple[int, int] | None = None,
) -> Plan:
    """What `evaluate_to_file` would send, without asking anybody or writing anything."""
    _, kept = places(possible_specs(model)[0], job, out, store, part)
    requests = part_of(job, part or WHOLE).requests()
    if not kept.is_file():
        return dry_run(requests, model, None, prices)
    with RunStore(kept, "read") as there:
        return dry_run(requests, model, there, prices)


def evaluate_to_file(
    model: Model,
    job: Job,
    out: Path | None = None,
    store: Path | None = None,
    *,
    attempts: int = 1,
    part: tuple[int, int] | None = None,
    offline: bool = False,
    progress: Callable[[int, Asked], None] | None = None,
) -> tuple[Path, Evaluation]:
    """Evaluate a model and write its results; where they are, and what came of it.

    Args:
        model: what answers.
        job: what is asked, of all parts.
        out: the results file; None for a name by what is run, in ./build/results, where results of another run are
            never overwritten.
        store: the file of answers; None for one by the model's name beside the results.
        attempts, part: as for `evaluate`.
        offline: whether nobody is asked, and what the store holds is all there is.
        progress: told the number of requests and how far the asking is.

    Raises:
        EvaluationError: as `evaluate` does.
        ResultsError: a place that cannot be written, which is looked at before anything is asked.
    """
    target, kept = places(possible_specs(model)[0], job, out, store, part)
    if target.suffix != ".parquet":
        raise ResultsError(f"{target}: results are written as .parquet")
    if target.absolute() == kept.absolute():
        raise ResultsError(f"{target}: is named for the results and for the store; name another file")
    check_place(target, ResultsError)
    if offline:
        done = evaluate_offline(model, job, store=kept, attempts=attempts, part=part)
    else:
        total = sum(1 for _ in part_of(job, part or WHOLE).requests()) if progress else 0
        done = evaluate(
            model,
            job,
            store=kept,
            attempts=attempts,
            part=part,
            progress=None if progress is None else lambda so_far: progress(total, so_far),
        )
    if out is None:
        target = free_place(target, done.results.run)
    write_results(done.results, target)
    return target, done


def free_place(target: Path, run: Run) -> Path:
    """The place, or one beside it where results of another run are there: of other settings of the model, mostly."""
    if not target.exists():
        return target
    try:
        same = _asked(read_results(target).run) == _asked(run)
    except ResultsError:
        same = False
    return target if same else target.with_stem(f"{target.stem}-{run.digest[:8]}")


def _asked(run: Run) -> str:
    """What was asked, whatever version read the answers."""
    prompt = {name: value for name, value in (run.prompt or {}).items() if name != "reader"}
    return replace(run, prompt=prompt).digest
