"""What demonstrated answers leave open: weighted samples of a person's traits and country.

A Gaussian around the most probable traits in each country that is still possible is where samples are drawn from;
exact weights make up for what it gets wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.reasoners.ceiling.answering import Answering
from indievaluecatalog.reasoners.ceiling.likelihood import log_likelihood
from indievaluecatalog.reasoners.ceiling.modes import likelihood_bend, newton_step, shortened
from indievaluecatalog.reasoners.ceiling.prior import Prior

Floats = NDArray[np.float32]
Options = NDArray[np.int8]
FIRST_STEPS = 5
"""Newton steps as if there were one country."""
STEPS_AND_BEHIND = ((0, 16.0), (2, 12.0), (4, 8.0))
"""Then further steps in each country, and how many nats less probable than the best a country may be to stay."""
ROWS = 4_096
"""Persons times countries at a time, which bounds memory."""


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """The true model and the prior of a population, as they are and as if it were one country."""

    answering: Answering
    prior: Prior
    whole: tuple[Answering, Prior]


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Gaussians of the traits of persons in countries, j of them.

    Attributes:
        person, country: intp, shape (j,).
        mean: shape (j, q).
        precision: shape (j, q, q).
        log_share: shape (j,): log probability of the country for that person, up to a constant a person.
    """

    person: NDArray[np.intp]
    country: NDArray[np.intp]
    mean: Floats
    precision: Floats
    log_share: NDArray[np.float64]

    def take(self, kept: NDArray[np.bool_]) -> Places:
        """Some of them."""
        return Places(
            self.person[kept], self.country[kept], self.mean[kept], self.precision[kept], self.log_share[kept]
        )


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """s weighted samples of the traits of n persons.

    Attributes:
        theta: shape (n, s, q).
        country: intp, shape (n, s).
        weights: float64, shape (n, s); each person's add up to 1.
    """

    theta: Floats
    country: NDArray[np.intp]
    weights: NDArray[np.float64]

    @property
    def effective(self) -> NDArray[np.float64]:
        """How many unweighted samples each person's are worth, shape (n,)."""
        found: NDArray[np.float64] = 1 / (self.weights**2).sum(axis=1)
        return found


def likely_places(world: World, answers: Options) -> Places:
    """Where n persons, whose answers are (n, items of the catalog), can be, and with which traits."""
    one, pooled = world.whole
    theta = np.repeat(pooled.means, len(answers), axis=0)
    for _ in range(FIRST_STEPS):
        theta, _ = newton_step(one, pooled, answers, theta, np.zeros(len(answers), np.intp))
    height, start = _in_each_country(world, answers, theta)
    (_, behind), *later = STEPS_AND_BEHIND
    person, country = np.nonzero(height > height.max(axis=1, keepdims=True) - behind)
    theta = start[person, country]
    for steps, behind in later:
        places = _settled(world, answers, person, country, theta, steps, behind)
        person, country, theta = places.person, places.country, places.mean
    return places


def _in_each_country(world: World, answers: Options, theta: Floats) -> tuple[NDArray[np.float64], Floats]:
    """How probable each country is (n, c), and the traits a person would have there (n, c, q), about.

    From the quadratic around the traits that a person of no country would have: another country moves each latent
    score by its lean, while the information stays, so that one matrix a person serves all countries.
    """
    (one, _), prior = world.whole, world.prior
    bend = likelihood_bend(one, answers, theta, np.zeros(len(answers), np.intp))
    gradient, information = bend.of_traits(one)
    loadings = one.graded.loadings[bend.columns]
    shift = world.answering.graded.lean[:, bend.columns] - one.graded.lean[:, bend.columns]
    n, (c, q) = len(answers), prior.means.shape
    pull = np.repeat(gradient[:, None, :], c, axis=1)
    moved = shift.T[:, :, None] * loadings[:, None, :]
    pull -= (bend.information @ moved.reshape(-1, c * q)).reshape(n, c, q)
    pull[:, :, -1] -= bend.across @ shift.T
    height = (bend.by_score @ shift.T - 0.5 * bend.information @ (shift**2).T).astype(np.float64)
    for at, choice in enumerate(world.answering.choices):
        shift = choice.utilities - one.choices[at].utilities
        bent = np.einsum("nij,cj->nci", bend.utility_information[at], shift)
        height += bend.by_utility[at] @ shift.T - 0.5 * np.einsum("nci,ci->nc", bent, shift)
        pull -= bent @ choice.loadings
    away = prior.means - theta[:, None, :]
    toward = away @ prior.precision
    height -= 0.5 * (away * toward).sum(axis=2)
    pull += toward
    step = np.linalg.solve(information + prior.precision, pull.transpose(0, 2, 1)).transpose(0, 2, 1)
    height += 0.5 * (pull * step).sum(axis=2)
    with np.errstate(divide="ignore"):
        height += np.log(prior.shares)
    return height, theta[:, None, :] + shortened(step)


