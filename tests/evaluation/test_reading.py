"""Reading responses: probabilities, errors, counts, and the words it goes by."""

from __future__ import annotations

import json
import math
from importlib.resources import files

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from indievaluecatalog.evaluation.reading import OUTCOMES, Reading, count_outcomes, read_answer, read_with_extra
from indievaluecatalog.evaluation.request import Request, Response, Slot

TURNED = Slot("P01", "Q1", ("second", "third", "first"), (1, 2, 0))
PLAIN = Slot("P02", "Q2", ("yes", "no"), (0, 1))
REQUEST = Request("p", 0, "polar", "joint", (TURNED, PLAIN), "", "", "")


def likely(*probabilities: tuple[float, ...]) -> tuple[Reading, ...]:
    return read_answer(REQUEST, Response(key="k", probabilities=probabilities))


def test_the_likeliest_option_is_chosen_in_the_catalogs_order() -> None:
    turned, plain = likely((0.1, 0.3, 0.6), (2.0, 6.0))
    assert (turned.slot, turned.outcome, turned.choice) == ("P01", "read", 0)
    assert turned.probabilities == pytest.approx((0.6, 0.1, 0.3))
    assert plain == Reading("P02", "read", 1, (0.25, 0.75))


def test_of_equally_likely_options_the_catalogs_first_is_chosen() -> None:
    assert [reading.choice for reading in likely((0.5, 0.5, 0.0), (1.0, 1.0))] == [1, 0]
    assert likely((1.0, 1.0, 1.0), (1.0, 1.0))[0].choice == 0


@pytest.mark.parametrize(
    "bad", [(0.5, 0.5), (0.5, math.nan, 0.5), (1.0, -0.1, 0.1), (0.0, 0.0, 0.0), (math.inf, 0, 0), ()]
)
def test_what_are_no_probabilities_is_unreadable(bad: tuple[float, ...]) -> None:
    turned, plain = likely(bad, (1.0, 0.0))
    assert turned == Reading("P01", "unreadable")
    assert plain.choice == 0


def test_probabilities_for_another_number_of_probes_are_credited_to_none() -> None:
    assert {reading.outcome for reading in likely((0.1, 0.3, 0.6))} == {"unreadable"}


@given(st.lists(st.lists(st.floats(), max_size=4).map(tuple), max_size=3).map(tuple))
def test_no_probabilities_make_reading_fail(probabilities: tuple[tuple[float, ...], ...]) -> None:
    for reading in likely(*probabilities):
        if reading.probabilities is not None:
            assert math.isclose(sum(reading.probabilities), 1)
            assert reading.choice == reading.probabilities.index(max(reading.probabilities))


def test_letters_are_turned_into_positions_of_the_catalog() -> None:
    readings = read_answer(REQUEST, Response(key="k", text='{"P02": "B", "P01": "C"}'))
    assert readings == (Reading("P01", "read", 0), Reading("P02", "read", 1))


@pytest.mark.parametrize(
    "response",
    [
        Response(key="k", error="time-out", text='{"P01": "A"}'),
        Response(key="k", finish_reason="error", text='{"P01": "A"}'),
        Response(key="k", error="time-out", probabilities=((1.0, 0.0, 0.0), (1.0, 0.0))),
    ],
)
def test_a_response_that_failed_answers_nothing(response: Response) -> None:
    assert {reading.outcome for reading in read_answer(REQUEST, response)} == {"failed"}


def test_a_model_that_reasons_before_it_answers_is_not_credited_with_its_thoughts() -> None:
    text = "<think>P01: A. P02: A. Final answer: A</think>\nP01: B\nP02: B"
    assert [reading.choice for reading in read_answer(REQUEST, Response(key="k", text=text))] == [2, 1]


def test_two_options_that_read_alike_are_not_told_apart() -> None:
    alike = Request("p", 0, "polar", "single", (Slot("P01", "Q1", ("Yes.", "yes!"), (0, 1)),), "", "", "")
    assert read_answer(alike, Response(key="k", text="Yes"))[0].outcome == "conflicting"


def test_an_id_that_could_be_of_two_probes_is_taken_only_as_it_stands() -> None:
    both = Request(
        "p",
        0,
        "polar",
        "joint",
        (Slot("P1", "Q1", ("x", "y"), (0, 1)), Slot("P01", "Q2", ("x", "y"), (0, 1))),
        "",
        "",
        "",
    )
    assert [r.choice for r in read_answer(both, Response(key="k", text='{"P1": "A", "P01": "B"}'))] == [0, 1]
    assert [r.choice for r in read_answer(both, Response(key="k", text='{"P001": "A", "probe 1": "B"}'))] == [
        None,
        None,
    ]


def test_ids_need_no_numbers() -> None:
    named = Request(
        "p",
        0,
        "polar",
        "joint",
        (Slot("trust", "Q1", ("x", "y"), (0, 1)), Slot("work", "Q2", ("x", "y"), (0, 1))),
        "",
        "",
        "",
    )
    assert [r.choice for r in read_answer(named, Response(key="k", text='{"Work": "B", "trust": "A"}'))] == [0, 1]
    assert [r.choice for r in read_answer(named, Response(key="k", text="trust: B\nwork: A"))] == [1, 0]


def test_counts_name_every_outcome_and_the_extra_answers() -> None:
    readings, extra = read_with_extra(REQUEST, Response(key="k", text='{"P01": "A", "P07": "A", "P08": "B"}'))
    counts = count_outcomes(readings, extra)
    assert list(counts) == [*OUTCOMES, "extra"]
    assert {name: count for name, count in counts.items() if count} == {"read": 1, "missing": 1, "extra": 2}


def test_the_words_follow_their_schema() -> None:
    folder = files("indievaluecatalog.evaluation")
    schema = json.loads(folder.joinpath("reading_words.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(yaml.safe_load(folder.joinpath("reading_words.yaml").read_text("utf-8")))
