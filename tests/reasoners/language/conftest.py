"""Made-up persons of whom some may be trained on, and a population in which answers tell of each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.build import build_dataset
from indievaluecatalog.dataset.people import People, read_people
from indievaluecatalog.survey.synthetic import synthesize, write_survey
from tests.once import made_once
from tests.reasoners.training_data.conftest import some_people

SYNTHETIC = 2_000


@pytest.fixture(scope="session")
def trainable(catalog: Catalog) -> People:
    """240 persons who answer at random, 40 of them for evaluation."""
    return some_people(catalog)


@pytest.fixture(scope="session")
def population(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory, own_home: Path) -> People:
    """Synthetic persons of a build; takes some seconds, for slow tests."""

    def make(folder: Path) -> None:
        write_survey(synthesize(catalog, SYNTHETIC, seed=3), folder / "people.csv")
        build_dataset(folder / "people.csv", folder / "built", register=False)

    return read_people(made_once(tmp_path_factory, f"language_{SYNTHETIC}", make) / "built")
