"""Resemblance to a neighbourhood: everyone near enough votes, the nearer the more, and no tie has to be broken."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.baselines.agreement import agreements
from indievaluecatalog.baselines.blocks import in_blocks
from indievaluecatalog.baselines.compared import compared_statements
from indievaluecatalog.baselines.given import Given, Prediction
from indievaluecatalog.baselines.neighbours import BLOCK, border
from indievaluecatalog.baselines.votes import ballot, elected


def predict_neighbourhood(given: Given) -> Prediction:
    """The plurality of all who share at least as many answers as the k-th nearest training person does.

    `k` is a setting; all who are as near as the k-th are in, so there may be more. Someone who shares s answers
    has s - b + 1 votes, b being what the k-th shares. Those who agree in nothing have none.

    Raises:
        SamplingError: see `compared_statements`.
    """
    compared, choices = compared_statements(given), ballot(given)
    k, shape = int(given.settings["k"]), choices.shares.shape
    width = shape[1] + 1
    # Where each vote of each person is counted; the last place of each probe takes the missing ones.
    votes = np.where(choices.answers < 0, shape[1], choices.answers)
    places = np.ascontiguousarray((votes + width * np.arange(shape[0])[:, None]).T.astype(np.int32))

    def vote(block: slice) -> NDArray[np.float64]:
        counts = agreements(compared.training, compared.persons[:, block], compared.most)
        return np.stack([_votes(here, places, k, shape[0] * width).reshape(shape[0], width)[:, :-1] for here in counts])

    parts = in_blocks(len(given.tasks), BLOCK, vote)
    return elected(np.concatenate(parts) if parts else np.zeros((0, *shape)), choices, given)


def _votes(
    counts: NDArray[np.unsignedinteger[Any]], places: NDArray[np.int32], k: int, length: int
) -> NDArray[np.float64]:
    lowest = border(counts, k)
    near = np.flatnonzero(counts >= lowest)
    weights = counts[near].astype(np.float64) - lowest + 1
    return np.bincount(places[near].ravel(), weights=np.repeat(weights, places.shape[1]), minlength=length).astype(
        np.float64
    )