def _settled(
    world: World,
    answers: Options,
    person: NDArray[np.intp],
    country: NDArray[np.intp],
    theta: Floats,
    steps: int,
    behind: float,
) -> Places:
    """The places after some Newton steps, less those that have fallen behind."""
    q = theta.shape[1]
    log_share = np.empty(len(person))
    precision = np.empty((len(person), q, q), np.float32)
    theta = theta.copy()
    for first in range(0, len(person), ROWS):
        rows = slice(first, first + ROWS)
        own = answers[person[rows]]
        for _ in range(steps):
            theta[rows], precision[rows] = newton_step(world.answering, world.prior, own, theta[rows], country[rows])
        height = log_likelihood(world.answering, own, theta[rows], country[rows])
        height += world.prior.log_density(theta[rows], country[rows])
        height += np.log(world.prior.shares[country[rows]])
        log_share[rows] = height - 0.5 * np.linalg.slogdet(precision[rows])[1]
    best = np.full(len(answers), -np.inf)
    np.maximum.at(best, person, log_share)
    log_share -= best[person]
    return Places(person, country, theta, precision, log_share).take(log_share > -behind)


def draw_samples(
    world: World, answers: Options, places: Places, normals: Floats, starts: NDArray[np.float64]
) -> Samples:
    """Weighted samples of the posterior of n persons.

    Args:
        world: the population.
        answers: shape (n, items of the catalog).
        places: where they can be.
        normals: standard normal draws, shape (n, s/2, q); each is used with both signs.
        starts: uniform draws, shape (n,): where each person's countries are taken up.
    """
    n, half, q = normals.shape
    share = np.exp(places.log_share)
    totals = np.bincount(places.person, share, minlength=n)
    share /= totals[places.person]
    chosen = _spread(places.person, share, starts, half)
    lower = np.linalg.cholesky(places.precision)
    roots = np.linalg.inv(lower)
    log_volume = np.log(np.einsum("jqq->jq", lower)).sum(axis=1, dtype=np.float64)
    away = np.einsum("rpq,rp->rq", roots[chosen.ravel()], normals.reshape(-1, q), optimize=True).reshape(n, half, q)
    mean = places.mean[chosen]
    theta = np.concatenate([mean + away, mean - away], axis=1)
    place = np.concatenate([chosen, chosen], axis=1)
    country = places.country[place]
    proposed = np.log(share[place]) + log_volume[place]
    proposed -= 0.5 * np.tile((normals.astype(np.float64) ** 2).sum(axis=2), (1, 2))
    flat, at = theta.reshape(-1, q), country.ravel()
    target = log_likelihood(world.answering, np.repeat(answers, 2 * half, axis=0), flat, at)
    target += world.prior.log_density(flat, at) + np.log(world.prior.shares[at])
    logs = target.reshape(n, -1) - proposed
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return Samples(theta, country, weights / weights.sum(axis=1, keepdims=True))


def _spread(
    person: NDArray[np.intp], share: NDArray[np.float64], starts: NDArray[np.float64], draws: int
) -> NDArray[np.intp]:
    """Which place each of a person's draws is from, shape (n, draws): evenly spaced along the shares."""
    first = np.searchsorted(person, np.arange(len(starts) + 1))
    found = np.empty((len(starts), draws), np.intp)
    for one in range(len(starts)):
        own = slice(first[one], first[one + 1])
        ends = np.cumsum(share[own])
        wanted = (np.arange(draws) + starts[one]) / draws
        found[one] = first[one] + np.minimum(np.searchsorted(ends, wanted), len(ends) - 1)
    return found
