"""How many tokens the rows of training data have for a given tokenizer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from indievaluecatalog.errors import MissingExtraError, ReasonerError
from indievaluecatalog.evaluation.chat_format import Chat, PromptFormat
from indievaluecatalog.evaluation.request import Request
from indievaluecatalog.reasoners.training_data.columns import ROLES
from indievaluecatalog.reasoners.training_data.manifest import read_training_manifest

BATCH = 64
"""Rows tokenised at a time."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Of numbers of tokens: the least, the middle, what 95 in 100 do not exceed, and the most."""

    least: int
    median: float
    percentile_95: float
    most: int

    @classmethod
    def of(cls, counts: Sequence[int]) -> Spread:
        """The spread of at least one number."""
        return cls(min(counts), float(np.median(counts)), float(np.percentile(counts, 95)), max(counts))


@dataclass(frozen=True, slots=True)
class UnitTokens:
    """Tokens of a unit's rows.

    Attributes:
        unit: its name.
        rows: how many were counted.
        prompt: all before the answer, chat template and start token included.
        completion: the answer, without an end token.
        total: both together.
        too_long: share of rows whose prompt and answer have more tokens than the length asked about; None where
            none was.
    """

    unit: str
    rows: int
    prompt: Spread
    completion: Spread
    total: Spread
    too_long: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for files."""
        return asdict(self)


def token_statistics(
    folder: str | Path,
    tokenizer: Any,
    *,
    length: int | None = None,
    rows_a_unit: int | None = 1_000,
    chat: Chat = "auto",
    chat_options: Mapping[str, Any] | None = None,
) -> tuple[UnitTokens, ...]:
    """Count the tokens of training data, unit by unit.

    Rows stand in a keyed order, so that the first of each unit are a fair sample of it. Messages go through the
    tokenizer as evaluation's do: by its chat template, or plain where it has none.

    Args:
        folder: of training data with text.
        tokenizer: of transformers, or the path or id of one; an id whose files are not in the cache is fetched.
        length: tokens that a row should not exceed.
        rows_a_unit: how many of each unit to count; None for all.
        chat: see `PromptFormat`; has no part where the data holds prompts as text alone.
        chat_options: passed to the template.

    Raises:
        ReasonerError: no training data with text, or no such tokenizer.
        MissingExtraError: transformers is not installed.
        EvaluationError: a template is asked for and there is none.
    """
    path = Path(folder)
    manifest = read_training_manifest(path)
    if manifest["text"] == "none":
        raise ReasonerError(f"{path}: holds numbers alone; write it with text='messages' to count its tokens")
    if rows_a_unit is not None and rows_a_unit < 1:
        raise ReasonerError(f"at least one row a unit is counted, not {rows_a_unit}")
    loaded = load_tokenizer(tokenizer) if isinstance(tokenizer, str | Path) else tokenizer
    plain = manifest["text"] == "plain"
    form = PromptFormat.of(loaded, "plain" if plain else chat, dict(chat_options or {}))
    units = [count["unit"] for count in manifest["units"] if count["rows"]]
    found: dict[str, tuple[list[int], list[int]]] = {unit: ([], []) for unit in units}
    for batch in _batches(path, manifest["text"], units, rows_a_unit):
        requests = [_request(system, user) for _, system, user, _ in batch]
        questions = form.questions(requests, [(letter,) for *_, letter in batch])
        for (unit, *_), question in zip(batch, questions, strict=True):
            found[unit][0].append(len(question.prompt))
            found[unit][1].append(len(question.answers[0]))
    return tuple(_unit_tokens(unit, *found[unit], length) for unit in units)


def load_tokenizer(path_or_id: str | Path) -> Any:
    """A tokenizer of transformers.

    Raises:
        MissingExtraError: transformers is not installed.
        ReasonerError: there is none of that name.
    """
    try:
        from transformers import AutoTokenizer
    except ImportError as error:
        raise MissingExtraError("transformers", "local", "counting tokens") from error
    try:
        return AutoTokenizer.from_pretrained(str(path_or_id))
    except (OSError, ValueError) as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise ReasonerError(f"{path_or_id}: no tokenizer can be loaded: {first}") from error


def _request(system: str, user: str) -> Request:
    """What a row asks, as evaluation asks it; whose it is has no part in the tokens."""
    return Request("", 0, "polar", "single", (), system=system, context="", question=user)


def _batches(
    folder: Path, text: str, units: Sequence[str], rows_a_unit: int | None
) -> Iterator[list[tuple[str, str, str, str]]]:
    """Unit, system, user and letter of the first rows of each unit, some at a time."""
    columns = {"chat": ["prompt", "completion"], "plain": ["prompt", "completion"]}.get(text, ["messages"])
    left = dict.fromkeys(units, np.inf if rows_a_unit is None else rows_a_unit)
    batch: list[tuple[str, str, str, str]] = []
    for file in sorted((folder / "data").glob("train-*.parquet")):
        with pq.ParquetFile(file) as rows:
            for part in rows.iter_batches(BATCH, columns=["unit", *columns]):
                if not any(left.values()):
                    break
                for row in part.to_pylist():
                    if left[row["unit"]]:
                        left[row["unit"]] -= 1
                        batch.append((row["unit"], *_said(row, text)))
                if len(batch) >= BATCH:
                    yield batch
                    batch = []
    if batch:
        yield batch


def _said(row: Mapping[str, Any], text: str) -> tuple[str, str, str]:
    """System, user and letter; a plain prompt is the user's alone."""
    if text == "plain":
        return "", row["prompt"], row["completion"].strip()
    messages = row["messages"] if "messages" in row else [*row["prompt"], *row["completion"]]
    said = {message["role"]: message["content"] for message in messages}
    system, user, letter = (said[role] for role in ROLES)
    return system, user, letter


def _unit_tokens(unit: str, prompts: list[int], completions: list[int], length: int | None) -> UnitTokens:
    totals = [prompt + completion for prompt, completion in zip(prompts, completions, strict=True)]
    too_long = None if length is None else sum(total > length for total in totals) / len(totals)
    return UnitTokens(unit, len(totals), Spread.of(prompts), Spread.of(completions), Spread.of(totals), too_long)
