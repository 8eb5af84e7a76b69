"""Predictions from plain rows: nothing is changed or lost on the way into a table."""

from __future__ import annotations

from typing import Any

import pytest

from indievaluecatalog.dataset.people import DatasetIdentity
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.results import Results
from indievaluecatalog.scoring.run import Run

RUN = Run("mine", DatasetIdentity("some", "d", "c", "wvs7", True), 50)
ROW: dict[str, Any] = {"person_id": "p0", "setup": 0, "item": "Q1", "granularity": "polar", "prediction": 1}


def test_rows_come_back_as_they_were() -> None:
    rows = [ROW, {**ROW, "item": "Q2", "prediction": None}, {**ROW, "item": "Q3", "probabilities": [0.25, 0.75]}]
    table = Results.of_rows(RUN, rows).table
    assert table.to_pylist() == [{**row, "probabilities": row.get("probabilities")} for row in rows]


@pytest.mark.parametrize(
    "row",
    [
        {**ROW, "prediction": 1.9},
        {**ROW, "prediction": True},
        {**ROW, "setup": 0.5},
        {**ROW, "setup": 10**30},
        {**ROW, "predicton": 1},
        {key: value for key, value in ROW.items() if key != "prediction"},
        {**ROW, "person_id": 7},
        {**ROW, "prediction": 1_000},
        {**ROW, "probabilities": "high"},
    ],
)
def test_what_cannot_be_a_prediction_is_refused(row: dict[str, Any]) -> None:
    with pytest.raises(ResultsError, match="predictions"):
        Results.of_rows(RUN, [ROW, row])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("model", None),
        ("model", " "),
        ("n_demonstrations", "many"),
        ("n_demonstrations", -5),
        ("settings", 5),
        ("sees_also", 7),
        ("prompt", "hi"),
        ("protocol", ["name"]),
        ("splits", "test"),
        ("setups", 0),
        ("setups", [7]),
        ("shown", "all"),
    ],
)
def test_a_run_that_cannot_be_is_refused(field: str, value: Any) -> None:
    from indievaluecatalog.errors import IndieValueCatalogError

    assert Run.from_dict(RUN.to_dict()) == RUN
    with pytest.raises(IndieValueCatalogError):
        Run.from_dict({**RUN.to_dict(), field: value})
