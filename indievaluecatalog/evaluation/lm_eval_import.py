"""What lm-evaluation-harness logged of an exported folder as results in our one format, so that `score` reads them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.evaluation.lm_eval_files import (
    VARIANTS,
    Identity,
    Variant,
    documents_name,
    read_identity,
    task_name,
)
from indievaluecatalog.evaluation.lm_eval_model import spec_of
from indievaluecatalog.evaluation.reader_identity import reader_digest
from indievaluecatalog.evaluation.reading import read_answer
from indievaluecatalog.evaluation.request import Request, Response, Slot
from indievaluecatalog.scoring.results import Results


def results_from_lm_eval(folder: str | Path, output: str | Path, variant: Variant | None = None) -> Results:
    """Read the predictions that `lm_eval --log_samples` wrote.

    With `--limit` the results are partial. Letters and statements are compared by their whole likelihood, as lm_eval's
    `acc` does; of what was written the text is read as everywhere in this package.

    Args:
        folder: what `export_lm_eval` wrote.
        output: lm_eval's output: a results_*.json, or a folder that holds one, at any depth.
        variant: which tasks, where the output holds several.

    Raises:
        ResultsError: no such output, one of other prompts, or a choice to make between several.
    """
    place = Path(folder)
    identity = read_identity(place)
    path, content = _run_of(Path(output))
    files = _sample_files(path, content, identity, variant)
    rows: list[dict[str, Any]] = []
    (chosen,) = {one for one, _ in files}
    for granularity in identity.run.granularities:
        if (chosen, granularity) in files:
            rows += _rows(files[chosen, granularity], _documents(place, granularity, identity), identity, content)
    if not rows:
        raise ResultsError(f"{path}: the samples beside it hold no answer")
    spec = spec_of(content, chosen, identity)
    granularities = tuple(one for one in identity.run.granularities if (chosen, one) in files)
    run = replace(
        identity.run,
        model=spec.name,
        settings={"kind": spec.kind, **spec.settings},
        granularities=granularities,
        # The answers are read now, whatever version exported the prompts.
        prompt={**(identity.run.prompt or {}), "reader": reader_digest()},
    )
    return Results.of_rows(run, rows)


def _run_of(output: Path) -> tuple[Path, Mapping[str, Any]]:
    found = [output] if output.is_file() else sorted(output.rglob("results_*.json"))
    if not found:
        raise ResultsError(f"{output}: no results_*.json of lm_eval is there; give it --output_path and --log_samples")
    if len(found) > 1:
        names = ", ".join(str(one.relative_to(output)) for one in found)
        raise ResultsError(f"{output}: holds several runs; name one of {names}")
    try:
        content = json.loads(found[0].read_text("utf-8"))
        if isinstance(content["configs"], dict) and isinstance(content["config"], dict):
            return found[0], content
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ResultsError(f"{found[0]}: cannot be read as results of lm_eval: {error!r}") from error
    raise ResultsError(f"{found[0]}: cannot be read as results of lm_eval")


def _sample_files(
    path: Path, content: Mapping[str, Any], identity: Identity, variant: Variant | None
) -> dict[tuple[Variant, Granularity], Path]:
    """By variant and granularity the file of samples of a run; of one variant."""
    date = path.stem.removeprefix("results")
    ran = {
        (one, granularity): path.with_name(f"samples_{task_name(granularity, one)}{date}.jsonl")
        for one in VARIANTS
        for granularity in identity.run.granularities
        if task_name(granularity, one) in content["configs"]
    }
    variants = dict.fromkeys(one for one, _ in ran)
    if not ran or (variant is not None and variant not in variants):
        wanted = f" that takes a {variant}" if variant else ""
        raise ResultsError(f"{path}: ran no task of this folder{wanted}")
    if variant is None and len(variants) > 1:
        raise ResultsError(f"{path}: ran several kinds of tasks; name one of {', '.join(variants)}")
    kept = {key: file for key, file in ran.items() if variant in (None, key[0])}
    for file in kept.values():
        if not file.is_file():
            raise ResultsError(f"{file}: is not there; run lm_eval with --log_samples")
    return kept


def _documents(folder: Path, granularity: Granularity, identity: Identity) -> dict[str, int]:
    """By id a number that tells whether a document is that of the folder."""
    path = folder / documents_name(granularity)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read: {error}") from error
    if digest != identity.digest[granularity]:
        raise ResultsError(f"{path}: is not as it was exported; export the folder again")
    return {str(document["id"]): _mark(document) for document in _lines(path)}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                if line.strip():
                    try:
                        found = json.loads(line)
                    except ValueError:
                        raise ResultsError(f"{path}, line {number}: is no JSON; was the file cut off?") from None
                    if not isinstance(found, dict):
                        raise ResultsError(f"{path}, line {number}: is no object")
                    yield found
    except OSError as error:
        raise ResultsError(f"{path}: cannot be read: {error}") from error


def _mark(document: Mapping[str, Any]) -> int:
    return hash(json.dumps(document, sort_keys=True, ensure_ascii=False))


def _rows(
    path: Path, known: Mapping[str, int], identity: Identity, content: Mapping[str, Any]
) -> Iterator[dict[str, Any]]:
    seen: set[str] = set()
    templated = bool(content.get("chat_template"))
    for number, sample in enumerate(_lines(path), start=1):
        try:
            document = sample["doc"]
            name = str(document["id"])
            if known.get(name) != _mark(document):
                raise ResultsError(f"{path}, line {number}: {name} is no document of this folder")
            if name in seen:
                raise ResultsError(f"{path}, line {number}: {name} is there twice")
            _check_prompt(document, str(sample["arguments"]["gen_args_0"]["arg_0"]), identity.chat, templated)
            seen.add(name)
            yield _row(document, sample["resps"])
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ResultsError(f"{path}, line {number}: no sample of lm_eval: {error!r}") from error
        except _OtherPromptError as error:
            raise ResultsError(f"{path}, line {number}: {error}") from None


class _OtherPromptError(Exception):
    """A model was shown something else than the exported prompt."""


def _check_prompt(document: Mapping[str, Any], sent: str, chat: bool, templated: bool) -> None:
    prompt = document["prompt"]
    if chat and not templated:
        raise _OtherPromptError("the folder is for chat models: run lm_eval with --apply_chat_template")
    whole = sent.count(prompt.strip()) == 1 if templated else sent == prompt
    # A template may trim its messages, and one without system messages may put the system text before the user's.
    if not whole or (chat and document["system"].strip() not in sent):
        raise _OtherPromptError(
            "the model was sent another prompt than the exported one; give no examples (num_fewshot)"
        )


def _row(document: Mapping[str, Any], answers: Sequence[Any]) -> dict[str, Any]:
    slot = Slot(document["slot"], document["item"], tuple(document["options"]), tuple(document["order"]))
    request = Request(
        document["person_id"], document["setup"], document["granularity"], "single", (slot,), "", "", document["prompt"]
    )
    (reading,) = read_answer(request, _response(document["id"], answers))
    row: dict[str, Any] = {
        "person_id": request.person_id,
        "setup": request.setup,
        "item": slot.item,
        "granularity": request.granularity,
        "prediction": reading.choice,
    }
    return row if reading.probabilities is None else {**row, "probabilities": list(reading.probabilities)}


def _response(key: str, answers: Sequence[Any]) -> Response:
    """An answer as lm_eval logs it: for each option (log-likelihood, greedy or not), or a text."""
    if isinstance(answers[0][0], str):
        return Response(key, text=answers[0][0])
    logs = [float(one[0][0]) for one in answers]
    if not all(map(math.isfinite, logs)):
        return Response(key, probabilities=(tuple(logs),))
    weights = [math.exp(log - max(logs)) for log in logs]
    return Response(key, probabilities=(tuple(weight / sum(weights) for weight in weights),))
