"""Who is evaluated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import all_probe_items, probe_setup
from indievaluecatalog.dataset.splits import SPLITS, TRAIN, assign_splits, fair_quotas
from indievaluecatalog.survey.answers import ANSWERED, NO_CODE, REASONS
from tests.people import random_answers

PERSONS = 6_000


@pytest.fixture(scope="module")
def answers(catalog: Catalog):  # type: ignore[no-untyped-def]
    return random_answers(catalog, PERSONS, missing=0.002)


def chosen_ids(catalog: Catalog, answers, **kwargs):  # type: ignore[no-untyped-def]
    splits = assign_splits(catalog, answers, **kwargs)
    return {split: set(answers.person_ids[splits.rows(split)]) for split in SPLITS}


def test_eight_hundred_half_test_half_validation(catalog: Catalog, answers) -> None:  # type: ignore[no-untyped-def]
    splits = assign_splits(catalog, answers)
    sizes = [len(splits.rows(split)) for split in SPLITS]
    assert sizes == [PERSONS - 800, 400, 400]
    assert not splits.notes


def test_evaluation_persons_answered_every_probe_and_enough(catalog: Catalog, answers) -> None:  # type: ignore[no-untyped-def]
    rows = np.flatnonzero(assign_splits(catalog, answers).assignment != TRAIN)
    probes = [answers.item_ids.index(item) for item in all_probe_items(catalog)]
    assert (answers.reasons[np.ix_(probes, rows)] == ANSWERED).all()
    assert ((answers.reasons[:, rows] == ANSWERED).sum(axis=0) >= 239).all()


def test_an_equal_number_a_continent(catalog: Catalog, answers) -> None:  # type: ignore[no-untyped-def]
    chosen = [group.chosen for group in assign_splits(catalog, answers).by_continent.values()]
    assert len(chosen) == 6
    assert max(chosen) - min(chosen) <= 1


def test_coverage_adds_up(catalog: Catalog, answers) -> None:  # type: ignore[no-untyped-def]
    splits = assign_splits(catalog, answers)
    for table in (splits.by_continent, splits.by_country):
        assert sum(group.persons for group in table.values()) == PERSONS
        assert sum(group.chosen for group in table.values()) == splits.chosen == 800
        assert all(group.chosen <= group.eligible <= group.persons for group in table.values())


def test_the_choice_does_not_depend_on_the_order_of_rows(catalog: Catalog, answers) -> None:  # type: ignore[no-untyped-def]
    shuffled = answers.take(np.random.default_rng(5).permutation(PERSONS))
    assert chosen_ids(catalog, shuffled) == chosen_ids(catalog, answers)


def test_another_seed_chooses_others(catalog: Catalog, answers) -> None:  # type: ignore[no-untyped-def]
    assert chosen_ids(catalog, answers, seed=1)["test"] != chosen_ids(catalog, answers)["test"]


def test_a_short_continent_gives_what_it_has_and_says_so(catalog: Catalog, answers) -> None:  # type: ignore[no-untyped-def]
    row = answers.demographic_ids.index("B_COUNTRY")
    africa = np.flatnonzero(answers.demographic_codes[row] == 566)
    rest = np.setdiff1d(np.arange(PERSONS), africa[30:])
    splits = assign_splits(catalog, answers.take(rest))
    assert 0 < splits.by_continent["Africa"].chosen <= 30
    assert splits.chosen == 800
    assert any("Africa has" in note for note in splits.notes)


def test_few_persons_keep_most_for_training(catalog: Catalog) -> None:
    few = random_answers(catalog, 300, missing=0.002)
    splits = assign_splits(catalog, few)
    assert splits.chosen <= 60
    assert any("300 persons are few" in note for note in splits.notes)


def test_no_eligible_person_is_said(catalog: Catalog) -> None:
    poor = random_answers(catalog, 500, missing=0.5)
    splits = assign_splits(catalog, poor)
    assert splits.chosen == 0
    assert any("0 evaluation persons were found" in note for note in splits.notes)


@given(st.dictionaries(st.text("abc", min_size=1), st.integers(0, 50), max_size=6), st.integers(0, 200))
def test_quotas_are_fair(available: dict[str, int], total: int) -> None:
    quotas = fair_quotas(available, total)
    assert sum(quotas.values()) == min(total, sum(available.values()))
    assert all(0 <= quotas[name] <= available[name] for name in available)
    open_groups = [quotas[name] for name in available if quotas[name] < available[name]]
    assert not open_groups or max(quotas.values()) - min(open_groups) <= 1


def test_at_most_eighty_of_a_religion_in_a_continent(catalog: Catalog) -> None:
    answers = random_answers(catalog, PERSONS, missing=0.002)
    religion = answers.demographic_ids.index("Q289")
    answers.demographic_codes[religion] = 5
    answers.demographic_reasons[religion] = ANSWERED
    found = assign_splits(catalog, answers).by_continent
    assert {name: group.chosen for name, group in found.items() if name != "Oceania"} == {
        name: 80 for name in found if name != "Oceania"
    }
    assert found["Oceania"].chosen > 80


def test_persons_poorly_described_are_left_out_but_in_oceania(catalog: Catalog) -> None:
    answers = random_answers(catalog, PERSONS, missing=0.002)
    answers.demographic_reasons[10:20] = REASONS.index("no_answer")
    found = assign_splits(catalog, answers).by_continent
    assert {name for name, group in found.items() if group.chosen} == {"Oceania"}


def test_a_probe_item_that_the_file_lacks_is_not_asked_for(catalog: Catalog) -> None:
    answers = random_answers(catalog, PERSONS, missing=0.002)
    row = answers.item_ids.index("Q1")
    answers.reasons[row] = REASONS.index("absent")
    answers = replace(answers, report=replace(answers.report, absent_items=("Q1",)))
    splits = assign_splits(catalog, answers)
    assert splits.chosen == 800
    assert any("lacks the probe items Q1" in note for note in splits.notes)


def test_twins_are_never_evaluated(catalog: Catalog) -> None:
    answers = random_answers(catalog, PERSONS, missing=0.002)
    ids = [f"same-{n // 2}" + (".2" if n % 2 else "") for n in range(PERSONS)]
    splits = assign_splits(catalog, replace(answers, person_ids=np.array(ids)))
    assert splits.chosen == 0
    assert any("answer just as another" in note for note in splits.notes)


def test_selection_on_answered_probes_reaches_the_countries_where_a_probe_was_not_asked(catalog: Catalog) -> None:
    answers = random_answers(catalog, 2_000, seed=11, missing=0.0)
    probe = answers.item_ids.index(probe_setup(catalog, 0)[0])
    unasked = answers.country_codes == 840
    answers.codes[probe, unasked] = NO_CODE
    answers.reasons[probe, unasked] = REASONS.index("not_asked")
    country = "United States"
    assert assign_splits(catalog, answers).by_country[country].eligible == 0
    answered = assign_splits(catalog, answers, selection="answered")
    assert answered.by_country[country].eligible == answered.by_country[country].persons > 0
    assert answered.by_country[country].chosen > 0


def test_selection_on_answered_probes_leaves_enough_to_show(catalog: Catalog) -> None:
    answers = random_answers(catalog, 3_000, seed=12, missing=0.05)
    splits = assign_splits(catalog, answers, selection="answered")
    strict = assign_splits(catalog, answers)
    assert splits.chosen > strict.chosen
    rows = np.flatnonzero(splits.assignment != TRAIN)
    for setup in (0, 1, 2):
        beside = ~np.isin(answers.item_ids, probe_setup(catalog, setup))
        assert ((answers.reasons[:, rows] == 0)[beside].sum(axis=0) >= 200).all()
