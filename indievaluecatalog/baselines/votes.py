"""From votes to predictions: plurality, ties by how common an option is, smoothed shares as probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.baselines.compared import with_missing
from indievaluecatalog.baselines.given import Given, Prediction, most_probable
from indievaluecatalog.baselines.shares import as_shares, option_counts
from indievaluecatalog.scoring.results import UNREAD


@dataclass(frozen=True, slots=True, eq=False)
class Ballot:
    """What training persons can vote for, probe by probe.

    Attributes:
        answers: int8, shape (p, m): each training person's vote; negative for none.
        sizes: shape (p,): things to vote for, a missing answer among them where it counts.
        shares: shape (p, k): how common each is among all training persons.
    """

    answers: NDArray[np.int8]
    sizes: NDArray[np.int64]
    shares: NDArray[np.float64]


def ballot(given: Given) -> Ballot:
    """The training persons' votes; with missing="counted" a missing answer is one."""
    answers, sizes = given.probe_answers, given.sizes
    if given.tasks.protocol.missing == "counted":
        answers, sizes = with_missing(answers, sizes), sizes + 1
    return Ballot(answers, sizes, as_shares(option_counts(answers, sizes)[0], sizes))


def elected(votes: NDArray[np.float64], choices: Ballot, given: Given) -> Prediction:
    """The option with most votes, shape (n, p, k).

    All training persons together add one vote, split by how common each option is: it decides between options
    with equally many whole votes, stands alone where nobody voted, and keeps probabilities off 0. Of options that
    are equal in that too, the first in the catalog. Where a missing answer wins there is no prediction that can be
    read, and with missing answers among the votes there are no probabilities.
    """
    scores = votes + choices.shares
    if given.tasks.protocol.missing != "counted":
        return most_probable(scores / scores.sum(axis=2, keepdims=True))
    options = np.argmax(scores, axis=2)
    return Prediction(np.where(options == given.sizes, UNREAD, options).astype(np.int8), None)
