"""What a fine-tuning changed: the same persons asked before and after, beside the most frequent answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from indievaluecatalog.baselines.run import run_baseline
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.evaluation.evaluate import evaluate
from indievaluecatalog.evaluation.local_model import LocalModel
from indievaluecatalog.evaluation.prompt_spec import PromptSpec
from indievaluecatalog.reasoners.language.finetuning.config import FinetuneConfig
from indievaluecatalog.reasoners.language.finetuning.found_data import TrainingData
from indievaluecatalog.scoring.results import Results, write_results
from indievaluecatalog.scoring.score import score

KEYS = ("person_id", "setup", "item", "granularity")
Figures = dict[str, float]


def ask_model(
    model: LocalModel,
    people: People,
    config: FinetuneConfig,
    data: TrainingData,
    out: Path,
) -> tuple[Results, Figures]:
    """Results of a model by the likelihood of the options, written to `out` as Parquet, and their accuracy.

    The store of answers lies beside it: a call that was cut off goes on, and asks nothing twice.

    Args:
        model: asked.
        people: of the dataset.
        config: who is asked, and what is shown.
        data: whose prompt is used.
        out: file of results.

    Raises:
        ReasonerError: some of it could not be answered.
        EvaluationError, SamplingError: as `evaluate` does.
    """
    prompt = PromptSpec(
        form="single",
        shown=config.evaluate_shown,
        demonstrations=shown_granularity(data),
        option_order=data.prompt["option_order"],
        version=data.prompt["version"],
    )
    found = evaluate(
        model,
        people,
        store=out.with_suffix(".sqlite"),
        prompt=prompt,
        n_demonstrations=config.evaluate_demonstrations,
        setups=config.evaluate_setups,
        splits=config.evaluate_splits,
        persons=config.evaluate_persons,
    )
    if found.asked.stopped:
        raise ReasonerError("the evaluation was stopped: call the fine-tuning again, and it goes on from there")
    if found.unanswered:
        raise ReasonerError(
            f"{found.unanswered} questions of the evaluation could not be answered, such as those that are longer than "
            "the model's window: show fewer statements (evaluate_demonstrations)"
        )
    write_results(found.results, out)
    return found.results, accuracy_of(found.results, people)


def shown_granularity(data: TrainingData) -> Any:
    """The granularity of statements that most units of the data show; refined where they are even."""
    shown = [unit["demonstrations"] for unit in data.manifest["mixture"]["units"]]
    return "polar" if shown.count("polar") > shown.count("refined") else "refined"


def majority_of(people: People, like: Results) -> Figures:
    """Accuracy of the training persons' most frequent answers on the very tasks of a run."""
    run = like.run
    whole = run_baseline("majority", people, n_demonstrations=0, splits=run.splits, setups=run.setups)
    kept = whole.table.filter(pc.is_in(_keys(whole.table), _keys(like.table)))
    return accuracy_of(Results(whole.run, kept), people)


def accuracy_of(results: Results, people: People) -> Figures:
    """Strict accuracy by granularity and their mean, and the mean log loss where there are probabilities."""
    scores = score(results, people, partial=True, resamples=0, permutations=1)
    figures = {name: round(one.strict.value, 6) for name, one in scores.accuracy.items()}
    figures |= {f"{name}_log_loss": round(one.log_loss.value, 6) for name, one in scores.probability.items()}
    return figures


def _keys(table: pa.Table) -> pa.Array:
    """One text a row."""
    columns = [table[name].cast(pa.string()) for name in KEYS]
    return pc.binary_join_element_wise(*columns, "\x1f")
