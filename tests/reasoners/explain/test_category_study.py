"""Accuracy with answers of one category shown, or of all but one."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.explain.category_study import CategoryStudy, study_categories
from indievaluecatalog.reasoners.explain.study_shown import (
    changes,
    study_grid,
    study_plots,
    study_rows,
    write_study_of_categories,
)
from indievaluecatalog.reasoners.statistical.predict import predict_tasks
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner
from indievaluecatalog.sampling.protocol import OURS
from indievaluecatalog.scoring.score import score

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def few(people: People) -> People:
    return people.take(people.rows_of("validation", "test")[:80])


@pytest.fixture(scope="module")
def study(reasoner: Reasoner, few: People) -> CategoryStudy:
    return study_categories(reasoner, few, n_demonstrations=120, setups=(0,), resamples=20)


def test_all_and_nothing_are_what_predict_and_score_say(reasoner: Reasoner, few: People, study: CategoryStudy) -> None:
    for kind, size in (("nothing", 0), ("all", 120)):
        results = predict_tasks(reasoner, few, n_demonstrations=size, setups=(0,), too_few="fewer")
        scores = score(results, few, resamples=0)
        (line,) = study.of(kind)  # type: ignore[arg-type]
        for key in ("polar", "refined", "mean"):
            assert line.accuracy[key].value == pytest.approx(scores.accuracy[key].strict.value)


def test_of_one_category_no_more_is_shown_than_it_has(study: CategoryStudy, people: People) -> None:
    for line in study.of("only"):
        there = len(people.catalog.items_of(line.category))
        # Three of them are probes of the setup.
        assert 0 < line.statements <= there - 3
    assert {line.category for line in study.of("only")} == set(people.catalog.categories)
    assert all(line.statements <= 120 for line in study.of("without"))


def test_a_category_tells_most_about_itself(study: CategoryStudy) -> None:
    only = changes(study, study.of("only"))
    assert np.diag(only).mean() > only.mean() + 2
    without = changes(study, study.of("without"))
    assert np.diag(without).mean() < without[~np.eye(len(without), dtype=bool)].mean()


def test_leaving_out_can_be_left_out(reasoner: Reasoner, people: People) -> None:
    short = study_categories(reasoner, people, n_demonstrations=20, setups=(0,), persons=20, without=False, resamples=0)
    assert [line.kind for line in short.lines] == ["nothing", *["only"] * 13, "all"]
    assert short.facts["persons"] == 20
    assert set(study_plots(short)) == {"only"}
    assert short.lines[0].accuracy["mean"].low is None


def test_bad_input_is_refused(reasoner: Reasoner, people: People) -> None:
    with pytest.raises(ReasonerError, match=r"choose no categories in the protocol"):
        study_categories(reasoner, people, protocol=replace(OURS, only_categories=("Migration",)))
    with pytest.raises(ReasonerError, match=r"no persons of the split test"):
        study_categories(reasoner, people.take(people.rows_of("train")), splits=("test",))


def test_files_hold_every_figure_and_say_synthetic(study: CategoryStudy, tmp_path: Path) -> None:
    files = {path.name: path for path in write_study_of_categories(study, tmp_path)}
    assert set(files) == {
        *("category-study.csv", "category-study.json", "category-study-only.svg", "category-study-without.svg"),
    }
    rows = list(csv.DictReader(files["category-study.csv"].open(encoding="utf-8")))
    assert len(rows) == len(study_rows(study))
    assert {row["synthetic"] for row in rows} == {"True"}
    assert "synthetic persons" in files["category-study-only.svg"].read_text("utf-8")
    assert len(study_grid(study).rows) == len(study.lines) == 28
