"""Factor analysis of answers: what options have in common, and what any subset of answers says of a person.

Options are scaled as in correspondence analysis, and the part of their covariance that crosses items is approached
with k factors (iterated principal axes). Given the factors the items are taken as independent and normal, so that a
person's factors given any answers are a regularised regression whose pieces add up item by item: conditioning on the
covariance matrix, at the cost of a system of k unknowns a person.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.reasoners.statistical.columns import NO_COLUMN, Layout, indicators
from indievaluecatalog.reasoners.statistical.moments import Moments

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
ROUNDS = 15
LEAST_VARIANCE = 1e-6
LEAST_NOISE = 0.05
"""Variance, of 1, that an option keeps to itself at least; directions with less are those that add up to nothing."""
BLOCK = 2_048
TOLERANCE, ROUGH = 1e-6, 3e-3
"""Of the largest right side: what may be left unsolved, for predictions and while learning."""
MOST_STEPS = 60


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """k factors over v variables with c columns, turned so that answering everything informs each by itself.

    Attributes:
        loadings: float32, shape (c, k): change of an option's probability with the factors.
        evidence: float32, shape (c, k): what an answer adds to the right side of the person's system.
        roots: float32, shape (c, k): an answered variable with columns b adds roots[b].T @ roots[b] to its left side.
        widths: int64, shape (v,): columns of each variable.
    """

    loadings: Floats
    evidence: Floats
    roots: Floats
    widths: NDArray[np.int64]

    @property
    def k(self) -> int:
        """How many factors."""
        return int(self.loadings.shape[1])


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """All axes of the scaled covariances between columns of different variables: any number of factors starts here.

    Attributes:
        scale: shape (c,): what the columns are multiplied by; 0 for those that nobody chose.
        scaled: covariances, shape (c, c).
        blocks: the columns of each variable.
        variances: shape (c,), ascending; vectors: shape (c, c).
    """

    scale: Doubles
    scaled: Doubles
    blocks: tuple[slice, ...]
    variances: Doubles
    vectors: Doubles


def axes_of(moments: Moments, layout: Layout) -> Axes:
    """The axes of the moments' covariances."""
    shares = moments.shares
    scale = np.where(shares > 0, 1 / np.sqrt(np.maximum(shares, 1e-4)), 0.0)
    scaled = moments.covariances * scale[:, None] * scale
    blocks = tuple(slice(start, end) for start, end in zip(layout.offsets, layout.offsets[1:], strict=False))
    between = scaled.copy()
    for block in blocks:
        between[block, block] = 0.0
    variances, vectors = np.linalg.eigh(between)
    return Axes(scale, scaled, blocks, variances, vectors)


def fit_factors(moments: Moments, layout: Layout, k: int, axes: Axes | None = None) -> Factors:
    """Factors of the moments' covariances; fewer than k where there are not as many with a positive variance.

    Args:
        moments: of the persons to learn from.
        layout: of the columns.
        k: how many.
        axes: of the moments, where they are known already.
    """
    shares = moments.shares
    used = shares > 0
    start = axes or axes_of(moments, layout)
    scale, scaled, blocks = start.scale, start.scaled, start.blocks
    loadings = _principal_axes(start, min(k, len(scaled) - 1))
    roots, evidence = np.zeros_like(loadings), np.zeros_like(loadings)
    for block in blocks:
        inside = loadings[block]
        root = _inverse_root(scaled[block, block] - inside @ inside.T)
        roots[block] = root @ inside
        centred = np.diag(scale[block]) - (shares * scale)[block]
        evidence[block] = np.where(used[block, None], centred @ root @ roots[block], 0.0)
    turned = np.linalg.eigh(roots.T @ roots)[1][:, ::-1]
    back = np.where(used, np.sqrt(np.maximum(shares, 1e-4)), 0.0)[:, None]
    return Factors(
        loadings=(loadings * back @ turned).astype(np.float32),
        evidence=(evidence @ turned).astype(np.float32),
        roots=(roots @ turned).astype(np.float32),
        widths=layout.widths,
    )


