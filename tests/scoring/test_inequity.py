"""The Value Inequity Index: each figure by hand, what moves it, what does not, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring import inequity as module
from indievaluecatalog.scoring.inequity import inequity
from indievaluecatalog.scoring.scores import Inequity

Groups = Mapping[str, tuple[str, tuple[str, ...], NDArray[np.int16]]]

FOUR = np.array([50.0, 52.0, 60.0, 62.0])
TWO_WAYS: Groups = {
    "side": ("Side", ("left", "right"), np.array([0, 0, 1, 1], np.int16)),
    "rank": ("Rank", ("low", "high"), np.array([0, 1, 0, 1], np.int16)),
}


def some(n: int = 300, seed: int = 0) -> tuple[NDArray[np.float64], Groups]:
    """Persons with accuracies that differ by region, of three demographics, some unknown."""
    rng = np.random.default_rng(seed)
    region = rng.integers(-1, 9, n).astype(np.int16)
    names = tuple(f"region {r}" for r in range(9))
    sex = rng.integers(0, 2, n).astype(np.int16)
    town = rng.geometric(0.06, n).clip(1, 60).astype(np.int16) - 1
    groups = {
        "region": ("Region", names, region),
        "sex": ("Sex", ("man", "woman"), sex),
        "town": ("Town", tuple(map(str, range(60))), town.astype(np.int16)),
    }
    return 60 + 0.8 * region + rng.normal(0, 8, n), groups


def found(accuracy: NDArray[np.float64], groups: Groups, **options: int) -> Inequity:
    result = inequity(accuracy, groups, **options)
    assert result is not None
    return result


def figures(result: Inequity) -> NDArray[np.float64]:
    """All figures that no chance is in."""
    one = [result.plain, result.debiased.value]
    for d in result.dimensions:
        assert d.plain is not None
        assert d.debiased is not None
        assert d.debiased_variance is not None
        one += [d.plain, d.debiased_variance, d.debiased.value]
    return np.array(one)


def test_plain_and_debiased_by_hand() -> None:
    result = found(FOUR, TWO_WAYS, min_group=2)
    side, rank = result.dimensions
    # Means 51 and 61; variance within groups (1 + 1 + 1 + 1) / 2 = 2; noise (1 - 1/2) * 2/2.
    assert side.groups == {"left": (2, 51.0), "right": (2, 61.0)}
    assert side.plain == pytest.approx(np.sqrt(50))
    assert side.debiased_variance == pytest.approx(25 - 0.5)
    assert side.debiased is not None
    assert side.debiased.value == pytest.approx(np.sqrt(24.5))
    # Means 55 and 57; variance within groups 4 * 25 / 2 = 50; noise (1 - 1/2) * 50/2.
    assert rank.plain == pytest.approx(np.sqrt(2))
    assert rank.debiased_variance == pytest.approx(1 - 12.5)
    assert rank.debiased is not None
    assert rank.debiased.value == 0
    # The negative variance counts: the index is no mean of floored figures.
    assert result.plain == pytest.approx((np.sqrt(50) + np.sqrt(2)) / 2)
    assert result.debiased.value == pytest.approx(np.sqrt((24.5 - 11.5) / 2))


def test_floor_and_p_value_by_hand() -> None:
    result = found(FOUR, TWO_WAYS, min_group=2, permutations=6000)
    side, rank = result.dimensions
    # Four persons fall into two pairs in three ways; the means then differ by 10, 2 or 0.
    for dimension in (side, rank):
        assert dimension.floor == pytest.approx((10 + 2 + 0) / 3 / np.sqrt(2), rel=0.03)
    assert side.p_value == pytest.approx(1 / 3, abs=0.02)
    assert rank.p_value == pytest.approx(2 / 3, abs=0.02)
    # Whatever way side is cut, rank is cut another: sums of 12, 10 or 2, each as likely; 12 is observed.
    assert result.floor == pytest.approx(8 / 2 / np.sqrt(2), rel=0.03)
    assert result.p_value == pytest.approx(1 / 3, abs=0.02)


def test_no_permutation_reaches_a_great_spread() -> None:
    accuracy = np.repeat([40.0, 60.0, 80.0], 20) + np.tile([-1.0, 1.0], 30)
    groups: Groups = {"third": ("Third", ("a", "b", "c"), np.repeat([0, 1, 2], 20).astype(np.int16))}
    result = found(accuracy, groups, permutations=199)
    assert result.p_value == 1 / 200
    assert result.floor < 6 < 19 < result.plain


def test_without_a_least_size_it_is_the_published_figure() -> None:
    accuracy, groups = some()
    result = found(accuracy, groups, min_group=1, permutations=1, resamples=0)
    stds = []
    for _, (_, _, index) in groups.items():
        known = index >= 0
        stds.append(pd.Series(accuracy[known]).groupby(index[known]).mean().std())
    assert [d.plain for d in result.dimensions] == pytest.approx(stds)
    assert result.plain == pytest.approx(np.mean(stds))


def test_small_groups_are_left_out_and_named() -> None:
    accuracy = np.array([50.0] * 5 + [60.0] * 6 + [99.0] * 4 + [0.0] * 3)
    index = np.array([0] * 5 + [1] * 6 + [2] * 4 + [-1] * 3, np.int16)
    groups: Groups = {"party": ("Party", ("red", "blue", "green", "nobody's"), index)}
    (party,) = found(accuracy, groups).dimensions
    assert party.groups == {"red": (5, 50.0), "blue": (6, 60.0)}
    assert party.left_out == {"green": 4}
    assert party.plain == pytest.approx(np.sqrt(50))
    assert party.debiased_variance == pytest.approx(25)


def test_a_dimension_with_one_large_group_is_listed_and_not_counted() -> None:
    accuracy, groups = some()
    alone: Groups = {"alone": ("Alone", ("a", "b"), np.array([1] + [0] * 299, np.int16))}
    both = found(accuracy, {**alone, **groups})
    first, *rest = both.dimensions
    assert first.groups.keys() == {"a"}
    assert first.left_out == {"b": 1}
    assert (first.plain, first.floor, first.p_value, first.debiased_variance, first.debiased) == (None,) * 5
    without = found(accuracy, groups)
    assert tuple(rest) == without.dimensions
    assert both == replace(without, dimensions=both.dimensions)


def test_groups_of_one_person_each_say_nothing() -> None:
    each: Groups = {"person": ("Person", ("a", "b", "c", "d"), np.arange(4, dtype=np.int16))}
    assert inequity(FOUR, each, min_group=1) is None
    result = found(FOUR, {**TWO_WAYS, **each}, min_group=1)
    assert result.dimensions[2].plain is None


def test_nothing_to_compare() -> None:
    nobody = np.zeros(0, np.int16)
    assert inequity(FOUR, {}) is None
    assert inequity(FOUR, TWO_WAYS, min_group=3) is None
    assert inequity(np.zeros(0), {"sex": ("Sex", ("man", "woman"), nobody)}) is None
    assert inequity(FOUR, {"sex": ("Sex", ("man", "woman"), np.full(4, -1, np.int16))}) is None


def test_all_alike() -> None:
    _, groups = some()
    result = found(np.full(300, 61.7), groups)
    assert result.plain == pytest.approx(0, abs=1e-9)
    assert result.floor == pytest.approx(0, abs=1e-9)
    assert result.p_value == 1
    assert (result.debiased.value, result.debiased.low, result.debiased.high) == pytest.approx((0, 0, 0), abs=1e-6)


@given(seed=st.integers(0, 10_000))
def test_order_of_persons_and_names_of_groups_change_nothing(seed: int) -> None:
    accuracy, groups = some(120, seed)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(accuracy))
    other = {}
    for name, (label, labels, index) in groups.items():
        to = rng.permutation(len(labels)).astype(np.int16)
        moved = np.where(index >= 0, to[index], -1).astype(np.int16)
        other[name] = (label, tuple(labels[i] for i in np.argsort(to)), moved[order])
    before = found(accuracy, groups, permutations=1, resamples=0)
    after = found(accuracy[order], other, permutations=1, resamples=0)
    assert figures(after) == pytest.approx(figures(before))
    for old, new in zip(before.dimensions, after.dimensions, strict=True):
        assert new.left_out == old.left_out
        assert new.groups.keys() == old.groups.keys()
        assert all(new.groups[g] == pytest.approx(old.groups[g]) for g in old.groups)


def test_order_of_persons_changes_chance_figures_little() -> None:
    accuracy, groups = some()
    order = np.random.default_rng(1).permutation(300)
    one = found(accuracy, groups)
    two = found(accuracy[order], {n: (label, labels, i[order]) for n, (label, labels, i) in groups.items()})
    assert two.floor == pytest.approx(one.floor, rel=0.05)
    assert two.debiased.low == pytest.approx(one.debiased.low, abs=0.3)
    assert two.debiased.high == pytest.approx(one.debiased.high, abs=0.3)


@given(shift=st.floats(-60, 40))
@settings(max_examples=25)
def test_a_shift_changes_nothing(shift: float) -> None:
    accuracy, groups = some(120)
    one = found(accuracy, groups, permutations=20, resamples=20)
    two = found(accuracy + shift, groups, permutations=20, resamples=20)
    assert figures(two) == pytest.approx(figures(one), abs=1e-9)
    assert (two.floor, two.p_value) == pytest.approx((one.floor, one.p_value))
    assert (two.debiased.low, two.debiased.high) == pytest.approx((one.debiased.low, one.debiased.high))


def test_a_scale_scales() -> None:
    accuracy, groups = some()
    one, two = found(accuracy, groups), found(accuracy / 2, groups)
    assert figures(two)[:2] == pytest.approx(figures(one)[:2] / 2)
    assert two.p_value == one.p_value
    assert one.debiased.high is not None
    assert two.debiased.high == pytest.approx(one.debiased.high / 2)


def test_the_seed_decides() -> None:
    accuracy, groups = some()
    assert found(accuracy, groups, seed=3) == found(accuracy, groups, seed=3)
    one, two = found(accuracy, groups, seed=3), found(accuracy, groups, seed=4)
    assert one.floor != two.floor
    assert one.debiased.high != two.debiased.high
    assert figures(one) == pytest.approx(figures(two))


def test_small_blocks_give_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    accuracy, groups = some()
    whole = found(accuracy, groups)
    monkeypatch.setattr(module, "BLOCK", 300 * 130)
    parts = found(accuracy, groups)
    assert parts.floor == pytest.approx(whole.floor)
    assert parts.p_value == whole.p_value
    assert parts.debiased.high == pytest.approx(whole.debiased.high, abs=0.3)


def test_no_resamples_no_interval() -> None:
    result = found(FOUR, TWO_WAYS, min_group=2, resamples=0)
    assert (result.debiased.low, result.debiased.high) == (None, None)


def test_no_interval_over_very_small_groups() -> None:
    """Persons of a group of one cannot be resampled; the figures stay, and other dimensions keep their intervals."""
    accuracy, groups = some()
    region, sex, town = found(accuracy, groups, min_group=4).dimensions
    assert region.debiased is not None
    assert region.debiased.high is not None
    assert sex.debiased is not None
    assert sex.debiased.high is not None
    assert min(n for n, _ in town.groups.values()) == 4
    assert town.debiased is not None
    assert (town.debiased.low, town.debiased.high) == (None, None)
    index = found(accuracy, groups, min_group=4).debiased
    assert (index.low, index.high) == (None, None)
    assert found(accuracy, {"region": groups["region"]}, min_group=4).debiased.high is not None


@given(seed=st.integers(0, 10_000), effect=st.floats(0, 3))
@settings(max_examples=25)
def test_interval_holds_the_figure(seed: int, effect: float) -> None:
    rng = np.random.default_rng(seed)
    index = rng.integers(0, 8, 120).astype(np.int16)
    accuracy = 60 + effect * index + rng.normal(0, 8, 120)
    groups: Groups = {"ward": ("Ward", tuple("abcdefgh"), index)}
    figure = found(accuracy, groups, permutations=1, resamples=200).debiased
    assert figure.low is not None
    assert figure.high is not None
    assert 0 <= figure.low <= figure.value + 1e-9
    assert figure.value <= figure.high + 1e-9


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_an_accuracy_must_be_a_number(bad: float) -> None:
    with pytest.raises(
        ResultsError, match="1 of 4 persons have an accuracy that is no number, the first at position 2"
    ):
        inequity(np.array([50, 52, bad, 62]), TWO_WAYS, min_group=2)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (("Side", ("left", "right"), np.array([0, 1, 1], np.int16)), r"side: options of \(3,\) persons"),
        (("Side", ("left",), np.array([0, 0, 1, 1], np.int16)), "side: options 0 to 1, but there are 1"),
        (("Side", ("left", "right"), np.array([0, 0, 1, -2], np.int16)), "side: options -2 to 1"),
        (("Side", ("left", "left"), np.array([0, 0, 1, 1], np.int16)), "side: two options have the same label"),
    ],
)
def test_groups_must_fit(entry: tuple[str, tuple[str, ...], NDArray[np.int16]], message: str) -> None:
    with pytest.raises(ResultsError, match=message):
        inequity(FOUR, {"side": entry}, min_group=2)


@pytest.mark.parametrize("option", ["min_group", "permutations", "resamples"])
def test_counts_have_a_least(option: str) -> None:
    with pytest.raises(ResultsError, match=f"{option} is -1: it must be at least"):
        inequity(FOUR, TWO_WAYS, **{option: -1})
