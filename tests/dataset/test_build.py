"""The built folder: whole, the same each time, honest, and never half there."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.build import Build, BuildSettings, build_dataset
from indievaluecatalog.dataset.features import CONFIGS, config_features
from indievaluecatalog.dataset.load import load
from indievaluecatalog.dataset.manifest import check_build
from indievaluecatalog.dataset.people import read_people
from indievaluecatalog.dataset.write import config_splits, parquet_name
from indievaluecatalog.errors import BuildError
from tests.dataset.conftest import PERSONS, snapshot


def test_every_file_is_in_the_manifest(build: Build) -> None:
    manifest = check_build(build.path)
    assert manifest == json.loads((build.path / "manifest.json").read_text("utf-8"))
    found = {entry["path"].split("/")[0] for entry in manifest["files"]}
    assert found == {"DATASHEET.md", "README.md", "assets", "data"}


def test_same_input_and_settings_give_the_same_bytes(build: Build, built_again: Path) -> None:
    assert snapshot(built_again) == snapshot(build.path)


def test_another_seed_gives_other_splits(build: Build, survey_file: Path, tmp_path: Path) -> None:
    other = build_dataset(survey_file, tmp_path / "other", settings=BuildSettings(seed=5), register=False)
    assert other.manifest["dataset_digest"] != build.manifest["dataset_digest"]


def test_counts_add_up(build: Build, catalog: Catalog) -> None:
    manifest = build.manifest
    for config in CONFIGS[:5]:
        assert sum(manifest["rows"][config].values()) == PERSONS
    assert manifest["rows"]["questions"] == {"train": 284}
    cells = manifest["counts"]["item_cells_by_reason"]
    assert sum(cells.values()) == PERSONS * len(catalog.items)
    items = {item.variable for item in catalog.items.values()}
    uncovered = [entry for entry in manifest["counts"]["in_file"]["uncovered"] if entry["variable"] in items]
    assert cells["uncovered"] == sum(entry["count"] for entry in uncovered) > 0


def test_synthetic_says_so_everywhere(build: Build) -> None:
    assert build.synthetic
    assert "synthetic" in build.manifest["name"]
    card = (build.path / "README.md").read_text("utf-8")
    assert "These persons are synthetic" in card
    table = pq.read_table(build.path / "data" / "refined" / parquet_name("test"))
    assert table["synthetic"].to_pylist() == [True] * len(table)


def test_the_manifest_holds_no_place_of_this_machine(build: Build, survey_file: Path) -> None:
    text = (build.path / "manifest.json").read_text("utf-8")
    assert str(survey_file.parent) not in text
    assert str(build.path.parent) not in text


@pytest.mark.parametrize("config", CONFIGS)
def test_parquet_is_as_the_viewer_wants_it(build: Build, catalog: Catalog, config: str) -> None:
    weights = [name for name in ("W_WEIGHT", "S018", "PWGHT") if name in catalog.wave.weights]
    for split in config_splits(config):
        file = pq.ParquetFile(build.path / "data" / config / parquet_name(split))
        assert b"huggingface" in file.schema_arrow.metadata
        group = file.metadata.row_group(0)
        assert group.column(0).has_offset_index
        assert group.column(0).compression == "ZSTD"
        assert file.metadata.num_columns <= 1_000
    names = [name for name in weights if name in file.schema_arrow.names]
    assert file.schema_arrow.names == list(config_features(catalog, config, names))


def test_protocol_paper_drops_rows_that_share_an_id(build: Build, paper_build: Build) -> None:
    shared = sum(build.manifest["counts"]["in_file"]["duplicate_interview_ids"].values())
    assert shared > 1
    assert paper_build.manifest["counts"]["persons"] == PERSONS - shared + 1
    assert paper_build.manifest["counts"]["rows_dropped_as_duplicates"] == shared - 1
    assert build.manifest["splits"]["by_country"]["Uruguay"]["persons"] == shared
    assert paper_build.manifest["splits"]["by_country"]["Uruguay"]["persons"] == 1


def test_there_is_no_third_protocol() -> None:
    with pytest.raises(BuildError, match="no protocol 'other'; there are ours and paper"):
        BuildSettings(protocol="other")  # type: ignore[arg-type]


def test_a_catalog_of_ones_own(survey_file: Path, catalog: Catalog, tmp_path: Path) -> None:
    from tests.catalog.test_published import ODD, lines_of, write

    refined = write(tmp_path / "r.jsonl", lines_of(catalog, "refined"))
    polar = write(tmp_path / "p.jsonl", lines_of(catalog, "polar"))
    from indievaluecatalog.catalog.published import import_published

    import_published(refined, polar, None, tmp_path / "theirs")
    made = build_dataset(survey_file, tmp_path / "out", catalog=tmp_path / "theirs", register=False)
    names = config_features(catalog, "refined", [])["Q1"].names
    schema = pq.read_schema(made.path / "data" / "refined" / parquet_name("test"))
    features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
    assert features["Q1"]["names"] == [f"{ODD}Q1 {o.codes}" for o in catalog.items["Q1"].refined]
    assert features["Q1"]["names"] != names


def test_a_build_without_evaluation_persons_loads_and_has_no_tasks(survey_file: Path, tmp_path: Path) -> None:
    from datasets import load_dataset

    settings = BuildSettings(evaluation_persons=0)
    made = build_dataset(survey_file, tmp_path / "nobody", register=False, settings=settings)
    assert made.manifest["rows"]["tasks"] == {"validation": 0, "test": 0}
    check_build(made.path)
    assert list(load_dataset(str(made.path))) == ["train"]
    assert len(read_people(made.path)) == PERSONS
    with pytest.raises(BuildError, match="config 'tasks' is empty"):
        load("tasks", path=made.path)
    with pytest.raises(BuildError, match="no split 'test'; it has train"):
        load("refined", split="test", path=made.path)


def test_countries_without_anyone_to_evaluate_are_named_with_the_way_out(
    build: Build, survey_file: Path, tmp_path: Path
) -> None:
    assert any("--selection answered" in note for note in build.manifest["splits"]["notes"])
    settings = BuildSettings(selection="answered")
    made = build_dataset(survey_file, tmp_path / "answered", register=False, settings=settings)
    assert not any("--selection answered" in note for note in made.manifest["splits"]["notes"])
    assert made.manifest["splits"]["chosen"] >= build.manifest["splits"]["chosen"]
    assert made.manifest["tasks"]["protocol"]["selection"] == "answered"
    asked = {len(probes) for probes in load("tasks", split="test", path=made.path)["probes"]}
    assert min(asked) < 39


def test_what_the_hub_lays_beside_a_downloaded_dataset_is_no_part_of_it(build: Build, tmp_path: Path) -> None:
    copy = tmp_path / "snapshot"
    shutil.copytree(build.path, copy)
    (copy / ".gitattributes").write_text("*.parquet filter=lfs\n", "utf-8")
    (copy / ".cache" / "huggingface").mkdir(parents=True)
    (copy / ".cache" / "huggingface" / "x.metadata").write_text("", "utf-8")
    assert check_build(copy) == check_build(build.path)
    (copy / ".other").write_text("", "utf-8")
    with pytest.raises(BuildError, match=r"\.other is not in the manifest"):
        check_build(copy)
