"""The small language model: a Llama of transformers whose steps read an answer and a question at once.

Imported only where torch is there.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM

from indievaluecatalog.reasoners.language.small_settings import SmallSettings
from indievaluecatalog.reasoners.language.vocabulary import PAD, START, Vocabulary


def make_llama(vocabulary: Vocabulary, settings: SmallSettings) -> Any:
    """A Llama with random weights, the same for the same seed."""
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=settings.width,
        intermediate_size=settings.inner,
        num_hidden_layers=settings.layers,
        num_attention_heads=settings.heads,
        num_key_value_heads=settings.heads,
        max_position_embeddings=1024,
        attention_dropout=settings.dropout,
        bos_token_id=START,
        eos_token_id=PAD,
        pad_token_id=PAD,
        use_cache=False,
    )
    with torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        return LlamaForCausalLM(config)


class StatementNetwork(nn.Module):  # type: ignore[misc]
    """Gives the log-probability of each option of the item that a step asks."""

    def __init__(self, llama: Any, first_answer: int, widest: int) -> None:
        super().__init__()
        self.llama = llama
        self.first_answer, self.widest = first_answer, widest

    def forward(
        self,
        before: Any,
        asked: Any,
        first: Any,
        options: Any,
        mask: Any = None,
        positions: Any = None,
    ) -> Any:
        """Log-probabilities, shape (n, steps, widest), -inf beyond an item's options.

        Args:
            before, asked, first, options: shape (n, steps), see `Steps`.
            mask: bool, shape (n, 1, steps, steps): what each step may read; None for itself and all before.
            positions: shape (n, steps); None for 0, 1, ...
        """
        embed = self.llama.get_input_embeddings()
        read = embed(before) + embed(asked)
        hidden = self.llama.model(
            inputs_embeds=read, attention_mask=mask, position_ids=positions, use_cache=False
        ).last_hidden_state
        said = nn.functional.linear(hidden, self.llama.lm_head.weight[self.first_answer :])
        place = torch.arange(self.widest, device=before.device)
        index = (first - self.first_answer)[..., None] + place
        chosen = said.gather(-1, index.clamp_(0, said.shape[-1] - 1)).float()
        # A padded step has no options; it keeps one, so that no number becomes undefined.
        none = place >= options.clamp(min=1)[..., None]
        return chosen.masked_fill(none, float("-inf")).log_softmax(dim=-1)


def answer_loss(found: Any, answer: Any) -> Any:
    """Mean negative log-probability of the answers given, in nats; padded steps count nothing."""
    rows = answer >= 0
    picked = found.gather(-1, answer.clamp(min=0)[..., None])[..., 0]
    return -picked[rows].mean()
