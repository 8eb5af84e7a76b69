"""Who a person is: the country's answers, corrected by what the other demographics add to knowing the country."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.baselines.evidence import best_weight, held_out, log_of_shares, log_ratios, posterior
from indievaluecatalog.baselines.given import Given, Prediction, most_probable
from indievaluecatalog.baselines.pairs import indicators, owners, sums_by_item
from indievaluecatalog.baselines.shares import as_shares, drawn_together, option_counts
from indievaluecatalog.dataset.people import People


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """Training persons counted.

    Attributes:
        answers: by country and probe option, shape (countries, p, k).
        pairs: by demographic option and probe option, shape (options, probe options).
        living: by demographic option and country, the last for none, shape (options, countries + 1).
        overall: by probe option, shape (p, k).
    """

    answers: NDArray[np.int64]
    pairs: NDArray[np.float64]
    living: NDArray[np.float64]
    overall: NDArray[np.int64]

    def plus(self, more: _Counts) -> _Counts:
        return _Counts(
            self.answers + more.answers,
            self.pairs + more.pairs,
            self.living + more.living,
            self.overall + more.overall,
        )


def predict_demographics(given: Given) -> Prediction:
    """Bayes' rule: shares in the person's country as prior, every other demographic as evidence of its own.

    Where the survey has no countries, the prior is the shares of all.

    Evidence is the log of how many persons of a demographic option chose a probe's option over how many would
    have, had all answered like the rest of their countries, with `smoothing` persons added to both. So a language
    that only names a country adds nothing. Its weight is the one with the least log loss on held-out training
    persons, who are not counted while it is chosen.
    """
    held = held_out(len(given.training))
    counts = _counts(given, slice(held, None))
    weight = 0.0
    if held:
        first = given.training.take(np.arange(held))
        prior, evidence = _belief(given, counts, first)
        weight = best_weight(prior, evidence, given.probe_answers[:, :held])
        counts = counts.plus(_counts(given, slice(0, held)))
    prior, evidence = _belief(given, counts, given.evaluation)
    return most_probable(posterior(prior, evidence, weight))


def _others(people: People) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
    """Positions and sizes of the demographics that are not the country."""
    catalog = people.catalog
    sizes = {name: len(one.options) for name, one in catalog.demographics.items()}
    rows = [at for at, name in enumerate(sizes) if name != catalog.wave.country_demographic]
    return np.array(rows, dtype=np.intp), np.array(list(sizes.values()), dtype=np.int64)[rows]


def _country_of(people: People) -> NDArray[np.int16]:
    """Each person's country, shape (n,): -1 where it is not known, as everywhere in a survey without countries."""
    country = people.catalog.wave.country_demographic
    return people.demographic(country) if country else np.full(len(people), -1, np.int16)


def _counts(given: Given, persons: slice) -> _Counts:
    people = given.training
    rows, sizes = _others(people)
    country = people.catalog.wave.country_demographic
    countries = len(people.catalog.demographics[country].options) if country else 0
    where = _country_of(people)[persons]
    answers = given.probe_answers[:, persons]
    described = people.demographics[rows, persons]
    # Persons without a country (-1) are counted in the last place.
    places = np.where(where < 0, countries, where)[None]
    return _Counts(
        answers=option_counts(answers, given.sizes, where, countries),
        pairs=_joint(described, sizes, answers, given.sizes),
        living=_joint(described, sizes, places, np.array([countries + 1])),
        overall=option_counts(answers, given.sizes)[0],
    )


def _joint(
    codes: NDArray[np.integer[Any]],
    sizes: NDArray[np.int64],
    others: NDArray[np.integer[Any]],
    other_sizes: NDArray[np.int64],
) -> NDArray[np.float64]:
    """Persons by two options, as `pairs.pair_counts`; quicker for a few variables with many options."""
    table = np.zeros((int(sizes.sum()), int(other_sizes.sum())))
    # A missing answer (-1) is counted in the first place, which is then cut off.
    right = [row.astype(np.int32) + 1 for row in others]
    top = 0
    for row, size in zip(codes, sizes.tolist(), strict=True):
        left = 0
        code = row.astype(np.int32) + 1
        for other, width in zip(right, other_sizes.tolist(), strict=True):
            cells = np.bincount(code * (width + 1) + other, minlength=(size + 1) * (width + 1))
            table[top : top + size, left : left + width] = cells.reshape(size + 1, width + 1)[1:, 1:]
            left += width
        top += size
    return table


def _belief(given: Given, counts: _Counts, people: People) -> tuple[NDArray[np.float64], NDArray[np.float32]]:
    """Logs of the shares in each person's country, and summed log-likelihood ratios, both of shape (n, p, k)."""
    settings = given.settings
    rows, sizes = _others(people)
    probe, option = owners(given.sizes)
    shares = drawn_together(counts.answers, as_shares(counts.overall, given.sizes), float(settings["shrinkage"]))
    expected = counts.living @ shares[:, probe, option]
    # Some did not answer a probe: as many persons are expected as were observed.
    wanted = sums_by_item(counts.pairs, given.sizes, axis=1)
    scale = wanted / np.maximum(sums_by_item(expected, given.sizes, axis=1), 1e-9)
    ratios = log_ratios(counts.pairs, expected * scale[:, probe], float(settings["smoothing"]))
    evidence = np.zeros((len(people), len(given.sizes), int(given.sizes.max())), np.float32)
    evidence[:, probe, option] = indicators(people.demographics[rows], sizes).T @ ratios
    return log_of_shares(shares[_country_of(people)]), evidence
