"""Training, predicting and keeping a reasoner, as a user does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import indievaluecatalog as ivc
from indievaluecatalog.dataset.people import People, polar_of_refined
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner
from indievaluecatalog.reasoners.statistical.train import training_rows
from indievaluecatalog.scoring.cells import lay_out
from tests.reasoners.statistical.conftest import QUICK, without


def accuracy(results: ivc.Results, people: People) -> tuple[float, float]:
    """Polar and refined accuracy, percent."""
    found = ivc.score(results, people).accuracy
    return 100 * found["polar"].strict.value, 100 * found["refined"].strict.value


def predicted(reasoner: Reasoner, people: People, d: int = 100, **more: object) -> ivc.Results:
    return ivc.predict_tasks(reasoner, people, n_demonstrations=d, setups=(0,), too_few="fewer", **more)  # type: ignore[arg-type]


def test_it_beats_what_most_people_say_and_learns_from_more_answers(reasoner: Reasoner, people: People) -> None:
    majority = accuracy(ivc.run_baseline("majority", people, n_demonstrations=0, setups=(0,)), people)
    nothing, some, much = (accuracy(predicted(reasoner, people, d), people) for d in (0, 25, 150))
    assert sum(nothing) > sum(majority) - 3
    assert sum(some) > sum(nothing) + 4
    assert sum(much) > sum(some) + 4


def test_polar_probabilities_are_sums_of_refined_ones(reasoner: Reasoner, people: People) -> None:
    rows = predicted(reasoner, people).table.to_pandas()
    chances = rows.set_index(["granularity", "item", "person_id"])["probabilities"]
    owners = polar_of_refined(people.catalog)
    for item, person in list(chances["refined"].index)[::97]:
        refined = chances["refined"][item, person]
        place = owners[list(people.catalog.items).index(item), : len(refined)]
        assert np.bincount(place, refined) == pytest.approx(chances["polar"][item, person], abs=1e-5)


def test_what_it_says_is_as_often_right_as_it_says(reasoner: Reasoner, people: People) -> None:
    cells = lay_out(predicted(reasoner, people, 150), people)
    assert cells.probabilities is not None
    asked = cells.asked & (cells.truth >= 0)
    said = cells.probabilities.max(axis=-1)[asked].mean()
    assert (cells.prediction == cells.truth)[asked].mean() == pytest.approx(said, abs=0.03)


def test_demographics_help_those_of_whom_nothing_else_is_known(reasoner: Reasoner, people: People) -> None:
    known = predicted(reasoner, people, 0, shown="demographics")
    assert sum(accuracy(known, people)) > sum(accuracy(predicted(reasoner, people, 0), people)) + 3
    assert known.run.shown == "demographics"


def test_the_same_training_gives_the_same_reasoner(reasoner: Reasoner, people: People) -> None:
    again = ivc.train_reasoner(people, settings=QUICK)
    assert again.digest == reasoner.digest
    for name, value in again.model.tensors().items():
        assert (value == reasoner.model.tensors()[name]).all(), name


def test_persons_it_is_asked_about_are_never_learned_from(people: People) -> None:
    training, held_out = training_rows(people, None, 0)
    assert set(training) | set(held_out) == set(people.rows_of("train"))
    assert not set(training) & set(held_out)
    fewer, same = training_rows(people, 300, 0)
    assert set(fewer) < set(training)
    assert len(fewer) == 300
    assert (same == held_out).all()


def test_items_that_nobody_was_asked_and_unknown_countries_do_no_harm(people: People) -> None:
    poor = without(people, items=range(40, 80), countries=False)
    reasoner = ivc.train_reasoner(poor, settings=QUICK)
    chances = reasoner.model.probabilities(np.full((1, 284), -1, np.int16), np.zeros((1, 284), bool))
    assert np.isfinite(chances).all()
    results = predicted(reasoner, poor, 60)
    assert sum(accuracy(results, poor)) > sum(accuracy(predicted(reasoner, poor, 0), poor)) + 3


def test_too_few_persons_are_refused_with_their_number(reasoner: Reasoner, people: People) -> None:
    few = people.take(np.concatenate([people.rows_of("train")[:90], people.rows_of("test")]))
    with pytest.raises(ReasonerError, match=r"has 90 persons of the split train, and a reasoner needs 200"):
        ivc.train_reasoner(few)
    with pytest.raises(ReasonerError, match=r"200 persons or more to learn from, not 20"):
        ivc.train_reasoner(people, persons=20)
    with pytest.raises(ReasonerError, match=r"has 0 persons of the split train"):
        ivc.train_reasoner(people.take(people.rows_of("test")))
    with pytest.raises(ReasonerError, match=r"learned from and cannot be predicted"):
        ivc.predict_tasks(reasoner, people, splits=("train",))


def test_a_probe_may_use_the_other_probes_only_where_the_protocol_says_so(reasoner: Reasoner, people: People) -> None:
    ours = predicted(reasoner, people, 50)
    papers = predicted(reasoner, people, 50, protocol="paper")
    assert (ours.run.protocol.exclude, papers.run.protocol.exclude) == ("setup", "asked")
    assert len(papers.table) == len(ours.table)


def test_one_person_by_codes(reasoner: Reasoner, people: People) -> None:
    found = ivc.predict_person(reasoner, people.catalog, {"Q164": 10, "Q260": 2, "Q999": 1})
    assert found.ignored == ("Q999",)
    assert len(found.probabilities) == 252
    assert "Q164" not in found.probabilities
    for chances in found.probabilities.values():
        assert sum(chances.values()) == pytest.approx(1, abs=1e-4)
    other = ivc.predict_person(reasoner, people.catalog, {"Q164": 1, "Q260": 2})
    church = {name: list(person.probabilities["Q171"].values()) for name, person in (("10", found), ("1", other))}
    assert church["10"] != church["1"]


def test_a_code_that_no_option_covers_is_named(reasoner: Reasoner, people: People) -> None:
    with pytest.raises(ReasonerError, match=r"Q164 has no option for the code 11; it has 1, 2, 3"):
        ivc.predict_person(reasoner, people.catalog, {"Q164": 11})
    with pytest.raises(ReasonerError, match=r"trained on another catalog"):
        ivc.predict_person(reasoner, ivc.load_catalog("wvs6"), {"V9": 1})


def test_what_is_written_is_what_is_read(reasoner: Reasoner, people: People, tmp_path: Path) -> None:
    first = ivc.save_reasoner(reasoner, tmp_path / "model")
    assert sorted(path.name for path in first.iterdir()) == ["README.md", "model.safetensors", "reasoner.json"]
    again = ivc.read_reasoner(first)
    assert again.origin == reasoner.origin
    assert again.digest == reasoner.digest
    assert predicted(again, people).table == predicted(reasoner, people).table
    before = (first / "model.safetensors").read_bytes()
    ivc.save_reasoner(again, first)
    assert (first / "model.safetensors").read_bytes() == before


def test_its_card_says_that_it_learned_from_synthetic_persons(
    reasoner: Reasoner, people: People, tmp_path: Path
) -> None:
    made_up = (ivc.save_reasoner(reasoner, tmp_path / "a") / "README.md").read_text("utf-8")
    assert "Trained on synthetic persons" in made_up
    assert "license: mit" in made_up
    origin = replace(reasoner.origin, dataset=replace(reasoner.origin.dataset, synthetic=False))
    real = (ivc.save_reasoner(replace(reasoner, origin=origin), tmp_path / "b") / "README.md").read_text("utf-8")
    assert "Trained on survey respondents" in real
    assert "synthetic" not in real
    assert "license: other" in real


def test_files_that_are_no_reasoner_are_refused(reasoner: Reasoner, tmp_path: Path) -> None:
    with pytest.raises(ReasonerError, match=r"holds no reasoner .*reasoner train"):
        ivc.read_reasoner(tmp_path)
    folder = ivc.save_reasoner(reasoner, tmp_path / "model")
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x01")
    with pytest.raises(ReasonerError, match=r"model.safetensors: not as it was written"):
        ivc.read_reasoner(folder)
    facts = json.loads((folder / "reasoner.json").read_text("utf-8"))
    (folder / "reasoner.json").write_text(json.dumps(facts | {"format": 99}), "utf-8")
    with pytest.raises(ReasonerError, match=r"of another version of this package"):
        ivc.read_reasoner(folder)


def test_a_folder_with_other_things_is_not_replaced(reasoner: Reasoner, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(ReasonerError, match=r"holds notes.txt and is no earlier reasoner"):
        ivc.save_reasoner(reasoner, tmp_path)
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(ReasonerError, match=r"is a file; name a folder"):
        ivc.save_reasoner(reasoner, tmp_path / "file")
    assert (tmp_path / "notes.txt").read_text("utf-8") == "mine"
