"""The network of the masked autoencoder: a code for a person, corrected by what it gets wrong, and read as answers.

The code starts as the factor scores of the shown answers. In each round the network says what the code makes of the
answers that are shown, and corrects the code and its guess of the person's group by the difference. The factor
analysis takes answers as normal and persons as of one kind; the rounds learn what that leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from indievaluecatalog.reasoners.statistical.columns import NO_COLUMN, Layout
from indievaluecatalog.reasoners.statistical.factors import Factors
from indievaluecatalog.reasoners.statistical.heads import GROUP_PRIOR, PARTS, first_heads
from indievaluecatalog.reasoners.statistical.moments import Moments

FIRST_STEP, FIRST_RESTRAINT = 0.5, 0.5
"""Before learning, how far a round follows what it got wrong, and how far it draws the code back to the middle."""
FIRST_VOTE = 0.3
"""Before learning, what an answer counts for a group beside the factors, of what it would alone."""


@dataclass(frozen=True, slots=True)
class Order:
    """Item columns with the items of one size side by side, so that all of these are one softmax.

    Attributes:
        columns: int64, shape (c,): which column of the layout stands at each place.
        runs: (options, items) of each size in turn.
    """

    columns: NDArray[np.int64]
    runs: tuple[tuple[int, int], ...]

    @property
    def places(self) -> NDArray[np.int64]:
        """At which place each column of the layout stands, shape (c,)."""
        return np.argsort(self.columns)


def order_of(layout: Layout) -> Order:
    """The order of a layout's item columns."""
    sizes, offsets = np.array(layout.sizes), layout.offsets
    items = np.argsort(sizes, kind="stable")
    columns = np.concatenate([np.arange(offsets[item], offsets[item + 1]) for item in items])
    found, counts = np.unique(sizes, return_counts=True)
    return Order(columns, tuple(zip(found.tolist(), counts.tolist(), strict=True)))


def first_weights(
    moments: Moments, layout: Layout, factors: Factors, hidden: int, rounds: int, seed: int
) -> dict[str, NDArray[np.float32]]:
    """Weights before learning, by name: the factor analysis, and rounds that follow its errors by half.

    For k factors, c item columns, a columns in all, g groups, h hidden units and r rounds: those of `Heads`, and
    information (k,), which does not learn; votes (a, g); steps (r, c, k); restraints (r, k); group_steps (r, c, g);
    centres (g, k).
    """
    heads = first_heads(moments, layout, factors, hidden, seed)
    inside, order, shares = layout.group_columns, order_of(layout).columns, moments.shares
    found = {name: getattr(heads, name) for name in PARTS}
    for name in ("line", "bias", "out", "leanings"):
        found[name] = found[name][..., order]
    groups = inside.stop - inside.start
    lift = moments.covariances[:, inside] / np.maximum(np.outer(shares, shares[inside]), 1e-8)
    lift *= moments.counts[inside] / (moments.counts[inside] + GROUP_PRIOR)
    found["group_line"] = found["group_line"] * (1 - FIRST_VOTE)
    found["votes"] = FIRST_VOTE * np.log(np.clip(1 + lift, 0.05, 20))
    found["information"] = (factors.roots**2).sum(axis=0)
    found["steps"] = np.repeat(FIRST_STEP * found["line"].T[None], rounds, axis=0)
    found["restraints"] = np.full((rounds, factors.k), FIRST_RESTRAINT)
    found["group_steps"] = np.zeros((rounds, layout.n_item_columns, groups))
    found["centres"] = np.zeros((groups, factors.k))
    return {name: np.ascontiguousarray(value, np.float32) for name, value in found.items()}


class Network(nn.Module):  # type: ignore[misc]
    """See the module; weights as `first_weights` names them."""

    def __init__(self, layout: Layout, weights: Mapping[str, NDArray[np.float32]]) -> None:
        super().__init__()
        order = order_of(layout)
        self.runs, self.n_items = order.runs, layout.n_items
        self.n_columns, self.n_item_columns = int(layout.offsets[-1]), layout.n_item_columns
        for name, value in weights.items():
            copy = torch.from_numpy(np.array(value, np.float32))
            if name == "information":
                self.register_buffer(name, copy)
            else:
                self.register_parameter(name, nn.Parameter(copy))
        self.register_buffer("items", torch.from_numpy(layout.owners[order.columns]), persistent=False)
        self.register_buffer("order", torch.from_numpy(order.columns), persistent=False)
        self.register_buffer("places", torch.from_numpy(order.places), persistent=False)

    def forward(self, columns: Any, shown: Any, scores: Any) -> tuple[Any, list[Any]]:
        """Log probabilities of the options, in the order of the network, and logits of the groups after each round.

        Args:
            columns: int64, shape (n, v): the column of each answer.
            shown: bool, shape (n, v): which may be used, all of them valid.
            scores: float32, shape (n, k): factor scores.
        """
        answers = self.indicators(columns, shown)
        given = answers[:, : self.n_item_columns]
        asked = shown[:, self.items].to(scores.dtype)
        slowly = 1 / (1 + shown.to(scores.dtype).mean(dim=1, keepdim=True) * self.information)
        code, votes = scores, answers @ self.votes + self.group_bias
        hidden = torch.relu(code @ self.into + self.threshold)
        guesses = [votes + code @ self.group_line + hidden @ self.group_out]
        for at in range(len(self.restraints)):
            group = torch.softmax(guesses[-1], dim=1)
            told = self._log_softmax(code @ self.line + group @ self.leanings + self.bias).exp()
            wrong = given - asked * told
            drawn = group @ self.centres - code * self.restraints[at]
            code = code + slowly * (wrong @ self.steps[at] + drawn)
            guesses.append(guesses[-1] + wrong @ self.group_steps[at])
        hidden = torch.relu(code @ self.into + self.threshold)
        group = torch.softmax(guesses[-1], dim=1)
        logits = code @ self.line + hidden @ self.out + group @ self.leanings + self.bias
        return self._log_softmax(logits), guesses

    def indicators(self, columns: Any, shown: Any) -> Any:
        """A one for each shown answer, shape (n, a), items in the order of the network and demographics behind."""
        at = torch.where(shown, columns, self.n_columns)
        found = torch.zeros(len(columns), self.n_columns + 1, device=columns.device).scatter_(1, at, 1.0)
        return torch.cat([found[:, self.order], found[:, self.n_item_columns : -1]], dim=1)

    def _log_softmax(self, logits: Any) -> Any:
        found, start = [], 0
        for options, items in self.runs:
            inside = logits[:, start : start + options * items].reshape(len(logits), items, options)
            found.append(torch.log_softmax(inside, dim=2).reshape(len(logits), -1))
            start += options * items
        return torch.cat(found, dim=1)

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """All weights by name, as arrays."""
        return {name: value.detach().cpu().numpy().copy() for name, value in self.state_dict().items()}


def probabilities(
    network: Network, columns: NDArray[np.int16], shown: NDArray[np.bool_], scores: NDArray[np.float32], device: str
) -> NDArray[np.float32]:
    """Probability of every refined option, in the order of the layout, shape (n, c)."""
    used = shown & (columns != NO_COLUMN)
    with torch.no_grad():
        inputs = torch.from_numpy(columns.astype(np.int64)), torch.from_numpy(used), torch.from_numpy(scores)
        found, _ = network(*(each.to(device) for each in inputs))
        chances: NDArray[np.float32] = found[:, network.places].exp().cpu().numpy()
    return chances
