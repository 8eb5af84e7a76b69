"""How many persons of which country, and how rows are named."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.survey.synthetic.facts import Facts


def country_of_rows(facts: Facts, persons: int) -> NDArray[np.int16]:
    """Index into `facts.countries` for each row, rows of a country together, shape (persons,).

    Shares follow the countries' sizes. From ten persons a country on, no country is left out; below that,
    only the ones the facts want always present are certain to be there.
    """
    sizes = np.array([country.persons for country in facts.countries], dtype=np.float64)
    wanted = sizes / sizes.sum() * persons
    counts = np.floor(wanted).astype(np.int64)
    order = np.argsort(-(wanted - counts), kind="stable")
    counts[order[: persons - counts.sum()]] += 1
    codes = [country.code for country in facts.countries]
    every = persons >= 10 * len(codes)
    needed = range(len(codes)) if every else [codes.index(c) for c in facts.always_present if c in codes]
    for index in needed:
        if counts[index] == 0 and counts.max() > 1:
            counts[np.argmax(counts)] -= 1
            counts[index] = 1
    return np.repeat(np.arange(len(codes), dtype=np.int16), counts)


def interview_ids(facts: Facts, wave_code: int, country: NDArray[np.int16]) -> NDArray[np.int64]:
    """Country code, two digits of the wave, serial number in the country; shape (n,).

    Countries that share one id in the real file share it here as well, so ids are not unique.
    """
    counts = np.bincount(country, minlength=len(facts.countries))
    digits = max(4, len(str(int(counts.max()))))
    starts = np.concatenate([[0], np.cumsum(counts)[:-1]])
    serial = np.arange(len(country)) - starts[country] + 1
    codes = np.array([entry.code for entry in facts.countries], dtype=np.int64)
    ids: NDArray[np.int64] = (codes[country] * 100 + wave_code) * 10**digits + serial
    for index, entry in enumerate(facts.countries):
        if entry.code in facts.shared_interview_ids:
            ids[country == index] = facts.shared_interview_ids[entry.code]
    return ids


def row_weights(
    facts: Facts, country: NDArray[np.int16], rng: np.random.Generator
) -> Mapping[str, NDArray[np.float64]]:
    """Weights by purpose, each shape (n,).

    `design` has mean 1 in each country; `equal` lets each country count as 1,000 persons; `population` as its
    inhabitants, with mean 1 over the file.
    """
    counts = np.bincount(country, minlength=len(facts.countries))
    design = np.exp(rng.normal(0.0, 0.35, len(country)))
    sums = np.bincount(country, weights=design, minlength=len(facts.countries))
    design /= (sums / np.maximum(counts, 1))[country]
    people = np.array([entry.population for entry in facts.countries])
    population = design * (people / np.maximum(counts, 1))[country]
    exact = {"design": design, "equal": 1000.0 / counts[country], "population": population / population.mean()}
    # Real files do not hold more digits either.
    return {name: values.round(8) for name, values in exact.items()}