def _principal_axes(start: Axes, k: int) -> Doubles:
    """Loadings (c, k) whose products approach the covariances between variables, whatever they are within one."""
    common, blocks = start.scaled.copy(), start.blocks
    # What is largest in size must be largest in value, for the multiplications below to find it.
    shift = max(-float(start.variances[0]), 0.0)
    variances, axes = start.variances[::-1][:k], start.vectors[:, ::-1][:, :k]
    for _ in range(ROUNDS):
        loadings = axes * np.sqrt(np.maximum(variances, 0.0))
        for block in blocks:
            common[block, block] = loadings[block] @ loadings[block].T
        for _ in range(2):
            axes = np.linalg.qr(common @ axes + shift * axes)[0]
        variances, turned = np.linalg.eigh(axes.T @ common @ axes)
        variances, axes = variances[::-1], axes @ turned[:, ::-1]
    # The same matrix gives the same factors: an axis points to where it reaches furthest.
    furthest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    positive = variances > LEAST_VARIANCE
    found: Doubles = (axes * np.where(furthest < 0, -1.0, 1.0) * np.sqrt(np.maximum(variances, 0.0)))[:, positive]
    return found


def _inverse_root(noise: Doubles) -> Doubles:
    """Symmetric root of the inverse, on the directions that have a variance."""
    values, vectors = np.linalg.eigh(noise)
    kept = values > LEAST_NOISE
    found: Doubles = (vectors[:, kept] / np.sqrt(values[kept])) @ vectors[:, kept].T
    return found


def scores_of(
    factors: Factors, columns: NDArray[np.int16], shown: NDArray[np.bool_], tolerance: float = TOLERANCE
) -> Floats:
    """What the shown answers say of the factors: their mean given these answers, shape (n, k).

    Zero for a person of whom nothing is shown.

    Args:
        factors: k factors over v variables.
        columns: shape (n, v): the column of each answer, NO_COLUMN without one.
        shown: shape (n, v): which answers may be used.
        tolerance: what may be left unsolved.
    """
    found = np.empty((len(columns), factors.k), np.float32)
    for start in range(0, len(columns), BLOCK):
        block = columns[start : start + BLOCK]
        used = shown[start : start + BLOCK] & (block >= 0)
        right = indicators(np.where(used, block, NO_COLUMN), len(factors.evidence)) @ factors.evidence
        found[start : start + BLOCK] = _solved(factors, used, right, tolerance)
    return found


def _solved(factors: Factors, used: NDArray[np.bool_], right: Floats, tolerance: float) -> Floats:
    """Solutions of (1 + sum of the used variables' roots.T @ roots) x = right, shape (n, k).

    Conjugate gradients for all persons at once, two matrix products a step: the systems are never written out. Each is
    near a diagonal one, that of the same number of answers spread evenly, which is what the steps start from.
    """
    # What nobody here shows has no part in it; a short questionnaire is most of the time saved.
    there = used.any(axis=0)
    inside = np.repeat(used[:, there], factors.widths[there], axis=1).astype(np.float32)
    roots = factors.roots[np.repeat(there, factors.widths)]
    evenly = used.mean(axis=1, dtype=np.float32)[:, None] * (factors.roots**2).sum(axis=0)
    towards = 1 / (1 + evenly)
    enough = tolerance * np.sqrt((right**2).sum(axis=1)).max(initial=0.0)
    found: Floats = right * towards
    left = right - found - (inside * (found @ roots.T)) @ roots
    step = towards * left
    size = (left * step).sum(axis=1, keepdims=True)
    for _ in range(MOST_STEPS):
        if np.sqrt((left**2).sum(axis=1)).max(initial=0.0) <= enough:
            break
        moved = step + (inside * (step @ roots.T)) @ roots
        length = size / np.maximum((step * moved).sum(axis=1, keepdims=True), 1e-20)
        found += length * step
        left -= length * moved
        near = towards * left
        now = (left * near).sum(axis=1, keepdims=True)
        step = near + now / np.maximum(size, 1e-20) * step
        size = now
    return found
