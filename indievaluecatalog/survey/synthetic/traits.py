"""Latent traits: what culture, a person's life and the person alone make of each factor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.survey.synthetic.draws import generator
from indievaluecatalog.survey.synthetic.facts import Factor, Facts
from indievaluecatalog.survey.synthetic.lives import Lives


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """True traits of n persons.

    Attributes:
        factors: float32, shape (n, k): scores on the factors, about mean 0 and variance 1 over the population.
        acquiescence, extremeness: float32, shape (n,): response styles, standard normal.
        country: int16, shape (n,): index into the facts' countries.
    """

    factors: NDArray[np.float32]
    acquiescence: NDArray[np.float32]
    extremeness: NDArray[np.float32]
    country: NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.country)


def country_scores(facts: Facts, seed: int) -> NDArray[np.float32]:
    """Where each country stands on each factor, shape (countries, k), variance about 1 over countries.

    A country's own part depends on its code and the seed alone.
    """
    culture = np.array([entry.culture for entry in facts.countries], dtype=np.float64).reshape(-1, 2)
    spread = culture.std(axis=0)
    culture = (culture - culture.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    own = np.stack(
        [generator(seed, "country", entry.code).normal(size=len(facts.factors)) for entry in facts.countries]
    )
    scores = np.empty_like(own)
    for index, factor in enumerate(facts.factors.values()):
        weights = np.array([factor.country.get("secular", 0.0), factor.country.get("expression", 0.0)])
        left = max(1.0 - float(weights @ weights), 0.05)
        scores[:, index] = culture @ weights + np.sqrt(left) * own[:, index]
    return scores.astype(np.float32)


def draw_traits(facts: Facts, country: NDArray[np.int16], lives: Lives, seed: int, purpose: str) -> Traits:
    """Traits of n persons, not yet on a unit scale; deterministic by seed and purpose."""
    n = len(country)
    rng = generator(seed, purpose, "traits")
    shared = {name: rng.standard_normal(n, dtype=np.float32) for name in facts.shared}
    between = country_scores(facts, seed)
    scores = np.empty((n, len(facts.factors)), dtype=np.float32)
    for index, factor in enumerate(facts.factors.values()):
        scores[:, index] = _factor(facts, factor, between[:, index][country], lives, shared, rng)
    styles = rng.standard_normal((2, n), dtype=np.float32)
    return Traits(scores, styles[0], styles[1], country)


def _factor(
    facts: Facts,
    factor: Factor,
    between: NDArray[np.float32],
    lives: Lives,
    shared: dict[str, NDArray[np.float32]],
    rng: np.random.Generator,
) -> NDArray[np.float32]:
    country_share = facts.tuning.country_share
    explained = sum(weight**2 for weight in factor.person.values())
    own_share = max(1.0 - country_share - explained, 0.1)
    pull = facts.tuning.shared_pull
    unshared = max(1.0 - sum((pull * weight) ** 2 for weight in factor.shared.values()), 0.05)
    own = np.float32(np.sqrt(unshared)) * rng.standard_normal(len(between), dtype=np.float32)
    for name, weight in factor.shared.items():
        own += np.float32(pull * weight) * shared[name]
    score = np.float32(np.sqrt(country_share)) * between + np.float32(np.sqrt(own_share)) * own
    for name, weight in factor.person.items():
        score += np.float32(weight) * lives.scores[name]
    return score
