"""Probabilities of a probe's options, averaged over what the demonstrations leave open."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.reasoners.ceiling.answering import Answering
from indievaluecatalog.reasoners.ceiling.choices import Choice
from indievaluecatalog.reasoners.ceiling.likelihood import choice_masks, members_score
from indievaluecatalog.reasoners.ceiling.picks import Picks, chance_of
from indievaluecatalog.reasoners.ceiling.posterior import Samples

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Options = NDArray[np.int8]


def predict_options(
    answering: Answering, answers: Options, samples: Samples, probes: Sequence[int], options: int
) -> Doubles:
    """Probabilities (n, p, options) of the refined options of p probes, for n persons.

    A probe that depends on a demonstrated answer even given the traits (of one list of limited picks, a first or
    second choice) is predicted given that answer.

    Args:
        answering: the true model.
        answers: what is known of each person, shape (n, items of the catalog), the probes being unknown.
        samples: of each person's traits.
        probes: places of the probes in the catalog.
        options: the most that an item has.
    """
    n, s = samples.weights.shape
    theta = samples.theta.reshape(n * s, -1)
    country = samples.country.ravel()
    repeated = np.repeat(answers, s, axis=0)
    found = np.zeros((n, len(probes), options))
    for at, probe in enumerate(probes):
        each = _given_traits(answering, repeated, theta, country, probe)
        shares = each.reshape(n, s, -1)
        found[:, at, : shares.shape[2]] = np.einsum("ns,nso->no", samples.weights, shares)
    return found


def _given_traits(
    answering: Answering, answers: Options, theta: Floats, country: NDArray[np.intp], probe: int
) -> NDArray[np.floating]:
    for choice in answering.choices:
        if probe in choice.positions:
            return _choice(choice, answers, theta, country, choice.positions.index(probe))
    item = int(np.flatnonzero(answering.graded.positions == probe)[0])
    for picks in answering.picks:
        if item in picks.members:
            return _pick(answering, picks, answers, theta, country, int(np.flatnonzero(picks.members == item)[0]))
    return answering.graded.option_probabilities(item, theta, country)


def _choice(choice: Choice, answers: Options, theta: Floats, country: NDArray[np.intp], which: int) -> Doubles:
    table = choice.table(theta, country).astype(np.float64)
    masks = choice_masks(choice, answers, table.shape[1:])
    agreeing = table * masks[0][:, :, None] * masks[1][:, None, :]
    found = agreeing.sum(axis=2 - which)
    shares: Doubles = found / np.maximum(found.sum(axis=1, keepdims=True), 1e-300)
    return shares


def _pick(
    answering: Answering, picks: Picks, answers: Options, theta: Floats, country: NDArray[np.intp], member: int
) -> Doubles:
    graded = answering.graded
    seen = answers[:, graded.positions[picks.members]]
    picked = (seen == picks.option).sum(axis=1)
    odds = np.exp(picks.log_odds(members_score(picks, graded, theta, country)))
    chance = chance_of(odds, seen < 0, np.maximum(picks.most - picked, 0), picks.most, member)
    found = np.zeros((len(theta), 2))
    found[:, picks.option[member]] = chance
    found[:, 1 - picks.option[member]] = 1 - chance
    return found
