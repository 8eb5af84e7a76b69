"""Resemblance: the training persons who agree most with a person vote on each probe."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.baselines.agreement import agreements
from indievaluecatalog.baselines.blocks import in_blocks
from indievaluecatalog.baselines.compared import compared_statements
from indievaluecatalog.baselines.given import Given, Prediction
from indievaluecatalog.baselines.votes import ballot, elected

BLOCK = 32
"""Evaluation persons at a time; one takes as many bytes as there are training persons."""


def predict_nearest(given: Given) -> Prediction:
    """The plurality of the `k` training persons who share most answers, of those of them who answered the probe.

    Raises:
        SamplingError: see `compared_statements`.
    """
    compared, k = compared_statements(given), int(given.settings["k"])

    choices = ballot(given)
    # One row a person, and a last one without votes, which -1 finds.
    cast = np.concatenate([choices.answers.T, np.full((1, len(choices.sizes)), -1, np.int8)])
    width = int(choices.sizes.max())

    def vote(block: slice) -> NDArray[np.float64]:
        counts = agreements(compared.training, compared.persons[:, block], compared.most)
        who = np.full((len(counts), k), -1, np.intp)
        for row, here in enumerate(counts):
            found = nearest(here, k)
            who[row, : len(found)] = found
        voted = cast[who]
        return np.stack([(voted == option).sum(axis=1) for option in range(width)], axis=2).astype(np.float64)

    parts = in_blocks(len(given.tasks), BLOCK, vote)
    return elected(np.concatenate(parts) if parts else np.zeros((0, *choices.shares.shape)), choices, given)


def nearest(counts: NDArray[np.unsignedinteger[Any]], k: int) -> NDArray[np.intp]:
    """Positions of the k highest counts, highest first; of equal ones the earlier position.

    Persons who agree in nothing are no neighbours, so there may be fewer than k.

    Args:
        counts: shape (m,): agreement with each training person.
        k: how many.
    """
    found = np.flatnonzero(counts >= border(counts, k))
    order = np.argsort(-counts[found].astype(np.int32), kind="stable")[:k]
    return found[order]


def border(counts: NDArray[np.unsignedinteger[Any]], k: int) -> int:
    """The k-th highest of m counts, and at least 1."""
    at_least = np.bincount(counts)[::-1].cumsum()[::-1]
    return max(int((at_least >= k).sum()) - 1, 1)
