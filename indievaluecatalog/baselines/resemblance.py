"""Resemblance: the training persons who agree most with a person vote on each probe."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.baselines.compared import compared_statements
from indievaluecatalog.baselines.given import Given, Prediction
from indievaluecatalog.baselines.nearest import Near, find_nearest
from indievaluecatalog.baselines.votes import ballot, elected

Weigh = Callable[[NDArray[np.int32], int], NDArray[np.float64]]


def predict_nearest(given: Given) -> Prediction:
    """The plurality of the `k` training persons who share most answers, of those of them who answered the probe.

    Raises:
        SamplingError: see `compared_statements`.
    """
    return _vote(given, lambda shared, k: np.ones(min(k, len(shared))))


def predict_neighbourhood(given: Given) -> Prediction:
    """The plurality of all who share at least as many answers as the k-th nearest training person does.

    `k` is a setting; all who are as near as the k-th are in, so there may be more and no tie has to be broken.
    Someone who shares s answers has s - b + 1 votes, b being what the k-th shares. Those who agree in nothing
    have none.

    Raises:
        SamplingError: see `compared_statements`.
    """
    return _vote(given, _by_nearness)


def _by_nearness(shared: NDArray[np.int32], k: int) -> NDArray[np.float64]:
    border = int(shared[k - 1]) if len(shared) >= k else 1
    return shared[shared >= border].astype(np.float64) - border + 1


def _vote(given: Given, weigh: Weigh) -> Prediction:
    """`weigh` gives the votes of the nearest persons, nearest first, from what each shares; the others have none."""
    k = int(given.settings["k"])
    near = given.near
    if near is None or near.k < k:
        near = nearest_for(given, k)
    choices = ballot(given)
    probes, options = choices.shares.shape
    # Where each vote of each person is counted; the last place of each probe takes the missing ones.
    votes = np.where(choices.answers < 0, options, choices.answers)
    places = np.ascontiguousarray((votes + (options + 1) * np.arange(probes)[:, None]).T.astype(np.int32))
    counted = np.zeros((len(given.tasks), probes, options))
    for row, (who, shared) in enumerate(zip(near.who, near.shared, strict=True)):
        weights = weigh(shared, k)
        cells = places[who[: len(weights)]].ravel()
        full = np.bincount(cells, weights=np.repeat(weights, probes), minlength=probes * (options + 1))
        counted[row] = full.reshape(probes, options + 1)[:, :options]
    return elected(counted, choices, given)


def nearest_for(given: Given, k: int) -> Near:
    """The k nearest to the persons of a question, to be shared by several that differ in k only.

    Raises:
        SamplingError: see `compared_statements`.
    """
    compared = compared_statements(given)
    return find_nearest(compared.training, compared.persons, compared.most, k)
