"""Persons without any file, and results made by plain rules: what every score is tested on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog, Granularity
from indievaluecatalog.catalog.probes import probe_setup
from indievaluecatalog.dataset.people import DatasetIdentity, People
from indievaluecatalog.dataset.splits import SPLITS
from indievaluecatalog.dataset.tables import index_answers
from indievaluecatalog.scoring.results import Results, prediction_table
from indievaluecatalog.scoring.run import Run
from indievaluecatalog.survey.answers import Answers
from tests.people import random_answers

PERSONS = 60

Said = tuple[NDArray[np.int8], NDArray[np.float64] | None]
Rule = Callable[[NDArray[np.int8], NDArray[np.int64]], Said]
"""From answers (n, p) and numbers of options (p,) to options named (n, p) and probabilities (n, p, k), if any."""


def people_from(answers: Answers, catalog: Catalog, *, name: str = "random", split: str = "test") -> People:
    """Persons of a table of answers, all of one split."""
    found = index_answers(catalog, answers)
    return People(
        catalog=catalog,
        identity=DatasetIdentity(name, f"digest of {name}", catalog.digest, catalog.wave.id, answers.report.synthetic),
        person_ids=answers.person_ids,
        splits=np.full(len(answers), SPLITS.index(split), np.int8),
        refined=found.refined,
        polar=found.polar,
        demographics=found.demographics,
        weights=dict(answers.weights),
    )


def results_of(people: People, rule: Rule, **identity: Any) -> Results:
    """Results of a rule on every task of the run's persons, setups and granularities."""
    run = Run(
        **({"model": "rule", "dataset": people.identity, "n_demonstrations": 200, "splits": ("test",)} | identity)
    )
    here = people.take(people.rows_of(*run.splits))
    order = list(people.catalog.items)
    tables = []
    for granularity in run.granularities:
        for setup in run.setups:
            probes = probe_setup(people.catalog, setup)
            truth = here.of(granularity)[[order.index(item) for item in probes]].T
            sizes = option_counts(people.catalog, setup, granularity)
            chosen, given = rule(truth, sizes)
            tables.append(
                prediction_table(here.person_ids, setup, probes, granularity, truth >= 0, chosen, given, sizes)
            )
    return Results(run, pa.concat_tables(tables).unify_dictionaries())


def option_counts(catalog: Catalog, setup: int, granularity: Granularity) -> NDArray[np.int64]:
    return np.array([len(catalog.items[item].options(granularity)) for item in probe_setup(catalog, setup)])


def one_hot(chosen: NDArray[np.int8], sizes: NDArray[np.int64]) -> NDArray[np.float64]:
    return (chosen[..., None] == np.arange(sizes.max())).astype(np.float64)


def right(truth: NDArray[np.int8], sizes: NDArray[np.int64]) -> Said:
    """Always the person's own answer, and sure of it."""
    return truth, one_hot(truth, sizes)


def first_option(truth: NDArray[np.int8], sizes: NDArray[np.int64]) -> Said:
    """Always the first option, without probabilities."""
    return np.zeros_like(truth), None


def uniform(truth: NDArray[np.int8], sizes: NDArray[np.int64]) -> Said:
    """The same probability for every option; names the last."""
    inside = np.arange(sizes.max()) < sizes[:, None]
    each = np.broadcast_to(inside / sizes[:, None], (*truth.shape, sizes.max()))
    return np.broadcast_to(sizes - 1, truth.shape).astype(np.int8), each


def guessing(seed: int = 0, share_right: float = 0.3, share_unread: float = 0.1) -> Rule:
    """Random options, some of them right and some unreadable, with random probabilities that favour the one named."""
    rng = np.random.default_rng(seed)

    def rule(truth: NDArray[np.int8], sizes: NDArray[np.int64]) -> Said:
        chosen = (rng.random(truth.shape) * sizes).astype(np.int8)
        chosen = np.where(rng.random(truth.shape) < share_right, np.maximum(truth, 0), chosen).astype(np.int8)
        weights = rng.random((*truth.shape, sizes.max())) * (np.arange(sizes.max()) < sizes[:, None])
        weights += one_hot(chosen, sizes)
        chosen[rng.random(truth.shape) < share_unread] = -1
        return chosen, weights / weights.sum(axis=-1, keepdims=True)

    return rule


@pytest.fixture(scope="session")
def people(catalog: Catalog) -> People:
    """Sixty persons who answered nearly everything; p0 has no weight."""
    return people_from(random_answers(catalog, PERSONS, seed=3), catalog)
