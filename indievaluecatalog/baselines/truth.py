"""What can be known of synthetic persons: the most probable option given the traits their answers were drawn from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.baselines.given import Given, Prediction, most_probable
from indievaluecatalog.baselines.traits_match import candidates, check_fit, row_weights
from indievaluecatalog.catalog.model import Granularity, Item
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.survey.synthetic import TrueModel, true_probabilities


def predict_truth(given: Given) -> Prediction:
    """The true probabilities of each probe's options, given the person's traits and that there is a valid answer.

    Persons who share an interview id are told apart by their answers outside the probes: each predicts with the
    rows of that id, weighed by how probable those make the answers.

    Raises:
        SamplingError: no traits, real persons, or traits of other persons.
    """
    people = given.evaluation
    if not people.identity.synthetic:
        raise SamplingError("the baseline truth is for synthetic persons: of real ones nobody knows the true traits")
    if given.traits is None:
        raise SamplingError("the baseline truth needs the file of true traits that was written with the survey file")
    lacking = [item.id for item in people.catalog.items.values() if item.id not in given.traits.model.items]
    if lacking:
        raise SamplingError(f"the true traits say nothing of {', '.join(lacking[:5])}: they are of another catalog")
    hidden = {item.id for item in given.probes}
    others = tuple(item for item in people.catalog.items.values() if item.id not in hidden)
    at = [list(people.catalog.items).index(item.id) for item in others]
    rows = candidates(people, given.traits)
    own = given.traits.take(np.array([found[0] for found in rows], dtype=np.intp))
    alone = np.array([len(found) == 1 for found in rows], dtype=np.bool_)
    check_fit(option_probabilities(own, others, "refined")[alone], people.refined[at][:, alone])
    predicted = option_probabilities(own, given.probes, given.granularity)
    for first in sorted({int(rows[person][0]) for person in np.flatnonzero(~alone)}):
        members = [person for person in np.flatnonzero(~alone).tolist() if rows[person][0] == first]
        sharing = given.traits.take(rows[members[0]])
        elsewhere = option_probabilities(sharing, others, "refined")
        each = option_probabilities(sharing, given.probes, given.granularity)
        for person in members:
            predicted[person] = np.tensordot(row_weights(elsewhere, people.refined[at, person]), each, axes=1)
    return most_probable(predicted)


def option_probabilities(traits: TrueModel, items: tuple[Item, ...], granularity: Granularity) -> NDArray[np.float32]:
    """True probabilities of options, codes that no option covers left out, shape (n, items, k)."""
    width = max(len(item.options(granularity)) for item in items)
    found = np.zeros((len(traits.traits), len(items), width), np.float32)
    for at, item in enumerate(items):
        by_code = true_probabilities(traits, item.id)
        codes = list(item.codes)
        for index, option in enumerate(item.options(granularity)):
            found[:, at, index] = by_code[:, [codes.index(code) for code in option.codes]].sum(axis=1)
    totals = found.sum(axis=2, keepdims=True)
    equal = np.array([[(index < len(item.options(granularity))) for index in range(width)] for item in items])
    spread = np.broadcast_to(equal / equal.sum(axis=1, keepdims=True), found.shape)
    return np.where(totals > 0, found / np.where(totals > 0, totals, 1), spread).astype(np.float32)
