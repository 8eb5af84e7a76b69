"""What the Hub's viewer and `datasets` want of a pushed build, checked on the very files that are sent."""

from __future__ import annotations

import fnmatch
import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from indievaluecatalog.catalog.load import waves
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset import write
from indievaluecatalog.dataset.build import build_dataset
from indievaluecatalog.dataset.card_files import wave_notes
from indievaluecatalog.dataset.features import CONFIGS, PERSON_CONFIGS
from indievaluecatalog.dataset.front_matter import front_matter
from indievaluecatalog.dataset.write import ROW_GROUP
from indievaluecatalog.publish.parcel import Parcel, ParcelFile, pack
from indievaluecatalog.survey.synthetic import synthesize, write_survey
from tests.publish.conftest import REPO

COLUMNS, NAME, FIRST_ROWS, FIRST_ROWS_BYTES, CELL = 1_000, 500, 100, 1_000_000, 10_000
SCANNED = 300_000_000
"""Bytes of a row group, unpacked, that the viewer still reads for a page."""


@pytest.fixture(scope="module")
def parcel(small_build: Path) -> Parcel:
    return pack(small_build, REPO, "https://hub.example")


@pytest.fixture(scope="module")
def statements(small_build: Path) -> Parcel:
    return pack(small_build, REPO, "https://hub.example", catalog_only=True)


def tables(parcel: Parcel, config: str = "*") -> list[ParcelFile]:
    return [file for file in parcel.files if fnmatch.fnmatch(file.path, f"data/{config}/*.parquet")]


def front(parcel: Parcel) -> dict[str, object]:
    card = next(file for file in parcel.files if file.path == "README.md").read().decode()
    found: dict[str, object] = yaml.safe_load(card.split("---\n", 2)[1])
    return found


@pytest.mark.parametrize("config", CONFIGS)
def test_declared_features_are_the_columns_of_the_file(parcel: Parcel, config: str) -> None:
    from datasets import Features

    found = tables(parcel, config)
    assert found
    for file in found:
        schema = pq.read_schema(file.content)
        declared = Features.from_dict(json.loads(schema.metadata[b"huggingface"])["info"]["features"])
        assert declared.arrow_schema.remove_metadata() == schema.remove_metadata()


@pytest.mark.parametrize("config", CONFIGS)
def test_class_columns_are_int64_and_hold_no_number_without_a_name(parcel: Parcel, config: str) -> None:
    for file in tables(parcel, config):
        table = pq.read_table(file.content)
        features = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
        for name, feature in features.items():
            inner = feature.get("feature", feature)
            if inner.get("_type") != "ClassLabel":
                continue
            column = table[name].combine_chunks()
            flat = column.flatten() if pa.types.is_list(column.type) else column
            assert flat.type == pa.int64()
            lowest, highest = pc.min_max(flat).values()
            assert not highest.is_valid or 0 <= lowest.as_py() <= highest.as_py() < len(inner["names"])


@pytest.mark.parametrize("config", CONFIGS)
def test_files_keep_the_viewers_limits(parcel: Parcel, config: str) -> None:
    for file in tables(parcel, config):
        assert isinstance(file.content, Path)
        check_limits(file.content)


def check_limits(path: Path, most: int = ROW_GROUP) -> int:
    """How many row groups a file has, after comparing each with the viewer's limits."""
    with pq.ParquetFile(path) as opened:
        names = opened.schema_arrow.names
        assert len(names) <= COLUMNS
        assert all(len(name) <= NAME for name in names)
        first = next(opened.iter_batches(FIRST_ROWS)).to_pylist()
        assert len(json.dumps(first).encode()) < FIRST_ROWS_BYTES, "the first page is cut otherwise"
        for at in range(opened.metadata.num_row_groups):
            group = opened.metadata.row_group(at)
            assert 0 < group.num_rows <= most
            assert group.total_byte_size < SCANNED
            for column in range(group.num_columns):
                chunk = group.column(column)
                assert chunk.has_offset_index, "a page index, so that any page is read alone"
                assert chunk.has_column_index
                assert chunk.compression == "ZSTD"
        return int(opened.metadata.num_row_groups)


