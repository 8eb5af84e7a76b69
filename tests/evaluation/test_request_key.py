"""The key of a request: what stores of answers are kept by, so that it never changes unless what is asked does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from indievaluecatalog.evaluation.request import ModelSpec, Slot, request_key
from tests.evaluation.asked import made_request

SPEC = ModelSpec("m", "test", {"temperature": 0, "extra": {"ü": None}})


def test_keys_of_older_stores_are_found_again() -> None:
    assert request_key(made_request(4), SPEC) == "294e3c9ad603be10c672fb950489868764d0e9740311d01633b41ca7b08078bd"


@pytest.mark.parametrize(
    "change",
    [
        {"person_id": "another"},
        {"setup": 2},
        {"granularity": "refined"},
        {"form": "single"},
        {"attempt": 1},
        {"system": "Predict."},
        {"context": "", "system": 'Predict, in JSON.", "Family'},
        {"context": "Nothing is known."},
        {"question": "Question 4?"},
        {"slots": (Slot("P01", "Q1", ("I do not – ever.", "I trust people."), (0, 1)),)},
    ],
)
def test_whatever_is_asked_otherwise_has_another_key(change: dict[str, Any]) -> None:
    asked = made_request(4)
    assert request_key(replace(asked, **change), SPEC) != request_key(asked, SPEC)


@pytest.mark.parametrize(
    "other",
    [ModelSpec("n", "test", SPEC.settings), ModelSpec("m", "files", SPEC.settings), ModelSpec("m", "test", {})],
)
def test_another_model_has_other_keys(other: ModelSpec) -> None:
    assert request_key(made_request(4), other) != request_key(made_request(4), SPEC)


def test_the_order_of_settings_says_nothing() -> None:
    turned = ModelSpec("m", "test", dict(reversed(SPEC.settings.items())))
    assert request_key(made_request(4), turned) == request_key(made_request(4), SPEC)
