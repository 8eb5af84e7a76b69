"""The format of predictions, and what laying them over the tasks refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.sampling.protocol import PAPER
from indievaluecatalog.scoring.cells import NOT_ASKED, lay_out
from indievaluecatalog.scoring.results import (
    METADATA,
    SCHEMA,
    UNREAD,
    Results,
    read_results,
    write_results,
)
from indievaluecatalog.scoring.run import Run
from tests.scoring.conftest import first_option, guessing, results_of, uniform

ONE_SETUP = {"setups": (1,), "granularities": ("polar",)}


@pytest.fixture(scope="module")
def results(people: People) -> Results:
    return results_of(people, guessing(), **ONE_SETUP)


def changed(results: Results, change: Callable[[list[dict[str, Any]]], object]) -> Results:
    """The same results with rows changed in place."""
    rows = results.table.to_pylist()
    change(rows)
    return replace(results, table=pa.Table.from_pylist(rows, schema=SCHEMA))


def test_what_is_written_is_read(results: Results, tmp_path: Path) -> None:
    write_results(results, tmp_path / "here" / "r.parquet")
    read = read_results(tmp_path / "here" / "r.parquet")
    assert read.run == results.run
    assert read.run.digest == results.run.digest
    assert read.table.to_pylist() == results.table.to_pylist()
    assert [path.name for path in (tmp_path / "here").iterdir()] == ["r.parquet"]


def test_every_field_of_a_run_survives(people: People) -> None:
    run = Run(
        model="m",
        dataset=people.identity,
        n_demonstrations=50,
        settings={"k": 50, "smoothing": 0.5},
        protocol=replace(PAPER, only_categories=("Security",)),
        shown="both",
        sees_also="the country",
        prompt={"name": "joint", "version": 1},
        splits=("test",),
        setups=(2, 0),
        granularities=("polar",),
        decision="expected",
    )
    assert Run.from_dict(run.to_dict()) == run
    assert replace(run, n_demonstrations=51).digest != run.digest


def test_the_same_results_give_the_same_bytes(results: Results, tmp_path: Path) -> None:
    for name in ("a.parquet", "b.parquet"):
        write_results(results, tmp_path / name)
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()


def test_an_unreadable_answer_is_a_null_in_the_file(results: Results, people: People) -> None:
    nulls = results.table["prediction"].null_count
    assert 0 < nulls < len(results.table)
    cells = lay_out(results, people)
    assert int((cells.given & (cells.prediction == UNREAD)).sum()) == nulls


def test_rows_may_come_in_any_order(results: Results, people: People) -> None:
    cells = lay_out(results, people)
    order = np.random.default_rng(0).permutation(len(results.table))
    again = lay_out(replace(results, table=results.table.take(order)), people)
    assert np.array_equal(cells.prediction, again.prediction)
    assert np.array_equal(cells.probabilities, again.probabilities, equal_nan=True)


def test_what_a_person_did_not_answer_is_no_task(results: Results, people: People) -> None:
    cells = lay_out(results, people)
    assert 0 < int((~cells.asked).sum()) < cells.truth.size
    assert (cells.truth[~cells.asked] == NOT_ASKED).all()
    assert cells.coverage.complete
    assert cells.coverage.tasks == len(results.table)


def test_probabilities_sum_to_one_over_the_options_of_the_item(people: People) -> None:
    cells = lay_out(results_of(people, uniform), people)
    assert cells.probabilities is not None
    given = cells.probabilities[cells.given]
    sizes = np.broadcast_to(cells.sizes[:, :, None, :], cells.given.shape)[cells.given]
    assert np.allclose(given.sum(axis=1), 1)
    assert np.allclose(given[:, 0], 1 / sizes)
    assert (given[np.arange(given.shape[1]) >= sizes[:, None]] == 0).all()


def test_results_without_probabilities_have_none(people: People) -> None:
    assert lay_out(results_of(people, first_option), people).probabilities is None


FAULTS: dict[str, tuple[Callable[[list[dict[str, Any]]], object], str]] = {
    "a person unknown": (lambda rows: rows[0].update(person_id="nobody"), "person 'nobody'"),
    "an unknown item": (lambda rows: rows[0].update(item="Q0"), "item 'Q0'"),
    "an item that is no probe of the setup": (lambda rows: rows[0].update(item="Q1"), "no probe of their setup"),
    "a setup the run does not have": (lambda rows: rows[0].update(setup=2), "setup '2'"),
    "a granularity the run does not have": (
        lambda rows: rows[0].update(granularity="refined"),
        "granularity 'refined'",
    ),
    "two predictions for one task": (lambda rows: rows.append(rows[3]), "1 tasks have more than one prediction"),
    "an option beyond the item's": (lambda rows: rows[0].update(prediction=9), "option 9 of person"),
    "a negative option": (lambda rows: rows[0].update(prediction=-2), "option -2 of person"),
    "too many probabilities": (lambda rows: rows[0].update(probabilities=[1.0, *[0.0] * 8]), "has 9 probabilities for"),
    "no probability": (lambda rows: rows[0].update(probabilities=[]), "has 0 probabilities for"),
    "a missing prediction": (lambda rows: rows.pop(), "of 60 persons"),
}


@pytest.mark.parametrize(("change", "says"), FAULTS.values(), ids=FAULTS)
def test_faults_are_named(results: Results, people: People, change: Any, says: str) -> None:
    with pytest.raises(ResultsError, match=says) as caught:
        lay_out(changed(results, change), people, source="run.parquet")
    assert str(caught.value).startswith("run.parquet: ")


@pytest.mark.parametrize("wrong", [[0.5, 0.4], [1.5, -0.5], [float("nan"), 1.0], [None, 1.0], [float("inf"), 0.0]])
def test_probabilities_that_are_no_distribution(results: Results, people: People, wrong: list[float | None]) -> None:
    def change(rows: list[dict[str, Any]]) -> None:
        row = next(row for row in rows if len(row["probabilities"]) == 2)
        row["probabilities"] = wrong

    with pytest.raises(ResultsError, match="1 rows have probabilities that are no distribution"):
        lay_out(changed(results, change), people)


def test_a_prediction_for_an_item_the_person_did_not_answer(results: Results, people: People) -> None:
    asked = {(row["person_id"], row["item"]) for row in results.table.to_pylist()}
    items = {row["item"] for row in results.table.to_pylist()}
    person, item = next((p, i) for p in people.person_ids.tolist() for i in sorted(items) if (p, i) not in asked)
    wrong = changed(results, lambda rows: rows[0].update(person_id=person, item=item, prediction=0, probabilities=None))
    with pytest.raises(ResultsError, match="did not answer"):
        lay_out(wrong, people)


def test_missing_predictions_are_accepted_when_asked_for(results: Results, people: People) -> None:
    some = changed(results, lambda rows: rows.__delitem__(slice(100, None)))
    cells = lay_out(some, people, partial=True)
    assert not cells.coverage.complete
    assert cells.coverage.predicted == 100
    assert cells.coverage.persons == len(people)
    assert cells.coverage.persons_predicted == 3


def test_results_of_another_dataset(results: Results, people: People) -> None:
    other = replace(people, identity=replace(people.identity, name="other", digest="ffff"))
    with pytest.raises(ResultsError, match=r"for the dataset random .*, but this one is other ffff"):
        lay_out(results, other)


def test_deciding_by_probabilities_needs_them(people: People) -> None:
    with pytest.raises(ResultsError, match="needs them in every row"):
        lay_out(results_of(people, first_option, decision="expected"), people)


def test_files_that_are_no_results(results: Results, tmp_path: Path) -> None:
    text, bare, lacking, newer, mangled = (
        tmp_path / f"{n}.parquet" for n in ("text", "bare", "lack", "new", "mangled")
    )
    write_results(results, lacking)
    metadata = pq.read_schema(lacking).metadata
    text.write_text("no parquet")
    pq.write_table(results.table.replace_schema_metadata(None), bare)
    pq.write_table(results.table.drop_columns(["item"]).replace_schema_metadata(metadata), lacking)
    pq.write_table(results.table.replace_schema_metadata({METADATA: b'{"format": 99}'}), newer)
    pq.write_table(results.table.replace_schema_metadata({METADATA: b"{"}), mangled)
    for file, says in (
        (text, "cannot be read as Parquet"),
        (tmp_path / "absent.parquet", "there is no such file"),
        (bare, "its metadata name no run"),
        (lacking, "the columns item are missing"),
        (newer, "format 99"),
        (mangled, "no JSON"),
    ):
        with pytest.raises(ResultsError, match=says) as caught:
            read_results(file)
        assert str(file) in str(caught.value)


def test_a_run_that_is_no_run(results: Results, tmp_path: Path) -> None:
    file = tmp_path / "r.parquet"
    for text, says in (
        (b"[]", "format None"),
        (b'{"format": 1}', "no identity of a run"),
        (b'{"format": 1, "run": {"model": "m"}}', "no identity of a run"),
    ):
        pq.write_table(results.table.replace_schema_metadata({METADATA: text}), file)
        with pytest.raises(ResultsError, match=says):
            read_results(file)


def test_a_folder_is_no_file_of_results(results: Results, tmp_path: Path) -> None:
    """Parquet readers take a folder for one table, and would mix two runs under one identity."""
    for name in ("a.parquet", "b.parquet"):
        write_results(results, tmp_path / name)
    with pytest.raises(ResultsError, match="there is no such file"):
        read_results(tmp_path)


def test_columns_of_another_type(results: Results, tmp_path: Path) -> None:
    write_results(results, tmp_path / "r.parquet")
    metadata = pq.read_schema(tmp_path / "r.parquet").metadata
    names = pa.array(["first"] * len(results.table))
    column = results.table.column_names.index("prediction")
    table = results.table.set_column(column, "prediction", names).replace_schema_metadata(metadata)
    pq.write_table(table, tmp_path / "r.parquet")
    with pytest.raises(ResultsError, match=r"r\.parquet"):
        read_results(tmp_path / "r.parquet")


def test_results_are_written_as_parquet_only(results: Results, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"written as \.parquet"):
        write_results(results, tmp_path / "r.csv")
