"""Persons without any file, and their tasks: what every prompt and answer is tested on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.build import build_dataset
from indievaluecatalog.dataset.people import People
from indievaluecatalog.sampling.protocol import OURS, Protocol
from indievaluecatalog.sampling.tasks import Tasks, draw_tasks
from indievaluecatalog.survey.synthetic import synthesize, write_survey
from tests.evaluation.scripted_server import ScriptedServer
from tests.once import made_once
from tests.people import random_answers
from tests.scoring.conftest import people_from

PERSONS = 12

MakeTasks = Callable[..., Tasks]


def built_of(catalog: Catalog, persons: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of a build of synthetic persons."""

    def make(folder: Path) -> None:
        write_survey(synthesize(catalog, persons, seed=3), folder / "people.csv")
        build_dataset(folder / "people.csv", folder / "built", register=False)

    return made_once(tmp_path_factory, f"asked_{persons}", make) / "built"


@pytest.fixture(scope="session")
def dataset(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory, own_home: Path) -> Path:
    """Folder of a build of 120 persons, some of them to be asked."""
    return built_of(catalog, 120, tmp_path_factory)


@pytest.fixture(scope="session")
def larger_dataset(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory, own_home: Path) -> Path:
    """Folder of a build of 600 persons: enough for baselines to learn from."""
    return built_of(catalog, 600, tmp_path_factory)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    """A server that answers right away, where nobody has a key."""
    pytest.importorskip("openai")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with ScriptedServer() as running:
        yield running


@pytest.fixture(scope="session")
def people(catalog: Catalog) -> People:
    """Twelve persons who each left a few items unanswered, probes among them."""
    return people_from(random_answers(catalog, PERSONS, seed=5), catalog)


@pytest.fixture(scope="session")
def make_tasks() -> MakeTasks:
    """Tasks of all persons."""

    def make(people: People, n_demonstrations: int = 3, *, setup: int = 0, protocol: Protocol = OURS) -> Tasks:
        return draw_tasks(
            people.catalog,
            people.answered,
            people.person_ids,
            setup=setup,
            n_demonstrations=n_demonstrations,
            protocol=protocol,
        )

    return make


@pytest.fixture(scope="session")
def tasks(people: People, make_tasks: MakeTasks) -> Tasks:
    """Three demonstrations each, setup 0."""
    made = make_tasks(people)
    assert not made.asked.all(axis=1).all(), "somebody should lack the answer to a probe"
    assert np.all(made.asked.sum(axis=1) > 0)
    return made
