"""Small random populations as People, made without any file."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.lookup import demographic_indices, option_indices
from indievaluecatalog.dataset.people import DatasetIdentity, People
from indievaluecatalog.dataset.splits import TEST, TRAIN, VALIDATION
from indievaluecatalog.survey.answers import Answers
from tests.people import random_answers

MakePeople = Callable[..., People]


def people_of(catalog: Catalog, answers: Answers, splits: NDArray[np.int8]) -> People:
    """Persons without a dataset around them."""
    tables = [
        np.stack([option_indices(answers, row, item, granularity) for row, item in enumerate(catalog.items.values())])
        for granularity in ("refined", "polar")
    ]
    return People(
        catalog=catalog,
        identity=DatasetIdentity("made for tests", "0" * 64, catalog.digest, catalog.wave.id, True),
        person_ids=answers.person_ids.copy(),
        splits=splits,
        refined=tables[0],
        polar=tables[1],
        demographics=np.stack([demographic_indices(answers, one) for one in catalog.demographics.values()]),
        weights=dict(answers.weights),
    )


@pytest.fixture(scope="session")
def make_people(catalog: Catalog) -> MakePeople:
    """Persons p0, p1, ...: the first few validation and test, who answered everything, the rest train."""

    def make(persons: int = 60, evaluation: int = 6, seed: int = 0, missing: float = 0.1) -> People:
        splits = np.full(persons, TRAIN, np.int8)
        splits[:evaluation] = np.where(np.arange(evaluation) % 2, TEST, VALIDATION)
        some = people_of(catalog, random_answers(catalog, persons, seed, missing), splits)
        every = people_of(catalog, random_answers(catalog, persons, seed + 1, 0.0), splits)
        some.refined[:, :evaluation] = every.refined[:, :evaluation]
        some.polar[:, :evaluation] = every.polar[:, :evaluation]
        return some

    return make
