"""Which items tell most about a setup's probes: greedy by expected information, from training persons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.sampling.protocol import OURS, Protocol
from indievaluecatalog.sampling.tasks import demonstration_items, probe_items

Numbers = NDArray[np.float64]

BLOCK = 4_096
DIGITS = 9
RIDGE = 1e-3
"""Added to every indicator's variance, so that options hardly anyone chose carry no information."""


def informative_order(
    catalog: Catalog,
    options: NDArray[np.int8],
    setup: int,
    *,
    protocol: Protocol = OURS,
    seen: NDArray[np.bool_] | None = None,
) -> NDArray[np.int16]:
    """All items that may be shown in a setup, most informative first.

    Options are treated as jointly Gaussian 0/1 indicators with the training persons' means and covariances (a
    missing answer stands at the mean), each with a little noise of its own (RIDGE). Each step takes the item whose
    answer, given those of the items taken before, tells most about the probes: the sum over probes of their mutual
    information with it, in nats. Ties go to the earlier item.

    Args:
        catalog: i items.
        options: int8, shape (i, n): option positions of n training persons at one granularity, -1 without one.
        setup: whose probes count.
        protocol: which items may be shown.
        seen: bool, shape (i,): restricts the items further, such as to those of a hold-out's training part.

    Returns:
        int16 item positions.

    Raises:
        SamplingError: no training persons, or an unknown setup or category.
    """
    if not options.shape[1]:
        raise SamplingError("the informative order is computed on training persons, and there are none")
    allowed = demonstration_items(catalog, setup, protocol)
    if seen is not None:
        allowed &= seen
    columns = _columns(options)
    covariance = _covariance(options, columns)
    ids = list(catalog.items)
    probes = [columns.of(ids.index(item)) for item in probe_items(catalog, setup)]
    open_items = [int(item) for item in np.flatnonzero(allowed)]
    taken = []
    while open_items:
        blocks = [columns.of(item) for item in open_items]
        gains = _gains(covariance, blocks, probes)
        # Gains that differ by rounding alone are equal, on every machine.
        best = int(np.argmax(np.round(gains, DIGITS)))
        covariance = _given(covariance, blocks[best])
        taken.append(open_items.pop(best))
    return np.array(taken, dtype=np.int16)


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    """Indicator columns: one for each option of an item that someone chose, but the first such."""

    item: NDArray[np.intp]
    option: NDArray[np.int8]

    def of(self, item: int) -> NDArray[np.intp]:
        return np.flatnonzero(self.item == item)


def _columns(options: NDArray[np.int8]) -> _Columns:
    items, chosen = [], []
    for item, row in enumerate(options):
        found = np.unique(row[row >= 0])[1:]
        items += [item] * len(found)
        chosen += found.tolist()
    return _Columns(np.array(items, dtype=np.intp), np.array(chosen, dtype=np.int8))


def _covariance(options: NDArray[np.int8], columns: _Columns) -> Numbers:
    """Covariance of the indicators, missing ones at their mean, shape (c, c).

    From counts of pairs alone, which are whole numbers, so that the order of persons cannot matter.
    """
    c = len(columns.item)
    pairs = np.zeros((2 * c, 2 * c))
    for start in range(0, options.shape[1], BLOCK):
        part = options[columns.item, start : start + BLOCK]
        both = np.concatenate([part == columns.option[:, None], part >= 0]).astype(np.float32)
        pairs += both @ both.T
    hits, answered = pairs[:c, :c], np.diag(pairs)[c:]
    means = np.diag(hits) / np.maximum(answered, 1)
    hit_while_answered = pairs[:c, c:] * means[None, :]
    centred = hits - hit_while_answered - hit_while_answered.T + pairs[c:, c:] * np.outer(means, means)
    total: Numbers = centred / options.shape[1]
    total[np.diag_indices_from(total)] += RIDGE
    return total


def _gains(covariance: Numbers, blocks: list[NDArray[np.intp]], probes: list[NDArray[np.intp]]) -> Numbers:
    """Mutual information in nats that each block has with the probes, summed over probes, shape (blocks,)."""
    gains = np.zeros(len(blocks))
    for width in {len(block) for block in blocks} - {0}:
        which = [at for at, block in enumerate(blocks) if len(block) == width]
        block = np.stack([blocks[at] for at in which])
        precision = np.linalg.inv(covariance[block[:, :, None], block[:, None, :]])
        for size in {len(probe) for probe in probes} - {0}:
            probe = np.stack([part for part in probes if len(part) == size])
            own = covariance[probe[:, :, None], probe[:, None, :]]
            cross = covariance[probe[:, None, :, None], block[None, :, None, :]]
            left = own[:, None] - cross @ precision[None] @ cross.swapaxes(-1, -2)
            before, after = _log_determinant(own)[:, None], _log_determinant(left)
            gains[which] += 0.5 * (before - after).sum(axis=0)
    return gains


def _log_determinant(matrices: Numbers) -> Numbers:
    if matrices.shape[-1] == 1:
        return np.log(np.maximum(matrices[..., 0, 0], np.finfo(float).tiny))
    found: Numbers = np.linalg.slogdet(matrices)[1]
    return found


def _given(covariance: Numbers, block: NDArray[np.intp]) -> Numbers:
    """The covariance left once a block is known."""
    if not len(block):
        return covariance
    cross = covariance[:, block]
    left: Numbers = covariance - cross @ np.linalg.solve(covariance[np.ix_(block, block)], cross.T)
    # What is known has no variance left; the ridge keeps later steps from dividing by zero.
    left[block, block] += RIDGE
    return left
