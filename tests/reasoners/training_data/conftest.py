"""Made-up persons of whom some may be trained on."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from tests.people import random_answers
from tests.scoring.conftest import people_from

EVALUATED = 40


def some_people(catalog: Catalog, persons: int = 240, seed: int = 5) -> People:
    """The first are of the splits for evaluation, half of either; the others are trained on."""
    people = people_from(random_answers(catalog, persons, seed, missing=0.1), catalog, split="train")
    splits = people.splits.copy()
    splits[:EVALUATED] = np.arange(EVALUATED) % 2 + 1
    return replace(people, splits=splits)


@pytest.fixture(scope="session")
def trainable(catalog: Catalog) -> People:
    return some_people(catalog)
