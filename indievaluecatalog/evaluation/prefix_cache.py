"""The start that several prompts share, computed once: keys and values of its tokens, copied to each of them."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Alike = TypeVar("Alike", tuple[int, ...], str)


@dataclass(frozen=True, slots=True)
class Prefix:
    """Tokens that were computed, and what the model keeps of them.

    Attributes:
        tokens: how many.
        cache: the library's cache of one row; None for no tokens. Never changed: `repeated` copies it.
    """

    tokens: int = 0
    cache: Any = None

    def repeated(self, rows: int) -> Any:
        """A copy of the cache for several rows, or None."""
        if self.cache is None:
            return None
        copied = copy.deepcopy(self.cache)
        copied.batch_repeat_interleave(rows)
        return copied


NOTHING = Prefix()


def extended(model: Any, prefix: Prefix, tokens: Sequence[int]) -> Prefix:
    """A prefix and the tokens after it, as one prefix; the first stays as it is."""
    import torch

    if not tokens:
        return prefix
    with torch.inference_mode():
        ids = torch.tensor([list(tokens)], device=model.device)
        seen = torch.ones(1, prefix.tokens + len(tokens), dtype=torch.long, device=model.device)
        places = torch.arange(prefix.tokens, seen.shape[1], device=model.device)[None]
        done = model(
            input_ids=ids,
            attention_mask=seen,
            position_ids=places,
            past_key_values=prefix.repeated(1),
            use_cache=True,
            **kept_logits(model, [len(tokens) - 1]),
        )
    return Prefix(tokens=seen.shape[1], cache=done.past_key_values)


def can_share(model: Any) -> bool:
    """Whether a model takes up from a copied cache where it stopped: tried on a few tokens.

    Not every architecture has such a cache; for one that has not, every prompt is computed in full.
    """
    import torch

    vocabulary = model.get_input_embeddings().weight.shape[0]
    tokens = [(7 * at + 3) % vocabulary for at in range(24)]
    try:
        prefix = extended(model, NOTHING, tokens[:16])
        with torch.inference_mode():
            whole = model(input_ids=torch.tensor([tokens], device=model.device)).logits[:, -1].float()
            rest = model(
                input_ids=torch.tensor([tokens[16:]] * 2, device=model.device),
                attention_mask=torch.ones(2, 24, dtype=torch.long, device=model.device),
                position_ids=torch.arange(16, 24, device=model.device).expand(2, -1),
                past_key_values=prefix.repeated(2),
                use_cache=True,
            ).logits[:, -1]
    except (AttributeError, IndexError, NotImplementedError, RuntimeError, TypeError, ValueError):
        return False
    # Rounding of 16-bit numbers stays far below; a start that was forgotten is as far off as another text.
    return bool((rest.float() - whole).abs().max() < 0.2 * whole.std())


def needs_one_by_one(model: Any, shared: int, lengths: Sequence[int]) -> bool:
    """Whether a model takes the same token for another in a longer sequence, so that nothing can be put together.

    "longrope" turns positions in one way up to a length and in another beyond it. That length lies between the shared
    start and the longest sequence where this is true.
    """
    config = model.config.get_text_config()
    rope = getattr(config, "rope_parameters", None) or {}
    if rope.get("rope_type") != "longrope":
        return False
    limit = int(rope["original_max_position_embeddings"])
    return bool(lengths) and min(shared, *lengths) <= limit < max(lengths)


def kept_logits(model: Any, positions: Sequence[int]) -> dict[str, Any]:
    """The argument that makes a model compute logits at some positions only; empty where it has none."""
    import inspect

    import torch

    if "logits_to_keep" not in inspect.signature(model.forward).parameters:
        return {}
    return {"logits_to_keep": torch.tensor(list(positions), device=model.device)}


def common_length(sequences: Sequence[Alike]) -> int:
    """How many tokens, or characters, all sequences begin with."""
    # Whatever the smallest and the largest sequence share, all in between share too.
    first, last = min(sequences), max(sequences)
    for at, (left, right) in enumerate(zip(first, last, strict=False)):
        if left != right:
            return at
    return min(len(first), len(last))
