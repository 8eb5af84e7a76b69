"""An evaluation and its files: where results and answers go, and what a run would send."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from indievaluecatalog.errors import ResultsError
from indievaluecatalog.evaluation.cost import Plan, Prices, dry_run
from indievaluecatalog.evaluation.evaluate import Evaluation, evaluate
from indievaluecatalog.evaluation.job import Job
from indievaluecatalog.evaluation.request import Model, ModelSpec
from indievaluecatalog.evaluation.runner import Asked
from indievaluecatalog.evaluation.store import RunStore
from indievaluecatalog.scoring.results import write_results
from indievaluecatalog.whole_file import check_place

RESULTS = Path("build/results")


def places(spec: ModelSpec, job: Job, out: Path | None, store: Path | None) -> tuple[Path, Path]:
    """Where results and answers go: as named, or by what is run.

    Answers of all runs with one model may lie in one store, so by default they do.
    """
    model = re.sub(r"[^A-Za-z0-9._-]+", "_", spec.name.rstrip("/")).strip("_") or "model"
    prompt = next(iter(job.prompts.values()))
    target = out or RESULTS / f"{model}-{prompt.form}-{prompt.shown}-{job.n_demonstrations}.parquet"
    return target, store or target.parent / f"{model}.sqlite"


def plan_of(
    model: Model, job: Job, out: Path | None = None, store: Path | None = None, prices: Prices | None = None
) -> Plan:
    """What `evaluate_to_file` would send, without asking anybody or writing anything."""
    specs = getattr(model, "possible_specs", None) or (model.spec,)
    _, kept = places(specs[0], job, out, store)
    if not kept.is_file():
        return dry_run(job.requests(), model, None, prices)
    with RunStore(kept, "read") as there:
        return dry_run(job.requests(), model, there, prices)


def evaluate_to_file(
    model: Model,
    job: Job,
    out: Path | None = None,
    store: Path | None = None,
    *,
    attempts: int = 1,
    progress: Callable[[int, Asked], None] | None = None,
) -> tuple[Path, Evaluation]:
    """Evaluate a model and write its results; where they are, and what came of it.

    Args:
        model: what answers.
        job: what is asked.
        out: the results file; None for a name by what is run, in ./build/results.
        store: the file of answers; None for one by the model's name beside the results.
        attempts: as for `evaluate`.
        progress: told the number of requests and how far the asking is.

    Raises:
        EvaluationError: as `evaluate` does.
        ResultsError: a place that cannot be written, which is looked at before anything is asked.
    """
    specs = getattr(model, "possible_specs", None) or (model.spec,)
    target, kept = places(specs[0], job, out, store)
    if target.suffix != ".parquet":
        raise ResultsError(f"{target}: results are written as .parquet")
    check_place(target, ResultsError)
    total = sum(1 for _ in job.requests()) if progress else 0
    done = evaluate(
        model,
        job,
        store=kept,
        attempts=attempts,
        progress=None if progress is None else lambda so_far: progress(total, so_far),
    )
    write_results(done.results, target)
    return target, done
