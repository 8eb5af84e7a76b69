"""Learning the masked autoencoder: Adam on the log loss of hidden answers, weights averaged over the last steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from indievaluecatalog.reasoners.statistical.autoencoder_network import Network
from indievaluecatalog.reasoners.statistical.columns import Layout, groups_of
from indievaluecatalog.reasoners.statistical.factors import ROUGH, Factors, scores_of
from indievaluecatalog.reasoners.statistical.learn_heads import CHUNK, Learning
from indievaluecatalog.reasoners.statistical.masks import learning_masks

Tell = Callable[[float, float], None]
Weights = dict[str, NDArray[np.float32]]
WARM_UP = 30
"""Steps until the rate is reached, for the rounds start far from where they end."""
AVERAGED = 0.995
"""What the averaged weights keep of themselves a step, once there have been some hundred steps."""


def learn_network(
    network: Network,
    factors: Factors,
    layout: Layout,
    columns: NDArray[np.int16],
    loss_of: Callable[[Network], float],
    learning: Learning,
    seed: int,
    device: str,
    tell: Tell,
) -> tuple[Weights, float]:
    """The weights with the least held-out loss, and that loss (nats an answer); the network is changed.

    Args:
        network: to start from, on the device.
        factors: what it reads.
        layout: of the columns.
        columns: answers of n training persons, shape (n, variables).
        loss_of: the loss of a network on held-out persons.
        learning: how.
        seed: of masks and order.
        device: "cpu" or "cuda".
        tell: called with the share of the steps done and the least loss so far.
    """
    random = np.random.default_rng([seed, 4])
    batch = int(np.clip(len(columns) // 12, 16, learning.batch))
    steps = min(learning.steps, max(learning.epochs * len(columns) // batch, 1))
    between = max(steps // learning.looks, 1)
    averaged = Network(layout, network.weights()).to(device)
    pairs = list(averaged.parameters()), list(network.parameters())
    optimizer = torch.optim.AdamW(network.parameters(), weight_decay=learning.decay, betas=(0.9, 0.99))
    best, least, without_gain = averaged.weights(), loss_of(averaged), 0
    for step, (given, shown, scores, groups) in enumerate(_batches(factors, layout, columns, batch, random), 1):
        for group in optimizer.param_groups:
            group["lr"] = learning.rate * _pace(step, steps)
        optimizer.zero_grad()
        inputs = torch.from_numpy(given.astype(np.int64)), torch.from_numpy(shown), torch.from_numpy(scores)
        loss = _loss(network, [each.to(device) for each in inputs], torch.from_numpy(groups).to(device), learning)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            # Early on the average is a short one: what the first steps knew is soon out of date.
            torch._foreach_lerp_(*pairs, 1 - min(AVERAGED, (1 + step) / (10 + step)))
        if step % between == 0 or step == steps:
            found = loss_of(averaged)
            without_gain = 0 if found < least else without_gain + 1
            if found < least:
                best, least = averaged.weights(), found
            tell(step / steps, least)
        if step == steps or without_gain >= learning.patience:
            break
    return best, least


def _pace(step: int, steps: int) -> float:
    return float(min(step / WARM_UP, 1) * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * step / steps))))


def _batches(
    factors: Factors, layout: Layout, columns: NDArray[np.int16], batch: int, random: np.random.Generator
) -> Iterator[tuple[NDArray[np.int16], NDArray[np.bool_], NDArray[np.float32], NDArray[np.int64]]]:
    """Without end, under ever new masks: answers and what is shown of them, factor scores and groups."""
    while True:
        order = random.permutation(len(columns))
        for start in range(0, len(order), CHUNK):
            part = columns[order[start : start + CHUNK]]
            shown = learning_masks(len(part), layout.n_items, part.shape[1], random) & (part >= 0)
            scores, groups = scores_of(factors, part, shown, ROUGH), groups_of(part, layout)
            for first in range(0, max(len(part) - batch + 1, 1), batch):
                rows = slice(first, first + batch)
                yield part[rows], shown[rows], scores[rows], groups[rows]


def _loss(network: Network, inputs: list[torch.Tensor], groups: torch.Tensor, learning: Learning) -> torch.Tensor:
    """Mean over persons of the nats of their hidden answers, and of their group after each round."""
    columns, shown, _ = inputs
    logs, guesses = network(*inputs)
    n_items = network.n_items
    items = columns[:, :n_items]
    asked = (items >= 0) & ~shown[:, :n_items]
    at = network.places[items.clamp_min(0)]
    loss = -(logs.gather(1, at) * asked).sum() / len(items)
    if guesses[0].shape[1]:
        known = groups >= 0
        for guess in guesses:
            right = torch.log_softmax(guess, dim=1).gather(1, groups.clamp_min(0)[:, None])[:, 0]
            loss = loss - learning.grouping / len(guesses) * (right * known).sum() / len(items)
    return loss
