from __future__ import annotations

import numpy as np
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import probe_setup
from indievaluecatalog.errors import SurveyError
from indievaluecatalog.survey.synthetic import Population, facts_for, synthesize, true_probabilities

PERSONS = 4000


@pytest.fixture(scope="module")
def population(catalog: Catalog) -> Population:
    return synthesize(catalog, PERSONS, seed=7)


def role(population: Population, name: str) -> np.ndarray:
    facts = population.facts
    return population.columns[{**facts.roles, **facts.extra_roles}[name]["variable"]]


def test_same_seed_same_population_other_seed_another(catalog: Catalog, population: Population) -> None:
    again, other = synthesize(catalog, PERSONS, seed=7), synthesize(catalog, PERSONS, seed=8)
    assert list(again.columns) == list(population.columns)
    for name, values in population.columns.items():
        np.testing.assert_array_equal(values, again.columns[name])
    np.testing.assert_array_equal(again.traits.factors, population.traits.factors)
    same = [np.mean(other.columns[i.variable] == population.columns[i.variable]) for i in catalog.items.values()]
    assert np.mean(same) < 0.7


def test_columns_have_a_row_a_person_and_compact_types(catalog: Catalog, population: Population) -> None:
    assert len(population) == PERSONS
    assert all(values.shape == (PERSONS,) for values in population.columns.values())
    assert all(population.columns[i.variable].dtype == np.int8 for i in catalog.items.values())
    assert not any(values.dtype == object for values in population.columns.values())


def test_every_code_is_one_the_catalog_knows(catalog: Catalog, population: Population) -> None:
    for item in catalog.items.values():
        assert set(np.unique(population.columns[item.variable])) <= {*item.codes, *item.missing}, item.id
    reasons = set(catalog.wave.missing_reasons)
    for demographic in catalog.demographics.values():
        found = set(np.unique(population.columns[demographic.variable]))
        strange = found - {*demographic.codes, *demographic.missing} - reasons
        fold = demographic.fold_above
        assert all(fold is not None and code > fold for code in strange), demographic.id


def test_uncovered_and_folded_codes_occur(catalog: Catalog, population: Population) -> None:
    for item in catalog.items.values():
        for code in item.uncovered:
            assert 0.002 < np.mean(population.columns[item.variable] == code) < 0.06, item.id
    folding = [d for d in catalog.demographics.values() if d.fold_above is not None]
    assert folding
    for demographic in folding:
        assert (population.columns[demographic.variable] > demographic.fold_above).any()
    wide = [d for d in catalog.demographics.values() if d.uncovered]
    assert sum(np.isin(population.columns[d.variable], d.uncovered).sum() for d in wide) > 20


def test_missing_answers_by_reason(catalog: Catalog, population: Population) -> None:
    answers = np.stack([population.columns[item.variable] for item in catalog.items.values()])
    covered = np.stack(
        [
            np.isin(population.columns[item.variable], [c for o in item.refined for c in o.codes])
            for item in catalog.items.values()
        ]
    )
    assert covered.sum(axis=0).mean() == pytest.approx(242, abs=2)
    names = {reason.name: code for code, reason in catalog.wave.missing_reasons.items()}
    for name in ("dont_know", "no_answer", "not_asked", "unknown"):
        assert (answers == names[name]).any(), name
    country = population.columns[catalog.wave.country_variable]
    for code, items in population.facts.not_asked.items():
        for item_id in items & set(catalog.items):
            values = population.columns[catalog.items[item_id].variable][country == code]
            assert (values == names["not_asked"]).all()


def test_persons_differ_in_how_much_they_leave_out(catalog: Catalog, population: Population) -> None:
    answers = np.stack([population.columns[item.variable] for item in catalog.items.values()])
    left_out = np.isin(answers, [-1, -2]).sum(axis=0)
    assert left_out.std() > 2 * np.sqrt(left_out.mean())


