"""What may go wrong with a build: nothing is lost, and nothing half-written looks whole."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset import build as build_module
from indievaluecatalog.dataset.build import Build, BuildSettings, build_dataset
from indievaluecatalog.dataset.load import find_build, load
from indievaluecatalog.dataset.manifest import check_build, read_manifest
from indievaluecatalog.errors import BuildError
from indievaluecatalog.survey.read import read_survey
from tests.dataset.conftest import PERSONS, snapshot


def test_a_folder_with_other_files_is_refused(survey_file: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("years of work")
    with pytest.raises(BuildError, match="holds files but is no earlier build"):
        build_dataset(survey_file, tmp_path, register=False)
    assert (tmp_path / "thesis.doc").read_text() == "years of work"


def test_a_folder_with_the_manifest_of_something_else_is_refused(survey_file: Path, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"name": "a web app"}')
    (tmp_path / "thesis.doc").write_text("years of work")
    with pytest.raises(BuildError, match="holds files but is no earlier build"):
        build_dataset(survey_file, tmp_path, register=False)
    assert (tmp_path / "thesis.doc").read_text() == "years of work"


def test_a_file_added_to_an_earlier_build_is_not_deleted(made: Path, survey_file: Path) -> None:
    (made / "notes.txt").write_text("mine")
    with pytest.raises(BuildError, match=r"it holds notes\.txt"):
        build_dataset(survey_file, made, register=False)
    assert (made / "notes.txt").read_text() == "mine"


def test_a_link_to_a_folder_stays_a_link(survey_file: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    for _ in range(2):
        build_dataset(survey_file, tmp_path / "link", register=False)
        assert (tmp_path / "link").is_symlink()
        assert check_build(tmp_path / "real")


def test_reading_does_not_disturb_a_build_between_its_two_moves(made: Path, tmp_path: Path) -> None:
    made.rename(tmp_path / ".out.previous")
    with FileLock(tmp_path / ".out.lock"), pytest.raises(BuildError, match="no finished build"):
        find_build(tmp_path / "out")
    assert find_build(tmp_path / "out") == tmp_path / "out"


def test_a_file_in_the_place_of_the_folder(survey_file: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("x")
    with pytest.raises(BuildError, match="is a file"):
        build_dataset(survey_file, tmp_path / "out", register=False)


def test_a_folder_that_another_build_is_writing(survey_file: Path, tmp_path: Path) -> None:
    with FileLock(tmp_path / ".out.lock"), pytest.raises(BuildError, match="another build is writing here"):
        build_dataset(survey_file, tmp_path / "out", register=False)


def test_a_failed_build_leaves_the_earlier_one(
    made: Path, survey_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = snapshot(made)

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(build_module, "write_card", full)
    with pytest.raises(BuildError, match="no space is left on the disk"):
        build_dataset(survey_file, made, settings=BuildSettings(seed=9), register=False)
    assert snapshot(made) == before
    assert [path.name for path in tmp_path.iterdir() if path.name != ".out.lock"] == ["out"]


def test_no_permission_is_said(survey_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: object, **kwargs: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(BuildError, match="no permission to write"):
        build_dataset(survey_file, tmp_path / "sub" / "out", register=False)


def test_a_killed_build_leaves_nothing_that_looks_finished(made: Path, survey_file: Path, tmp_path: Path) -> None:
    before = snapshot(made)
    program = (
        "import sys, time\n"
        "from indievaluecatalog.dataset import build\n"
        "build.write_card = lambda *a, **k: (print('writing', flush=True), time.sleep(60))\n"
        f"build.build_dataset({str(survey_file)!r}, {str(made)!r}, register=False)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "writing\n"
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert snapshot(made) == before
    assert not (tmp_path / ".out.building" / "manifest.json").exists()
    again = build_dataset(survey_file, made, register=False)
    assert snapshot(again.path) == before
    assert not (tmp_path / ".out.building").exists()


def test_a_build_killed_between_the_two_moves_is_put_back(made: Path, tmp_path: Path) -> None:
    before = snapshot(made)
    os.rename(made, tmp_path / ".out.previous")  # noqa: PTH104

    assert len(load("questions", split="train", path=tmp_path / "out")) == 284
    assert snapshot(tmp_path / "out") == before


@pytest.mark.parametrize(
    ("harm", "expected"),
    [
        (lambda folder: (folder / "README.md").write_text("changed"), "README.md was changed"),
        (lambda folder: (folder / "assets" / "answers.png").unlink(), "answers.png is missing"),
        (lambda folder: (folder / "extra.csv").write_text("1"), "extra.csv is not in the manifest"),
        (lambda folder: (folder / "manifest.json").unlink(), "no finished build"),
        (lambda folder: (folder / "manifest.json").write_text("{"), "cannot be read"),
        (lambda folder: (folder / "manifest.json").write_text('{"format": 99}'), "format 99"),
    ],
)
def test_a_build_that_was_harmed_is_noticed(made: Path, harm: Callable[[Path], object], expected: str) -> None:
    harm(made)
    with pytest.raises(BuildError, match=expected):
        check_build(made)


def test_reading_is_the_only_loss(survey_file: Path, catalog: Catalog, build: Build) -> None:
    answers = read_survey(survey_file, catalog)
    assert len(answers) == PERSONS
    assert read_manifest(build.path)["counts"]["in_file"]["rows"] == PERSONS


def test_progress_goes_from_nought_to_one(survey_file: Path, tmp_path: Path) -> None:
    seen: list[float] = []
    build_dataset(survey_file, tmp_path / "out", register=False, progress=lambda stage, done: seen.append(done))
    assert seen[0] == 0.0
    assert seen[-1] == 1.0
    assert seen == sorted(seen)


def test_the_current_folder_is_not_replaced(survey_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BuildError, match="is the current folder"):
        build_dataset(survey_file, ".", register=False)


def test_a_class_id_without_a_name_is_refused(
    survey_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = build_module.index_answers

    def wrong(*args: object) -> object:
        indices = right(*args)  # type: ignore[arg-type]
        indices.refined[0, 0] = 99
        return indices

    monkeypatch.setattr(build_module, "index_answers", wrong)
    with pytest.raises(BuildError, match="has class id"):
        build_dataset(survey_file, tmp_path / "out", register=False)
    assert not (tmp_path / "out").exists()


def test_a_build_of_an_older_format_may_be_replaced(made: Path, survey_file: Path) -> None:
    manifest = json.loads((made / "manifest.json").read_text("utf-8"))
    (made / "manifest.json").write_text(json.dumps({**manifest, "format": 1}), "utf-8")
    with pytest.raises(BuildError, match="Build the dataset again"):
        find_build(made)
    build_dataset(survey_file, made, register=False)
    assert find_build(made) == made


@pytest.mark.parametrize("text", ["[]", '{"format": 3}', '{"format": 3, "files": ["x"]}'])
def test_a_manifest_that_is_none_of_ours_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(BuildError, match=r"manifest\.json: .*Build the dataset again"):
        read_manifest(tmp_path)
