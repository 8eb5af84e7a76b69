"""The many columns of a real file that no item needs, so that readers meet a file of the real width.

Variants and recodes follow from the person's answers where that is plain; region codes and the like are drawn;
what is left up to the wanted width are fillers without a meaning, and labelled so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.survey.synthetic.draws import generator
from indievaluecatalog.survey.synthetic.labels import Labels
from indievaluecatalog.survey.synthetic.population import Population

FILLER = "Filler: synthetic, means nothing"


def ordered(population: Population, columns: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """The columns in a file's usual order: technical ones first, items, then everything else."""
    catalog = population.catalog
    items = {item.variable for item in catalog.items.values()}
    people = {d.variable for d in catalog.demographics.values()} - {catalog.wave.country_variable}
    people |= {entry["variable"] for entry in population.facts.extra_roles.values()}
    weights = set(catalog.wave.weights)
    fillers = {name for name in columns if name.startswith("FILLER_")}
    technical = set(columns) - items - people - weights - fillers
    groups = (technical, weights, items, people, fillers)
    return {name: columns[name] for group in groups for name in columns if name in group}


def full_layout(population: Population, labels: Labels) -> dict[str, NDArray[Any]]:
    """The columns that a file of the real width has beyond the needed ones, each shape (n,).

    Adds their labels to `labels`.
    """
    layout = population.facts.layout
    rng = generator(population.seed, "layout")
    found: dict[str, NDArray[Any]] = {}
    for variable, entry in layout.get("columns", {}).items():
        found[variable] = _column(population, entry, rng)
        values = {int(code): text for code, text in entry["values"].items()} if "values" in entry else None
        labels.add(variable, entry["label"], values)
    for name in population.catalog.wave.optional_variables:
        if name not in population.columns and name not in found:
            found[name] = np.arange(1, len(population) + 1, dtype=np.int64)
            labels.add(name, "Unified respondent number")
    missing = int(layout.get("width", 600)) - len(population.columns) - len(found)
    for index in range(missing):
        name = f"FILLER_{index + 1:03d}"
        # Real files hold some indices between 0 and 1 among many columns of small codes.
        if index % 4 == 0:
            found[name] = rng.integers(0, 101, len(population)) / 100
        else:
            found[name] = rng.integers(0, 4, len(population), dtype=np.int8)
        labels.add(name, FILLER)
    return found


def _column(population: Population, entry: Mapping[str, Any], rng: np.random.Generator) -> NDArray[Any]:
    """One column: of a base variable's codes, constant, by country, or drawn from a range."""
    n = len(population)
    country = population.traits.country
    codes = np.array(population.model.country_codes, dtype=np.int64)
    if "recode" in entry:
        base = population.columns[entry["recode"]]
        table = {int(code): value for code, value in entry["codes"].items()}
        result = np.where(base < 0, base, -5).astype(np.int16)
        for code, value in table.items():
            result[base == code] = value
        return result
    if "text" in entry:
        return np.full(n, entry["text"])
    if "by_country" in entry:
        return codes[country].astype(np.int32)
    low, high = entry["range"]
    drawn = rng.integers(low, high + 1, n)
    if entry.get("within_country"):
        drawn = drawn + codes[country] * int(entry["within_country"])
    if "only_in" in entry:
        asked = np.isin(codes, entry["only_in"])[country]
        drawn = np.where(asked, drawn, -4)
    if "scale" in entry:
        return np.asarray(drawn / entry["scale"])
    return drawn.astype(np.int32 if abs(drawn).max(initial=0) > 30_000 else np.int16)
