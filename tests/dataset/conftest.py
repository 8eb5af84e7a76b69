"""One small build, made once, by the whole road: synthetic persons, a .sav file, the builder."""

from __future__ import annotations

from pathlib import Path

import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.build import Build, build_dataset
from indievaluecatalog.survey.synthetic import synthesize, write_survey

PERSONS = 1_500


@pytest.fixture(scope="session")
def survey_file(catalog: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("survey") / "people.sav"
    write_survey(synthesize(catalog, PERSONS, seed=7), path)
    return path


@pytest.fixture(scope="session")
def build(survey_file: Path, tmp_path_factory: pytest.TempPathFactory, own_home: Path) -> Build:
    return build_dataset(survey_file, tmp_path_factory.mktemp("built") / "indievaluecatalog")


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
