"""A page of random persons, with and without files, that a test client opens."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import numpy as np
import pytest

from indievaluecatalog.baselines.run import run_baseline
from indievaluecatalog.browse.collection import Collection, collection_of
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.build import build_dataset
from indievaluecatalog.dataset.people import People, read_people
from indievaluecatalog.dataset.splits import TEST, TRAIN
from indievaluecatalog.scoring.results import write_results
from indievaluecatalog.survey.answers import Answers
from indievaluecatalog.survey.synthetic import synthesize, write_survey
from tests.baselines.conftest import people_of
from tests.people import random_answers

PERSONS = 60
BUILT = 150
OF_A_PAGE = "http://127.0.0.1"


@pytest.fixture(scope="session")
def answers(catalog: Catalog) -> Answers:
    return random_answers(catalog, PERSONS, seed=3, missing=0.1)


@pytest.fixture(scope="session")
def people(catalog: Catalog, answers: Answers) -> People:
    splits = np.full(PERSONS, TRAIN, np.int8)
    splits[:6] = TEST
    return people_of(catalog, answers, splits)


@pytest.fixture(scope="session")
def collection(people: People, answers: Answers) -> Collection:
    return collection_of(people, np.concatenate([answers.demographic_reasons, answers.reasons]))


class Reader(HTMLParser):
    """Text, links and forms of a page, as somebody without eyes for style reads them."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@dataclass(frozen=True, slots=True)
class Page:
    """What came back for an address."""

    status: int
    html: str
    address: str

    @property
    def read(self) -> Reader:
        reader = Reader()
        reader.feed(self.html)
        return reader

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.read.words).split())

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.read.tags if name == tag]

    @property
    def links(self) -> list[str]:
        """Where links lead, as addresses on this site."""
        found = [urlsplit(urljoin(OF_A_PAGE + self.address, one["href"] or "")) for one in self.of("a")]
        assert all(one.netloc == urlsplit(OF_A_PAGE).netloc for one in found), "a link leads to another site"
        return [one.path + (f"?{one.query}" if one.query else "") for one in found]


Open = Callable[[str], Page]


def opener(collection: Collection, **options: Any) -> Iterator[Open]:
    pytest.importorskip("starlette")
    from starlette.testclient import TestClient

    from indievaluecatalog.browse.app import create_app

    with TestClient(create_app(collection, **options), base_url=OF_A_PAGE) as client:

        def look(address: str) -> Page:
            answer = client.get(address, follow_redirects=False)
            return Page(answer.status_code, answer.text, address)

        yield look


@pytest.fixture(scope="session")
def look(collection: Collection) -> Iterator[Open]:
    yield from opener(collection)


@pytest.fixture(scope="session")
def folder(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory, own_home: Path) -> Path:
    """A build, and in `results` beside it two files of predictions and one that is none."""
    place = tmp_path_factory.mktemp("browse")
    write_survey(synthesize(catalog, BUILT, seed=7), place / "people.sav")
    build_dataset(place / "people.sav", place / "built", register=False)
    people = read_people(place / "built")
    (place / "results").mkdir()
    for name in ("majority", "random"):
        made = run_baseline(name, people, too_few="fewer")
        write_results(made, place / "results" / f"{name}.parquet")
    shutil.copy(
        place / "built" / "data" / "polar" / "train-00000-of-00001.parquet", place / "results" / "other.parquet"
    )
    return place
