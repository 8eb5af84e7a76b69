"""The card: valid YAML that matches the files, and a text that tells the truth about them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.build import Build, build_dataset
from indievaluecatalog.dataset.features import CONFIGS
from indievaluecatalog.survey.answers import Answers
from tests.people import random_answers


def front(path: Path) -> dict:  # type: ignore[type-arg]
    text = (path / "README.md").read_text("utf-8")
    return dict(yaml.safe_load(text.split("---\n")[1]))


def test_configs_and_sizes_are_declared(build: Build) -> None:
    meta = front(build.path)
    assert [entry["config_name"] for entry in meta["configs"]] == list(CONFIGS)
    assert [entry["config_name"] for entry in meta["configs"] if entry.get("default")] == ["refined"]
    for info in meta["dataset_info"]:
        assert "features" not in info
        for split in info["splits"]:
            assert split["num_examples"] == build.manifest["rows"][info["config_name"]][split["name"]]


def test_hub_accepts_the_front_matter(build: Build) -> None:
    from huggingface_hub import DatasetCard

    card = DatasetCard.load(build.path / "README.md")
    assert card.data.license == "mit"
    assert card.data.language == ["en"]


def test_every_picture_is_there(build: Build) -> None:
    text = (build.path / "README.md").read_text("utf-8")
    for name in ("example", "countries", "answers", "continents"):
        assert f"(assets/{name}.png)" in text
        assert (build.path / "assets" / f"{name}.png").read_bytes().startswith(b"\x89PNG")


def test_counts_in_the_text(build: Build) -> None:
    text = (build.path / "README.md").read_text("utf-8")
    assert "| **all** | **253** | **567** | **929** |" in text
    assert f"{build.manifest['counts']['persons']:,} synthetic persons" in text
    assert "1 id(s) on" in text


@pytest.fixture
def real(catalog: Catalog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A build of persons that no file calls synthetic, as a real file's would be."""
    answers = random_answers(catalog, 300)
    answers = replace(answers, report=replace(answers.report, versions=("6-0-0",), synthetic=False))

    def read(*args: object, **kwargs: object) -> Answers:
        return answers

    monkeypatch.setattr("indievaluecatalog.dataset.build.read_survey", read)
    (tmp_path / "file.sav").write_bytes(b"x")
    return build_dataset(tmp_path / "file.sav", tmp_path / "out", register=False).path


def test_a_real_build_names_the_survey_s_terms_and_shows_no_respondent(real: Path) -> None:
    text = (real / "README.md").read_text("utf-8")
    assert "These persons are synthetic" not in text
    assert "may not be passed on" in " ".join(text.split())
    assert "No respondent is shown here" in text
    assert "these are the most frequent statements" in text
    assert front(real)["license"] == "other"
