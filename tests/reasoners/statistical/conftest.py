"""Synthetic persons with demographics, and a reasoner that learned a little from them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import DatasetIdentity, People, polar_of_refined
from indievaluecatalog.dataset.splits import TEST, TRAIN, VALIDATION
from indievaluecatalog.reasoners.statistical.learn_heads import Learning
from indievaluecatalog.reasoners.statistical.linear import LinearSettings
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner
from indievaluecatalog.reasoners.statistical.train import train_reasoner
from indievaluecatalog.survey.synthetic import synthesize

PERSONS, EVALUATED = 1_600, 150
QUICK = LinearSettings(factors=(12,), hidden=16, learning=Learning(steps=120, looks=4))


@pytest.fixture(scope="session")
def people(catalog: Catalog) -> People:
    """1,450 persons to learn from and 150 to predict, with their answers, country and sex."""
    population = synthesize(catalog, PERSONS, seed=11)
    refined = np.full((len(catalog.items), PERSONS), -1, np.int8)
    for row, item in enumerate(catalog.items.values()):
        for position, option in enumerate(item.refined):
            refined[row, np.isin(population.columns[item.variable], list(option.codes))] = position
    demographics = np.full((len(catalog.demographics), PERSONS), -1, np.int16)
    for row, demographic in enumerate(catalog.demographics.values()):
        if demographic.id in (catalog.wave.country_demographic, "Q260"):
            for position, choice in enumerate(demographic.options):
                demographics[row, np.isin(population.columns[demographic.variable], list(choice.codes))] = position
    splits = np.full(PERSONS, TRAIN, np.int8)
    fullest = np.argsort(-(refined >= 0).sum(axis=0), kind="stable")[:EVALUATED]
    splits[fullest] = np.where(np.arange(EVALUATED) % 2, TEST, VALIDATION)
    return People(
        catalog=catalog,
        identity=DatasetIdentity("made for tests", "1" * 64, catalog.digest, catalog.wave.id, True),
        person_ids=np.array([f"{catalog.wave.id}-{row}-{row:010x}" for row in range(PERSONS)]),
        splits=splits,
        refined=refined,
        polar=polar_of_refined(catalog)[np.arange(len(refined))[:, None], refined],
        demographics=demographics,
        weights={},
    )


@pytest.fixture(scope="session")
def reasoner(people: People) -> Reasoner:
    return train_reasoner(people, settings=QUICK)


def without(people: People, *, items: range | None = None, countries: bool = True) -> People:
    """The same persons with some items asked of nobody, or all of unknown country."""
    refined, polar, demographics = people.refined.copy(), people.polar.copy(), people.demographics.copy()
    if items is not None:
        refined[list(items)], polar[list(items)] = -1, -1
    if not countries:
        demographics[:] = -1
    return replace(people, refined=refined, polar=polar, demographics=demographics)
