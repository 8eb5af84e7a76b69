"""Persons to study and models whose behaviour is known."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.splits import TEST, TRAIN
from indievaluecatalog.evaluation.request import ModelSpec, Request, Response
from indievaluecatalog.studies.choices import Choices
from indievaluecatalog.studies.run import Asking
from tests.baselines.conftest import people_of
from tests.people import random_answers

EVALUATED = 8

CHOICES = Choices(n_demonstrations=20, splits=("test",), setups=(2,))


@pytest.fixture(scope="session")
def persons(catalog: Catalog) -> People:
    """Eight persons to ask, who answered everything but a few items, and sixty to learn from."""
    splits = np.full(68, TRAIN, np.int8)
    splits[:EVALUATED] = TEST
    return people_of(catalog, random_answers(catalog, 68, seed=4), splits)


@dataclass
class Answering:
    """A model that answers each slot by a rule: (request, slot's number, right position in the list) -> position."""

    people: People
    rule: Callable[[Request, int, int], int]
    asked: list[Request] = field(default_factory=list)
    spec: ModelSpec = field(default_factory=lambda: ModelSpec("rule/one", "test", {}))

    def answer(self, requests: Iterable[tuple[str, Request]]) -> Iterator[Response]:
        rows = {name: at for at, name in enumerate(self.people.person_ids.tolist())}
        items = {item: at for at, item in enumerate(self.people.catalog.items)}
        for key, request in requests:
            self.asked.append(request)
            options = self.people.of(request.granularity)
            chosen = {}
            for at, slot in enumerate(request.slots):
                right = slot.order.index(int(options[items[slot.item], rows[request.person_id]]))
                chosen[slot.id] = slot.letters[self.rule(request, at, right)]
            yield Response(key, json.dumps(chosen))


def first(request: Request, at: int, right: int) -> int:
    return 0


def knows(request: Request, at: int, right: int) -> int:
    return right


def knows_whom_it_is_told_of(request: Request, at: int, right: int) -> int:
    """Right where anything is known of the person, otherwise the first option."""
    return right if "\n" in request.context else 0


@pytest.fixture
def asking(persons: People, tmp_path: Path) -> Callable[..., Asking]:
    def make(rule: Callable[[Request, int, int], int] = knows, *baselines: str) -> Asking:
        return Asking(Answering(persons, rule), tmp_path / "store.sqlite", baselines=baselines)

    return make
