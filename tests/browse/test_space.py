"""The folder of a Docker Space: it starts by its own words, and holds no more than it shows."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pytest
import yaml

from indievaluecatalog.browse.problems import BrowseError
from indievaluecatalog.browse.space import SHOWN, write_space
from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.dataset.build import build_dataset
from indievaluecatalog.errors import BuildError, ResultsError
from tests.browse.conftest import BUILT
from tests.waves.town import draft_town, fill, write_town

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")


def settings(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((folder / "README.md").read_text("utf-8").split("---\n")[1])
    return found


def command(folder: Path) -> list[str]:
    last = (folder / "Dockerfile").read_text("utf-8").splitlines()[-1]
    found: list[str] = json.loads(last.removeprefix("CMD "))
    return found


@pytest.fixture
def real(folder: Path, tmp_path: Path) -> Path:
    """A build that says it is of real persons."""
    shutil.copytree(folder / "built", tmp_path / "real")
    manifest = tmp_path / "real" / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace('"synthetic": true', '"synthetic": false'), "utf-8")
    return tmp_path / "real"


def test_a_space_starts_by_its_own_command_and_answers_to_any_name(folder: Path, tmp_path: Path) -> None:
    done = write_space(tmp_path / "space", folder / "built", results=folder / "results", smallest_group=7)
    assert done.synthetic
    started = [sys.executable, *command(done.folder)[1:]]
    asked_port = started.index("--port") + 1
    assert int(started[asked_port]) == settings(done.folder)["app_port"]
    started[asked_port] = "0"
    with subprocess.Popen(started, cwd=done.folder, stdout=subprocess.PIPE, text=True) as running:
        try:
            assert running.stdout is not None
            running.stdout.readline()
            port = running.stdout.readline().split("http://0.0.0.0:")[1].split("/")[0]
            asked = urllib.request.Request(f"http://127.0.0.1:{port}/", headers={"Host": "org-name.hf.space"})
            with urllib.request.urlopen(asked) as answer:
                assert f"{BUILT} synthetic persons" in answer.read().decode()
                assert "frame-ancestors https://huggingface.co" in answer.headers["content-security-policy"]
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/item?id=Q1") as answer:
                assert "Groups of fewer than 7 answers are not shown" in answer.read().decode()
        finally:
            running.terminate()
    assert not list(tmp_path.glob(".space*"))


def test_a_space_holds_what_it_shows_and_no_more(folder: Path, tmp_path: Path) -> None:
    done = write_space(tmp_path / "space", folder / "built", results=folder / "results")
    assert {path.name for path in (done.folder / "dataset" / "data").iterdir()} == set(SHOWN)
    assert {path.name for path in (done.folder / "results").iterdir()} == {"majority.parquet", "random.parquet"}
    assert len(done.left_out) == 1
    assert not list(done.folder.rglob("__pycache__"))
    assert settings(done.folder)["sdk"] == "docker"
    assert "**Synthetic persons.**" in (done.folder / "README.md").read_text("utf-8")
    assert len(settings(done.folder)["short_description"]) <= 60
    wanted = (done.folder / "requirements.txt").read_text("utf-8").splitlines()
    assert all("==" in line for line in wanted)
    assert str(folder) not in "".join((done.folder / name).read_text("utf-8") for name in ("Dockerfile", "README.md"))


def test_real_persons_get_no_space_unless_somebody_answers_for_it(real: Path, tmp_path: Path) -> None:
    with pytest.raises(BrowseError, match="--i-may-show-these-data"):
        write_space(tmp_path / "space", real)
    assert not (tmp_path / "space").exists()
    done = write_space(tmp_path / "space", real, may_be_shown=True)
    assert not done.synthetic
    assert "--i-may-show-these-data" in command(done.folder)
    text = (done.folder / "README.md").read_text("utf-8")
    assert "Keep the Space\nprivate" in text
    assert "--private" in text


def test_what_is_wrong_leaves_nothing_behind(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    with pytest.raises(BrowseError, match="holds something already"):
        write_space(tmp_path / "full", folder / "built")
    with pytest.raises(BrowseError, match="lies in the build"):
        write_space(folder / "built" / "space", folder / "built")
    (tmp_path / "link").symlink_to(folder / "built")
    with pytest.raises(BrowseError, match="lies in the build"):
        write_space(folder / "built" / "space", tmp_path / "link")
    (tmp_path / "link").unlink()
    with pytest.raises(ResultsError, match="no such folder"):
        write_space(tmp_path / "space", folder / "built", results=tmp_path / "nothing")
    shutil.copytree(folder / "built", tmp_path / "changed")
    next((tmp_path / "changed" / "data" / "refined").glob("train*")).write_bytes(b"changed")
    with pytest.raises(BuildError, match="was changed"):
        write_space(tmp_path / "space", tmp_path / "changed")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["changed", "full"]


def test_of_a_catalogs_folder_only_the_catalog_goes_along(tmp_path: Path) -> None:
    own = draft_town(write_town(tmp_path / "town.sav"), tmp_path / "catalog").path
    fill(own)
    build_dataset(tmp_path / "town.sav", tmp_path / "built", catalog=own, register=False)
    (own / "respondents.sav").write_bytes(b"$FL2")
    (own / "notes.yaml").write_text("mine")
    done = write_space(tmp_path / "space", tmp_path / "built", catalog=own)
    assert load_catalog(done.folder / "catalog").digest == load_catalog(own).digest
    assert not {"respondents.sav", "notes.yaml"} & {path.name for path in done.folder.rglob("*")}
    assert command(done.folder)[-2:] == ["--catalog", "catalog"]
