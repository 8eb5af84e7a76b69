"""Which true traits belong to which person of a dataset, and whether they can be theirs at all."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.survey.person_keys import interview_id_of
from indievaluecatalog.survey.synthetic import TrueModel

LEAST_PERSONS = 20
LARGEST_GAP = 0.1
"""Nats an answer by which the persons' answers may be less probable than the traits say they should be."""


def candidates(people: People, traits: TrueModel) -> list[NDArray[np.intp]]:
    """Rows of the traits that have each person's interview id: one, or several where the id is shared.

    Raises:
        SamplingError: a person without a row.
    """
    ids = traits.interview_ids
    order = np.argsort(ids, kind="stable")
    ordered = ids[order]
    without = np.flatnonzero(ids < 0)
    found = []
    for key in people.person_ids.tolist():
        name = interview_id_of(key, people.catalog.wave.id)
        if name == "none":
            rows = without
        elif name.isdigit():
            low, high = np.searchsorted(ordered, [int(name), int(name) + 1])
            rows = order[low:high]
        else:
            rows = order[:0]
        if not len(rows):
            raise SamplingError(
                f"the true traits have no row for person {key}: they are of another survey file than the dataset"
            )
        found.append(rows)
    return found


def check_fit(probabilities: NDArray[np.float32], answers: NDArray[np.int8]) -> None:
    """Refuse traits under which the persons' answers are much less probable than the traits expect.

    Args:
        probabilities: shape (n, i, k): true probabilities of the options.
        answers: shape (i, n): option positions, negative without a valid answer.

    Raises:
        SamplingError: the traits belong to others; not looked for with fewer than LEAST_PERSONS persons.
    """
    if len(probabilities) < LEAST_PERSONS:
        return
    logs = log_of(probabilities)
    item, person = np.nonzero(answers >= 0)
    if not len(item):
        return
    expected = (probabilities * logs).sum(axis=2)[person, item].mean()
    observed = logs[person, item, answers[item, person]].mean()
    if observed < expected - LARGEST_GAP:
        raise SamplingError(
            f"the true traits are not those of the dataset's persons: their answers have a mean log probability of "
            f"{observed:.2f}, where these traits would make it {expected:.2f}. Name the file that was written with "
            f"this survey file"
        )


def row_weights(probabilities: NDArray[np.float32], answers: NDArray[np.int8]) -> NDArray[np.float64]:
    """How probable it is that each of r rows is the person with these answers, shape (r,), before which all are equal.

    Args:
        probabilities: shape (r, i, k): true probabilities of the options.
        answers: shape (i,): the person's option positions, negative without a valid answer.
    """
    valid = np.flatnonzero(answers >= 0)
    total = log_of(probabilities[:, valid, answers[valid]]).astype(np.float64).sum(axis=1)
    likely = np.exp(total - total.max())
    found: NDArray[np.float64] = likely / likely.sum()
    return found


def log_of(probabilities: NDArray[np.float32]) -> NDArray[np.float32]:
    """Natural logarithm, of nothing smaller than one in a million."""
    return np.log(np.maximum(probabilities, np.float32(1e-6)))
