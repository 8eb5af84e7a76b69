"""Several files scored together: what is compared, what is left out and said, and where it may be written."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.results import write_results
from indievaluecatalog.scoring.sheet import Sheet, check_outputs, score_files, write_json
from tests.scoring.conftest import guessing, results_of


@pytest.fixture(scope="module")
def folder(people: People, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four runs, two of them of one model, and one with polar answers alone."""
    place = tmp_path_factory.mktemp("results")
    runs: dict[str, dict[str, Any]] = {
        "weak": {"model": "model", "n_demonstrations": 50},
        "strong": {"model": "model", "n_demonstrations": 200},
        "polar": {"model": "polar", "granularities": ("polar",)},
        "refined": {"model": "refined", "granularities": ("refined",), "setups": (0,)},
    }
    for seed, (name, identity) in enumerate(runs.items()):
        write_results(results_of(people, guessing(seed), **identity), place / f"{name}.parquet")
    return place


def scored(folder: Path, people: People, *names: str, **how: Any) -> Sheet:
    return score_files([folder / f"{name}.parquet" for name in names], people, resamples=0, **how)


def test_a_pair_without_a_common_task_is_left_out_and_said(folder: Path, people: People) -> None:
    sheet = scored(folder, people, "weak", "polar", "refined")
    assert [one.granularity for one in sheet.comparisons] == ["polar", "refined"]
    assert sheet.notes == ("polar and refined cannot be compared: they have no task in common",)
    assert json.loads(sheet.to_json())["notes"] == list(sheet.notes)


def test_runs_of_two_protocols_stay_an_error(folder: Path, people: People, tmp_path: Path) -> None:
    from indievaluecatalog.sampling.protocol import PAPER

    write_results(results_of(people, guessing(), protocol=PAPER), tmp_path / "paper.parquet")
    files = [folder / "weak.parquet", tmp_path / "paper.parquet"]
    with pytest.raises(ResultsError, match="--mixed-protocols"):
        score_files(files, people, resamples=0)
    assert len(score_files(files, people, resamples=0, mixed_protocols=True).comparisons) == 3


@pytest.mark.parametrize("reference", ["weak", "weak.parquet", "model, 50 demonstrations", "{folder}/weak.parquet"])
def test_each_run_against_a_reference(folder: Path, people: People, reference: str) -> None:
    sheet = scored(folder, people, "strong", "weak", "polar", reference=reference.format(folder=folder))
    assert sheet.reference == "model, 50 demonstrations"
    assert {one.second for one in sheet.comparisons} == {sheet.reference}
    assert len(sheet.comparisons) == 4
    assert json.loads(sheet.to_json())["reference"] == sheet.reference


def test_a_reference_is_one_of_the_runs(folder: Path, people: People) -> None:
    with pytest.raises(ResultsError, match="no run 'nobody' to compare with; there are model, 200"):
        scored(folder, people, "strong", "weak", reference="nobody")
    with pytest.raises(ResultsError, match="'model' may be any of these runs"):
        scored(folder, people, "strong", "weak", reference="model")


def test_the_same_run_twice_is_scored_once(folder: Path, people: People) -> None:
    sheet = scored(folder, people, "weak", "strong", "weak")
    assert [entry.run.n_demonstrations for entry in sheet.scores] == [50, 200]
    assert len(sheet.comparisons) == 3
    (note,) = sheet.notes
    assert "weak.parquet is the same run as" in note
    assert scored(folder, people, "weak", "weak").comparisons == ()


def test_other_predictions_of_the_same_run_are_an_error(folder: Path, people: People, tmp_path: Path) -> None:
    other = tmp_path / "other.parquet"
    write_results(results_of(people, guessing(9), model="model", n_demonstrations=50), other)
    with pytest.raises(ResultsError, match="different predictions of the same run"):
        score_files([folder / "weak.parquet", other], people, resamples=0)


@pytest.mark.parametrize("resamples", [-1, 5])
def test_resamples_are_checked_before_anything_is_read(tmp_path: Path, resamples: int) -> None:
    with pytest.raises(ResultsError, match="10 or more"):
        score_files([tmp_path / "none.parquet"], resamples=resamples)


def test_where_nothing_can_be_written_is_said_before_the_work(tmp_path: Path) -> None:
    check_outputs()
    check_outputs(tmp_path / "new" / "x.html", tmp_path / "new" / "x.json")
    (tmp_path / "file").write_text("")
    for report, json_out, message in (
        ("x.pdf", None, "a report is written as .html"),
        (None, "x.txt", "the figures are written as .json"),
        (None, "", "the figures are written as .json"),
        (tmp_path / "file" / "x.html", None, "is no folder"),
        (None, tmp_path / "file" / "x.json", "is no folder"),
    ):
        with pytest.raises(ResultsError, match=message):
            check_outputs(report, json_out)
    with pytest.raises(ResultsError, match=r"as \.json"):
        write_json(Sheet((), ()), tmp_path / "x.parquet")
