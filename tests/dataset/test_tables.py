"""Every cell of the tables is the option its code stands for."""

from __future__ import annotations

import numpy as np
import pytest

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog, Granularity
from indievaluecatalog.dataset.features import CONFIGS, config_features, unique_names
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.tables import config_columns, index_answers, option_rows, question_rows
from indievaluecatalog.survey.answers import ANSWERED
from tests.golden.rewrite import PERSON, person_text
from tests.people import random_answers

PERSONS = 200
ROWS = np.arange(PERSONS)


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_each_answer_becomes_the_option_that_covers_it(catalog: Catalog, granularity: Granularity) -> None:
    answers = random_answers(catalog, PERSONS)
    found = index_answers(catalog, answers).of(granularity)
    for row, item in enumerate(catalog.items.values()):
        for person in range(0, PERSONS, 7):
            if answers.reasons[row, person] == ANSWERED:
                expected = item.option_index(int(answers.codes[row, person]), granularity)
                assert found[row, person] == expected
            else:
                assert found[row, person] == NO_OPTION


def test_each_demographic_becomes_the_option_that_covers_it(catalog: Catalog) -> None:
    answers = random_answers(catalog, PERSONS)
    found = index_answers(catalog, answers).demographics
    for row, demographic in enumerate(catalog.demographics.values()):
        for person in range(0, PERSONS, 7):
            code = answers.demographic_codes[row, person]
            covering = [at for at, option in enumerate(demographic.options) if code in option.codes]
            expected = covering[0] if answers.demographic_reasons[row, person] == ANSWERED else NO_OPTION
            assert found[row, person] == expected


def test_list_of_statements_is_the_wide_row_read_across(catalog: Catalog) -> None:
    answers = random_answers(catalog, PERSONS)
    indices = index_answers(catalog, answers)
    names = config_features(catalog, "statements", [])["refined"].feature.names
    lists = config_columns(catalog, answers, indices, ROWS, "statements")["refined"].to_pylist()
    for person in range(0, PERSONS, 11):
        expected = [
            item.refined[indices.refined[row, person]].statement
            for row, item in enumerate(catalog.items.values())
            if indices.refined[row, person] != NO_OPTION
        ]
        assert [names[index] for index in lists[person]] == expected


def test_a_reason_stands_exactly_where_an_answer_is_missing(catalog: Catalog) -> None:
    answers = random_answers(catalog, PERSONS)
    columns = config_columns(catalog, answers, index_answers(catalog, answers), ROWS, "reasons")
    names = config_features(catalog, "reasons", [])["Q111"].names
    for row, item in enumerate(catalog.items):
        column = columns[item]
        assert column.null_count == int((answers.reasons[row] == ANSWERED).sum())
    uncovered = [names[value] for value in columns["Q111"].drop_null().to_pylist()]
    assert "uncovered" in uncovered


def test_one_person_reads_as_in_the_golden_file() -> None:
    assert person_text() == PERSON.read_text("utf-8"), "if the change is meant: make golden"


def test_options_join_to_class_ids(catalog: Catalog) -> None:
    rows = option_rows(catalog)
    assert len(rows) == 929 + 567 + sum(len(d.options) for d in catalog.demographics.values())
    for granularity in GRANULARITIES:
        names = config_features(catalog, "statements", [])[granularity].feature.names
        for row in rows:
            if row["kind"] == "item" and row["granularity"] == granularity:
                assert names[row["class_id"]] == row["statement"]


def test_questions_list_items_then_demographics(catalog: Catalog) -> None:
    rows = question_rows(catalog)
    assert [row["id"] for row in rows] == [*catalog.items, *catalog.demographics]


def test_class_names_are_the_statements(catalog: Catalog) -> None:
    features = config_features(catalog, "refined", ["W_WEIGHT"])
    assert features["Q1"].names == [option.statement for option in catalog.items["Q1"].refined]


@pytest.mark.parametrize("config", CONFIGS)
def test_columns_stay_within_what_the_viewer_shows(catalog: Catalog, config: str) -> None:
    assert len(config_features(catalog, config, ["W_WEIGHT", "S018", "PWGHT"])) <= 1_000


def test_an_unknown_config_is_refused(catalog: Catalog) -> None:
    with pytest.raises(ValueError, match="no config 'other'"):
        config_features(catalog, "other", [])


def test_equal_texts_get_class_names_that_differ() -> None:
    assert unique_names(["a", "b", "a"], ["x", "y", "z"]) == ["a [x]", "b", "a [z]"]
    assert len(set(unique_names(["a", "a", "a"], ["x", "x", "y"]))) == 3
