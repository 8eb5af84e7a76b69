"""Letting a causal language model write its answers, greedily and in batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from indievaluecatalog.evaluation.memory_batches import BatchSize, in_batches

TOKENS_A_PROBE = 16
TOKENS_MORE = 64


@dataclass(frozen=True, slots=True)
class Written:
    """What a model wrote.

    Attributes:
        text: the answer.
        tokens: how many it has.
        finish_reason: "stop" where the model ended it, "length" where it was cut off.
    """

    text: str
    tokens: int
    finish_reason: str


def allowed_tokens(probes: int, wanted: int | None) -> int:
    """How long an answer may become: as wanted, or enough for so many probes in JSON."""
    return wanted if wanted is not None else TOKENS_A_PROBE * probes + TOKENS_MORE


def written(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[tuple[int, ...]],
    *,
    most: int,
    size: BatchSize,
    stop: Sequence[str] = (),
) -> Iterator[tuple[int, Written]]:
    """Let a model answer prompts; each comes with its position, in the order they are ready.

    Args:
        model: a causal model of transformers.
        tokenizer: its tokenizer.
        prompts: as tokens.
        most: tokens an answer may have.
        size: of a batch.
        stop: texts after which an answer ends, beside the model's own end tokens.

    Raises:
        TooLargeError: a single prompt does not fit into memory.
    """

    def compute(some: Sequence[int]) -> list[Written]:
        return _batch(model, tokenizer, [prompts[at] for at in some], most, stop)

    yield from in_batches(range(len(prompts)), lambda at: len(prompts[at]) + most, compute, size)


def _batch(
    model: Any, tokenizer: Any, prompts: Sequence[tuple[int, ...]], most: int, stop: Sequence[str]
) -> list[Written]:
    import torch
    from transformers import GenerationConfig

    longest = max(len(tokens) for tokens in prompts)
    # New tokens are put at the end of every row, so padding stands before the prompt.
    ids = torch.full((len(prompts), longest), tokenizer.pad_token_id, dtype=torch.long)
    mask = torch.zeros((len(prompts), longest), dtype=torch.long)
    for at, tokens in enumerate(prompts):
        ids[at, longest - len(tokens) :] = torch.tensor(tokens)
        mask[at, longest - len(tokens) :] = 1
    ends = end_tokens(model, tokenizer)
    # The model's own defaults may sample or punish repetition, and fill what a configuration leaves at its default.
    model.generation_config = GenerationConfig(eos_token_id=ends or None)
    config = GenerationConfig(
        do_sample=False,
        max_new_tokens=most,
        eos_token_id=ends or None,
        pad_token_id=tokenizer.pad_token_id,
        stop_strings=list(stop) or None,
    )
    with torch.inference_mode():
        done = model.generate(
            input_ids=ids.to(model.device),
            attention_mask=mask.to(model.device),
            generation_config=config,
            **({"tokenizer": tokenizer} if stop else {}),
        )
    return [_read(tokenizer, row[longest:].cpu().tolist(), ends, stop) for row in done]


def _read(tokenizer: Any, tokens: list[int], ends: Sequence[int], stop: Sequence[str]) -> Written:
    until = next((at for at, token in enumerate(tokens) if token in ends), None)
    kept = tokens if until is None else tokens[:until]
    while until is None and kept and kept[-1] == tokenizer.pad_token_id:
        kept = kept[:-1]
    text = tokenizer.decode(kept, skip_special_tokens=True)
    stopped = until is not None or any(mark in text for mark in stop)
    return Written(text=text, tokens=len(kept), finish_reason="stop" if stopped else "length")


def end_tokens(model: Any, tokenizer: Any) -> list[int]:
    """The tokens by which a model ends an answer."""
    found: set[int] = set()
    for ends in (getattr(model.generation_config, "eos_token_id", None), tokenizer.eos_token_id):
        found |= set(ends if isinstance(ends, list | tuple) else [] if ends is None else [ends])
    return sorted(found)
