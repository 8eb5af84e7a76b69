"""Accuracy: right, wrong, unread or not asked; of persons, setups and parts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.scoring.accuracy import accuracies, person_accuracies, setup_accuracies, tally
from indievaluecatalog.scoring.cells import Cells, lay_out
from indievaluecatalog.scoring.hits import hits, unread
from indievaluecatalog.scoring.parts import PartScorer
from indievaluecatalog.scoring.tallies import person_counts
from indievaluecatalog.scoring.weights import usable_weights
from tests.people import random_answers
from tests.scoring.conftest import first_option, guessing, option_counts, people_from, results_of, right, uniform

RIGHT = st.sampled_from([0.0, 1.0, np.nan])
HITS = hnp.arrays(np.float64, st.tuples(*[st.integers(1, 3)] * 2, st.integers(1, 6), st.integers(1, 4)), elements=RIGHT)


@pytest.fixture(scope="module")
def cells(people: People) -> Cells:
    return lay_out(results_of(people, guessing()), people)


def test_each_cell_is_right_wrong_or_not_counted(cells: Cells) -> None:
    strict, valid = hits(cells), hits(cells, valid_only=True)
    lost = unread(cells)
    assert np.isnan(strict[~cells.asked]).all()
    assert (strict[lost] == 0).all()
    assert np.isnan(valid[lost]).all()
    read = cells.asked & ~lost
    assert np.array_equal(strict[read], cells.prediction[read] == cells.truth[read])
    assert np.array_equal(strict[read], valid[read])


def test_the_truth_is_wholly_right_and_nothing_else_is(people: People) -> None:
    found = accuracies(lay_out(results_of(people, right), people), None, {})
    assert list(found) == ["refined", "polar", "mean"]
    assert all(a.strict.value == 1 and a.valid_only and a.valid_only.value == 1 for a in found.values())
    assert all(a.invalid_rate == 0 for a in found.values())
    assert accuracies(lay_out(results_of(people, first_option), people), None, {})["mean"].strict.value < 1


def test_accuracy_is_the_mean_over_persons_and_setups_of_shares(cells: Cells) -> None:
    shares = []
    for setup in range(3):
        for person in range(len(cells.people)):
            asked = cells.asked[1, setup, person]
            same = cells.prediction[1, setup, person] == cells.truth[1, setup, person]
            shares.append(same[asked].sum() / asked.sum())
    assert accuracies(cells, None, {})["polar"].strict.value == pytest.approx(np.mean(shares))


def test_a_person_asked_less_counts_the_same() -> None:
    one = np.array([1.0, np.nan, np.nan, np.nan])
    other = np.array([0.0, 0.0, 0.0, 0.0])
    assert tally(np.stack([one, other])[None, None]).values() == pytest.approx([0.5])


def test_expected_accuracy_of_uniform_probabilities_is_the_mean_of_one_by_k(catalog: Catalog) -> None:
    everyone = people_from(random_answers(catalog, 12, missing=0), catalog)
    answered = everyone.take(np.flatnonzero(everyone.answered.all(axis=0)))
    assert len(answered) > 0
    cells = lay_out(results_of(answered, uniform, decision="expected"), answered)
    found = accuracies(cells, None, {})
    for granularity, published in (("polar", 0.4537), ("refined", 0.2715)):
        exact = np.mean([(1 / option_counts(catalog, setup, granularity)).mean() for setup in range(3)])  # type: ignore[arg-type]
        assert found[granularity].strict.value == pytest.approx(exact, abs=1e-7)
        assert found[granularity].strict.value == pytest.approx(published, abs=5e-5)


def test_what_expected_runs_name_is_not_looked_at(people: People) -> None:
    def unnamed(truth: NDArray[np.int8], sizes: NDArray[np.int64]) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
        given = uniform(truth, sizes)[1]
        assert given is not None
        return np.full_like(truth, -1), given

    found = accuracies(lay_out(results_of(people, unnamed, decision="expected"), people), None, {})["mean"]
    assert found.invalid_rate == 0
    assert found.valid_only == found.strict


@given(HITS, st.data())
@settings(max_examples=60)
def test_leaving_unread_answers_out_never_lowers_accuracy(values: NDArray[np.float64], data: st.DataObject) -> None:
    lost = data.draw(hnp.arrays(np.bool_, values.shape))
    strict = np.where(lost & ~np.isnan(values), 0.0, values)
    valid = np.where(lost, np.nan, values)
    low, high = tally(strict).values(), tally(valid).values()
    both = ~np.isnan(high)
    assert (low[both] <= high[both] + 1e-12).all()


@given(HITS, st.randoms())
@settings(max_examples=60)
def test_the_order_of_persons_and_probes_does_not_matter(values: NDArray[np.float64], random) -> None:  # type: ignore[no-untyped-def]
    persons, probes = list(range(values.shape[2])), list(range(values.shape[3]))
    random.shuffle(persons)
    random.shuffle(probes)
    mixed = values[:, :, persons][..., probes]
    assert tally(mixed).values() == pytest.approx(tally(values).values(), nan_ok=True)


def test_equal_weights_change_nothing(cells: Cells) -> None:
    counts = person_counts(len(cells.people), 50, 0)
    for found in accuracies(cells, counts, {"even": np.full(len(cells.people), 0.3)}).values():
        weighted = found.weighted["even"]
        assert weighted.value == pytest.approx(found.strict.value)
        assert (weighted.low, weighted.high) == pytest.approx((found.strict.low, found.strict.high))


def test_weights_count_persons_more_or_not_at_all(cells: Cells) -> None:
    persons = person_accuracies(hits(cells))
    only = np.zeros(len(cells.people))
    only[[4, 9]] = 3, 1
    found = accuracies(cells, None, {"two": only})
    assert found["refined"].weighted["two"].value == pytest.approx((3 * persons[0, 4] + persons[0, 9]) / 4)


def test_persons_without_a_weight_are_left_out_and_counted(people: People) -> None:
    weights, notes = usable_weights(people)
    assert weights["W_WEIGHT"][0] == 0
    assert (weights["W_WEIGHT"][1:] > 0).all()
    assert notes == ("1 persons without the weight W_WEIGHT are left out of what it weights",)
    nobody = replace(people, weights={"S018": np.full(len(people), np.nan)})
    assert usable_weights(nobody) == ({}, ("nobody here has the weight S018: nothing is weighted by it",))
    assert usable_weights(replace(people, weights={}))[1] == ("the dataset has no survey weights: nothing is weighted",)


def test_intervals_hold_the_value_and_shrink_with_persons(catalog: Catalog) -> None:
    widths = []
    for persons in (40, 640):
        many = people_from(random_answers(catalog, persons, seed=1), catalog)
        cells = lay_out(results_of(many, guessing(1)), many)
        figure = accuracies(cells, person_counts(persons, 400, 0), {})["mean"].strict
        assert figure.low is not None
        assert figure.high is not None
        assert figure.low < figure.value < figure.high
        widths.append(figure.high - figure.low)
    assert widths[0] / widths[1] == pytest.approx(4, rel=0.4)


def test_the_interval_is_that_of_persons_not_of_answers(people: People) -> None:
    """Persons who are all right or all wrong: the spread is that of 60 coins, not of thousands."""

    def split(truth: NDArray[np.int8], sizes: NDArray[np.int64]) -> tuple[NDArray[np.int8], None]:
        wrong = (truth + 1) % sizes
        return np.where(np.arange(len(truth))[:, None] % 2, truth, wrong).astype(np.int8), None

    cells = lay_out(results_of(people, split), people)
    figure = accuracies(cells, person_counts(60, 2_000, 0), {})["mean"].strict
    assert figure.value == pytest.approx(0.5)
    assert figure.low is not None
    assert figure.value - figure.low == pytest.approx(1.96 * 0.5 / np.sqrt(60), rel=0.15)


def test_no_resamples_no_interval(cells: Cells) -> None:
    figure = accuracies(cells, person_counts(len(cells.people), 0, 0), {})["mean"].strict
    assert (figure.low, figure.high) == (None, None)
    assert person_counts(1, 100, 0) is None


def test_a_person_counts_with_all_setups_that_ask_him() -> None:
    values = np.array([[[[1.0, 0.0]], [[np.nan, np.nan]], [[1.0, 1.0]]]])
    assert setup_accuracies(values)[0, :, 0] == pytest.approx([0.5, np.nan, 1.0], nan_ok=True)
    assert person_accuracies(values) == pytest.approx(np.array([[0.75]]))
    assert np.isnan(person_accuracies(np.full((1, 3, 1, 2), np.nan))).all()


def test_setups_categories_and_items_are_parts_of_the_whole(cells: Cells) -> None:
    parts = PartScorer.of(cells, person_counts(len(cells.people), 20, 0))
    whole = accuracies(cells, None, {})
    setups = parts.by_setup()
    assert [part.name for part in setups] == ["setup 0", "setup 1", "setup 2"]
    assert np.mean([part.mean.value for part in setups if part.mean]) == pytest.approx(whole["mean"].strict.value)
    assert tuple(part.name for part in parts.by_category()) == cells.people.catalog.categories
    items = parts.by_item()
    assert len(items) == 108
    row = list(cells.people.catalog.items).index(items[0].name)
    here = cells.probes == row
    shares = hits(cells)[0][here.nonzero()[0], :, here.nonzero()[1]]
    assert items[0].refined is not None
    assert items[0].refined.value == pytest.approx(np.nanmean(shares))
    assert items[0].persons == int((~np.isnan(shares)).any(axis=0).sum())


def test_groups_are_accuracies_of_their_persons(cells: Cells) -> None:
    parts = PartScorer.of(cells, person_counts(len(cells.people), 50, 0), min_persons=8)
    persons = person_accuracies(hits(cells))
    catalog = cells.people.catalog
    sizes: list[int] = []
    for name in (catalog.wave.country_demographic, catalog.evaluation.dimensions[3]):
        labels = [option.label for option in catalog.demographics[name].options]
        found = parts.by_demographic(name)
        assert [part.name for part in found] == [label for label in labels if label in {p.name for p in found}]
        for part in found:
            members = cells.people.demographic(name) == labels.index(part.name)
            assert part.persons == members.sum()
            assert part.polar is not None
            assert part.polar.value == pytest.approx(persons[1, members].mean())
            assert (part.polar.low is None) == (part.persons < 8)
            sizes.append(part.persons)
    assert min(sizes) < 8 <= max(sizes)


def test_countries_are_sorted_by_name(cells: Cells) -> None:
    name = cells.people.catalog.wave.country_demographic
    labels = [part.name for part in PartScorer.of(cells, None).by_demographic(name, alphabetical=True)]
    assert labels == sorted(labels)
    assert len(labels) > 3


def test_parts_of_one_granularity_have_no_mean(people: People) -> None:
    cells = lay_out(results_of(people, right, granularities=("polar",), setups=(0,)), people)
    for part in PartScorer.of(cells, None).by_category():
        assert part.polar is not None
        assert part.polar.value == 1
        assert part.refined is part.mean is None
    assert list(accuracies(cells, None, {})) == ["polar"]
