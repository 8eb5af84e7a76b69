"""Two runs on the same tasks: differences, intervals, p-values; and what may not be mixed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.sampling.protocol import PAPER
from indievaluecatalog.scoring.accuracy import accuracies
from indievaluecatalog.scoring.cells import Cells, lay_out
from indievaluecatalog.scoring.compare import compare, holm, run_names
from tests.scoring.conftest import first_option, guessing, results_of, right

QUICK = {"resamples": 100, "permutations": 200}


@pytest.fixture(scope="module")
def weak(people: People) -> Cells:
    return lay_out(results_of(people, guessing(1, share_right=0.2), model="weak"), people)


@pytest.fixture(scope="module")
def strong(people: People) -> Cells:
    return lay_out(results_of(people, guessing(2, share_right=0.4), model="strong"), people)


def test_a_run_against_itself_is_no_different(weak: Cells) -> None:
    for found in compare([weak, weak], **QUICK):
        assert found.difference.value == found.difference.low == found.difference.high == 0
        assert found.p_value == found.adjusted_p_value == 1


def test_the_difference_is_that_of_the_accuracies(weak: Cells, strong: Cells) -> None:
    comparisons = compare([strong, weak], **QUICK)
    assert [found.granularity for found in comparisons] == ["refined", "polar", "mean"]
    for found in comparisons:
        one, other = (accuracies(cells, None, {})[found.granularity].strict.value for cells in (strong, weak))
        assert found.difference.value == pytest.approx(one - other)
        assert found.difference.low is not None
        assert found.difference.high is not None
        assert 0 < found.difference.low < found.difference.value < found.difference.high
        assert found.persons == len(weak.people)
        assert (found.first, found.second) == ("strong", "weak")
        assert found.p_value == pytest.approx(1 / 201)
        assert found.adjusted_p_value == pytest.approx(3 / 201)


def test_the_order_of_runs_turns_the_sign_only(weak: Cells, strong: Cells) -> None:
    for there, back in zip(compare([strong, weak], **QUICK), compare([weak, strong], **QUICK), strict=True):
        assert there.difference.value == pytest.approx(-back.difference.value)
        assert there.p_value == back.p_value


def test_predictors_that_are_equally_good_are_rarely_told_apart(people: People) -> None:
    p_values = []
    for seed in range(20):
        pair = [lay_out(results_of(people, guessing(100 * side + seed), setups=(0,)), people) for side in (1, 2)]
        p_values += [found.p_value for found in compare(pair, **QUICK)]
    assert np.mean(np.array(p_values) < 0.05) < 0.2
    assert np.mean(p_values) == pytest.approx(0.5, abs=0.15)


def test_every_pair_or_each_against_one(weak: Cells, strong: Cells, people: People) -> None:
    first = lay_out(results_of(people, first_option, model="first"), people)
    runs = [weak, strong, first]
    every = compare(runs, **QUICK)
    assert [(c.first, c.second) for c in every[::3]] == [("weak", "strong"), ("weak", "first"), ("strong", "first")]
    against = compare(runs, reference=0, **QUICK)
    assert [(c.first, c.second) for c in against[::3]] == [("strong", "weak"), ("first", "weak")]


def test_only_common_tasks_are_compared(people: People, strong: Cells) -> None:
    """The other run has half of the persons, one setup and one granularity; there it is right."""
    results = results_of(people, right, model="right", setups=(2,), granularities=("polar",))
    half = set(people.person_ids[:30].tolist())
    keep = [row["person_id"] in half for row in results.table.to_pylist()]
    part = lay_out(replace(results, table=results.table.filter(keep)), people, partial=True)
    (found,) = compare([part, strong], **QUICK)
    assert (found.granularity, found.persons) == ("polar", 30)
    alone = strong.take(np.arange(30))
    shares = [(alone.prediction[1, 2, n] == alone.truth[1, 2, n])[alone.asked[1, 2, n]].mean() for n in range(30)]
    assert found.difference.value == pytest.approx(1 - np.mean(shares))
    (turned,) = compare([strong, part], **QUICK)
    assert (turned.persons, turned.difference.value) == pytest.approx((30, np.mean(shares) - 1))


def test_persons_are_matched_by_id_whatever_their_order(weak: Cells, strong: Cells) -> None:
    turned = strong.take(np.arange(len(strong.people))[::-1])
    assert compare([turned, weak], **QUICK) == compare([strong, weak], **QUICK)


def test_runs_of_different_datasets_are_refused(weak: Cells, strong: Cells) -> None:
    other = replace(strong, run=replace(strong.run, dataset=replace(strong.run.dataset, name="old", digest="0d")))
    with pytest.raises(ResultsError, match=r"weak and strong cannot be compared: .*dataset random .* of old 0d"):
        compare([weak, other], **QUICK)


def test_runs_of_different_protocols_are_refused_unless_allowed(weak: Cells, strong: Cells) -> None:
    other = replace(strong, run=replace(strong.run, protocol=PAPER))
    with pytest.raises(ResultsError, match=r"weak and strong cannot be compared: .*protocol ours .*the other paper"):
        compare([weak, other], **QUICK)
    with pytest.raises(ResultsError, match="weak and strong"):
        compare([weak, weak, other], reference=0, **QUICK)
    assert len(compare([weak, other], mixed_protocols=True, **QUICK)) == 3


def test_numbers_of_demonstrations_may_differ(weak: Cells) -> None:
    fewer = replace(weak, run=replace(weak.run, n_demonstrations=50))
    found = compare([weak, fewer], **QUICK)
    assert (found[0].first, found[0].second) == ("weak, 200 demonstrations", "weak, 50 demonstrations")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"setups": (0,)}, {"setups": (1,)}),
        ({"granularities": ("polar",)}, {"granularities": ("refined",)}),
    ],
)
def test_runs_without_a_common_task_are_refused(
    people: People, one: dict[str, object], other: dict[str, object]
) -> None:
    runs = [lay_out(results_of(people, right, model=f"m{at}", **kind), people) for at, kind in enumerate((one, other))]
    with pytest.raises(ResultsError, match=r"m0 and m1 cannot be compared: they have no .*task in common"):
        compare(runs, **QUICK)


def test_runs_of_no_common_person_are_refused(weak: Cells, strong: Cells) -> None:
    with pytest.raises(ResultsError, match="task in common"):
        compare([weak.take(np.arange(5)), strong.take(np.arange(5, 10))], **QUICK)


def test_one_run_is_nothing_to_compare(weak: Cells) -> None:
    with pytest.raises(ResultsError, match="two runs or more, not 1"):
        compare([weak])
    with pytest.raises(ResultsError, match="no run 2"):
        compare([weak, weak], reference=2)


def test_names_tell_runs_apart(weak: Cells) -> None:
    run = weak.run
    runs = [
        run,
        replace(run, n_demonstrations=50),
        replace(run, n_demonstrations=50, settings={"k": 9}),
        replace(run, model="other"),
        replace(run, shown="both"),
    ]
    assert run_names(runs) == (
        "weak, 200 demonstrations, statements",
        "weak, 50 demonstrations",
        "weak, 50 demonstrations, k=9",
        "other",
        "weak, 200 demonstrations, both",
    )


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.5]) == pytest.approx((0.04, 0.09, 0.09, 0.5))
    assert holm([0.5, 0.9]) == pytest.approx((1.0, 1.0))
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_keeps_the_order_and_lowers_nothing(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, adjusted, strict=True))
    order = np.argsort(p_values, kind="stable")
    assert (np.diff(np.array(adjusted)[order]) >= 0).all()
