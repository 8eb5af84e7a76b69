"""The truth behind synthetic persons: matched to the right ones, and above every other predictor."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indievaluecatalog.baselines.run import run_baseline
from indievaluecatalog.baselines.traits_match import candidates, check_fit, row_weights
from indievaluecatalog.baselines.truth import option_probabilities
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.splits import assign_splits
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.scoring.cells import lay_out
from indievaluecatalog.survey.read import read_survey
from indievaluecatalog.survey.synthetic import (
    TrueModel,
    read_traits,
    synthesize,
    true_probabilities,
    write_survey,
    write_traits,
)
from tests.baselines.conftest import MakePeople, people_of

PERSONS = 2_000


@pytest.fixture(scope="module")
def made(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> tuple[People, TrueModel]:
    """Synthetic persons out of a survey file, and their truth."""
    folder = tmp_path_factory.mktemp("truth")
    population = synthesize(catalog, PERSONS, seed=3)
    write_survey(population, folder / "people.sav")
    write_traits(population, folder / "traits.parquet")
    answers = read_survey(folder / "people.sav", catalog)
    people = people_of(catalog, answers, assign_splits(catalog, answers).assignment)
    return people, read_traits(folder / "traits.parquet")


def accuracy(name: str, people: People, traits: TrueModel | None = None) -> float:
    cells = lay_out(run_baseline(name, people, traits=traits), people)
    if cells.run.decision == "option":
        return float((cells.prediction == cells.truth)[cells.asked].mean())
    assert cells.probabilities is not None
    right = np.take_along_axis(cells.probabilities, np.maximum(cells.truth, 0)[..., None].astype(np.intp), axis=-1)
    return float(right[..., 0][cells.asked].mean())


def test_who_sees_more_is_more_often_right(made: tuple[People, TrueModel]) -> None:
    people, traits = made
    found = [accuracy(name, people) for name in ("random", "majority", "country-majority", "resemblance-k")]
    found.append(accuracy("truth", people, traits))
    steps = np.diff(found)
    assert (steps > 0.005).all(), found


def test_the_truth_says_what_it_saw(made: tuple[People, TrueModel]) -> None:
    people, traits = made
    run = run_baseline("truth", people, traits=traits, setups=(0,)).run
    assert "true traits" in run.sees_also
    assert (run.shown, run.n_demonstrations) == ("none", 0)


def test_persons_are_matched_by_interview_id(made: tuple[People, TrueModel]) -> None:
    people, traits = made
    rows = candidates(people, traits)
    for key, found in zip(people.person_ids.tolist(), rows, strict=True):
        ids = set(traits.interview_ids[found].tolist())
        assert ids == {int(key.removeprefix(f"{people.catalog.wave.id}-").partition("-")[0])}
    assert sum(len(found) == 1 for found in rows) > len(people) / 2


def test_persons_who_share_an_id_are_told_apart_by_their_answers(made: tuple[People, TrueModel]) -> None:
    people, traits = made
    some = people.take(people.rows_of("test")[:30])
    rows = np.array([found[0] for found in candidates(some, traits)])
    items = tuple(some.catalog.items.values())
    each = option_probabilities(traits.take(rows), items, "refined")
    right = [int(np.argmax(row_weights(each, some.refined[:, person]))) == person for person in range(len(some))]
    assert np.mean(right) > 0.9


def test_an_interview_id_of_several_still_predicts_well(made: tuple[People, TrueModel]) -> None:
    people, traits = made
    evaluated = people.rows_of("validation", "test")
    own = np.array([found[0] for found in candidates(people, traits)])
    shared = replace(traits, interview_ids=traits.interview_ids.copy())
    keys = people.person_ids.astype("<U60")
    for position in evaluated[:5]:
        shared.interview_ids[own[position]] = 7
        keys[position] = f"{people.catalog.wave.id}-7-{position:010x}"
    alone = lay_out(run_baseline("truth", people, traits=traits), people)
    renamed = replace(people, person_ids=keys)
    together = lay_out(run_baseline("truth", renamed, traits=shared), renamed)
    assert (alone.prediction == together.prediction).mean() > 0.995


def test_probabilities_are_those_of_covered_codes(made: tuple[People, TrueModel]) -> None:
    people, traits = made
    items = tuple(item for item in people.catalog.items.values() if item.uncovered)
    assert items
    some = traits.take(np.arange(50))
    found = option_probabilities(some, items, "polar")
    np.testing.assert_allclose(found.sum(axis=2), 1, atol=1e-5)
    codes, option = list(items[0].codes), items[0].polar[0]
    every = true_probabilities(some, items[0].id).astype(np.float64)
    covered = [codes.index(code) for each in items[0].polar for code in each.codes]
    expected = every[:, [codes.index(code) for code in option.codes]].sum(axis=1) / every[:, covered].sum(axis=1)
    np.testing.assert_allclose(found[:, 0, 0], expected, rtol=1e-4)


def test_traits_of_others_are_refused(made: tuple[People, TrueModel], catalog: Catalog, tmp_path: Path) -> None:
    people, traits = made
    write_traits(synthesize(catalog, PERSONS, seed=4), tmp_path / "others.parquet")
    with pytest.raises(SamplingError, match="not those of the dataset's persons"):
        run_baseline("truth", people, traits=tmp_path / "others.parquet")
    with pytest.raises(SamplingError, match="no row for person"):
        run_baseline("truth", people, traits=traits.take(np.arange(100)))


def test_real_persons_and_missing_traits_are_refused(made: tuple[People, TrueModel], make_people: MakePeople) -> None:
    people, traits = made
    with pytest.raises(SamplingError, match="needs the file of true traits"):
        run_baseline("truth", people)
    real = replace(people, identity=replace(people.identity, synthetic=False))
    with pytest.raises(SamplingError, match="for synthetic persons"):
        run_baseline("truth", real, traits=traits)
    with pytest.raises(SamplingError, match="no row for person"):
        run_baseline("truth", make_people(), traits=traits)


def test_answers_that_fit_pass_and_few_persons_are_not_judged() -> None:
    sure = np.zeros((30, 2, 2), np.float32)
    sure[..., 0] = 1
    check_fit(sure, np.zeros((2, 30), np.int8))
    check_fit(sure[:5], np.ones((2, 5), np.int8))
    check_fit(sure, np.full((2, 30), -1, np.int8))
    with pytest.raises(SamplingError, match="Name the file"):
        check_fit(sure, np.ones((2, 30), np.int8))
