"""A build on disk, files of predictions, and the command that starts it all."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from indievaluecatalog.browse.collection import Collection, open_collection
from indievaluecatalog.browse.predictions import guesses
from indievaluecatalog.browse.problems import BrowseError
from indievaluecatalog.browse.serve import browse, listen, only_synthetic
from indievaluecatalog.cli.browse import app
from indievaluecatalog.errors import BuildError, MissingExtraError, ResultsError
from indievaluecatalog.publish.errors import PublishError
from indievaluecatalog.survey.answers import ANSWERED
from tests.browse.conftest import BUILT, Open, opener

RUN = "from indievaluecatalog.cli.browse import app; app()"


@pytest.fixture(scope="session")
def opened(folder: Path) -> Collection:
    return open_collection(folder / "built", results=folder / "results")


@pytest.fixture(scope="session")
def look(opened: Collection) -> Iterator[Open]:
    yield from opener(opened)


def test_reasons_are_known_exactly_where_answers_are_missing(opened: Collection) -> None:
    assert opened.reasons is not None
    first = len(opened.catalog.demographics)
    assert ((opened.reasons[first:] == ANSWERED) == opened.people.answered).all()
    assert ((opened.reasons[:first] == ANSWERED) == (opened.people.demographics >= 0)).all()


def test_reasons_of_other_persons_are_refused(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "built", tmp_path / "built")
    reasons = next((tmp_path / "built" / "data" / "reasons").glob("train*"))
    reasons.write_bytes((tmp_path / "built" / "data" / "reasons" / reasons.name.replace("train", "test")).read_bytes())
    with pytest.raises(BuildError, match="other persons"):
        open_collection(tmp_path / "built")
    reasons.write_bytes(b"none")
    with pytest.raises(BuildError, match="cannot be read"):
        open_collection(tmp_path / "built")


def test_what_models_said_of_a_person(opened: Collection, look: Open) -> None:
    majority = next(one for one in opened.evaluated if one.name == "majority")
    person, place = next(iter(majority.places.items()))
    said = guesses(majority, person, "refined")
    counted = ~np.isnan(majority.hits[0, :, place])
    assert len(said) == counted.sum()
    assert sum(one.right for one in said) == majority.hits[0, :, place][counted].sum()
    page = look(f"/predictions?id={person}&model={majority.key}&open=all")
    assert page.text.count("the same") == sum(one.right for one in said)
    assert "What models said" in look(f"/person?id={person}").text
    assert look(f"/predictions?id={person}&model=nothing").status == 400
    assert look(f"/predictions?id={person}&granularity=polar").status == 200


def test_models_are_listed_and_what_is_left_out_is_told(opened: Collection, look: Open) -> None:
    text = look("/models").text
    assert "majority nothing" in text
    assert "other.parquet: no file of predictions" in text
    random = next(one for one in opened.evaluated if one.name == "random")
    assert random.accuracy("polar") == pytest.approx(0.4537, abs=0.002)
    person = next(iter(random.places))
    assert "draws one by its probabilities" in look(f"/predictions?id={person}&model={random.key}").text


def test_what_a_model_was_shown_beyond_the_tasks_is_told(opened: Collection) -> None:
    first, *others = opened.evaluated
    run = replace(first.cells.run, sees_also="the true traits")
    knowing = replace(first, cells=replace(first.cells, run=run))
    for look in opener(replace(opened, evaluated=(knowing, *others))):
        text = look("/models").text
        assert f"{run.model} the true traits" in text


def test_results_that_fit_nobody_are_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="no such folder"):
        open_collection(folder / "built", results=tmp_path / "nothing")
    with pytest.raises(ResultsError, match=r"no \.parquet"):
        open_collection(folder / "built", results=tmp_path)
    shutil.copy(folder / "results" / "other.parquet", tmp_path)
    with pytest.raises(ResultsError, match="no file of predictions for these persons"):
        open_collection(folder / "built", results=tmp_path)


def test_the_command_serves_this_machine_only_and_stops_when_told(folder: Path) -> None:
    pytest.importorskip("uvicorn")
    pytest.importorskip("starlette")
    command = [sys.executable, "-c", RUN, str(folder / "built"), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        running.stdout.readline()
        told = running.stdout.readline()
        address = told.split("Open ")[1].split()[0]
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address) as answer:
            assert f"{BUILT} synthetic persons" in answer.read().decode()
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=30)
        assert errors == ""
        assert running.returncode == 0


def test_a_manifest_that_calls_real_persons_synthetic_shows_nobody_to_other_machines(
    folder: Path, tmp_path: Path
) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    shutil.copytree(folder / "built", tmp_path / "built")
    assert only_synthetic(tmp_path / "built")
    path = next((tmp_path / "built" / "data" / "refined").glob("train*"))
    table = pq.read_table(path)
    at = table.schema.get_field_index("synthetic")
    pq.write_table(table.set_column(at, "synthetic", pa.array([False] * len(table))), path)
    with pytest.raises(PublishError, match="holds persons not marked as synthetic"):
        browse(tmp_path / "built", host="0.0.0.0", port=0)
    path.write_bytes(b"none")
    with pytest.raises(BuildError, match="cannot be read"):
        browse(tmp_path / "built", host="0.0.0.0", port=0)


def test_the_command_names_what_is_wrong(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("uvicorn")
    with pytest.raises(BuildError, match="no finished build"):
        CliRunner().invoke(app, [str(tmp_path)], catch_exceptions=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtraError, match=r"indievaluecatalog\[browse\]"):
        CliRunner().invoke(app, [str(folder / "built")], catch_exceptions=False)


def test_what_can_be_refused_is_refused_before_anybody_is_read(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("uvicorn")

    def too_late() -> None:
        raise AssertionError("the persons were about to be read")

    with closing(listen("127.0.0.1", 0)) as taken, pytest.raises(BrowseError, match="is taken"):
        browse(folder / "built", port=taken.getsockname()[1], reading=too_late)
    shutil.copytree(folder / "built", tmp_path / "real")
    manifest = tmp_path / "real" / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"synthetic": true', '"synthetic": false'), "utf-8")
    with pytest.raises(BrowseError, match="real persons"):
        browse(tmp_path / "real", host="0.0.0.0", port=0, reading=too_late)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtraError):
        browse(folder / "built", port=0, reading=too_late)
