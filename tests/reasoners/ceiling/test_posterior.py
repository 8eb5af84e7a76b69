"""The posterior of traits: against sums over a grid, against a long chain, and at its two ends."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from indievaluecatalog.baselines.truth import option_probabilities
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.reasoners.ceiling.likelihood import log_likelihood
from indievaluecatalog.reasoners.ceiling.posterior import Samples, World
from indievaluecatalog.reasoners.ceiling.predict import predict_options
from indievaluecatalog.reasoners.ceiling.run import make_world, sample_persons
from indievaluecatalog.survey.synthetic import TrueModel
from indievaluecatalog.survey.synthetic.traits import Traits

WIDEST = 8


def alone(truth: TrueModel, catalog: Catalog) -> list[int]:
    """Places of the items that depend on traits and country only."""
    model = truth.model
    together = {*model.second_choices, *model.second_choices.values(), *(n for x in model.limits for n in x.items)}
    return [at for at, name in enumerate(catalog.items) if name not in together]


def shown_some(people: People, persons: NDArray[np.intp], items: list[int]) -> NDArray[np.int8]:
    answers = np.full((len(persons), len(people.catalog.items)), -1, np.int8)
    answers[:, items] = people.refined[items][:, persons].T
    return answers


@pytest.mark.parametrize("shown", [3, 30])
def test_two_traits_and_two_countries_are_summed_over_a_grid(
    shown: int, narrow: TrueModel, people: People, catalog: Catalog
) -> None:
    world = make_world(narrow, people)
    items = alone(narrow, catalog)
    probes = items[::20]
    told = [at for at in items if at not in probes][:: 200 // shown][:shown]
    answers = shown_some(people, np.arange(4), told)

    f, e = (axis.ravel() for axis in np.meshgrid(np.linspace(-5, 5, 81), np.linspace(-4, 4, 41)))
    points = np.zeros((2 * len(f), len(narrow.model.factor_names)), np.float32)
    points[:, 0] = np.tile(f, 2)
    styles = np.tile(e, 2).astype(np.float32)
    country = np.repeat([0, 1], len(f)).astype(np.int16)
    grid = TrueModel(Traits(points, np.zeros_like(styles), styles, country), narrow.model, np.arange(2 * len(f)))
    every = tuple(catalog.items.values())
    of_told = option_probabilities(grid, tuple(every[at] for at in told), "refined")
    of_probes = option_probabilities(grid, tuple(every[at] for at in probes), "refined")
    factor = narrow.traits.factors[:, 0].astype(np.float64)
    means = np.array([factor[narrow.traits.country == c].mean() for c in (0, 1)])
    away = factor - means[narrow.traits.country]
    log_prior = -0.5 * (points[:, 0] - means[country]) ** 2 / (away @ away / (len(away) - 2)) - 0.5 * styles**2
    log_prior += np.log(np.bincount(narrow.traits.country) / len(narrow.traits))[country]

    samples = sample_persons(world, answers, [str(i) for i in range(4)], 6_000, seed=0)
    found = predict_options(world.answering, answers, samples, probes, WIDEST)
    assert (samples.effective > 1_200).all()
    for person in range(4):
        logs = log_prior.astype(np.float64).copy()
        for at, item in enumerate(told):
            if answers[person, item] >= 0:
                logs += np.log(np.maximum(of_told[:, at, answers[person, item]], 1e-30))
        weights = np.exp(logs - logs.max())
        exact = np.tensordot(weights / weights.sum(), of_probes, axes=1)
        np.testing.assert_allclose(found[person, :, : exact.shape[1]], exact, atol=0.02)


def test_who_said_nothing_is_anybody(truth: TrueModel, people: People, catalog: Catalog) -> None:
    """Without demonstrations the prediction is the mean over traits drawn from the prior."""
    world = make_world(truth, people)
    rng = np.random.default_rng(1)
    many, q = 20_000, world.prior.means.shape[1]
    country = rng.choice(len(world.prior.shares), many, p=world.prior.shares)
    root = np.linalg.cholesky(np.linalg.inv(world.prior.precision.astype(np.float64)))
    theta = (world.prior.means[country] + rng.standard_normal((many, q)) @ root.T).astype(np.float32)
    drawn = Traits(theta[:, :-2], theta[:, -2], theta[:, -1], country.astype(np.int16))
    items = tuple(catalog.items.values())
    expected = option_probabilities(TrueModel(drawn, truth.model, np.arange(many)), items[::10], "refined").mean(axis=0)
    nothing = np.full((1, len(items)), -1, np.int8)
    samples = sample_persons(world, nothing, ["anybody"], 20_000, seed=0)
    found = predict_options(world.answering, nothing, samples, range(0, len(items), 10), WIDEST)[0]
    np.testing.assert_allclose(found[:, : expected.shape[1]], expected, atol=0.015)
    np.testing.assert_allclose(samples.effective, 20_000, rtol=0.01)


def test_draws_are_of_the_person_and_not_of_the_company(truth: TrueModel, people: People) -> None:
    world = make_world(truth, people)
    answers = shown_some(people, np.arange(6), list(range(0, 253, 4)))
    keys = [f"p{at}" for at in range(6)]
    together = sample_persons(world, answers, keys, 32, seed=0)
    back = sample_persons(world, answers[::-1], keys[::-1], 32, seed=0)
    np.testing.assert_allclose(together.theta, back.theta[::-1], atol=2e-3)
    np.testing.assert_array_equal(together.country, back.country[::-1])


def chain(world: World, answers: NDArray[np.int8], country: int, steps: int, seed: int) -> NDArray[np.float32]:
    """Traits of one person in one country by elliptical slice sampling (Murray, Adams and MacKay 2010)."""
    rng = np.random.default_rng(seed)
    mean = world.prior.means[country].astype(np.float64)
    root = np.linalg.cholesky(np.linalg.inv(world.prior.precision.astype(np.float64)))
    where = np.array([country])

    def height(away: NDArray[np.float64]) -> float:
        theta = (mean + away)[None].astype(np.float32)
        return float(log_likelihood(world.answering, answers[None], theta, where)[0])

    away = root @ rng.standard_normal(len(mean))
    now = height(away)
    kept = []
    for _ in range(steps):
        other = root @ rng.standard_normal(len(mean))
        level = now + np.log(rng.random())
        angle = rng.random() * 2 * np.pi
        low, high = angle - 2 * np.pi, angle
        while True:
            tried = away * np.cos(angle) + other * np.sin(angle)
            if (now_tried := height(tried)) > level:
                away, now = tried, now_tried
                break
            low, high = (angle, high) if angle < 0 else (low, angle)
            angle = low + rng.random() * (high - low)
        kept.append(mean + away)
    return np.array(kept[steps // 5 :], np.float32)


@pytest.mark.slow
def test_a_long_chain_finds_the_same(truth: TrueModel, people: People) -> None:
    world = make_world(truth, people)
    items = [at for at in range(253) if at % 6]
    probes = list(range(0, 253, 6))
    answers = shown_some(people, people.rows_of("test")[:1], items)
    for person, heard in enumerate(answers):
        home = int(truth.traits.country[people.rows_of("test")[person]])
        shares = np.zeros_like(world.prior.shares)
        shares[home] = 1
        only = replace(world, prior=replace(world.prior, shares=shares))
        samples = sample_persons(only, heard[None], ["one"], 4_000, seed=0)
        found = predict_options(world.answering, heard[None], samples, probes, WIDEST)[0]
        theta = chain(world, heard, home, 6_000, seed=person)
        long = Samples(theta[None], np.full((1, len(theta)), home), np.full((1, len(theta)), 1 / len(theta)))
        expected = predict_options(world.answering, heard[None], long, probes, WIDEST)[0]
        assert np.abs(found - expected).max() < 0.06
        assert np.abs(found - expected).mean() < 0.01
