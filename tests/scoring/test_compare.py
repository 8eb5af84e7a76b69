"""Two runs on the same tasks: differences, intervals, p-values; and what may not be mixed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.sampling.protocol import PAPER
from indievaluecatalog.scoring import read_runs
from indievaluecatalog.scoring.accuracy import accuracies
from indievaluecatalog.scoring.cells import Cells, lay_out
from indievaluecatalog.scoring.compare import compare, compare_cells, run_names
from indievaluecatalog.scoring.results import write_results
from tests.scoring.conftest import first_option, guessing, results_of, right

QUICK: dict[str, Any] = {"resamples": 100, "permutations": 200}


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
        # Each granularity is a family of its own, here of one.
        assert found.adjusted_p_value == found.p_value


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
    with pytest.raises(ResultsError, match=r"weak and strong .*protocol ours .*the other paper.*--mixed-protocols"):
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


def test_files_are_compared_like_what_was_read_from_them(
    people: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = [results_of(people, guessing(seed, share_right=seed / 10), model=f"m{seed}") for seed in (1, 2, 3)]
    write_results(every[0], tmp_path / "m1.parquet")
    reads = []

    def read_people(*args: object, **more: object) -> People:
        reads.append(args)
        return people

    monkeypatch.setattr(read_runs, "read_people", read_people)
    runs: list[read_runs.RunLike] = [tmp_path / "m1.parquet", every[1], lay_out(every[2], people)]
    found = compare(runs, tmp_path, **QUICK)
    assert reads == [(tmp_path,)]
    assert found == compare([lay_out(one, people) for one in every], **QUICK)
    assert compare(every, people, **QUICK) == found
    half = replace(every[1], table=every[1].table.slice(0, 2_000))
    with pytest.raises(ResultsError, match="partial=True"):
        compare([every[0], half], people, **QUICK)


def test_pairs_without_a_common_task_can_be_left_out_and_said(weak: Cells, people: People) -> None:
    polar = lay_out(results_of(people, right, model="polar", granularities=("polar",)), people)
    refined = lay_out(results_of(people, right, model="refined", granularities=("refined",)), people)
    found = compare_cells([weak, polar, refined], **QUICK)
    pairs = [(one.first, one.second, one.granularity) for one in found.comparisons]
    assert pairs == [("weak", "polar", "polar"), ("weak", "refined", "refined")]
    assert found.left_out == ("polar and refined cannot be compared: they have no task in common",)


def test_what_a_half_done_run_shares_is_compared(weak: Cells, people: People) -> None:
    """Its predictions are refined ones alone."""
    results = results_of(people, guessing(5), model="half")
    keep = [row["granularity"] == "refined" for row in results.table.to_pylist()]
    half = lay_out(replace(results, table=results.table.filter(keep)), people, partial=True)
    found = compare_cells([weak, half], **QUICK)
    assert [one.granularity for one in found.comparisons] == ["refined"]
    assert found.left_out == ("weak and half cannot be compared on polar options: they have no such task in common",)
    with pytest.raises(ResultsError, match="on polar options"):
        compare([weak, half], **QUICK)


def test_many_runs_can_still_differ_significantly(people: People) -> None:
    """Twenty runs are 190 pairs: with the flips of one pair no corrected p-value could fall below 0.05."""
    here = people.take(np.arange(30))
    good = lay_out(results_of(here, right, model="good", setups=(0,)), here)
    poor = lay_out(results_of(here, guessing(), model="poor", setups=(0,)), here)
    runs = [good, *(replace(poor, run=replace(poor.run, model=f"poor {at}")) for at in range(19))]
    found = compare_cells(runs, resamples=0)
    assert found.notes == ()
    for one in found.comparisons:
        assert (one.adjusted_p_value < 0.01) == (one.first == "good")
    few = compare_cells(runs, resamples=0, permutations=1_000)
    assert "190 comparisons are corrected together on 1,000 permutations" in few.notes[0]
    assert all(one.adjusted_p_value > 0.05 for one in few.comparisons)


@pytest.mark.parametrize("resamples", [-1, 1, 9])
def test_resamples_too_few_for_an_interval_are_refused(weak: Cells, strong: Cells, resamples: int) -> None:
    with pytest.raises(ResultsError, match=f"10 or more, not {resamples}"):
        compare([weak, strong], resamples=resamples)
