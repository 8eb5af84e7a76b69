"""A survey without country, wave, weight or religion goes the whole way: built, sampled, predicted, scored, drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from indievaluecatalog.baselines.files import run_baselines
from indievaluecatalog.baselines.run import run_baseline
from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.dataset.build import build_dataset
from indievaluecatalog.dataset.people import People, read_people
from indievaluecatalog.dataset.sample import sample_tasks
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.scoring.report.render import render
from indievaluecatalog.scoring.score import score
from tests.waves.town import draft_town, fill, write_town


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("town")
    made = draft_town(write_town(where / "town.sav"), where / "catalog")
    fill(made.path)
    return where


@pytest.fixture(scope="module")
def people(folder: Path) -> People:
    catalog = load_catalog(folder / "catalog")
    build_dataset(folder / "town.sav", folder / "built", catalog=catalog, register=False)
    return read_people(folder / "built", catalog=catalog)


def test_a_sample_shows_what_the_dataset_was_built_for(people: People) -> None:
    tasks = sample_tasks(people)
    shown = people.catalog.evaluation.min_answers - 9
    assert set(tasks["n_demonstrations"]) == {shown}
    assert {len(one) for one in tasks["demonstrations"]} == {shown}
    assert set(tasks["country"]) == {None}
    with pytest.raises(SamplingError, match="too few answers for 200"):
        sample_tasks(people, n_demonstrations=200)


def test_all_baselines_are_those_that_can_be(people: People, tmp_path: Path) -> None:
    notes: list[str] = []
    written = run_baselines([], people, tmp_path, note=notes.append)
    assert "demographics.parquet" in {path.name for path in written}
    assert not any("country" in path.name for path in written)
    assert notes == [
        "left out country-majority: the survey town has no countries (no country_demographic in its wave.yaml)"
    ]
    with pytest.raises(SamplingError, match="country-majority cannot be run: the survey town has no countries"):
        run_baselines(["country-majority"], people, tmp_path)


def test_scores_and_report_do_without_countries(people: People) -> None:
    found = score(run_baseline("majority", people), people, resamples=20, permutations=20)
    assert found.by_country == ()
    assert all(one.mean_over_countries is None for one in found.match.values())
    assert found.match["polar"].overall.persons > 0
    text = render([found])
    assert "Mean of countries" not in text
    assert "By group of persons" in text


def test_nothing_need_be_known_of_persons(folder: Path, tmp_path: Path) -> None:
    for file in (folder / "catalog").glob("*.yaml"):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    (tmp_path / "demographics.yaml").write_text("demographics: []\n")
    wave = tmp_path / "wave.yaml"
    text = wave.read_text("utf-8")
    head, rest = text.split("  dimensions:\n", 1)
    tail = rest[rest.index("  more_dimensions") :]
    wave.write_text(head.replace("min_demographics: 1", "min_demographics: 0") + "  dimensions: []\n" + tail)
    catalog = load_catalog(tmp_path)
    build_dataset(folder / "town.sav", tmp_path / "built", catalog=catalog, register=False)
    bare = read_people(tmp_path / "built", catalog=catalog)
    with pytest.raises(SamplingError, match="describes no person"):
        run_baseline("demographics", bare)
    found = score(run_baseline("naive-bayes", bare), bare, resamples=10, permutations=10)
    assert found.inequity == {}
    assert "Accuracy" in render([found])
