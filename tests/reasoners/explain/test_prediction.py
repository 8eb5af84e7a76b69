"""What moved one prediction."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.explain.explanation_shown import (
    effects_grid,
    explanation_text,
    prediction_grid,
    write_explanation,
)
from indievaluecatalog.reasoners.explain.prediction import explain_answers, explain_prediction
from indievaluecatalog.reasoners.statistical.predict import predict_person, predict_tasks
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner

BELIEVER = {"Q164": 10, "Q6": 1, "Q172": 1, "Q45": 1, "Q260": 2}


def someone(people: People) -> str:
    return str(people.person_ids[people.rows_of("test")[0]])


def test_the_prediction_explained_is_the_one_that_predict_makes(reasoner: Reasoner, people: People) -> None:
    person = someone(people)
    results = predict_tasks(reasoner, people, n_demonstrations=40, setups=(0,), too_few="fewer").table.to_pylist()
    rows = [row for row in results if row["person_id"] == person and row["item"] in ("Q1", "Q164")]
    assert len(rows) == 4
    for row in rows:
        found = explain_prediction(
            reasoner, people, person, row["item"], n_demonstrations=40, granularity=row["granularity"]
        )
        assert found.probabilities == pytest.approx(row["probabilities"], abs=1e-5)
        assert found.predicted == row["prediction"]
        assert len(found.effects) == 40


def test_an_effect_is_what_leaving_the_answer_out_changes(reasoner: Reasoner, people: People) -> None:
    found = explain_answers(reasoner, people.catalog, BELIEVER, "Q171")
    for effect in found.effects:
        rest = {name: code for name, code in BELIEVER.items() if name != effect.id}
        without = predict_person(reasoner, people.catalog, rest).probabilities["Q171"]
        statement = found.statements[found.explained]
        assert effect.points == pytest.approx(
            100 * (found.probabilities[found.explained] - without[statement]), abs=1e-3
        )
        only = predict_person(reasoner, people.catalog, {effect.id: BELIEVER[effect.id]}).probabilities["Q171"]
        assert effect.alone == pytest.approx(
            np.log(only[statement] / (1 - only[statement]))
            - np.log(found.before[found.explained] / (1 - found.before[found.explained])),
            abs=1e-4,
        )
    assert {effect.id for effect in found.effects} == set(BELIEVER)
    assert sorted(map(abs, (one.log_odds for one in found.effects)), reverse=True) == [
        abs(one.log_odds) for one in found.effects
    ]


def test_who_says_that_god_matters_is_moved_towards_going_to_services(reasoner: Reasoner, people: People) -> None:
    often = explain_answers(reasoner, people.catalog, {"Q164": 10}, "Q171", granularity="polar", option=1)
    never = explain_answers(reasoner, people.catalog, {"Q164": 1}, "Q171", granularity="polar", option=1)
    assert often.effects[0].log_odds > 0 > never.effects[0].log_odds
    assert often.supporting() == often.effects
    assert often.opposing() == ()
    assert often.effects[0].towards == often.statements[0]
    assert never.effects[0].towards != never.statements[0]


def test_refined_and_polar_explain_the_same_prediction(reasoner: Reasoner, people: People) -> None:
    refined = explain_answers(reasoner, people.catalog, BELIEVER, "Q171")
    polar = explain_answers(reasoner, people.catalog, BELIEVER, "Q171", granularity="polar")
    item = people.catalog.items["Q171"]
    for at, option in enumerate(item.polar):
        inside = [place for place, one in enumerate(item.refined) if set(one.codes) <= set(option.codes)]
        assert polar.probabilities[at] == pytest.approx(sum(refined.probabilities[place] for place in inside), abs=1e-5)
    assert len(polar.statements) == len(item.polar)


def test_unknown_ids_are_ignored_and_listed(reasoner: Reasoner, people: People) -> None:
    found = explain_answers(reasoner, people.catalog, BELIEVER | {"Q999": 3, "age": 40}, "Q171")
    assert found.ignored == ("Q999", "age")
    assert found.probabilities == explain_answers(reasoner, people.catalog, BELIEVER, "Q171").probabilities
    assert "2 unknown ids were ignored: Q999, age" in explanation_text(found)


def test_a_probe_that_no_setup_asks_is_explained_by_all_other_answers(reasoner: Reasoner, people: People) -> None:
    person = someone(people)
    row = int(np.flatnonzero(people.person_ids == person)[0])
    found = explain_prediction(reasoner, people, person, "Q45")
    others = int(people.answered[:, row].sum()) - int(people.answered[list(people.catalog.items).index("Q45"), row])
    assert len(found.effects) == others


def test_bad_questions_are_refused(reasoner: Reasoner, people: People) -> None:
    person, catalog = someone(people), people.catalog
    with pytest.raises(ReasonerError, match=r"'Q999' is no item of wvs7; items are Q1, Q2, Q3"):
        explain_prediction(reasoner, people, person, "Q999")
    with pytest.raises(ReasonerError, match=r"'Q260' is a demographic, not an item"):
        explain_answers(reasoner, catalog, {"Q1": 1}, "Q260")
    with pytest.raises(ReasonerError, match=r"no person 'nobody' among the 1,600"):
        explain_prediction(reasoner, people, "nobody", "Q1")
    learner = str(people.person_ids[people.rows_of("train")[0]])
    with pytest.raises(ReasonerError, match=r"is of the split train, which is learned from"):
        explain_prediction(reasoner, people, learner, "Q1")
    with pytest.raises(ReasonerError, match=r"probe Q1 is among the answers"):
        explain_answers(reasoner, catalog, {"Q1": 1, "Q2": 1}, "Q1")
    with pytest.raises(ReasonerError, match=r"Q171 has no option for the code 99"):
        explain_answers(reasoner, catalog, {"Q1": 1}, "Q171", option=99)
    with pytest.raises(ReasonerError, match=r"Q1 has no option for the code 7; it has 1, 2, 3, 4"):
        explain_answers(reasoner, catalog, {"Q1": 7}, "Q171")
    other = replace(catalog, wave=replace(catalog.wave, title="another"))
    with pytest.raises(ReasonerError, match=r"trained on another catalog"):
        explain_answers(reasoner, other, {"Q1": 1}, "Q171")


def test_a_probe_is_never_among_its_own_demonstrations(reasoner: Reasoner, people: People) -> None:
    person = someone(people)
    for protocol in ("ours", "paper"):
        found = explain_prediction(reasoner, people, person, "Q1", protocol=protocol)
        assert "Q1" not in {effect.id for effect in found.effects}
    with pytest.raises(ReasonerError, match=r"probe Q1 is among its own demonstrations: .* setup 0 does"):
        explain_prediction(reasoner, people, person, "Q1", setup=2)


def test_demographics_can_be_shown_and_explained(reasoner: Reasoner, people: People) -> None:
    found = explain_prediction(reasoner, people, someone(people), "Q164", shown="demographics")
    assert {effect.id for effect in found.effects} == {"B_COUNTRY", "Q260"}
    assert all(": " in effect.statement for effect in found.effects)
    both = explain_prediction(reasoner, people, someone(people), "Q164", n_demonstrations=10, shown="both")
    assert len(both.effects) == 10 + len(found.effects)


def test_files_and_tables_say_the_same_and_that_persons_are_synthetic(
    reasoner: Reasoner, people: People, tmp_path: Path
) -> None:
    found = explain_prediction(reasoner, people, someone(people), "Q164", n_demonstrations=30)
    table, facts, plot = write_explanation(found, tmp_path, most=5)
    rows = list(csv.DictReader(table.open(encoding="utf-8")))
    assert [row["shown"] for row in rows] == [effect.id for effect in found.effects]
    assert {row["synthetic"] for row in rows} == {"True"}
    assert json.loads(facts.read_text("utf-8"))["probe"] == "Q164"
    assert "synthetic person" in plot.read_text("utf-8")
    assert len(effects_grid(found, 5).rows) == 5
    grid = prediction_grid(found)
    assert "synthetic person" in grid.title
    assert [row[1] for row in grid.rows].count("predicted") + sum("predicted, " in row[1] for row in grid.rows) == 1
    before = plot.read_bytes()
    write_explanation(found, tmp_path, most=5)
    assert plot.read_bytes() == before
