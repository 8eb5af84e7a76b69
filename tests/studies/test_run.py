"""A study asks each condition once, compares with its reference, and sets baselines beside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from indievaluecatalog.baselines.run import run_baseline
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import EvaluationError, SamplingError
from indievaluecatalog.scoring.results import read_results
from indievaluecatalog.scoring.score import score
from indievaluecatalog.scoring.scores import Figure
from indievaluecatalog.studies.listing import named_study, read_studies
from indievaluecatalog.studies.outcome import Line, Outcome
from indievaluecatalog.studies.run import Asking, plan_study, run_study
from tests.studies.conftest import CHOICES, EVALUATED, Answering, first, knows, knows_whom_it_is_told_of

Make = Callable[..., Asking]


def line(outcome: Outcome, condition: str, predictor: str = "rule/one") -> Line:
    (found,) = [one for one in outcome.lines if (one.predictor, one.condition) == (predictor, condition)]
    return found


def value(figure: Figure | None) -> float:
    assert figure is not None
    return figure.value


def asked(asking: Asking) -> int:
    return len(cast(Answering, asking.model).asked)


@pytest.mark.parametrize("name", [study.name for study in read_studies()])
def test_who_knows_the_answers_is_right_in_every_condition(persons: People, asking: Make, name: str) -> None:
    outcome = run_study(name, asking(), persons, CHOICES, resamples=0)
    assert {one.condition for one in outcome.lines} >= set(outcome.conditions)
    for one in outcome.lines:
        assert (one.persons, one.predicted) == (EVALUATED, one.tasks)
        assert one.accuracy["mean"].value == 1
        assert all(part.difference.value == 0 for part in one.difference.values())
    assert outcome.synthetic


def test_the_difference_from_the_reference_is_that_of_accuracies(persons: People, asking: Make) -> None:
    outcome = run_study("shown", asking(knows_whom_it_is_told_of), persons, CHOICES, resamples=50)
    nothing, both, reference = (line(outcome, name) for name in ("nothing", "both", "statements"))
    assert both.accuracy["mean"].value == 1
    assert nothing.accuracy["mean"].value < 0.6
    assert nothing.difference["mean"].difference.value == pytest.approx(nothing.accuracy["mean"].value - 1)
    assert nothing.difference["mean"].difference.low is not None
    assert not reference.difference
    assert both.difference["refined"].difference.value == 0


def test_what_conditions_and_studies_share_is_asked_once(persons: People, asking: Make) -> None:
    shown, granularity = asking(), asking()
    assert plan_study("shown", shown, persons, CHOICES).to_send == 4 * 2 * EVALUATED
    assert asked(shown) == 0
    before = run_study("shown", shown, persons, CHOICES, resamples=0)
    assert asked(shown) == 4 * 2 * EVALUATED
    assert plan_study("granularity", granularity, persons, CHOICES).to_send == 2 * EVALUATED
    run_study("granularity", granularity, persons, CHOICES, resamples=0)
    assert asked(granularity) == 2 * EVALUATED
    again = asking()
    assert run_study("shown", again, persons, CHOICES, resamples=0) == before
    assert asked(again) == 0


def test_numbers_of_demonstrations(persons: People, asking: Make) -> None:
    study = named_study("demonstrations").with_sizes([5, 10])
    outcome = run_study(study, asking(knows_whom_it_is_told_of, "majority", "naive-bayes"), persons, CHOICES)
    assert outcome.conditions == ("0", "5", "10")
    assert line(outcome, "5").difference["mean"].difference.value > 0.4
    assert all(one.flat == (one.predictor == "majority") for one in outcome.lines)
    # Without any statement what is left of it is the majority.
    assert line(outcome, "0", "naive-bayes").accuracy == line(outcome, "0", "majority").accuracy


@pytest.mark.parametrize("name", ["resemblance-k", "naive-bayes", "demographics"])
def test_a_baseline_in_a_study_is_the_baseline(persons: People, name: str) -> None:
    study = named_study("granularity")
    outcome = run_study(study, Asking(baselines=(name,)), persons, CHOICES, resamples=0)
    for granularity in ("refined", "polar"):
        settings = {} if name == "demographics" else {"demonstrations": granularity}
        alone = run_baseline(name, persons, n_demonstrations=20, splits=("test",), setups=(2,), settings=settings)
        expected = {key: one.strict for key, one in score(alone, persons, resamples=0).accuracy.items()}
        assert line(outcome, granularity, name).accuracy == expected


def test_everyone_is_compared_on_the_same_persons(persons: People, asking: Make, tmp_path: Path) -> None:
    choices = replace(CHOICES, persons=3, granularities=("polar",))
    outcome = run_study(
        "granularity", asking(knows, "majority", "naive-bayes"), persons, choices, results=tmp_path, resamples=0
    )
    assert {(one.persons, one.tasks) for one in outcome.lines} == {(3, outcome.lines[0].tasks)}
    assert {key for one in outcome.lines for key in one.accuracy} == {"polar"}
    files = {path.stem: read_results(path) for path in tmp_path.glob("*.parquet")}
    assert set(files) == {
        f"{name}-granularity-{shown}-3_persons"
        for name in ("rule_one", "naive-bayes")
        for shown in ("refined", "polar")
    }
    ids = [set(one.table["person_id"].to_pylist()) for one in files.values()]
    assert ids[0] == ids[1] == ids[2] == ids[3]
    assert len(ids[0]) == 3


def test_a_category_shown_and_another_asked(persons: People, asking: Make) -> None:
    outcome = run_study("categories", asking(knows_whom_it_is_told_of, "naive-bayes"), persons, CHOICES, resamples=20)
    for name in ("rule/one", "naive-bayes"):
        for condition in outcome.conditions[1:]:
            one = line(outcome, condition, name)
            nothing = {part.name: part.mean for part in line(outcome, "nothing", name).by_category}
            assert [part.name for part in one.gain] == list(outcome.categories)
            for gain, part in zip(one.gain, one.by_category, strict=True):
                base = nothing[part.name]
                assert value(gain.mean) == pytest.approx(value(part.mean) - value(base))


def test_of_one_category_its_statements_alone_are_shown(persons: People, asking: Make) -> None:
    made = asking()
    run_study("categories", made, persons, CHOICES, resamples=0)
    category = {option.statement: item.category for item in persons.catalog.items.values() for option in item.refined}
    mixed = set()
    for request in cast(Answering, made.model).asked:
        shown = frozenset(category[text] for text in category if f"- {text}" in request.context)
        mixed.add(len(shown))
    assert {0, 1} < mixed
    assert sum(n > 1 for n in mixed) <= 13


def test_a_liking_for_the_first_place_is_seen_and_cancels_out(persons: People, asking: Make) -> None:
    outcome = run_study("option-order", asking(first), persons, CHOICES, resamples=0)
    for condition in outcome.conditions:
        for one in (line(outcome, condition).positions or {}).values():
            assert (one.first, one.last) == (1.0, 0.0)
    coded, mirrored = (line(outcome, name).positions or {} for name in ("coded", "reversed"))
    for granularity in ("polar", "refined"):
        assert coded[granularity].right_first == mirrored[granularity].right_last
        assert coded[granularity].same is None
        assert mirrored[granularity].same == 0
    assert line(outcome, "coded").accuracy["polar"].value == pytest.approx(coded["polar"].right_first, abs=0.02)
    assert line(outcome, "orders pooled").predicted == line(outcome, "coded").predicted


def test_who_knows_the_answers_chooses_places_as_they_are_right(persons: People, asking: Make) -> None:
    outcome = run_study("option-order", asking(knows, "majority"), persons, CHOICES, resamples=0)
    for condition in outcome.conditions:
        for one in (line(outcome, condition).positions or {}).values():
            assert (one.first, one.last) == (one.right_first, one.right_last)
            assert one.same in (None, 1.0)
    assert line(outcome, "orders pooled").accuracy["mean"].value == 1
    assert all(not one.positions for one in outcome.lines if one.predictor == "majority")


def test_evenness_is_that_of_the_score(persons: People, asking: Make) -> None:
    outcome = run_study("inequity", asking(first, "majority"), persons, CHOICES, resamples=20)
    assert [entry.run.model for entry in outcome.scores] == ["rule/one", "majority"]
    alone = run_baseline("majority", persons, splits=("test",), setups=(2,))
    assert outcome.scores[1].inequity == score(alone, persons, resamples=20).inequity


def test_an_unfinished_study_says_so(persons: People, tmp_path: Path) -> None:
    model = Answering(persons, knows)
    calls = model.answer

    def answer(requests: object) -> object:
        for response in calls(requests):  # type: ignore[arg-type]
            lost = len(model.asked) % 4 == 0
            yield replace(response, text="", finish_reason="error", error="no") if lost else response

    model.answer = answer  # type: ignore[method-assign, assignment]
    outcome = run_study("granularity", Asking(model, tmp_path / "s"), persons, CHOICES, resamples=0)
    assert np.mean([one.predicted / one.tasks for one in outcome.lines]) == pytest.approx(0.75, abs=0.03)
    assert "2 of 2 lines lack predictions" in outcome.notes[0]


def test_results_of_other_persons_are_not_overwritten(persons: People, asking: Make, tmp_path: Path) -> None:
    for number in (2, 3, 2):
        choices = replace(CHOICES, persons=number, granularities=("polar",))
        run_study("inequity", asking(), persons, choices, results=tmp_path / "results", resamples=0)
    found = [set(read_results(path).table["person_id"].to_pylist()) for path in (tmp_path / "results").iterdir()]
    assert sorted(map(len, found)) == [2, 3]


def test_bad_requests_say_what_is_wrong(persons: People, asking: Make) -> None:
    for study, made, choices, message in (
        ("shown", Asking(), CHOICES, "needs a model to ask, or baselines"),
        ("shown", Asking(model=asking().model), CHOICES, "needs a store"),
        ("shown", Asking(baselines=("truth",)), CHOICES, "truth takes no part"),
        ("shown", replace(asking(), baselines=("rule/one",)), CHOICES, "no baseline .rule/one"),
        ("categories", asking(), replace(CHOICES, changes={"only_categories": ("Security",)}), "choose no categories"),
    ):
        with pytest.raises((EvaluationError, SamplingError), match=message):
            run_study(study, made, persons, choices, resamples=0)
    with pytest.raises(SamplingError, match="no baseline 'mode'"):
        run_study("shown", Asking(baselines=("mode",)), persons, CHOICES)
    with pytest.raises(EvaluationError, match="baselines send nothing"):
        plan_study("shown", Asking(baselines=("majority",)), persons, CHOICES)
