"""Everything scored of a run at once, and as plain values."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.cells import lay_out
from indievaluecatalog.scoring.results import Results, write_results
from indievaluecatalog.scoring.score import score
from indievaluecatalog.scoring.scores import Scores, to_plain
from tests.scoring.conftest import first_option, guessing, results_of, right, uniform

QUICK: dict[str, Any] = {"resamples": 60, "permutations": 60}


@pytest.fixture(scope="module")
def results(people: People) -> Results:
    return results_of(people, guessing())


@pytest.fixture(scope="module")
def scores(results: Results, people: People) -> Scores:
    return score(results, people, **QUICK)


def test_all_of_it_is_there(scores: Scores, people: People) -> None:
    rule = people.catalog.evaluation
    assert list(scores.accuracy) == ["refined", "polar", "mean"]
    assert (len(scores.by_setup), len(scores.by_category), len(scores.by_item)) == (3, 13, 108)
    assert tuple(scores.by_group) == rule.dimensions
    assert sum(part.persons for part in scores.by_country) == len(people)
    assert list(scores.probability) == list(scores.match) == ["refined", "polar"]
    assert list(scores.accuracy["mean"].weighted) == ["W_WEIGHT"]
    assert scores.match["polar"].weight == "W_WEIGHT"
    assert scores.coverage.complete


def test_the_truth_is_perfect_in_every_figure(people: People) -> None:
    found = score(results_of(people, right), people, **QUICK)
    for accuracy in found.accuracy.values():
        assert accuracy.strict.value == accuracy.strict.low == accuracy.weighted["W_WEIGHT"].value == 1
    parts = [*found.by_setup, *found.by_category, *found.by_item, *found.by_country]
    parts += [part for group in found.by_group.values() for part in group]
    assert all(f is not None and f.value == 1 for part in parts for f in (part.polar, part.refined, part.mean))
    assert all(p.log_loss.value == p.brier.value == p.calibration_error == 0 for p in found.probability.values())
    for match in found.match.values():
        assert (match.overall.total_variation, match.overall.wasserstein) == pytest.approx((0, 0), abs=1e-12)
    assert all(index.plain == 0 for index in found.inequity.values())


def test_evenness_is_of_persons_in_points(scores: Scores, people: People) -> None:
    assert list(scores.inequity) == ["refined", "polar", "mean"]
    for granularity, index in scores.inequity.items():
        assert {dimension.name for dimension in index.dimensions} <= set(people.catalog.evaluation.dimensions)
        for dimension in index.dimensions:
            parts = {part.name: part for part in scores.by_group[dimension.name]}
            for label, (persons, mean) in dimension.groups.items():
                figure = getattr(parts[label], granularity)
                assert persons == parts[label].persons >= index.min_group
                assert mean == pytest.approx(100 * figure.value)


def test_more_dimensions_on_request(results: Results, people: People) -> None:
    found = score(results, people, more_dimensions=True, **QUICK)
    rule = people.catalog.evaluation
    assert tuple(found.by_group) == (*rule.dimensions, *rule.more_dimensions)


def test_from_a_file_in_any_order_the_same_scores(
    results: Results, people: People, scores: Scores, tmp_path: Path
) -> None:
    order = np.random.default_rng(1).permutation(len(results.table))
    write_results(replace(results, table=results.table.take(order)), tmp_path / "r.parquet")
    assert score(tmp_path / "r.parquet", people, **QUICK) == scores


def test_the_order_of_persons_changes_nothing(results: Results, people: People, scores: Scores) -> None:
    turned = people.take(np.arange(len(people))[::-1])
    assert to_plain(score(results, turned, **QUICK)) == to_plain(scores)


def test_scores_are_plain_json(scores: Scores) -> None:
    text = json.dumps(to_plain(scores), allow_nan=False)
    plain = json.loads(text)
    assert plain["run"]["digest"] == scores.run.digest
    assert plain["accuracy"]["mean"]["strict"]["value"] == scores.accuracy["mean"].strict.value


def test_what_is_no_number_becomes_null() -> None:
    plain = to_plain({"a": float("nan"), "b": np.float64("inf"), "c": (np.int64(3), np.float32(0.5)), "d": None})
    assert json.dumps(plain, allow_nan=False) == '{"a": null, "b": null, "c": [3, 0.5], "d": null}'


def test_partial_results_are_scored_on_what_there_is(results: Results, people: People) -> None:
    some = replace(results, table=results.table.slice(0, 500))
    with pytest.raises(ResultsError, match="partial"):
        score(some, people, **QUICK)
    found = score(some, people, partial=True, **QUICK)
    assert list(found.accuracy) == ["refined"]
    assert not found.coverage.complete
    assert found.coverage.persons == len(people)
    assert any(note.startswith("partial: 500 of ") for note in found.notes)
    assert [part.name for part in found.by_setup] == ["setup 0"]
    assert found.by_setup[0].persons == found.coverage.persons_predicted < len(people)
    assert found.by_setup[0].mean is None
    assert list(found.match) == list(found.probability) == list(found.inequity) == ["refined"]
    json.dumps(to_plain(found), allow_nan=False)


def test_cells_can_be_scored_as_they_are(results: Results, people: People, scores: Scores) -> None:
    assert to_plain(score(lay_out(results, people), **QUICK)) == to_plain(scores)


def test_notes_say_what_a_reader_must_know(people: People) -> None:
    unweighted = replace(people, weights={})
    results = results_of(unweighted, uniform, decision="expected", sees_also="answers to the other probes")
    notes = "\n".join(score(results, unweighted, **QUICK).notes)
    for said in ("synthetic", "answers to the other probes", "expected accuracy", "no survey weights"):
        assert said in notes
    real = replace(people, identity=replace(people.identity, synthetic=False))
    assert "synthetic" not in "\n".join(score(results_of(real, right), real, **QUICK).notes)


def test_unread_answers_are_noted(scores: Scores) -> None:
    assert any("could not be read" in note for note in scores.notes)
    assert 0.08 < scores.accuracy["mean"].invalid_rate < 0.12
    assert scores.accuracy["mean"].valid_only is not None
    assert scores.accuracy["mean"].strict.value < scores.accuracy["mean"].valid_only.value


def test_without_probabilities_there_are_no_scores_of_them(people: People) -> None:
    found = score(results_of(people, first_option), people, **QUICK)
    assert found.probability == {}
    assert list(found.match) == ["refined", "polar"]


def test_nothing_to_score_is_an_error(results: Results, people: People) -> None:
    with pytest.raises(ResultsError, match="no prediction"):
        score(replace(results, table=results.table.slice(0, 0)), people, partial=True)


@pytest.mark.parametrize("resamples", [-1, 1, 9])
def test_resamples_too_few_for_an_interval_are_refused(results: Results, people: People, resamples: int) -> None:
    with pytest.raises(ResultsError, match=f"0, for no intervals, or 10 or more, not {resamples}"):
        score(results, people, resamples=resamples)


def test_the_seed_moves_the_intervals_and_nothing_else(results: Results, people: People, scores: Scores) -> None:
    other = score(results, people, seed=1, **QUICK).accuracy["mean"].strict
    assert other.value == scores.accuracy["mean"].strict.value
    assert other.low != scores.accuracy["mean"].strict.low
    none = score(results, people, resamples=0, permutations=10).accuracy["mean"].strict
    assert (none.low, none.high) == (None, None)


def test_one_person_has_scores_but_no_interval(people: People) -> None:
    alone = people.take(np.array([7]))
    found = score(results_of(alone, guessing()), alone, **QUICK)
    assert found.accuracy["mean"].strict.low is None
    assert found.inequity == {}
    json.dumps(to_plain(found), allow_nan=False)
