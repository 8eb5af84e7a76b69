"""The parts of the true model, each against another way to the same figure."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from indievaluecatalog.baselines.truth import option_probabilities
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.ceiling.answering import Answering, make_answering
from indievaluecatalog.reasoners.ceiling.likelihood import log_likelihood
from indievaluecatalog.reasoners.ceiling.modes import likelihood_bend
from indievaluecatalog.reasoners.ceiling.picks import chance_of, chances_of_all, log_weight
from indievaluecatalog.reasoners.ceiling.posterior import Samples
from indievaluecatalog.reasoners.ceiling.predict import predict_options
from indievaluecatalog.survey.synthetic import TrueModel
from indievaluecatalog.survey.synthetic.limits import pick_probabilities

ODDS = np.array([[0.3, 2.0, 1.0, 0.7, 5.0]])
WIDEST = 8
"""Options of the item that has most."""


@pytest.fixture(scope="module")
def answering(truth: TrueModel, catalog: Catalog) -> Answering:
    return make_answering(truth.model, catalog)


def traits_of(truth: TrueModel, rows: slice) -> tuple[np.ndarray, np.ndarray]:
    traits = truth.traits
    theta = np.column_stack([traits.factors, traits.acquiescence, traits.extremeness])[rows].astype(np.float32)
    return theta, traits.country[rows].astype(np.intp)


@pytest.mark.parametrize("left", [0, 1, 2])
def test_picks_are_counted_like_every_subset(left: int) -> None:
    free = np.array([[True, True, False, True, True]])
    subsets = [s for s in product((0, 1), repeat=5) if not s[2] and sum(s) <= left]
    weights = np.array([np.prod(ODDS[0] ** np.array(s)) for s in subsets])
    assert log_weight(ODDS, free, np.array([left]), 2)[0] == pytest.approx(np.log(weights.sum()))
    chances = chances_of_all(ODDS, free, np.array([left]), 2)[0]
    np.testing.assert_allclose(chances, weights @ np.array(subsets) / weights.sum(), atol=1e-12)


def test_without_knowledge_picks_have_the_models_own_chances() -> None:
    chances = ODDS / (1 + ODDS)
    every, most = np.ones(ODDS.shape, np.bool_), np.array([2])
    expected = pick_probabilities(chances.astype(np.float32), 2)[0]
    found = [chance_of(ODDS, every, most, 2, item)[0] for item in range(ODDS.shape[1])]
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_every_item_is_answered_as_the_true_model_says(
    answering: Answering, truth: TrueModel, catalog: Catalog
) -> None:
    theta, country = traits_of(truth, slice(0, 20))
    samples = Samples(theta[:, None], country[:, None], np.ones((20, 1)))
    nothing = np.full((20, len(catalog.items)), -1, np.int8)
    items = tuple(catalog.items.values())
    expected = option_probabilities(truth.take(np.arange(20)), items, "refined")
    found = predict_options(answering, nothing, samples, range(len(items)), expected.shape[2])
    np.testing.assert_allclose(found, expected, atol=2e-4)


def test_answers_of_one_item_are_as_probable_as_they_are_predicted(
    answering: Answering, truth: TrueModel, catalog: Catalog
) -> None:
    theta, country = traits_of(truth, slice(0, 1))
    samples = Samples(theta[:, None], country[:, None], np.ones((1, 1)))
    for at, item in enumerate(catalog.items.values()):
        answers = np.full((len(item.refined), len(catalog.items)), -1, np.int8)
        expected = predict_options(answering, answers[:1], samples, [at], WIDEST)[0, 0, : len(answers)]
        answers[:, at] = np.arange(len(item.refined))
        each = log_likelihood(answering, answers, theta.repeat(len(answers), 0), country.repeat(len(answers)))
        np.testing.assert_allclose(np.exp(each), expected, atol=2e-4, err_msg=item.id)


def test_what_is_heard_of_a_list_changes_what_is_left(answering: Answering, truth: TrueModel, catalog: Catalog) -> None:
    """A joint probability is that of the one times that of the other given the one, for every dependent pair."""
    theta, country = traits_of(truth, slice(3, 4))
    samples = Samples(theta[:, None], country[:, None], np.ones((1, 1)))
    names = list(catalog.items)
    pairs = [(names.index(a), names.index(b)) for a, b in truth.model.second_choices.items()]
    limited = [names.index(name) for limit in truth.model.limits for name in limit.items]
    pairs += list(zip(limited[::2], limited[1::2], strict=False))
    sizes = [len(item.refined) for item in catalog.items.values()]
    for first, second in [*pairs, *[(b, a) for a, b in pairs]]:
        for heard in range(sizes[first]):
            answers = np.full((sizes[second], len(names)), -1, np.int8)
            answers[:, first] = heard
            alone = np.exp(log_likelihood(answering, answers[:1], theta, country))[0]
            given = predict_options(answering, answers[:1], samples, [second], WIDEST)[0, 0, : sizes[second]]
            answers[:, second] = np.arange(sizes[second])
            many = len(answers)
            both = np.exp(log_likelihood(answering, answers, theta.repeat(many, 0), country.repeat(many)))
            np.testing.assert_allclose(given * alone, both, atol=2e-5)


def test_slopes_are_those_of_the_likelihood(answering: Answering, truth: TrueModel, catalog: Catalog) -> None:
    theta, country = traits_of(truth, slice(0, 6))
    rng = np.random.default_rng(0)
    answers = np.array([[rng.integers(len(item.refined)) for item in catalog.items.values()] for _ in theta], np.int8)
    # Off the scale a slope is only about right, which weights make up for.
    off = [at for at, item in enumerate(catalog.items) if truth.model.items[item].off_codes]
    answers[:, off] = -1
    seconds = [at for at, item in enumerate(catalog.items) if item in truth.model.second_choices]
    answers[:, seconds] = -1
    gradient, information = likelihood_bend(answering, answers, theta, country).of_traits(answering)
    step = np.float32(0.02)
    for trait in range(theta.shape[1]):
        away = np.zeros_like(theta)
        away[:, trait] = step
        up, down = (log_likelihood(answering, answers, theta + sign * away, country) for sign in (1, -1))
        np.testing.assert_allclose(gradient[:, trait], (up - down) / (2 * step), rtol=0.02, atol=0.05)
    assert (np.linalg.eigvalsh(information) > -1e-3).all()


def test_a_model_of_another_catalog_is_refused(truth: TrueModel, catalog: Catalog) -> None:
    fewer = {name: item for name, item in truth.model.items.items() if name != "Q1"}
    with pytest.raises(ReasonerError, match="says nothing of Q1"):
        make_answering(replace(truth.model, items=fewer), catalog)
