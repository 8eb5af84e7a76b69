"""Columns that are no answers to items: who was asked, where and when, and what they are by their lives."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog, Demographic
from indievaluecatalog.survey.synthetic.countries import interview_ids, row_weights
from indievaluecatalog.survey.synthetic.draws import choose, generator
from indievaluecatalog.survey.synthetic.facts import Facts
from indievaluecatalog.survey.synthetic.lives import Lives
from indievaluecatalog.survey.synthetic.missingness import demographic_missing, reason_codes

VERSION_TEXT = "synthetic (not survey data)"


def technical_columns(facts: Facts, catalog: Catalog, country: NDArray[np.int16], seed: int) -> dict[str, NDArray[Any]]:
    """Technical variables of n rows, each shape (n,), under the names that the wave's facts give them."""
    wave = catalog.wave
    n = len(country)
    columns: dict[str, NDArray[Any]] = {wave.version_variable: np.full(n, VERSION_TEXT)}
    for variable, entry in facts.technical.items():
        value = entry["text"] if "text" in entry else np.int16(entry["number"])
        columns[variable] = np.full(n, value)
    columns[wave.wave_variable] = np.full(n, wave.wave_code, dtype=np.int16)
    columns[wave.country_variable] = np.array([c.code for c in facts.countries], dtype=np.int32)[country]
    columns[wave.country_alpha_variable] = np.array([c.alpha for c in facts.countries])[country]
    columns[wave.year_variable] = np.array([c.year for c in facts.countries], dtype=np.int16)[country]
    columns[wave.person_variable] = interview_ids(facts, wave.wave_code, country)
    weights = row_weights(facts, country, generator(seed, "weights"))
    for name in wave.weights:
        columns[name] = weights[facts.weights.get(name, "design")]
    # What the survey does not have has no name.
    columns.pop("", None)
    return columns


def background_columns(
    facts: Facts, catalog: Catalog, lives: Lives, reluctant: NDArray[np.float32], seed: int
) -> dict[str, NDArray[np.int32]]:
    """Codes of all demographic variables but the country, each int32 (n,), with a few answers left out."""
    roles = {entry["variable"]: role for role, entry in facts.roles.items()}
    columns: dict[str, NDArray[np.int32]] = {}
    for demographic in catalog.demographics.values():
        variable = demographic.variable
        if variable in columns or variable == catalog.wave.country_variable:
            continue
        if variable in roles and roles[variable] in lives.codes:
            codes = _listed(catalog, demographic, lives.codes[roles[variable]])
        else:
            codes = _by_chance(demographic, len(reluctant), seed)
        columns[variable] = demographic_missing(catalog, variable, codes, reluctant, seed)
    for role, entry in facts.extra_roles.items():
        columns[entry["variable"]] = lives.codes[role]
    return columns


def _listed(catalog: Catalog, demographic: Demographic, codes: NDArray[np.int32]) -> NDArray[np.int32]:
    """The codes, with 'not asked' in place of any that the catalog at hand does not list."""
    allowed = np.array([*demographic.codes, *catalog.wave.missing_reasons], dtype=np.int32)
    known = np.isin(codes, allowed)
    if demographic.fold_above is not None:
        known |= codes > demographic.fold_above
    return np.where(known, codes, np.int32(reason_codes(catalog).get("not_asked", -4)))


def _by_chance(demographic: Demographic, n: int, seed: int) -> NDArray[np.int32]:
    rng = generator(seed, "demographic", demographic.id)
    codes = np.array([code for code in demographic.codes if code not in demographic.uncovered], dtype=np.int32)
    shares = np.asarray(1.0 / np.sqrt(np.arange(1, len(codes) + 1)), dtype=np.float64)
    return choose(rng, codes, shares, n)
