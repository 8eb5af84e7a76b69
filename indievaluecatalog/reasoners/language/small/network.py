"""The network of the small language model: a causal transformer that reads statements and is asked every item.

Imported only where torch is there.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from indievaluecatalog.reasoners.language.small.settings import SmallSettings
from indievaluecatalog.reasoners.language.small.vocabulary import Vocabulary

FIRST_SCALE = 0.02
ATTENTION_SCALE = 0.3
"""Of the first weights that compare steps: small, so that at first each step attends to all before it alike."""
LEAST = 1e-30


class Layer(nn.Module):  # type: ignore[misc]
    """Attention over the statements so far, then a part for each step alone."""

    def __init__(self, settings: SmallSettings) -> None:
        super().__init__()
        width = settings.width
        self.heads, self.width = settings.heads, width
        self.before_attention, self.before_inner = nn.LayerNorm(width), nn.LayerNorm(width)
        self.query = nn.Linear(width, width, bias=False)
        self.key_value = nn.Linear(width, 2 * width, bias=False)
        self.out = nn.Linear(width, width, bias=False)
        self.up, self.down = nn.Linear(width, settings.inner), nn.Linear(settings.inner, width)
        with torch.no_grad():
            self.query.weight.mul_(ATTENTION_SCALE)
            self.key_value.weight[:width].mul_(ATTENTION_SCALE)

    def read(self, state: Any) -> tuple[Any, Any]:
        """Queries, and keys with values, of states of shape (..., width)."""
        normed = self.before_attention(state)
        return self.query(normed), self.key_value(normed)

    def forward(self, state: Any, query: Any, key_value: Any, steps: Any) -> Any:
        """States after this layer at some steps, shape (n, s, width).

        Args:
            state, query: at these steps, shape (n, s, width).
            key_value: of all steps, shape (n, length, 2 * width).
            steps: shape (n, s): which these are; each attends to itself and to what is before it.
        """
        n, length, _ = key_value.shape
        key, value = key_value.view(n, length, 2, self.heads, -1).permute(2, 0, 3, 1, 4)
        mask = torch.arange(length, device=steps.device) <= steps[:, None, :, None]
        query = query.view(n, -1, self.heads, self.width // self.heads).transpose(1, 2)
        found = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        # Attention gives a mean, in which evidence of many statements weighs no more than that of one: times the root
        # of their number its noise stays alike, and what they agree on grows.
        found = found.transpose(1, 2).reshape(n, -1, self.width) * (steps + 1)[..., None].sqrt()
        state = state + self.out(found)
        return state + self.down(functional.gelu(self.up(self.before_inner(state))))


class StatementNetwork(nn.Module):  # type: ignore[misc]
    """Gives the probability of every refined option of every item after some steps of a sequence.

    There are no positions: the order in which a person is read says nothing.
    """

    def __init__(self, vocabulary: Vocabulary, settings: SmallSettings) -> None:
        super().__init__()
        owners = torch.from_numpy(vocabulary.owners)
        self.tokens = nn.Parameter(torch.randn(len(vocabulary), settings.width) * FIRST_SCALE)
        self.layers = nn.ModuleList(Layer(settings) for _ in range(settings.layers))
        self.last = nn.LayerNorm(settings.width)
        self.often = nn.Parameter(torch.zeros(len(owners)))
        self.register_buffer("owners", owners, persistent=False)
        member = torch.zeros(len(owners), int(owners.max()) + 1)
        member[torch.arange(len(owners)), owners] = 1.0
        self.register_buffer("member", member, persistent=False)

    def probabilities(self, tokens: Any, steps: Any) -> Any:
        """Probabilities, shape (n, s, refined options), each item's adding up to 1; arguments as for `forward`."""
        said, whole = self(tokens, steps)
        return (said - whole[..., self.owners]).exp()

    def forward(self, tokens: Any, steps: Any) -> tuple[Any, Any]:
        """Scores of options, shape (n, s, refined options), and what an item's amount to, shape (n, s, i).

        A score less that of its item is a log-probability.

        Args:
            tokens: int64, shape (n, 1 + length).
            steps: int64, shape (n, s): after how many statements; what stands later is not read.
        """
        everywhere = torch.arange(tokens.shape[1], device=tokens.device).expand(tokens.shape)
        state = None
        for at, layer in enumerate(self.layers):
            # In the end only the steps that are asked count.
            wanted = steps if at == len(self.layers) - 1 else everywhere
            if state is None:
                # What the first layer makes of a token is the same wherever it stands: computed once for each.
                query, key_value = layer.read(self.tokens)
                chosen = tokens.gather(1, wanted)
                kept, query = functional.embedding(chosen, self.tokens), functional.embedding(chosen, query)
                key_value = functional.embedding(tokens, key_value)
            else:
                query, key_value = layer.read(state)
                kept, query = _at(state, wanted), _at(query, wanted)
            state = layer(kept, query, key_value, wanted)
        count = len(self.owners)
        said = functional.linear(self.last(state), self.tokens[1 : 1 + count], self.often)
        with torch.autocast(said.device.type, enabled=False):
            said = said.float()
            said = said - said.detach().amax(dim=-1, keepdim=True)
            return said, (said.exp() @ self.member).clamp(min=LEAST).log()


def _at(values: Any, steps: Any) -> Any:
    return values.gather(1, steps[..., None].expand(-1, -1, values.shape[-1]))


def answer_loss(found: tuple[Any, Any], columns: Any, asked: Any, answers: Any) -> Any:
    """Mean negative log-probability of the answers, in nats; each look at a person counts the same.

    Args:
        found: what the network gives.
        columns: shape (i,): the first option of each item among these.
        asked, answers: of `Sequences`.
    """
    place = (columns + answers.clamp(min=0))[:, None, :].expand(asked.shape)
    said, whole = found
    picked = (said.gather(-1, place) - whole).masked_fill(~asked, 0.0).sum(dim=-1)
    number = asked.sum(dim=-1)
    return -(picked / number.clamp(min=1))[number > 0].mean()
