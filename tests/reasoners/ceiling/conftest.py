"""A small synthetic population with its truth, made without any file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import DatasetIdentity, People, polar_of_refined
from indievaluecatalog.dataset.splits import TEST, TRAIN, VALIDATION
from indievaluecatalog.survey.synthetic import Population, TrueModel, synthesize
from indievaluecatalog.survey.synthetic.model import Model
from indievaluecatalog.survey.synthetic.traits import Traits

PERSONS, EVALUATED = 400, 60


@pytest.fixture(scope="session")
def population(catalog: Catalog) -> Population:
    return synthesize(catalog, PERSONS, seed=5)


@pytest.fixture(scope="session")
def truth(population: Population) -> TrueModel:
    return TrueModel(population.traits, population.model, np.arange(PERSONS))


def refined_of(catalog: Catalog, codes: dict[str, NDArray[np.int8]]) -> NDArray[np.int8]:
    """Option positions (items, n) of raw codes; -1 where no option covers the code."""
    return np.array(
        [
            [-1 if (found := item.option_index(int(code), "refined")) is None else found for code in codes[item.id]]
            for item in catalog.items.values()
        ],
        np.int8,
    )


@pytest.fixture(scope="session")
def people(catalog: Catalog, population: Population) -> People:
    """All of the population, of whom those with most answers are evaluated."""
    refined = refined_of(catalog, {item.id: population.columns[item.variable] for item in catalog.items.values()})
    splits = np.full(PERSONS, TRAIN, np.int8)
    fullest = np.argsort(-(refined >= 0).sum(axis=0), kind="stable")[:EVALUATED]
    splits[fullest] = np.where(np.arange(EVALUATED) % 2, TEST, VALIDATION)
    ids = np.array([f"{catalog.wave.id}-{row}-{row:010x}" for row in range(PERSONS)])
    return People(
        catalog=catalog,
        identity=DatasetIdentity("made for tests", "0" * 64, catalog.digest, catalog.wave.id, True),
        person_ids=ids,
        splits=splits,
        refined=refined,
        polar=polar_of_refined(catalog)[np.arange(len(refined))[:, None], refined],
        demographics=np.full((len(catalog.demographics), PERSONS), -1, np.int16),
        weights={},
    )


@pytest.fixture(scope="session")
def narrow(population: Population) -> TrueModel:
    """The same items, but only the first factor and extremeness matter, and all live in two countries."""
    model, traits = population.model, population.traits
    items = {}
    for name, item in model.items.items():
        loadings = np.zeros_like(item.loadings)
        loadings[..., 0] = 1.5 * item.loadings[..., 0]
        items[name] = replace(item, loadings=loadings)
    only: Model = replace(model, items=items, acquiescence=0.0)
    country = (np.arange(len(traits)) % 3 == 0).astype(np.int16)
    return TrueModel(
        Traits(traits.factors, traits.acquiescence, traits.extremeness, country), only, np.arange(len(traits))
    )
