"""From factors to probabilities: a multinomial logistic model of every item, with two layers beside the line.

The line starts where the factor analysis ends. The *groups* guess a person's country from the factors and lean towards
what is usual there, which no line can: a person is of one country, not of the middle of two. Hidden units learn what
else is not linear.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.reasoners.statistical.columns import Layout
from indievaluecatalog.reasoners.statistical.factors import Factors
from indievaluecatalog.reasoners.statistical.moments import Moments

Floats = NDArray[np.float32]
GROUP_PRIOR = 1_000.0
"""Persons' worth by which a group's leanings are drawn to those of all."""
PARTS = ("line", "bias", "into", "threshold", "out", "group_line", "group_out", "group_bias", "leanings")


@dataclass(frozen=True, slots=True, eq=False)
class Heads:
    """Weights for k factors, h hidden units, g groups (0 for none) and c item columns.

    Attributes:
        line: (k, c); bias: (c,): factors to logits; float32 as all weights.
        into: (k, h); threshold: (h,); out: (h, c): the hidden units.
        group_line: (k, g); group_out: (h, g); group_bias: (g,): factors and hidden units to logits of the groups.
        leanings: (g, c): what each group adds to the logits.
        offsets: int64, shape (i + 1,): first column of each item.
    """

    line: Floats
    bias: Floats
    into: Floats
    threshold: Floats
    out: Floats
    group_line: Floats
    group_out: Floats
    group_bias: Floats
    leanings: Floats
    offsets: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """What the layers say of n persons: hidden units (n, h), probabilities of the groups (n, g)."""

    hidden: Floats
    groups: Floats


def first_heads(moments: Moments, layout: Layout, factors: Factors, hidden: int, seed: int) -> Heads:
    """Heads before learning: the factor analysis itself, read on the scale of logits."""
    c, k, inside = layout.n_item_columns, factors.k, layout.group_columns
    shares = moments.shares
    random = np.random.default_rng([seed, 2])
    logits = (factors.loadings / np.maximum(shares, 1e-3)[:, None]).T.astype(np.float32)
    bias = np.log(np.maximum(shares, 1e-4)).astype(np.float32)
    groups = inside.stop - inside.start
    lift = moments.covariances[inside, :c] / np.maximum(np.outer(shares[inside], shares[:c]), 1e-8)
    # A group of few persons says little of its own.
    lift *= (moments.counts[inside] / (moments.counts[inside] + GROUP_PRIOR))[:, None]
    return Heads(
        line=logits[:, :c].copy(),
        bias=bias[:c].copy(),
        into=(random.standard_normal((k, hidden)) / np.sqrt(max(k, 1))).astype(np.float32),
        threshold=np.zeros(hidden, np.float32),
        out=np.zeros((hidden, c), np.float32),
        group_line=logits[:, inside].copy(),
        group_out=np.zeros((hidden, groups), np.float32),
        group_bias=bias[inside].copy(),
        leanings=np.log(np.clip(1 + lift, 0.05, 20)).astype(np.float32),
        offsets=layout.offsets[: layout.n_items + 1],
    )


def layers_of(heads: Heads, scores: Floats) -> Layers:
    """What the layers say of n persons with factor scores of shape (n, k)."""
    hidden: Floats = np.maximum(scores @ heads.into + heads.threshold, 0)
    groups = scores @ heads.group_line + heads.group_bias + hidden @ heads.group_out
    if groups.shape[1]:
        np.exp(groups - groups.max(axis=1, keepdims=True), out=groups)
        groups /= groups.sum(axis=1, keepdims=True)
    return Layers(hidden, groups)


def probabilities_of(heads: Heads, scores: Floats, layers: Layers | None = None) -> Floats:
    """Probability of every refined option, shape (n, c), adding up to one over each item's."""
    said = layers_of(heads, scores) if layers is None else layers
    logits = scores @ heads.line + heads.bias + said.hidden @ heads.out + said.groups @ heads.leanings
    return grouped_softmax(logits, heads.offsets)


def grouped_softmax(logits: Floats, offsets: NDArray[np.int64]) -> Floats:
    """Softmax within each item's columns, in place, shape as given."""
    sizes = np.diff(offsets)
    logits -= np.repeat(np.maximum.reduceat(logits, offsets[:-1], axis=1), sizes, axis=1)
    np.exp(logits, out=logits)
    logits /= np.repeat(np.add.reduceat(logits, offsets[:-1], axis=1), sizes, axis=1)
    return logits