def test_no_cell_of_persons_is_too_large_to_be_shown(parcel: Parcel) -> None:
    for config in PERSON_CONFIGS:
        for file in tables(parcel, config):
            rows = pq.read_table(file.content).slice(0, FIRST_ROWS).to_pylist()
            assert max(len(json.dumps(cell)) for row in rows for cell in row.values()) < CELL


def test_many_persons_lie_in_several_groups_and_none_is_lost(
    small_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same persons in groups of 150, lists in groups of 100: as a build of many has them."""
    monkeypatch.setattr(write, "ROW_GROUP", 150)
    monkeypatch.setattr(write, "ROWS_IN_LISTS", 100)
    made = build_dataset(small_build.parent / "people.sav", tmp_path / "parts", register=False)
    several = 0
    for config in PERSON_CONFIGS:
        for split, rows in made.manifest["rows"][config].items():
            path = made.path / "data" / config / write.parquet_name(split)
            groups = check_limits(path, 150)
            assert groups >= -(-rows // 150)
            several += groups > 1
            assert pq.read_table(path).equals(pq.read_table(small_build / path.relative_to(made.path)))
    assert several >= len(PERSON_CONFIGS)


@pytest.mark.slow
def test_more_persons_than_a_group_holds(catalog: Catalog, tmp_path: Path) -> None:
    write_survey(synthesize(catalog, 30_000, seed=3), tmp_path / "people.sav")
    made = build_dataset(tmp_path / "people.sav", tmp_path / "built", register=False)
    for config in PERSON_CONFIGS:
        assert check_limits(made.path / "data" / config / write.parquet_name("train")) > 1


def test_columns_of_persons_have_types_that_the_viewer_counts(parcel: Parcel) -> None:
    for config in ("refined", "polar", "reasons"):
        schema = pq.read_schema(tables(parcel, config)[0].content)
        assert {str(kind) for kind in schema.types} <= {"string", "bool", "int64", "double"}


@pytest.mark.parametrize("which", ["parcel", "statements"])
def test_the_cards_yaml_names_every_file_once_and_no_other(which: str, request: pytest.FixtureRequest) -> None:
    sent: Parcel = request.getfixturevalue(which)
    configs = front(sent)["configs"]
    assert isinstance(configs, list)
    assert [entry.get("default", False) for entry in configs].count(True) == 1
    matched = []
    for entry in configs:
        for part in entry["data_files"]:
            found = [file.path for file in tables(sent) if fnmatch.fnmatch(file.path, part["path"])]
            assert found, f"{part['path']} matches nothing"
            matched += found
    assert sorted(matched) == sorted(file.path for file in tables(sent))


@pytest.mark.parametrize("which", ["parcel", "statements"])
def test_the_cards_yaml_says_what_the_hub_knows(which: str, request: pytest.FixtureRequest) -> None:
    from datasets.utils import metadata
    from huggingface_hub import DatasetCard

    sent: Parcel = request.getfixturevalue(which)
    card = DatasetCard(next(file for file in sent.files if file.path == "README.md").read().decode())
    # The client's own reading lets nearly everything through, so the words are compared with its lists.
    check_words(card.data.to_dict())
    parsed = metadata.MetadataConfigs.from_dataset_card_data(card.data)
    assert set(parsed) == {file.path.split("/")[1] for file in tables(sent)}


def check_words(data: dict[str, Any]) -> None:
    """A card's YAML against the Hub's lists of words, and against the words we mean to use: no other key."""
    from datasets.utils import metadata, resources

    folder = Path(str(resources.__file__)).parent
    lists = {name: json.loads((folder / f"{name}.json").read_text("utf-8")) for name in (
        "languages", "size_categories", "multilingualities", "creators")}  # fmt: skip
    assert set(data["language"]) <= set(lists["languages"])
    assert set(data["size_categories"]) <= set(lists["size_categories"])
    assert set(data["multilinguality"]) <= set(lists["multilingualities"])
    assert set(data["annotations_creators"]) <= set(lists["creators"]["annotations"])
    assert set(data["task_categories"]) <= set(metadata.known_task_ids)
    assert data["pretty_name"]
    assert data["license"] in ("mit", "other", "unknown")
    assert (data["license"] == "other") == ("license_name" in data)
    assert re.fullmatch(r"[a-z0-9.-]+", data.get("license_name", "none"))
    assert data.get("license_link", "https://").startswith("https://")
    assert all(isinstance(tag, str) and tag == tag.lower() for tag in data["tags"])
    assert len(set(data["tags"])) == len(data["tags"])
    for name in [entry["config_name"] for entry in data["configs"]]:
        assert re.fullmatch(r"[A-Za-z0-9_-]+", name)
    required = {"pretty_name", "language", "license", "size_categories", "task_categories", "tags", "configs"}
    assert required <= set(data)
    known = {"license_name", "license_link", "multilinguality", "annotations_creators", "dataset_info"}
    assert {key for key in set(data) - required - known if not key.startswith("extra_gated_")} == set()


def test_the_words_of_a_wave_s_own_terms(small_build: Path) -> None:
    """As a build of respondents has them, whose card is written for `other` terms."""
    manifest = json.loads((small_build / "manifest.json").read_text("utf-8")) | {"synthetic": False}
    for wave in waves():
        check_words(front_matter(small_build, manifest, 300, wave_notes(wave), shipped=True))


@pytest.mark.parametrize(
    ("key", "wrong"),
    [("language", ["English"]), ("license", "foo"), ("size_categories", ["300"]), ("tags", ["a", "a"]), ("more", 1)],
)
def test_the_check_of_words_sees_a_wrong_one(parcel: Parcel, key: str, wrong: object) -> None:
    with pytest.raises(AssertionError):
        check_words({**front(parcel), key: wrong})


@pytest.mark.parametrize("which", ["parcel", "statements"])
def test_sizes_in_the_yaml_are_those_of_the_files(which: str, request: pytest.FixtureRequest) -> None:
    sent: Parcel = request.getfixturevalue(which)
    infos = front(sent).get("dataset_info", [])
    assert isinstance(infos, list)
    for info in infos:
        for split in info["splits"]:
            (file,) = [one for one in tables(sent, info["config_name"]) if f"/{split['name']}-" in one.path]
            assert pq.read_metadata(file.content).num_rows == split["num_examples"]
        assert info["download_size"] == sum(file.size for file in tables(sent, info["config_name"]))
    assert bool(infos) == (which == "parcel")


@pytest.mark.parametrize("which", ["parcel", "statements"])
def test_no_file_of_text_is_large_and_every_link_of_the_card_leads_somewhere(
    which: str, request: pytest.FixtureRequest
) -> None:
    sent: Parcel = request.getfixturevalue(which)
    texts = {file.path: file.read().decode() for file in sent.files if file.path.endswith(".md")}
    paths = {file.path for file in sent.files}
    for name, text in texts.items():
        assert len(text.encode()) < 200_000, name
        headings = {re.sub(r"[^\w -]", "", line.strip("# ").lower()).replace(" ", "-") for line in text.splitlines()
                    if line.startswith("#")}  # fmt: skip
        for target in re.findall(r"\]\(([^)]+)\)", text):
            place, _, anchor = target.partition("#")
            assert place.startswith("https://") or not place or place in paths, f"{name}: {target}"
            assert place or anchor in headings, f"{name}: {target}"


def test_every_snippet_names_the_repository(parcel: Parcel, statements: Parcel) -> None:
    for sent in (parcel, statements):
        card = next(file for file in sent.files if file.path == "README.md").read().decode()
        loaded = re.findall(r'load_dataset\("([^"]+)"', card)
        assert set(loaded) == {REPO}


def test_the_gates_fields_are_of_kinds_that_the_hub_draws(real_build: Path) -> None:
    sent = front(pack(real_build, REPO, "https://hub.example"))
    fields = sent["extra_gated_fields"]
    assert isinstance(fields, dict)
    assert set(fields.values()) <= {"text", "checkbox", "country", "date_picker"}
    assert isinstance(sent["extra_gated_prompt"], str)
