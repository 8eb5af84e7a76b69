"""Rows of text as tokens, just as evaluation writes them, with a loss on the answer alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.evaluation.chat_format import Chat, PromptFormat
from indievaluecatalog.evaluation.request import Request
from indievaluecatalog.reasoners.language.finetuning.found_data import TrainingData

IGNORED = -100
"""The label of a token that has no part in the loss, by the custom of transformers."""
BATCH = 64
MEASURED = 2_000
"""Rows whose tokens are counted at a time."""
OPTIONS = {"enable_thinking": False}
"""For the chat template, as in evaluation by likelihood."""


@dataclass(frozen=True, slots=True)
class TokenCounts:
    """Of the rows that are learned from.

    Attributes:
        rows: how many there are.
        left_out: rows with more tokens than the length.
        prompt_tokens, answer_tokens: in all; answers with an end token.
        most: of a row.
    """

    rows: int
    left_out: int
    prompt_tokens: int
    answer_tokens: int
    most: int


def prompt_format(tokenizer: Any, data: TrainingData, chat: Chat) -> PromptFormat:
    """How the rows are written: the way that evaluation will ask.

    Raises:
        ReasonerError: a chat template is asked for and the data is plain text.
        EvaluationError: it is asked for and there is none.
    """
    if chat == "template" and not data.chat:
        raise ReasonerError(f"{data.folder}: holds plain text; a chat template needs data with text='messages'")
    return PromptFormat.of(tokenizer, chat if data.chat else "plain", OPTIONS)


def tokens_of(rows: Mapping[str, Sequence[Any]], form: PromptFormat) -> dict[str, list[list[int]]]:
    """`input_ids` and `labels` of some rows; the end token after each answer is learned too.

    Args:
        rows: columns of text.
        form: see `prompt_format`.
    """
    said = list(_said(rows))
    requests = [Request("", 0, "polar", "single", (), system=s, context="", question=u) for s, u, _ in said]
    questions = form.questions(requests, [(answer,) for *_, answer in said])
    end = form.tokenizer.eos_token_id
    tail = () if end is None else (end,)
    answers = [(*question.answers[0], *tail) for question in questions]
    return {
        "input_ids": [[*question.prompt, *answer] for question, answer in zip(questions, answers, strict=True)],
        "labels": [
            [*([IGNORED] * len(question.prompt)), *answer] for question, answer in zip(questions, answers, strict=True)
        ],
    }


def tokenised(
    data: TrainingData,
    form: PromptFormat,
    cache: Path,
    *,
    length: int,
    too_long: str = "error",
    rows: int | None = None,
    workers: int = 1,
) -> tuple[Any, TokenCounts]:
    """All rows as a dataset of `input_ids` and `labels`, kept on disk; made once for the same data and tokenizer.

    Args:
        data: with text.
        form: see `prompt_format`.
        cache: folder of the files.
        length: most tokens of a row.
        too_long: "error" or "leave_out".
        rows: the first so many, which are a fair sample since rows stand in a keyed order.
        workers: processes.

    Raises:
        ReasonerError: rows that are too long, or none left.
    """
    from datasets import Features, List, Value, load_dataset

    whole = load_dataset("parquet", data_files=data.files, split="train", cache_dir=str(cache))
    if rows is not None and rows < len(whole):
        whole = whole.select(range(rows))
    columns = [name for name in ("messages", "prompt", "completion") if name in whole.column_names]
    columns = ["messages"] if "messages" in columns else columns
    identity = _fingerprint(data, form, len(whole))
    made = whole.select_columns(columns).map(
        tokens_of,
        batched=True,
        batch_size=BATCH,
        fn_kwargs={"form": form},
        remove_columns=columns,
        features=Features({name: List(Value("int32")) for name in ("input_ids", "labels")}),
        num_proc=workers if workers > 1 else None,
        new_fingerprint=identity,
        cache_file_name=str(cache / f"tokens-{identity}.arrow"),
        desc="tokens",
    )
    return _fitting(made, length, too_long)


def _fitting(made: Any, length: int, too_long: str) -> tuple[Any, TokenCounts]:
    totals, learned = _sizes(made)
    fits = totals <= length
    if not fits.all() and too_long == "error":
        raise ReasonerError(
            f"{int((~fits).sum()):,} of {len(totals):,} rows have more than {length:,} tokens, up to "
            f"{int(totals.max()):,}: raise length, take a mixture that shows fewer statements, or leave them out "
            "(too_long: leave_out)"
        )
    if not fits.any():
        raise ReasonerError(f"no row has at most {length:,} tokens")
    kept = made if fits.all() else made.select(np.flatnonzero(fits))
    counts = TokenCounts(
        rows=int(fits.sum()),
        left_out=int((~fits).sum()),
        prompt_tokens=int((totals - learned)[fits].sum()),
        answer_tokens=int(learned[fits].sum()),
        most=int(totals[fits].max()),
    )
    return kept, counts


def _sizes(made: Any) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Tokens of each row, and how many of them are learned."""
    totals, learned = [], []
    for table in made.with_format("arrow").iter(batch_size=MEASURED):
        labels = table["labels"].combine_chunks()
        sizes = np.diff(labels.offsets.to_numpy())
        counted = labels.flatten().to_numpy(zero_copy_only=False) != IGNORED
        totals.append(sizes)
        learned.append(np.bincount(np.repeat(np.arange(len(sizes)), sizes)[counted], minlength=len(sizes)))
    return np.concatenate(totals).astype(np.int64), np.concatenate(learned).astype(np.int64)


def _said(rows: Mapping[str, Sequence[Any]]) -> Any:
    """System, user and answer of each row."""
    if "messages" in rows:
        for messages in rows["messages"]:
            told = {message["role"]: message["content"] for message in messages}
            yield told.get("system", ""), told["user"], told["assistant"]
        return
    for prompt, completion in zip(rows["prompt"], rows["completion"], strict=True):
        if isinstance(prompt, str):
            yield "", prompt, completion.strip()
        else:
            told = {message["role"]: message["content"] for message in (*prompt, *completion)}
            yield told.get("system", ""), told["user"], told["assistant"]


def _fingerprint(data: TrainingData, form: PromptFormat, rows: int) -> str:
    files = [(entry["path"], entry["sha256"]) for entry in data.manifest["files"]]
    tokenizer = form.tokenizer
    parts = [files, rows, form.chat, form.system, form.lead, tokenizer.chat_template or "", tokenizer.eos_token_id]
    parts += [sorted(tokenizer.get_vocab().items())]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
