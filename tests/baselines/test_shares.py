"""Chance, majority, and the majority of a country, by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indievaluecatalog.baselines.run import run_baseline
from indievaluecatalog.baselines.shares import as_shares, drawn_together, option_counts
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import probe_setup
from indievaluecatalog.scoring.cells import lay_out
from tests.baselines.conftest import MakePeople


def test_counts_and_shares_by_hand() -> None:
    answers = np.array([[0, 1, 1, -1, 1], [2, 2, -1, -1, 0], [-1, -1, -1, -1, -1]], np.int8)
    sizes = np.array([2, 3, 3])
    counts = option_counts(answers, sizes)[0]
    assert counts.tolist() == [[1, 3, 0], [1, 0, 2], [0, 0, 0]]
    np.testing.assert_allclose(as_shares(counts, sizes), [[1 / 4, 3 / 4, 0], [1 / 3, 0, 2 / 3], [1 / 3] * 3])
    groups = np.array([0, 0, 1, 1, -1])
    assert option_counts(answers, sizes, groups, 2)[:, 0].tolist() == [[1, 1, 0], [0, 1, 0]]


def test_countries_are_drawn_towards_everyone_and_fall_back_on_them() -> None:
    counts = np.array([[[3, 1]], [[0, 0]]])
    overall = np.array([[0.25, 0.75]])
    shares = drawn_together(counts, overall, 4.0)
    np.testing.assert_allclose(shares[:, 0], [[0.5, 0.5], [0.25, 0.75], [0.25, 0.75]])
    np.testing.assert_allclose(drawn_together(counts, overall, 0.0)[:, 0], [[0.75, 0.25], [0.25, 0.75], [0.25, 0.75]])


def test_majority_is_the_most_frequent_training_answer_and_the_first_of_equals(
    make_people: MakePeople, catalog: Catalog
) -> None:
    people = make_people(persons=16, evaluation=6)
    item = probe_setup(catalog, 0)[0]
    at = list(catalog.items).index(item)
    size = len(catalog.items[item].refined)
    assert size >= 3
    train = people.rows_of("train")
    changed = replace(people, refined=people.refined.copy())
    changed.refined[at, train] = [2, 2, 2, 1, 1, 1, 0, -1, -1, -1]
    cells = lay_out(run_baseline("majority", changed, setups=(0,)), changed)
    assert cells.run.granularities[0] == "refined"
    assert (cells.prediction[0, 0, :, 0] == 1).all()
    assert cells.probabilities is not None
    np.testing.assert_allclose(cells.probabilities[0, 0, 0, 0, :3], [1 / 7, 3 / 7, 3 / 7], rtol=1e-6)
    assert (cells.prediction == cells.prediction[:, :, :1]).all()


def test_country_majority_looks_at_the_country(make_people: MakePeople, catalog: Catalog) -> None:
    people = make_people(persons=200, evaluation=6)
    at = list(catalog.items).index(probe_setup(catalog, 0)[0])
    row = list(catalog.demographics).index(catalog.wave.country_demographic)
    train, evaluated = people.rows_of("train"), people.rows_of("validation", "test")
    changed = replace(people, refined=people.refined.copy(), demographics=people.demographics.copy())
    changed.demographics[row, train] = np.where(np.arange(len(train)) < 50, 3, 4)
    changed.refined[at, train] = np.where(np.arange(len(train)) < 50, 2, 1)
    changed.demographics[row, evaluated] = [3, 4, 3, 4, -1, 5]
    cells = lay_out(run_baseline("country-majority", changed, setups=(0,)), changed)
    assert cells.prediction[0, 0, :, 0].tolist() == [2, 1, 2, 1, 1, 1]


def test_chance_is_exact(make_people: MakePeople) -> None:
    people = make_people()
    cells = lay_out(run_baseline("random", people), people)
    assert cells.run.decision == "expected"
    assert cells.probabilities is not None
    right = np.take_along_axis(cells.probabilities, cells.truth[..., None].astype(np.intp), axis=-1)[..., 0]
    means = dict(zip(cells.run.granularities, right.mean(axis=(2, 3)) * 100, strict=True))
    # The published task's option counts; refined by this catalog's own.
    np.testing.assert_allclose(means["polar"], [46.37, 45.51, 44.23], atol=0.006)
    np.testing.assert_allclose(means["refined"], [27.18, 27.18, 27.10], atol=0.006)


@pytest.mark.parametrize("name", ["country-majority", "demographics"])
def test_a_country_nobody_else_is_of(make_people: MakePeople, name: str) -> None:
    people = make_people()
    lonely = replace(people, demographics=people.demographics.copy())
    lonely.demographics[:, people.rows_of("validation", "test")] = -1
    ours = lay_out(run_baseline(name, lonely), lonely)
    plain = lay_out(run_baseline("majority", lonely), lonely)
    np.testing.assert_array_equal(ours.prediction, plain.prediction)
