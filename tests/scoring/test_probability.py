"""Scores of predicted distributions, and the ranks that distances are measured in."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog, Direction, Granularity, Item, Option
from indievaluecatalog.dataset.people import People
from indievaluecatalog.scoring.cells import lay_out
from indievaluecatalog.scoring.probability import BINS, FLOOR, ordinal_distances, probability_scores, reliability
from indievaluecatalog.scoring.ranks import NO_RANK, option_ranks, rank_table, wasserstein
from indievaluecatalog.scoring.tallies import person_counts
from tests.scoring.conftest import first_option, guessing, one_hot, results_of, right, uniform

FOUR = np.array([[0, 1, 2, 3]], np.int8)


def an_item(groups: list[tuple[int, ...]], low_to_high: tuple[int, ...] | None, measurement: str = "ordinal") -> Item:
    options = tuple(Option(codes, f"I say {codes}.", str(codes)) for codes in groups)
    return Item(
        id="A1",
        label="an item",
        category="c",
        battery="b",
        variable="A1",
        measurement=measurement,  # type: ignore[arg-type]
        codes={code: str(code) for codes in groups for code in codes},
        missing={},
        direction=Direction("agreement", low_to_high) if low_to_high else None,
        template="",
        slots={},
        refined=options,
        polar=options,
    )


@pytest.mark.parametrize(
    ("groups", "low_to_high", "measurement", "ranks"),
    [
        ([(1,), (2,), (3,)], (2, 3, 1), "nominal", (2, 0, 1)),  # better, worse, about the same
        ([(1,), (2,), (3,), (4,)], (4, 3, 2, 1), "ordinal", (3, 2, 1, 0)),
        ([(1, 2), (3, 4)], (4, 3, 2, 1), "ordinal", (1, 0)),
        ([(0,), (1,), (2,)], (2, 1), "ordinal", None),  # 0 is off the scale
        ([(0, 1), (2,), (3,)], (3, 2, 1), "ordinal", None),  # 0 is off the scale, in a group with 1
        ([(1, 3), (2,)], (1, 2, 3), "ordinal", None),  # the middle is no more nor less than both ends
        ([(1, 2, 3)], (1, 2, 3), "ordinal", None),
        ([(1,), (2,)], None, "binary", None),
        ([(1,), (2,), (3,)], None, "nominal", None),
        ([(1, 2), (3,), (4, 5)], None, "ordinal", (0, 1, 2)),
        ([(6, 7), (1, 5), (8, 10)], None, "scale10", (1, 0, 2)),
        ([(1,), (2,)], (1, 2), "binary", (0, 1)),
    ],
)
def test_ranks_follow_the_direction(
    groups: list[tuple[int, ...]],
    low_to_high: tuple[int, ...] | None,
    measurement: str,
    ranks: tuple[int, ...] | None,
) -> None:
    assert option_ranks(an_item(groups, low_to_high, measurement), "refined") == ranks


def test_ranks_of_the_catalog_agree_with_its_scales(catalog: Catalog) -> None:
    for item in catalog.items.values():
        for granularity in GRANULARITIES:
            ranks = option_ranks(item, granularity)
            if ranks is None:
                continue
            assert sorted(ranks) == list(range(len(item.options(granularity))))
            if item.direction is not None:
                lowest = item.options(granularity)[ranks.index(0)]
                assert item.direction.low_to_high[0] in lowest.codes


def test_without_order_the_table_says_so() -> None:
    table = rank_table([an_item([(1,), (2,)], None, "nominal"), an_item([(1,), (2,), (3,)], (3, 2, 1))], "polar", 4)
    assert table.tolist() == [[NO_RANK] * 4, [2, 1, 0, NO_RANK]]


@pytest.mark.parametrize(
    ("first", "second", "ranks", "distance"),
    [
        ([1, 0, 0, 0], [1, 0, 0, 0], [0, 1, 2, 3], 0),
        ([1, 0, 0, 0], [0, 0, 0, 1], [0, 1, 2, 3], 1),
        ([1, 0, 0, 0], [0, 1, 0, 0], [0, 1, 2, 3], 1 / 3),
        ([0.5, 0, 0, 0.5], [0, 0.5, 0.5, 0], [0, 1, 2, 3], 1 / 3),
        ([1, 0, 0, 0], [0, 1, 0, 0], [2, 0, 1, -1], 1),  # better and worse are the ends
        ([1, 0, 0, 0], [0, 0, 1, 0], [2, 0, 1, -1], 1 / 2),
        ([1, 0, 0, 0], [0.25, 0.75, 0, 0], [0, 1, -1, -1], 0.75),
        ([1, 0, 0, 0], [0, 1, 0, 0], [-1, -1, -1, -1], np.nan),
    ],
)
def test_wasserstein_by_hand(first: list[float], second: list[float], ranks: list[int], distance: float) -> None:
    found = wasserstein(np.array(first, np.float64), np.array(second, np.float64), np.array(ranks, np.int8))
    assert float(found) == pytest.approx(distance, nan_ok=True)
    turned = wasserstein(np.array(second, np.float64), np.array(first, np.float64), np.array(ranks, np.int8))
    assert float(turned) == pytest.approx(distance, nan_ok=True)


@given(st.integers(2, 5), st.integers(0, 1_000))
@settings(max_examples=40)
def test_distance_from_an_answer_is_wasserstein_from_certainty(k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    given_ = rng.dirichlet(np.ones(k), 7)
    truth = rng.integers(0, k, 7).astype(np.int8)
    ranks = np.stack([rng.permutation(k) for _ in range(7)]).astype(np.int8)
    padded = np.pad(given_, ((0, 0), (0, 2)))
    wide = np.pad(ranks, ((0, 0), (0, 2)), constant_values=NO_RANK)
    sure = one_hot(truth[:, None], np.array([k + 2]))[:, 0]
    assert ordinal_distances(padded, truth, wide) == pytest.approx(wasserstein(padded, sure, wide))


def test_being_sure_of_the_truth_is_perfect(people: People) -> None:
    cells = lay_out(results_of(people, right), people)
    for found in probability_scores(cells, person_counts(len(people), 20, 0)).values():
        assert found.log_loss.value == found.brier.value == found.calibration_error == 0
        assert found.floored == 0
        assert found.ordinal_distance is not None
        assert found.ordinal_distance.value == found.ordinal_distance.high == 0
        assert [(bin.high, bin.n, bin.accuracy) for bin in found.reliability] == [(1.0, found.n, 1.0)]


def test_being_sure_of_something_else_is_floored(people: People) -> None:
    def wrong(truth: NDArray[np.int8], sizes: NDArray[np.int64]) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
        other = ((truth + 1) % sizes).astype(np.int8)
        return other, one_hot(other, sizes)

    cells = lay_out(results_of(people, wrong), people)
    for at, found in enumerate(probability_scores(cells, None).values()):
        assert found.n == found.floored == int(cells.asked[at].sum())
        assert found.log_loss.value == pytest.approx(-np.log(FLOOR))
        assert found.brier.value == 2
        assert found.calibration_error == 1


def test_only_what_lies_below_the_floor_is_counted_as_floored(people: People) -> None:
    def unsure(truth: NDArray[np.int8], sizes: NDArray[np.int64]) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
        other = ((truth + 1) % sizes).astype(np.int8)
        even = np.arange(len(truth))[:, None, None] % 2 == 0
        return other, np.where(even, 0.6 * one_hot(other, sizes) + 0.4 * one_hot(truth, sizes), one_hot(other, sizes))

    cells = lay_out(results_of(people, unsure), people)
    for at, found in enumerate(probability_scores(cells, None).values()):
        sure = int(cells.asked[at][:, 1::2].sum())
        assert found.floored == sure
        unsure_ones = found.n - sure
        assert found.log_loss.value == pytest.approx((sure * -np.log(FLOOR) - unsure_ones * np.log(0.4)) / found.n)


def test_uniform_probabilities(people: People) -> None:
    cells = lay_out(results_of(people, uniform), people)
    for at, found in enumerate(probability_scores(cells, None).values()):
        k = np.broadcast_to(cells.sizes[at][:, None, :], cells.asked[at].shape)[cells.asked[at]]
        assert found.log_loss.value == pytest.approx(np.log(k).mean(), rel=1e-6)
        assert found.brier.value == pytest.approx((1 - 1 / k).mean(), rel=1e-6)
        # Ties for the most probable option share the credit: a uniform prediction is calibrated, whatever it names.
        assert found.calibration_error == pytest.approx(0, abs=1e-6)


def test_only_tasks_with_probabilities_count(people: People) -> None:
    assert probability_scores(lay_out(results_of(people, first_option), people), None) == {}
    results = results_of(people, uniform, granularities=("polar",), setups=(0,))
    rows = results.table.to_pylist()
    for row in rows[10:]:
        row["probabilities"] = None
    table = type(results.table).from_pylist(rows, schema=results.table.schema)
    assert probability_scores(lay_out(replace(results, table=table), people), None)["polar"].n == 10


@pytest.mark.parametrize("granularities", [("polar",), ("refined",), ("refined", "polar")])
@pytest.mark.parametrize("setups", [(0,), (1,), (2,), (0, 1), (0, 2), (1, 2), (0, 1, 2)])
def test_any_part_of_the_tasks_can_be_scored(
    people: People, setups: tuple[int, ...], granularities: tuple[Granularity, ...]
) -> None:
    """Also one whose items have fewer options than others of the catalog."""
    cells = lay_out(results_of(people, guessing(), setups=setups, granularities=granularities), people)
    found = probability_scores(cells, None)
    assert tuple(found) == granularities
    assert [scores.n for scores in found.values()] == cells.asked.sum(axis=(1, 2, 3)).tolist()


def test_items_without_order_are_left_out_of_the_distance(people: People) -> None:
    cells = lay_out(results_of(people, guessing()), people)
    items = list(people.catalog.items.values())
    for at, (granularity, found) in enumerate(probability_scores(cells, None).items()):
        ordered = np.array([option_ranks(item, granularity) is not None for item in items])[cells.probes]  # type: ignore[arg-type]
        assert found.n_ordinal == int((cells.asked[at] & ordered[:, None, :]).sum())
        assert 0 < found.n_ordinal < found.n
        assert found.ordinal_distance is not None
        assert 0 < found.ordinal_distance.value < 1


def test_intervals_of_probability_scores_hold_the_value(people: People) -> None:
    cells = lay_out(results_of(people, guessing()), people)
    for found in probability_scores(cells, person_counts(len(people), 200, 0)).values():
        for figure in (found.log_loss, found.brier, found.ordinal_distance):
            assert figure is not None
            assert figure.low is not None
            assert figure.high is not None
            assert figure.low < figure.value < figure.high


def test_reliability_by_hand() -> None:
    given_ = np.array([[0.9, 0.1], [0.9, 0.1], [0.4, 0.6], [1.0, 0.0]])
    bins, error = reliability(given_, np.array([0, 1, 1, 0], np.int8))
    assert [bin.n for bin in bins] == [1, 2, 1]
    assert [bin.accuracy for bin in bins] == [1, 0.5, 1]
    assert [bin.confidence for bin in bins] == pytest.approx([0.6, 0.9, 1.0])
    assert error == pytest.approx((0.4 * 1 + 0.4 * 2 + 0) / 4)
    assert all(bin.low < bin.confidence <= bin.high for bin in bins)


@given(st.integers(0, 1_000))
@settings(max_examples=40)
def test_bins_hold_every_task_once(seed: int) -> None:
    rng = np.random.default_rng(seed)
    given_ = rng.dirichlet(np.ones(3), 50).astype(np.float32).astype(np.float64)
    bins, error = reliability(given_, rng.integers(0, 3, 50).astype(np.int8))
    assert sum(bin.n for bin in bins) == 50
    assert len(bins) <= BINS
    assert all(bin.low - 1e-6 <= bin.confidence <= bin.high + 1e-6 for bin in bins)
    assert error == pytest.approx(sum(bin.n * abs(bin.accuracy - bin.confidence) for bin in bins) / 50)
    assert 0 <= error <= 1
