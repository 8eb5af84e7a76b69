"""One small build, made once, by the whole road: synthetic persons, a .sav file, the builder."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.build import Build, BuildSettings, build_dataset
from indievaluecatalog.dataset.manifest import read_manifest
from indievaluecatalog.dataset.register import register_build
from indievaluecatalog.survey.synthetic import synthesize, write_survey
from tests.once import made_once

PERSONS = 1_500


@pytest.fixture(scope="session")
def survey_file(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        write_survey(synthesize(catalog, PERSONS, seed=7), folder / "people.sav")

    return made_once(tmp_path_factory, "survey", make) / "people.sav"


@pytest.fixture(scope="session")
def build(survey_file: Path, tmp_path_factory: pytest.TempPathFactory, own_home: Path) -> Build:
    def make(folder: Path) -> None:
        build_dataset(survey_file, folder / "indievaluecatalog", register=False)

    path = made_once(tmp_path_factory, "built", make) / "indievaluecatalog"
    register_build(path)
    return Build(path, read_manifest(path), registered=True)


@pytest.fixture(scope="session")
def built_again(survey_file: Path, tmp_path_factory: pytest.TempPathFactory, own_home: Path) -> Path:
    """The folder of a second build of the same file, elsewhere."""

    def make(folder: Path) -> None:
        build_dataset(survey_file, folder / "again", register=False)

    return made_once(tmp_path_factory, "built_again", make) / "again"


@pytest.fixture(scope="session")
def paper_build(survey_file: Path, tmp_path_factory: pytest.TempPathFactory, own_home: Path) -> Build:
    """The same file built by the protocol "paper"."""

    def make(folder: Path) -> None:
        build_dataset(survey_file, folder / "paper", settings=BuildSettings(protocol="paper"), register=False)

    path = made_once(tmp_path_factory, "paper", make) / "paper"
    return Build(path, read_manifest(path))


@pytest.fixture
def made(build: Build, tmp_path: Path) -> Path:
    """The same build in `out` below the test's own folder, where it may be harmed and built over."""
    return Path(shutil.copytree(build.path, tmp_path / "out"))


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
