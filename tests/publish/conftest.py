"""A Hub on loopback for the real clients, and one small build made once."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.build import build_dataset
from indievaluecatalog.publish.push import Pushed, push_dataset
from indievaluecatalog.survey.synthetic import synthesize, write_survey
from tests.once import made_once
from tests.publish.hub_server import WRITER, Hub, running_hub

REPO = "org/values"


@pytest.fixture(scope="session")
def small_build(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        write_survey(synthesize(catalog, 300, seed=7), folder / "people.sav")
        build_dataset(folder / "people.sav", folder / "built", register=False)

    return made_once(tmp_path_factory, "publish", make) / "built"


@pytest.fixture
def build(small_build: Path, tmp_path: Path) -> Path:
    """A copy of its own for every test."""
    return Path(shutil.copytree(small_build, tmp_path / "build"))


@pytest.fixture
def real_build(build: Path) -> Path:
    """The same, as if its persons had been interviewed."""
    path = build / "manifest.json"
    manifest = json.loads(path.read_text("utf-8")) | {"synthetic": False, "name": "indievaluecatalog"}
    path.write_text(json.dumps(manifest), "utf-8")
    return build


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """The clients read their settings when they are imported, so they are set here where they are kept."""
    import datasets.config
    from huggingface_hub import constants

    with running_hub() as server:
        monkeypatch.setattr(constants, "ENDPOINT", server.url)
        monkeypatch.setattr(
            constants, "HUGGINGFACE_CO_URL_TEMPLATE", server.url + "/{repo_id}/resolve/{revision}/{filename}"
        )
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "no-token"))
        monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub-cache"))
        monkeypatch.setattr(datasets.config, "HF_ENDPOINT", server.url)
        monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(datasets.config, "HF_DATASETS_OFFLINE", False)
        monkeypatch.setenv("HF_TOKEN", WRITER)
        # The client waits longer and longer between attempts; here the network does not come back by waiting.
        monkeypatch.setattr("huggingface_hub.utils._http.time.sleep", lambda _: None)
        yield server


def push_statements(build: Path, *, replace: bool = False) -> Pushed:
    """The quickest push there is, where it does not matter what is pushed."""
    return push_dataset(build, REPO, catalog_only=True, replace=replace)


def commits(hub: Hub, repo: str = REPO) -> list[str]:
    return [message for _, message, _ in hub.repos[repo].commits]
