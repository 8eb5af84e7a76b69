"""How the training persons' answers are spread over the options: chance, majority, majority of a country."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.baselines.given import Given, Prediction, most_probable


def option_counts(
    answers: NDArray[np.int8],
    sizes: NDArray[np.int64],
    groups: NDArray[np.integer[Any]] | None = None,
    n_groups: int = 1,
) -> NDArray[np.int64]:
    """How many persons of each group gave each option, shape (groups, p, k); k the largest of `sizes`.

    Args:
        answers: shape (p, n): option positions, negative without a valid answer.
        sizes: shape (p,): options of each item.
        groups: shape (n,): each person's group, 0..n_groups-1, negative for none; by default all are of group 0.
        n_groups: how many groups there are.
    """
    width = int(sizes.max())
    counts = np.zeros((n_groups, len(answers), width), np.int64)
    for row, given in enumerate(answers):
        valid = given >= 0 if groups is None else (given >= 0) & (groups >= 0)
        cells = given[valid].astype(np.int64)
        if groups is not None:
            cells += width * groups[valid].astype(np.int64)
        counts[:, row] = np.bincount(cells, minlength=n_groups * width).reshape(n_groups, width)
    return counts


def as_shares(counts: NDArray[Any], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """Counts of shape (..., p, k) as shares; equal ones for an item that nobody answered, 0 beyond its options."""
    totals = counts.sum(axis=-1, keepdims=True)
    return np.where(totals > 0, counts / np.maximum(totals, 1), equal_shares(sizes))


def equal_shares(sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    """One over the number of options, shape (p, k), 0 beyond an item's options."""
    inside = np.arange(int(sizes.max())) < sizes[:, None]
    return inside / sizes[:, None]


def training_shares(given: Given) -> NDArray[np.float64]:
    """Share of each option among the valid answers of all training persons, shape (p, k)."""
    return as_shares(option_counts(given.probe_answers, given.sizes)[0], given.sizes)


def predict_random(given: Given) -> Prediction:
    """Every option with the same probability, so that expected accuracy is exactly the mean of 1/k."""
    return most_probable(_for_each_person(equal_shares(given.sizes), given))


def predict_majority(given: Given) -> Prediction:
    """The option most training persons gave; of equally frequent ones the first in the catalog."""
    return most_probable(_for_each_person(training_shares(given), given))


def predict_country_majority(given: Given) -> Prediction:
    """The most frequent option in the person's country, with `shrinkage` persons' worth of the global shares.

    Persons without a country, or of one where nobody answered, get the global shares.
    """
    catalog = given.training.catalog
    name = catalog.wave.country_demographic
    countries = len(catalog.demographics[name].options)
    groups = given.training.demographic(name)
    counts = option_counts(given.probe_answers, given.sizes, groups, countries)
    shares = drawn_together(counts, training_shares(given), float(given.settings["shrinkage"]))
    return most_probable(shares[given.evaluation.demographic(name)])


def drawn_together(counts: NDArray[np.int64], overall: NDArray[np.float64], shrinkage: float) -> NDArray[np.float64]:
    """Shares by country, shape (countries + 1, p, k); the last row, which -1 finds, is for persons without one.

    Args:
        counts: shape (countries, p, k).
        overall: shares of all persons, shape (p, k).
        shrinkage: how many persons' worth of those each country's are drawn towards; 0 leaves every country to
            itself, but for those where nobody answered.
    """
    counts = np.concatenate([counts, np.zeros((1, *counts.shape[1:]), counts.dtype)])
    weight = counts.sum(axis=2, keepdims=True) + shrinkage
    found: NDArray[np.float64] = np.where(
        weight > 0, (counts + shrinkage * overall) / np.where(weight > 0, weight, 1.0), overall
    )
    return found


def _for_each_person(shares: NDArray[np.float64], given: Given) -> NDArray[np.float64]:
    return np.broadcast_to(shares, (len(given.tasks), *shares.shape))
