"""Running the ceiling: what it says it is, that nothing beats it, and whom it refuses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indievaluecatalog.baselines.run import run_baseline
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError, SamplingError
from indievaluecatalog.reasoners.ceiling.run import run_ceiling
from indievaluecatalog.scoring.cells import Cells, lay_out
from indievaluecatalog.scoring.results import Results
from indievaluecatalog.survey.synthetic import TrueModel


def made(people: People, truth: TrueModel, shown: int, setups: tuple[int, ...] = (0,), samples: int = 64) -> Results:
    return run_ceiling(people, truth, n_demonstrations=shown, setups=setups, samples=samples, too_few="fewer")


@pytest.fixture(scope="module")
def of_150(people: People, truth: TrueModel) -> Results:
    return made(people, truth, 150, (0,))


def right(cells: Cells) -> float:
    return float((cells.prediction == cells.truth)[cells.asked].mean())


def test_the_ceiling_says_what_it_saw(of_150: Results) -> None:
    run = of_150.run
    assert (run.model, run.shown, run.n_demonstrations) == ("ceiling", "statements", 150)
    assert "true model of the synthetic population" in run.sees_also


def test_it_knows_how_often_it_is_right(people: People, of_150: Results) -> None:
    """A true posterior is calibrated, and what it expects to lose in logarithms is what it loses."""
    cells = lay_out(of_150, people)
    given = cells.probabilities
    assert given is not None
    asked = cells.asked & (cells.truth >= 0)
    expected = given.max(axis=-1)[asked].mean()
    spread = np.sqrt(expected * (1 - expected) / asked.sum())
    assert abs(right(cells) - expected) < 4 * spread
    own = np.take_along_axis(given, np.maximum(cells.truth, 0)[..., None].astype(np.intp), axis=-1)[..., 0]
    entropy = -(given * np.log(np.maximum(given, 1e-9))).sum(axis=-1)
    gap = (-np.log(np.maximum(own, 1e-9)) - entropy)[asked]
    assert abs(gap.mean()) < 4 * gap.std() / np.sqrt(len(gap))


def test_nothing_that_is_shown_the_same_is_right_more_often(people: People, of_150: Results) -> None:
    ceiling = right(lay_out(of_150, people))
    for name in ("majority", "naive-bayes", "resemblance-k"):
        other = run_baseline(name, people, n_demonstrations=150, setups=(0,), too_few="fewer")
        assert right(lay_out(other, people)) < ceiling - 0.01


def test_more_answers_tell_more(people: People, truth: TrueModel, of_150: Results) -> None:
    few = [right(lay_out(made(people, truth, shown, (0,), 16), people)) for shown in (0, 50)]
    assert few[0] + 0.02 < few[1] < right(lay_out(of_150, people)) - 0.01


def test_polar_probabilities_are_sums_of_refined_ones(people: People, of_150: Results) -> None:
    table = of_150.table.to_pylist()
    refined = {(r["person_id"], r["setup"], r["item"]): r for r in table if r["granularity"] == "refined"}
    for row in [r for r in table if r["granularity"] == "polar"][:400]:
        item = people.catalog.items[row["item"]]
        fine = refined[row["person_id"], row["setup"], row["item"]]["probabilities"]
        sums = [
            sum(p for p, small in zip(fine, item.refined, strict=True) if set(small.codes) <= set(option.codes))
            for option in item.polar
        ]
        np.testing.assert_allclose(row["probabilities"], sums, atol=1e-5)
        assert row["prediction"] == int(np.argmax(row["probabilities"]))


def test_the_same_again_and_others_with_another_seed(people: People, truth: TrueModel) -> None:
    few = replace(people, splits=np.where(np.cumsum(people.splits > 0) > 5, 0, people.splits).astype(np.int8))
    again = [made(few, truth, 30).table for _ in range(2)]
    assert again[0].equals(again[1])
    other = run_ceiling(few, truth, n_demonstrations=30, setups=(0,), samples=64, too_few="fewer", seed=1)
    assert not other.table.equals(again[0])


def test_progress_ends_at_one(people: People, truth: TrueModel) -> None:
    told: list[float] = []
    run_ceiling(people, truth, n_demonstrations=0, setups=(0,), samples=2, progress=lambda _, done: told.append(done))
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_those_it_is_not_for_are_refused(people: People, truth: TrueModel) -> None:
    real = replace(people, identity=replace(people.identity, synthetic=False))
    with pytest.raises(ReasonerError, match="for synthetic persons"):
        run_ceiling(real, truth)
    with pytest.raises(ReasonerError, match="exclude='setup'"):
        run_ceiling(people, truth, protocol="paper")
    with pytest.raises(ReasonerError, match="even"):
        run_ceiling(people, truth, samples=7)
    with pytest.raises(ReasonerError, match="setups are some of"):
        run_ceiling(people, truth, setups=(3,))
    with pytest.raises(ReasonerError, match="splits are some of"):
        run_ceiling(people, truth, splits=("test", "nobody"))
    nobody = replace(people, splits=np.zeros_like(people.splits))
    with pytest.raises(ReasonerError, match="no persons of the split"):
        run_ceiling(nobody, truth)


def test_traits_of_others_are_refused(people: People, truth: TrueModel) -> None:
    turned = replace(truth, interview_ids=truth.interview_ids[::-1].copy())
    with pytest.raises(SamplingError, match="not those of the dataset's persons"):
        run_ceiling(people, turned, n_demonstrations=10, too_few="fewer")
    with pytest.raises(SamplingError, match="no row for person"):
        run_ceiling(people, truth.take(np.arange(3)), n_demonstrations=10, too_few="fewer")
