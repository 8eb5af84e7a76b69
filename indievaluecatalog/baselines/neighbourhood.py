"""Resemblance to everyone: all training persons vote, the more the more they agree."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.baselines.agreement import PERSONS_AT_A_TIME, agreements
from indievaluecatalog.baselines.blocks import in_blocks
from indievaluecatalog.baselines.compared import compared_statements
from indievaluecatalog.baselines.given import Given, Prediction
from indievaluecatalog.baselines.pairs import owners
from indievaluecatalog.baselines.votes import ballot, elected

BLOCK = 64
"""Evaluation persons at a time."""

FULL_VOTE = 2047
"""Votes are whole numbers of this part. Sums over PERSONS_AT_A_TIME of them then stay below 2**24, where 32-bit
floats are exact, so that no order of adding changes a result."""


def predict_neighbourhood(given: Given) -> Prediction:
    """The plurality of all training persons, each with exp(-sharpness * d) votes.

    d is how many answers fewer a person shares than the nearest one does. Votes are rounded to whole 2047ths, so
    that persons too far away have none, as have those who agree in nothing.

    Raises:
        SamplingError: see `compared_statements`.
    """
    compared, choices = compared_statements(given), ballot(given)
    distance = np.arange(compared.most + 1)
    strength = np.rint(FULL_VOTE * np.exp(-float(given.settings["sharpness"]) * distance)).astype(np.float32)
    probe, option = owners(choices.sizes)
    cast = choices.answers[probe] == option[:, None]

    def vote(block: slice) -> NDArray[np.float64]:
        counts = agreements(compared.training, compared.persons[:, block], compared.most)
        # What each count is worth to each person; nothing in common, no vote.
        behind = counts.max(axis=1, keepdims=True, initial=0).astype(np.int64) - distance
        worth = np.where((behind >= 0) & (distance > 0), strength[behind], np.float32(0))
        votes = np.zeros((len(counts), len(probe)))
        weights = np.empty((len(counts), PERSONS_AT_A_TIME), np.float32)
        for start in range(0, counts.shape[1], PERSONS_AT_A_TIME):
            part = counts[:, start : start + PERSONS_AT_A_TIME]
            for row, here in enumerate(part):
                weights[row, : len(here)] = worth[row].take(here)
            votes += weights[:, : part.shape[1]] @ cast[:, start : start + part.shape[1]].astype(np.float32).T
        found = np.zeros((len(counts), *choices.shares.shape))
        found[:, probe, option] = votes / FULL_VOTE
        return found

    parts = in_blocks(len(given.tasks), BLOCK, vote)
    return elected(np.concatenate(parts) if parts else np.zeros((0, *choices.shares.shape)), choices, given)
