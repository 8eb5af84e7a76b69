"""A log of inspect as results in our one format, so that `score` reads them beside others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from indievaluecatalog.errors import EvaluationError, MissingExtraError, ResultsError
from indievaluecatalog.evaluation.inspect_answers import ANSWERS, readings_of
from indievaluecatalog.evaluation.inspect_job import Asking, Choices, asking
from indievaluecatalog.evaluation.reading import Reading
from indievaluecatalog.evaluation.request import ModelSpec
from indievaluecatalog.evaluation.secret_settings import without_secrets
from indievaluecatalog.scoring.results import Results

TASK = "individual_values"
SCORER = "same_answers"
_DECIDING = (
    *("system_message", "max_tokens", "top_p", "temperature", "stop_seqs", "best_of", "frequency_penalty"),
    *("presence_penalty", "logit_bias", "seed", "top_k", "num_choices", "effort", "verbosity", "reasoning_effort"),
    *("reasoning_tokens", "response_schema", "extra_body"),
)
"""Of inspect's generation settings those that decide what a model answers; others say how it is asked."""


def results_from_log(log_path: str | Path, dataset: str | Path | None = None) -> Results:
    """Read the predictions of a log of the task `individual_values`.

    All answers the log holds are read, with today's reader; persons without any are left out, so that of a log that
    was cut off the results are partial. Of several epochs the first answer that can be read counts.

    Args:
        log_path: a log, .eval or .json.
        dataset: the build's folder; None for the one the log names.

    Raises:
        ResultsError: no log, one of another task, of another dataset or other prompts, or without any answer.
        BuildError: no such build.
        MissingExtraError: `inspect_ai` is not installed.
    """
    try:
        from inspect_ai.log import read_eval_log
    except ImportError as error:
        raise MissingExtraError("inspect_ai", "inspect", "reading a log of inspect") from error

    path = Path(log_path)
    if not path.is_file():
        raise ResultsError(f"{path}: there is no such file")
    try:
        log = read_eval_log(str(path), exclude_fields={"messages", "events", "attachments"})
    except Exception as error:
        raise ResultsError(f"{path}: cannot be read as a log of inspect: {error}") from error
    asked = _asked(path, log.eval.metadata or {}, dataset)
    rows = list(_rows(path, asked, log.samples or ()))
    if not rows:
        raise ResultsError(f"{path}: the log holds no answer; if the run was killed, try `inspect log recover` first")
    epochs = int(log.eval.config.epochs or 1)
    return Results.of_rows(asked.job.run(_spec(log, asked.choices), epochs), rows)


def _asked(path: Path, metadata: Mapping[str, Any], dataset: str | Path | None) -> Asking:
    if not {"choices", "dataset", "prompts"} <= set(metadata):
        raise ResultsError(f"{path}: no log of the task {TASK}")
    try:
        named = {} if dataset is None else {"dataset": str(dataset)}
        asked = asking(Choices.from_dict({**metadata["choices"], **named}))
    except (EvaluationError, TypeError) as error:
        raise ResultsError(f"{path}: {error}") from error
    identity = asked.job.people.identity
    if identity.digest != metadata["dataset"].get("digest"):
        raise ResultsError(f"{path}: the log is of another dataset than {identity.name}: name its folder")
    prompts = {name: prompt.digest for name, prompt in asked.job.prompts.items()}
    if prompts != metadata["prompts"]:
        raise ResultsError(f"{path}: the log was made with other prompts than this version has")
    return asked


def _rows(path: Path, asked: Asking, samples: Any) -> Iterator[dict[str, Any]]:
    best: dict[tuple[str, int, str, str], Reading] = {}
    for sample in sorted(samples, key=lambda one: one.epoch):
        person = str(sample.id)
        if person not in asked.requests:
            raise ResultsError(f"{path}: the person {person} is not among those the task asks")
        for request, readings in readings_of(asked.requests[person], _answers(path, sample)):
            for slot, reading in zip(request.slots, readings, strict=True):
                place = (person, request.setup, request.granularity, slot.item)
                if place not in best or best[place].outcome != "read":
                    best[place] = reading
    for person, setup, granularity, item in sorted(best):
        reading = best[person, setup, granularity, item]
        row = {"person_id": person, "setup": setup, "item": item, "granularity": granularity}
        given = {} if reading.probabilities is None else {"probabilities": list(reading.probabilities)}
        yield {**row, "prediction": reading.choice, **given}


def _answers(path: Path, sample: Any) -> Mapping[str, Any]:
    """The answers kept with a sample's score or, where it has none because it broke off, in its store."""
    score = (sample.scores or {}).get(SCORER)
    answers: Mapping[str, Any] = ((score.metadata if score else None) or {}).get(ANSWERS, {})
    answers = answers or (sample.store or {}).get(ANSWERS, {})
    if not answers and score is not None and isinstance(score.value, Mapping):
        raise ResultsError(f"{path}: the person {sample.id} was scored, but the log does not hold the answers")
    return answers


def _spec(log: Any, choices: Choices) -> ModelSpec:
    """The model's identity, without what looks like a secret or says only how it was asked."""
    given = log.eval.model_generate_config.model_dump(exclude_none=True)
    given |= log.plan.config.model_dump(exclude_none=True)
    settings = {name: given[name] for name in _DECIDING if name in given}
    settings |= {name: True for name in ("structured", "logprobs") if getattr(choices, name)}
    plain = without_secrets({**settings, "model_args": log.eval.model_args})
    return ModelSpec(name=str(log.eval.model), kind="inspect", settings=plain)
