"""Resemblance: the same as the plain way, whatever the ties, the missing answers and the order of rows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indievaluecatalog.baselines.agreement import PERSONS_AT_A_TIME, agreements, packed
from indievaluecatalog.baselines.given import Given
from indievaluecatalog.baselines.nearest import nearest
from indievaluecatalog.baselines.resemblance import predict_nearest, predict_neighbourhood
from indievaluecatalog.baselines.run import blanked, run_baseline, training_people
from indievaluecatalog.baselines.shares import predict_majority
from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.dataset.people import polar_of_refined
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.sampling.protocol import OURS, PAPER, Protocol
from indievaluecatalog.sampling.tasks import draw_tasks
from indievaluecatalog.scoring.results import UNREAD
from tests.baselines.conftest import MakePeople
from tests.baselines.plain import resemblance


def question(
    make_people: MakePeople, k: int, n: int, seed: int, protocol: Protocol = OURS, granularity: Granularity = "polar"
) -> Given:
    people = make_people(seed=seed, missing=0.3)
    evaluation = people.take(people.rows_of("validation", "test"))
    tasks = draw_tasks(
        people.catalog,
        evaluation.answered,
        evaluation.person_ids,
        setup=seed % 3,
        n_demonstrations=n,
        protocol=protocol,
        too_few="fewer",
    )
    chosen = {"k": k, "demonstrations": "same"}
    return Given(training_people(people, protocol), blanked(evaluation, tasks), tasks, granularity, chosen)


@pytest.mark.parametrize("granularity", ["refined", "polar"])
@pytest.mark.parametrize("k", [1, 7, 500])
@pytest.mark.parametrize("n", [3, 60])
def test_nearest_is_what_the_plain_way_finds(make_people: MakePeople, granularity: Granularity, k: int, n: int) -> None:
    asked = question(make_people, k, n, seed=n + k, granularity=granularity)
    made = predict_nearest(asked)
    expected = resemblance(asked.training, asked.evaluation, asked.tasks, granularity, k)
    np.testing.assert_array_equal(made.options, expected)


@pytest.mark.parametrize("granularity", ["refined", "polar"])
@pytest.mark.parametrize("k", [1, 7, 500])
def test_neighbourhood_is_what_the_plain_way_finds(make_people: MakePeople, granularity: Granularity, k: int) -> None:
    asked = question(make_people, k, 20, seed=k, granularity=granularity)
    made = predict_neighbourhood(asked)
    expected = resemblance(asked.training, asked.evaluation, asked.tasks, granularity, k, ring=True)
    np.testing.assert_array_equal(made.options, expected)


@pytest.mark.parametrize("k", [1, 4, 30])
def test_the_paper_compares_everything_and_lets_missing_answers_vote(make_people: MakePeople, k: int) -> None:
    asked = question(make_people, k, 20, seed=3, protocol=PAPER)
    made = predict_nearest(asked)
    expected = resemblance(asked.training, asked.evaluation, asked.tasks, "polar", k)
    np.testing.assert_array_equal(made.options, expected)
    assert made.probabilities is None
    if k == 1:
        # Three in ten answers are missing, so the nearest person often has none.
        assert (made.options == UNREAD).mean() > 0.1


def test_without_demonstrations_it_is_the_majority(make_people: MakePeople) -> None:
    asked = question(make_people, 5, 0, seed=1)
    np.testing.assert_array_equal(predict_nearest(asked).options, predict_majority(asked).options)
    np.testing.assert_array_equal(predict_neighbourhood(asked).options, predict_majority(asked).options)


@pytest.mark.parametrize("name", ["resemblance-1", "resemblance-k", "resemblance-neighbourhood"])
def test_demonstrations_that_differ_by_probe_are_refused(make_people: MakePeople, name: str) -> None:
    with pytest.raises(SamplingError, match="exclude='setup'"):
        run_baseline(name, make_people(), n_demonstrations=20, protocol=Protocol(exclude="asked"))


def test_demonstrations_may_be_of_the_other_granularity(make_people: MakePeople) -> None:
    asked = question(make_people, 1, 60, seed=4, granularity="refined")
    by_polar = replace(asked, settings={"k": 1, "demonstrations": "polar"})
    # The nearest by polar answers says the same at both granularities.
    polar = polar_of_refined(asked.training.catalog)
    refined = predict_nearest(by_polar).options
    of_polar = predict_nearest(replace(asked, granularity="polar")).options
    voted = predict_nearest(by_polar).probabilities
    assert voted is not None
    clear = voted.max(axis=2) > 0.5
    assert clear.mean() > 0.5
    translated = polar[asked.tasks.probes, refined]
    np.testing.assert_array_equal(translated[clear], of_polar[clear])
    assert (refined != predict_nearest(asked).options).any()


@settings(max_examples=60)
@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 9), st.integers(1, 30))
def test_agreement_is_counted_bit_by_bit(seed: int, items: int, persons: int, options: int) -> None:
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, options + 1, items)
    left = np.stack([rng.integers(-1, size, 50) for size in sizes])
    right = np.stack([rng.integers(-1, size, persons) for size in sizes])
    counts = agreements(packed(left, sizes), packed(right, sizes), items)
    expected = ((left[:, None, :] == right[:, :, None]) & (left[:, None, :] >= 0)).sum(axis=0)
    np.testing.assert_array_equal(counts, expected)


def test_agreement_over_several_blocks_and_many_items() -> None:
    rng = np.random.default_rng(0)
    persons, items = PERSONS_AT_A_TIME + 5, 300
    sizes = np.full(items, 2)
    same = np.repeat(rng.integers(0, 2, (items, 1)), persons, axis=1)
    counts = agreements(packed(same, sizes), packed(same[:, :2], sizes), items)
    assert counts.shape == (2, persons)
    assert (counts == items).all()


@given(st.lists(st.integers(0, 6), min_size=1, max_size=60), st.integers(1, 70))
def test_nearest_orders_by_count_then_position(counts: list[int], k: int) -> None:
    who, shared = nearest(np.array(counts, np.uint8), k)
    order = sorted((at for at, c in enumerate(counts) if c), key=lambda at: (-counts[at], at))
    border = counts[order[k - 1]] if len(order) >= k else 1
    assert who.tolist() == [at for at in order if counts[at] >= border]
    assert shared.tolist() == [counts[at] for at in who]
