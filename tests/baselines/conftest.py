"""Small random populations as People, made without any file."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.lookup import demographic_indices, option_indices
from indievaluecatalog.dataset.people import DatasetIdentity, People
from indievaluecatalog.dataset.splits import TEST, TRAIN, VALIDATION
from tests.people import random_answers

MakePeople = Callable[..., People]


@pytest.fixture(scope="session")
def make_people(catalog: Catalog) -> MakePeople:
    """Persons p0, p1, ...: the first few validation and test, who answered everything, the rest train."""

    def make(persons: int = 60, evaluation: int = 6, seed: int = 0, missing: float = 0.1) -> People:
        answers = random_answers(catalog, persons, seed, missing)
        complete = random_answers(catalog, persons, seed + 1, 0.0)
        tables = {}
        for granularity in ("refined", "polar"):
            rows = []
            for row, item in enumerate(catalog.items.values()):
                some = option_indices(answers, row, item, granularity)
                every = option_indices(complete, row, item, granularity)
                rows.append(np.where((np.arange(persons) < evaluation) & (every >= 0), every, some))
            tables[granularity] = np.stack(rows).astype(np.int8)
        splits = np.full(persons, TRAIN, np.int8)
        splits[:evaluation] = np.where(np.arange(evaluation) % 2, TEST, VALIDATION)
        return People(
            catalog=catalog,
            identity=DatasetIdentity("random", "0" * 64, catalog.digest, catalog.wave.id, True),
            person_ids=answers.person_ids.copy(),
            splits=splits,
            refined=tables["refined"],
            polar=tables["polar"],
            demographics=np.stack([demographic_indices(answers, one) for one in catalog.demographics.values()]),
            weights=dict(answers.weights),
        )

    return make
