"""How probable a causal language model finds each answer to a question.

The log-probability of an answer is the sum over its tokens. What the prompts of several questions begin with is
computed once; of a question whose answers have several tokens, the question is computed once as well. Rows are padded
on the right, behind everything that is read, so that padding changes nothing whatever the kind of attention.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from indievaluecatalog.evaluation.chat_format import Question
from indievaluecatalog.evaluation.memory_batches import BatchSize, in_batches
from indievaluecatalog.evaluation.prefix_cache import NOTHING, Prefix, common_length, extended, kept_logits

Normalise = Literal["none", "tokens"]
MOST_LOGITS = 1 << 28
"""Numbers computed at once for all tokens a model knows, some 1 GB; a processor does not tell when it is too much."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One sequence the model reads. `answers` holds (question, answer, its tokens, where their logits begin)."""

    tokens: tuple[int, ...]
    answers: tuple[tuple[int, int, tuple[int, ...], int], ...]


def log_probabilities(
    model: Any, questions: Sequence[Question], *, size: BatchSize, pad: int, share: bool = True
) -> list[tuple[float, ...]]:
    """Log-probability of each answer of each question, after its prompt.

    Args:
        model: a causal model of transformers.
        questions: they may have prompts that begin alike, as those about one person do.
        size: of a batch.
        pad: token that fills rows.
        share: whether a common start is computed once. It changes time, not results beyond rounding.

    Raises:
        TooLargeError: a single sequence does not fit into memory.
    """
    found = [[0.0] * len(question.answers) for question in questions]
    if not questions:
        return []
    rows = [_rows(at, question) for at, question in enumerate(questions)]
    prefix = _shared(model, NOTHING, [row for some in rows for row in some]) if share else NOTHING
    # Questions of one row each are put side by side; one of several rows has a start of its own to share.
    alone = [row for some in rows if len(some) == 1 or not share for row in some]
    _score(model, prefix, alone, size, pad, found)
    for some in rows:
        if len(some) > 1 and share:
            _score(model, _shared(model, prefix, some), some, size, pad, found)
    return [tuple(values) for values in found]


def probabilities(log: Sequence[float], question: Question, normalise: Normalise) -> tuple[float, ...]:
    """Probabilities of the answers among themselves: a softmax of the log-probabilities, by length or not.

    Args:
        log: one an answer.
        question: whose answers they are.
        normalise: "none" takes them as they are; "tokens" divides each by its number of tokens, so that a long
            statement is not less probable for its length alone.
    """
    counts = [len(answer) if normalise == "tokens" else 1 for answer in question.answers]
    scaled = [value / count for value, count in zip(log, counts, strict=True)]
    largest = max(scaled)
    weights = [math.exp(value - largest) for value in scaled]
    total = sum(weights)
    return tuple(weight / total for weight in weights)


def _rows(at: int, question: Question) -> list[_Row]:
    """The sequences that a question needs: one for all answers that differ in their last token only."""
    inputs: dict[tuple[int, ...], list[tuple[int, int, tuple[int, ...], int]]] = {}
    for number, answer in enumerate(question.answers):
        tokens = question.prompt + answer[:-1]
        inputs.setdefault(tokens, []).append((at, number, answer, len(question.prompt) - 1))
    return [_Row(tokens, tuple(answers)) for tokens, answers in inputs.items()]


def _shared(model: Any, prefix: Prefix, rows: Sequence[_Row]) -> Prefix:
    """The prefix and all tokens after it that the rows share and whose logits nobody needs."""
    if len(rows) < 2:
        return prefix
    until = min(common_length([row.tokens for row in rows]), *(start for row in rows for *_, start in row.answers))
    return extended(model, prefix, rows[0].tokens[prefix.tokens : until])


def _score(
    model: Any, prefix: Prefix, rows: Sequence[_Row], size: BatchSize, pad: int, found: list[list[float]]
) -> None:
    # Rows of n lengths need logits of a whole vocabulary at n positions each.
    most = max(1, math.isqrt(MOST_LOGITS // model.get_input_embeddings().weight.shape[0]))
    for row, values in in_batches(
        rows, lambda row: len(row.tokens), lambda some: _batch(model, prefix, some, pad), size, most
    ):
        for (question, number, *_), value in zip(row.answers, values, strict=True):
            found[question][number] = value


def _batch(model: Any, prefix: Prefix, rows: Sequence[_Row], pad: int) -> list[list[float]]:
    """Log-probabilities of the answers of each row, all rows computed at once."""
    import torch

    known, device = prefix.tokens, model.device
    longest = max(len(row.tokens) for row in rows)
    ids = torch.full((len(rows), longest - known), pad, dtype=torch.long)
    mask = torch.zeros((len(rows), longest), dtype=torch.long)
    for at, row in enumerate(rows):
        ids[at, : len(row.tokens) - known] = torch.tensor(row.tokens[known:])
        mask[at, : len(row.tokens)] = 1
    # Logits of a whole vocabulary are large: only those at positions that predict an answer are computed.
    needed = sorted(
        {start - known + step for row in rows for _, _, answer, start in row.answers for step in range(len(answer))}
    )
    keep = kept_logits(model, needed)
    with torch.inference_mode():
        logits = model(
            input_ids=ids.to(device),
            attention_mask=mask.to(device),
            position_ids=torch.arange(known, longest, device=device).expand(len(rows), -1),
            past_key_values=prefix.repeated(len(rows)),
            use_cache=prefix.cache is not None,
            **keep,
        ).logits
        place = {position: at for at, position in enumerate(needed)} if keep else {p: p for p in needed}
        where = [
            (at, number, place[start - known + step], token)
            for at, row in enumerate(rows)
            for number, (_, _, answer, start) in enumerate(row.answers)
            for step, token in enumerate(answer)
        ]
        of_row, _, position, target = (torch.tensor(values, device=device) for values in zip(*where, strict=True))
        # Positions are read once each, however many answers ask for them.
        cells, index = torch.unique(torch.stack([of_row, position]), dim=1, return_inverse=True)
        chosen = torch.log_softmax(logits[cells[0], cells[1]].float(), dim=-1)[index, target].cpu().tolist()
    sums = [[0.0] * len(row.answers) for row in rows]
    for (at, number, _, _), value in zip(where, chosen, strict=True):
        sums[at][number] += value
    return sums
