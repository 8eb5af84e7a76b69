"""What is known of a person before any answer: how traits are spread over countries and within them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.survey.synthetic.traits import Traits

Floats = NDArray[np.float32]
STYLES = 2
"""Acquiescence and extremeness, which stand behind the factors in a vector of traits."""


@dataclass(frozen=True, slots=True, eq=False)
class Prior:
    """Traits of q = k + 2 numbers (k factors, acquiescence, extremeness) in c countries.

    Within a country they are taken as Gaussian, with one covariance for all countries.

    Attributes:
        shares: float64, shape (c,): share of each country; 0 where nobody lives.
        means: shape (c, q).
        precision: shape (q, q): inverse of the covariance within a country.
        log_determinant: of the precision.
    """

    shares: NDArray[np.float64]
    means: Floats
    precision: Floats
    log_determinant: float

    def log_density(self, theta: Floats, country: NDArray[np.intp]) -> NDArray[np.float64]:
        """Log density of r traits (r, q) in countries (r,), without the constant of the Gaussian; shape (r,)."""
        away = theta - self.means[country]
        found: NDArray[np.float64] = 0.5 * (self.log_determinant - np.einsum("rq,rq->r", away @ self.precision, away))
        return found.astype(np.float64)

    def pooled(self, spread: Floats) -> Prior:
        """The same as if all lived in one country, with the covariance `spread` (q, q) of the whole population."""
        mean = (self.shares @ self.means.astype(np.float64))[None, :].astype(np.float32)
        return _prior(np.ones(1), mean, spread.astype(np.float64))


def fit_prior(traits: Traits, countries: int) -> tuple[Prior, Floats]:
    """The prior that the true traits of a population show, and the covariance of the whole population, (q, q).

    Factors have the mean of each country and the covariance pooled over countries; styles are standard normal by
    the model's own definition.
    """
    n, k = traits.factors.shape
    factors = traits.factors.astype(np.float64)
    counts = np.bincount(traits.country, minlength=countries)
    sums = np.stack([np.bincount(traits.country, column, countries) for column in factors.T], axis=1)
    means = np.where(counts[:, None] > 0, sums / np.maximum(counts, 1)[:, None], factors.mean(axis=0))
    away = factors - means[traits.country]
    inhabited = int((counts > 0).sum())
    within = np.eye(k + STYLES)
    # A country's own mean takes one person's worth of spread out of it.
    within[:k, :k] = away.T @ away / max(n - inhabited, 1)
    # A breath of the identity keeps a population smaller than its factors invertible.
    within[:k, :k] = 0.999 * within[:k, :k] + 0.001 * np.eye(k)
    whole = within.copy()
    between = (means - factors.mean(axis=0)) * np.sqrt(counts / n)[:, None]
    whole[:k, :k] += between.T @ between
    padded = np.concatenate([means, np.zeros((countries, STYLES))], axis=1)
    return _prior(counts / n, padded.astype(np.float32), within), whole.astype(np.float32)


def _prior(shares: NDArray[np.float64], means: Floats, covariance: NDArray[np.float64]) -> Prior:
    log_determinant = -float(np.linalg.slogdet(covariance)[1])
    return Prior(shares, means, np.linalg.inv(covariance).astype(np.float32), log_determinant)
