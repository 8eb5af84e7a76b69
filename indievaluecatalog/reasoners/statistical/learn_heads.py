"""Learning the heads: Adam on the log loss of hidden answers, and the best of what held-out persons have seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.reasoners.statistical.columns import Layout, groups_of
from indievaluecatalog.reasoners.statistical.factors import ROUGH, Factors, scores_of
from indievaluecatalog.reasoners.statistical.heads import PARTS, Heads, layers_of, probabilities_of
from indievaluecatalog.reasoners.statistical.masks import learning_masks

Floats = NDArray[np.float32]
Tell = Callable[[float, float], None]
CHUNK = 16_384
"""Persons whose factors are worked out at a time."""


@dataclass(frozen=True, slots=True)
class Learning:
    """How the heads learn.

    Attributes:
        steps: of Adam, at most.
        epochs: times that each person is seen, at most; few persons are soon known by heart.
        batch: persons a step; fewer where there are few persons.
        rate: of the first step, falling along a cosine to 2%.
        decay: of the weights, times the rate, a step.
        looks: how often held-out persons are asked; learning ends after `patience` looks without a gain.
        patience: see above.
        grouping: what a person's group counts for beside the answers, in answers.
    """

    steps: int = 1_200
    epochs: int = 12
    batch: int = 512
    rate: float = 2e-3
    decay: float = 1e-3
    looks: int = 12
    patience: int = 3
    grouping: float = 3.0


def learn_heads(
    heads: Heads,
    factors: Factors,
    layout: Layout,
    columns: NDArray[np.int16],
    loss_of: Callable[[Heads], float],
    learning: Learning,
    seed: int,
    tell: Tell,
) -> tuple[Heads, float]:
    """The heads with the least held-out loss, and that loss (nats an answer).

    Args:
        heads: to start from.
        factors: what the heads read.
        layout: of the columns.
        columns: answers of n training persons, shape (n, variables).
        loss_of: the loss of some heads on held-out persons.
        learning: how.
        seed: of masks and order.
        tell: called with the share of the steps done and the least loss so far.
    """
    random = np.random.default_rng([seed, 3])
    batch = int(np.clip(len(columns) // 12, 16, learning.batch))
    steps = min(learning.steps, max(learning.epochs * len(columns) // batch, 1))
    between = max(steps // learning.looks, 1)
    weights = {name: getattr(heads, name).copy() for name in PARTS}
    means = {name: np.zeros_like(value) for name, value in weights.items()}
    squares = {name: np.zeros_like(value) for name, value in weights.items()}
    best, least, without_gain = heads, loss_of(heads), 0
    for step, batch_now in enumerate(_batches(factors, layout, columns, batch, random), 1):
        now = replace(heads, **weights)
        gradients = _gradients(now, batch_now, learning.grouping)
        rate = learning.rate * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * step / steps)))
        for name, gradient in gradients.items():
            means[name] += 0.1 * (gradient - means[name])
            squares[name] += 0.01 * (gradient**2 - squares[name])
            size = np.sqrt(squares[name] / (1 - 0.99**step)) + 1e-6
            if weights[name].ndim == 2:
                weights[name] *= np.float32(1 - rate * learning.decay)
            weights[name] -= (np.float32(rate) * (means[name] / (1 - 0.9**step)) / size).astype(np.float32)
        if step % between == 0 or step == steps:
            loss = loss_of(replace(heads, **weights))
            without_gain = 0 if loss < least else without_gain + 1
            if loss < least:
                least = loss
                best = replace(heads, **{name: value.copy() for name, value in weights.items()})
            tell(step / steps, least)
        if step == steps or without_gain >= learning.patience:
            return best, least
    return best, least


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """b persons: factor scores (b, k), item columns (b, i), which of them are asked (b, i), and groups (b,)."""

    scores: Floats
    columns: NDArray[np.int16]
    asked: NDArray[np.bool_]
    groups: NDArray[np.int64]


def _batches(
    factors: Factors, layout: Layout, columns: NDArray[np.int16], batch: int, random: np.random.Generator
) -> Iterator[_Batch]:
    """Without end, under ever new masks."""
    n_items = layout.n_items
    while True:
        order = random.permutation(len(columns))
        for start in range(0, len(order), CHUNK):
            part = columns[order[start : start + CHUNK]]
            shown = learning_masks(len(part), n_items, part.shape[1], random)
            scores = scores_of(factors, part, shown, ROUGH)
            groups = groups_of(part, layout)
            items = part[:, :n_items]
            asked = (items >= 0) & ~shown[:, :n_items]
            # A last batch of a few persons would count as much as a whole one.
            for first in range(0, max(len(part) - batch + 1, 1), batch):
                rows = slice(first, first + batch)
                yield _Batch(scores[rows], items[rows], asked[rows], groups[rows])


def _gradients(heads: Heads, batch: _Batch, grouping: float) -> dict[str, Floats]:
    """Gradients of the mean loss a person, each of the shape of the weights it is of."""
    n, scores = len(batch.scores), batch.scores
    said = layers_of(heads, scores)
    errors = probabilities_of(heads, scores, said)
    errors *= np.repeat(batch.asked, np.diff(heads.offsets), axis=1)
    person, item = np.nonzero(batch.asked)
    errors[person, batch.columns[person, item]] -= 1.0
    errors /= n
    # Through the groups: what the answers say of them, and what the persons' own groups say.
    wanted = errors @ heads.leanings.T
    guesses = said.groups * (wanted - (said.groups * wanted).sum(axis=1, keepdims=True))
    known = np.flatnonzero(batch.groups >= 0)
    guesses[known] += grouping / n * said.groups[known]
    guesses[known, batch.groups[known]] -= grouping / n
    back = errors @ heads.out.T + guesses @ heads.group_out.T
    back[said.hidden <= 0] = 0
    return {
        "line": scores.T @ errors,
        "bias": errors.sum(axis=0),
        "into": scores.T @ back,
        "threshold": back.sum(axis=0),
        "out": said.hidden.T @ errors,
        "group_line": scores.T @ guesses,
        "group_out": said.hidden.T @ guesses,
        "group_bias": guesses.sum(axis=0),
        "leanings": said.groups.T @ errors,
    }
