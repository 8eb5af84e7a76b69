"""The card: valid YAML that matches the files, and a text that tells the truth about them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.build import Build, build_dataset
from indievaluecatalog.dataset.example import make_example
from indievaluecatalog.dataset.features import CONFIGS
from indievaluecatalog.dataset.pictures import in_columns
from indievaluecatalog.dataset.tables import index_answers
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


def test_every_picture_says_in_words_what_is_seen(build: Build) -> None:
    text = (build.path / "README.md").read_text("utf-8")
    told = re.findall(r"!\[([^]]*)\]\(assets/", text)
    assert len(told) == len(list((build.path / "assets").iterdir())) == 4
    assert all(len(words) > 60 and any(sign.isdigit() for sign in words) for words in told)


def test_the_example_runs_from_what_nearly_all_hold_to_what_few_do(catalog: Catalog) -> None:
    example = make_example(catalog, index_answers(catalog, random_answers(catalog, 300)), synthetic=True)
    assert example.who
    assert [one.category for one in example.one_each] == list(catalog.categories)
    assert example.one_each[0].share > example.one_each[-1].share


def test_respondents_are_shown_by_what_is_said_most_often_only(catalog: Catalog) -> None:
    indices = index_answers(catalog, random_answers(catalog, 300))
    example = make_example(catalog, indices, synthetic=False)
    assert example.who == ()
    item = catalog.items["Q1"]
    counts = np.bincount(indices.refined[list(catalog.items).index("Q1")] + 1, minlength=5)[1:]
    assert example.told[item.category][0].statement == item.refined[int(counts.argmax())].statement
    assert example.told[item.category][0].share == pytest.approx(100 * counts.max() / counts.sum())


def test_columns_of_countries_repeat_the_heading_and_lose_nobody() -> None:
    listed = [(f"{continent}{at}", continent, 10 - at) for continent in "ABCD" for at in range(10)]
    columns = in_columns(listed)
    assert len(columns) == 3
    named = [row for column in columns for row in column if row[1] is not None]
    assert named == [(name, persons) for name, _, persons in listed]
    for column in columns:
        assert column[0][1] is None, "a column begins with a heading"
        assert column[-1][1] is not None, "and does not end with one"


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
    assert front(real)["license_name"] == "wvs-terms-of-use"
    assert "One of them:" not in text
    assert "These are answers of real respondents" in text
    sheet = (real / "DATASHEET.md").read_text("utf-8")
    assert "synthetic" not in sheet.replace("whether\nthe person is synthetic", "")
