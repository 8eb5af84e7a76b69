"""Which questions to ask, and how far one comes with them."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import probe_setup
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.explain.asking import Examination
from indievaluecatalog.reasoners.explain.objective import Scorer
from indievaluecatalog.reasoners.explain.questionnaire import Questionnaire
from indievaluecatalog.reasoners.explain.questions import choose_questions
from indievaluecatalog.reasoners.explain.questions_shown import (
    compared_grid,
    questionnaire_text,
    questions_grid,
    write_questions,
)
from indievaluecatalog.reasoners.explain.screening import Screen
from indievaluecatalog.reasoners.explain.shown import log_scores
from indievaluecatalog.reasoners.statistical.columns import Layout, columns_of
from indievaluecatalog.reasoners.statistical.predict import predict_tasks
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner
from indievaluecatalog.reasoners.statistical.train import training_rows
from indievaluecatalog.sampling.protocol import OURS, PAPER
from indievaluecatalog.scoring.score import score

SIZES = (3, 12)


@pytest.fixture(scope="module")
def found(reasoner: Reasoner, people: People) -> Questionnaire:
    return choose_questions(reasoner, people, SIZES, n_demonstrations=120, setups=(0, 1), most_tried=3)


@pytest.fixture(scope="module")
def exam(reasoner: Reasoner, people: People) -> Examination:
    return Examination.of(reasoner, people, people.rows_of("validation", "test"), (0, 1), OURS)


def test_chosen_questions_do_better_than_random_ones(found: Questionnaire) -> None:
    by = {(one.way, one.questions): one for one in found.compared}
    assert by["chosen", 12].mean > by["random", 12].mean
    assert by["chosen", 3].mean > by["random", 3].mean
    assert 0 < by["chosen", 3].kept < by["chosen", 12].kept < 1
    assert (by["nothing", 0].kept, by["usual", 120].kept) == (0, 1)


def test_they_are_chosen_in_the_order_of_asking(reasoner: Reasoner, people: People, found: Questionnaire) -> None:
    shorter = choose_questions(reasoner, people, (3,), n_demonstrations=20, setups=(0,), persons=20, most_tried=3)
    assert shorter.items() == found.items(3)
    gains = [question.gain for question in found.questions]
    assert gains == sorted(gains)
    assert len(set(found.items())) == 12
    first = [question for question in found.questions if question.mean is not None]
    assert [found.questions.index(question) + 1 for question in first] == [*range(1, 11), 12]


def test_the_gain_is_that_of_answers_not_asked_on_persons_held_back(
    reasoner: Reasoner, people: People, found: Questionnaire
) -> None:
    held_out = training_rows(people, None, reasoner.origin.seed)[1]
    columns = columns_of(people.take(held_out), reasoner.model.layout)
    items = [list(people.catalog.items).index(item) for item in found.items(3)]
    shown = np.zeros(columns.shape, bool)
    before = log_scores(reasoner.model, columns, shown)
    shown[:, items] = True
    gain = np.delete(log_scores(reasoner.model, columns, shown) - before, items, axis=1)
    assert found.questions[2].gain == pytest.approx(float(np.nanmean(gain)), abs=1e-5)
    assert found.facts["chosen_by"] == len(held_out)


def test_no_probe_is_shown_in_a_setup_that_asks_it(people: People, exam: Examination) -> None:
    ids = list(people.catalog.items)
    of_both = [ids.index(item) for item in probe_setup(people.catalog, 0) if item in probe_setup(people.catalog, 1)]
    assert exam.asked(of_both, 10) == exam.drawn(0)
    others = [at for at in range(100) if at not in of_both][:10]
    assert exam.asked([*of_both, *others], 5) == exam.asked(others, 5)


def test_accuracy_is_that_of_predict_and_score(reasoner: Reasoner, people: People, exam: Examination) -> None:
    for size in (0, 30):
        results = predict_tasks(reasoner, people, n_demonstrations=size, setups=(0, 1), too_few="fewer")
        wanted = score(results, people, resamples=0).accuracy
        assert exam.drawn(size).polar == pytest.approx(100 * wanted["polar"].strict.value)
        assert exam.drawn(size).refined == pytest.approx(100 * wanted["refined"].strict.value)


def test_a_reserve_stands_in_for_questions_that_are_probes(people: People, found: Questionnaire) -> None:
    everything = (*found.questions, *found.reserve)
    for setup in (0, 1):
        probes = probe_setup(people.catalog, setup)
        assert sum(question.item not in probes for question in everything) >= 12
    if found.reserve:
        fewer = everything[:-1]
        assert any(
            sum(question.item not in probe_setup(people.catalog, setup) for question in fewer) < 12 for setup in (0, 1)
        )


def test_candidates_and_targets_can_be_named(reasoner: Reasoner, people: People) -> None:
    migration = [item.id for item in people.catalog.items_of("Migration")]
    religion = [item.id for item in people.catalog.items_of("Religious Values")]
    about = choose_questions(
        reasoner, people, (2,), candidates=[*migration, *religion], targets=migration[:3], n_demonstrations=50,
        persons=20, setups=(2,), most_tried=4,
    )  # fmt: skip
    assert set(about.items()) <= {*migration, *religion}
    assert set(about.items()) & set(migration)


def test_accuracy_can_be_the_objective(reasoner: Reasoner, people: People) -> None:
    named = choose_questions(
        reasoner, people, (2,), objective="accuracy", n_demonstrations=50, setups=(0,), persons=20, most_tried=2
    )
    assert named.questions[1].gain > 0.2
    assert "Gain, points" in questions_grid(named).columns


def test_an_option_scores_a_hit_where_it_is_named(reasoner: Reasoner, people: People) -> None:
    layout = reasoner.model.layout
    scorer = Scorer.of("accuracy", people.catalog, layout)
    columns = columns_of(people.take(people.rows_of("test")[:5]), layout)
    chances = reasoner.model.probabilities(columns, np.zeros(columns.shape, bool))[:1]
    found = scorer.of_options(chances)[0]
    for at, item in enumerate(people.catalog.items.values()):
        part = slice(int(layout.offsets[at]), int(layout.offsets[at + 1]))
        refined = chances[0, part]
        polar = [
            sum(refined[place] for place, one in enumerate(item.refined) if set(one.codes) <= set(option.codes))
            for option in item.polar
        ]
        for place, option in enumerate(item.refined):
            mine = item.option_index(option.codes[0], "polar")
            expected = (int(place == refined.argmax()) + int(mine == np.argmax(polar))) / 2
            assert found[part][place] == expected, (item.id, place)


def test_the_screen_knows_that_a_copy_tells_nothing_new() -> None:
    """Items 0 and 1 are the same question, 2 is told by both, 3 by nothing; two options each."""
    layout = Layout(("a", "b", "c", "d"), (2, 2, 2, 2), (), (), "", "")
    alone = np.full((8, 8), 0.5, np.float32)
    for one in range(4):
        alone[2 * one : 2 * one + 2, 2 * one : 2 * one + 2] = np.eye(2)
    strong, weak = np.array([[0.99, 0.01], [0.01, 0.99]]), np.array([[0.8, 0.2], [0.2, 0.8]])
    for one, other, table in ((0, 1, strong), (0, 2, weak), (1, 2, weak)):
        alone[2 * one : 2 * one + 2, 2 * other : 2 * other + 2] = table
        alone[2 * other : 2 * other + 2, 2 * one : 2 * one + 2] = table.T
    screen = Screen(alone, np.full(8, 0.5, np.float32), layout)
    everything = np.ones(4, bool)
    first = screen.guesses(everything)
    assert first[0] == pytest.approx(first[1])
    assert first[0] > first[2] > 10 * first[3]
    screen.take(0)
    then = screen.guesses(np.array([False, True, True, True]))
    assert then[1] < 0.1 * first[1]


def test_bad_input_is_refused(reasoner: Reasoner, people: People) -> None:
    for sizes, words in (((), "whole numbers"), ((0,), "1 question or more"), (5, "whole numbers"), ((2.5,), "whole")):
        with pytest.raises(ReasonerError, match=words):
            choose_questions(reasoner, people, sizes)  # type: ignore[arg-type]
    with pytest.raises(ReasonerError, match=r"'Q0' is no item of wvs7"):
        choose_questions(reasoner, people, candidates=["Q1", "Q0"])
    with pytest.raises(ReasonerError, match=r"no items were named"):
        choose_questions(reasoner, people, targets=[])
    with pytest.raises(ReasonerError, match=r"10 questions were asked for, and of the candidates 1 may be shown"):
        choose_questions(reasoner, people, (10,), candidates=["Q1", "Q4"], setups=(0,))
    with pytest.raises(ReasonerError, match=r"objective is one of loss, accuracy, not 'points'"):
        choose_questions(reasoner, people, objective="points")  # type: ignore[arg-type]
    with pytest.raises(ReasonerError, match=r"all probes of a setup hidden"):
        choose_questions(reasoner, people, protocol=PAPER)
    with pytest.raises(ReasonerError, match=r"needs 200 or more"):
        choose_questions(reasoner, people.take(people.rows_of("test")), splits=("test",))
    with pytest.raises(ReasonerError, match=r"persons to choose by are 1 or more, not 0"):
        choose_questions(reasoner, people, learners=0)


def test_a_reasoner_of_another_dataset_is_noted(reasoner: Reasoner, people: People) -> None:
    other = replace(people, identity=replace(people.identity, digest="2" * 64))
    found = choose_questions(
        reasoner, other, (1,), n_demonstrations=20, setups=(0,), most_tried=1, learners=10, persons=9
    )
    assert "was trained on another dataset" in found.notes[0]
    assert "Note: the reasoner was trained on another dataset" in questionnaire_text(found)


def test_the_questionnaire_is_written_to_be_asked(catalog: Catalog, found: Questionnaire, tmp_path: Path) -> None:
    files = {path.name: path for path in write_questions(found, tmp_path)}
    text = files["questions.md"].read_text("utf-8")
    assert "Chosen and measured on synthetic persons" in text
    for option in catalog.items[found.items()[0]].refined:
        assert f"    - {option.statement}" in text
    rows = list(csv.DictReader(files["questions.csv"].open(encoding="utf-8")))
    assert [row["item"] for row in rows if row["reserve"] == "False"] == list(found.items())
    facts = json.loads(files["questions.json"].read_text("utf-8"))
    assert facts["items"] == list(found.items())
    assert facts["synthetic"] is True
    assert "synthetic persons" in files["questions.svg"].read_text("utf-8")
    assert len(compared_grid(found).rows) == 6
    before = {name: path.read_bytes() for name, path in files.items()}
    assert before == {path.name: path.read_bytes() for path in write_questions(found, tmp_path)}