def test_countries_ids_and_the_shared_id(catalog: Catalog, population: Population) -> None:
    country = population.columns[catalog.wave.country_variable]
    ids = population.columns[catalog.wave.person_variable]
    shared = population.facts.shared_interview_ids
    assert set(country) == {entry.code for entry in population.facts.countries}
    for code, one_id in shared.items():
        assert (ids[country == code] == one_id).all()
        assert (country == code).sum() > 1
    others = ids[~np.isin(country, list(shared))]
    assert len(np.unique(others)) == len(others)
    assert (others // 10**4 % 100 == catalog.wave.wave_code).all()


def test_full_size_has_the_wave_s_countries_and_rows(catalog: Catalog) -> None:
    countries = facts_for(catalog).countries
    assert (len(countries), sum(entry.persons for entry in countries)) == (66, 97_220)


@pytest.mark.parametrize("persons", [1, 3, 40, 659, 660])
def test_small_populations(catalog: Catalog, persons: int) -> None:
    small = synthesize(catalog, persons)
    countries = set(small.columns[catalog.wave.country_variable])
    assert len(small) == persons
    if persons >= 40:
        assert set(small.facts.always_present) <= countries
    if persons >= 660:
        assert len(countries) == len(small.facts.countries)


@pytest.mark.parametrize("persons", [0, -5, 2.5, "10", True, 10**9])
def test_odd_numbers_of_persons_are_refused(catalog: Catalog, persons: object) -> None:
    with pytest.raises(SurveyError, match="number of persons"):
        synthesize(catalog, persons)  # type: ignore[arg-type]


def test_progress_is_told(catalog: Catalog) -> None:
    told: list[tuple[str, float]] = []
    synthesize(catalog, 50, progress=lambda stage, fraction: told.append((stage, fraction)))
    fractions = [fraction for _, fraction in told]
    assert fractions == sorted(fractions)
    assert (fractions[0], fractions[-1]) == (0.0, 1.0)


def test_picks_stay_within_their_limit(population: Population) -> None:
    assert population.model.limits
    for limit in population.model.limits:
        variables = [population.catalog.items[name].variable for name in limit.items]
        picks = sum((population.columns[v] == limit.picked).astype(int) for v in variables)
        assert picks.max() == limit.most


def test_second_choices_differ_from_first(catalog: Catalog, population: Population) -> None:
    assert population.model.second_choices
    for second, first in population.model.second_choices.items():
        later = population.columns[catalog.items[second].variable]
        earlier = population.columns[catalog.items[first].variable]
        assert not ((later == earlier) & (later >= 0)).any()
        assert (later[earlier < 0] < 0).all()


def test_spouses_only_where_there_is_one(population: Population) -> None:
    codes = population.facts.roles["marital"]["codes"]
    marital = role(population, "marital")
    alone = np.isin(marital, [codes[name] for name in ("divorced", "separated", "widowed", "single")])
    together = np.isin(marital, [codes["married"], codes["cohabiting"]])
    for name in ("spouse_education", "spouse_employment", "spouse_occupation"):
        values = role(population, name)
        assert (values[alone] < 0).all()
        assert (values[alone] == -3).mean() > 0.95
        assert (values[together] != -3).all()


def test_lives_hang_together(catalog: Catalog, population: Population) -> None:
    age, group = role(population, "age"), role(population, "age_group")
    bounds = population.facts.roles["age_group"]["lower_bounds"]
    starts = {int(code): start for code, start in bounds.items()}
    known = group > 0
    assert all(age[i] >= starts[int(group[i])] for i in np.flatnonzero(known)[:500])
    year = population.columns[catalog.wave.year_variable]
    np.testing.assert_array_equal(role(population, "birth_year"), year - age)
    step, band = role(population, "income_step"), role(population, "income_group")
    assert np.corrcoef(step[band > 0], band[band > 0])[0, 1] > 0.8
    country = population.columns[catalog.wave.country_variable]
    born, immigrant = role(population, "birth_country"), role(population, "immigrant")
    both = (born > 0) & (immigrant > 0)
    np.testing.assert_array_equal((born == country)[both], (immigrant == 1)[both])
    ethnic = role(population, "ethnic")
    np.testing.assert_array_equal((ethnic // 1000)[ethnic > 0], country[ethnic > 0])
    household, parents = role(population, "household"), role(population, "with_parents")
    assert (household[(parents > 1) & (household > 0)] >= 2).all()


def test_languages_and_religions_are_the_country_s(catalog: Catalog, population: Population) -> None:
    country = population.columns[catalog.wave.country_variable]
    for entry in population.facts.countries:
        rows = country == entry.code
        religion = role(population, "religion")[rows]
        assert set(religion[religion >= 0]) <= set(entry.religions)
        language = role(population, "language")[rows]
        usual = max(entry.languages, key=lambda code: entry.languages[code])
        if rows.sum() > 60 and entry.languages[usual] > 70:
            assert np.mean(language == usual) > 0.5


def test_weights(catalog: Catalog, population: Population) -> None:
    country = population.columns[catalog.wave.country_variable]
    by_purpose = {purpose: population.columns[name] for name, purpose in population.facts.weights.items()}
    for code in np.unique(country):
        rows = country == code
        assert by_purpose["design"][rows].mean() == pytest.approx(1.0, abs=1e-6)
        assert by_purpose["equal"][rows].sum() == pytest.approx(1000.0, abs=1e-3)
    assert by_purpose["population"].mean() == pytest.approx(1.0, abs=1e-6)


def test_it_says_synthetic(catalog: Catalog, population: Population) -> None:
    assert set(population.columns[catalog.wave.version_variable]) == {"synthetic (not survey data)"}


def test_true_probabilities_are_those_of_the_answers(catalog: Catalog, population: Population) -> None:
    gaps = []
    for item in catalog.items.values():
        truth = true_probabilities(population, item.id)
        np.testing.assert_allclose(truth.sum(axis=1), 1.0, atol=1e-4)
        assert truth.shape == (PERSONS, len(item.codes))
        answers = population.columns[item.variable]
        given = answers >= 0
        for index, code in enumerate(item.codes):
            expected = truth[given, index]
            deviation = np.mean(answers[given] == code) - expected.mean()
            gaps.append(deviation / np.sqrt((expected * (1 - expected)).mean() / given.sum() + 1e-9))
    assert np.abs(gaps).max() < 5
    assert np.std(gaps) < 1.15


def test_true_probabilities_of_an_unknown_item(population: Population) -> None:
    with pytest.raises(KeyError):
        true_probabilities(population, "no such item")


def _options(population: Population, item_id: str) -> np.ndarray:
    item = population.catalog.items[item_id]
    table = np.full(256, -1, dtype=np.int8)
    for index, option in enumerate(item.refined):
        table[list(option.codes)] = index
    return table[population.columns[item.variable].astype(np.int64)]


def test_standard_task_orders_predictors_as_real_answers_do(catalog: Catalog, population: Population) -> None:
    rng = np.random.default_rng(0)
    order = rng.permutation(PERSONS)
    test, train = order[:300], order[300:]
    probes = probe_setup(catalog, 0)
    options = {name: _options(population, name) for name in catalog.items}
    shown = [name for name in catalog.items if name not in probes][:200]
    agreement = np.zeros((len(test), len(train)), dtype=np.float32)
    for name in shown:
        for index in range(len(catalog.items[name].refined)):
            mine, theirs = options[name][test] == index, options[name][train] == index
            agreement += np.outer(mine.astype(np.float32), theirs.astype(np.float32))
    nearest = train[np.argpartition(-agreement, 50, axis=1)[:, :50]]
    scores: dict[str, list[float]] = {"random": [], "majority": [], "nearest": [], "truth": []}
    for name in probes:
        item, answers = catalog.items[name], options[name]
        size = len(item.refined)
        right = answers[test]
        asked = right >= 0
        common = np.bincount(answers[train][answers[train] >= 0], minlength=size).argmax()
        votes = np.stack([(answers[nearest] == index).sum(axis=1) for index in range(size)], axis=1)
        truth = true_probabilities(population, name)[test]
        codes = list(item.codes)
        by_option = np.stack([truth[:, [codes.index(c) for c in o.codes]].sum(1) for o in item.refined], axis=1)
        scores["random"].append(1 / size)
        scores["majority"].append(np.mean(right[asked] == common))
        scores["nearest"].append(np.mean(votes.argmax(axis=1)[asked] == right[asked]))
        scores["truth"].append(np.mean(by_option.argmax(axis=1)[asked] == right[asked]))
    mean = {name: 100 * float(np.mean(values)) for name, values in scores.items()}
    assert mean["random"] + 15 < mean["majority"] < 54
    assert mean["majority"] + 5 < mean["nearest"] < 63
    assert mean["nearest"] + 3 < mean["truth"] < 75
