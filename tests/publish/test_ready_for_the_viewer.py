"""What the Hub's viewer and `datasets` want of a pushed build, checked on the very files that are sent."""

from __future__ import annotations

import fnmatch
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml

from indievaluecatalog.dataset.features import CONFIGS
from indievaluecatalog.dataset.write import ROW_GROUP
from indievaluecatalog.publish.parcel import Parcel, ParcelFile, pack
from tests.publish.conftest import REPO

COLUMNS, NAME, FIRST_ROWS, FIRST_ROWS_BYTES = 1_000, 500, 100, 1_000_000
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
        opened = pq.ParquetFile(file.content)
        names = opened.schema_arrow.names
        assert len(names) <= COLUMNS
        assert all(len(name) <= NAME for name in names)
        first = next(opened.iter_batches(FIRST_ROWS)).to_pylist()
        assert len(json.dumps(first).encode()) < FIRST_ROWS_BYTES, "the first page is cut otherwise"
        for at in range(opened.metadata.num_row_groups):
            group = opened.metadata.row_group(at)
            assert 0 < group.num_rows <= ROW_GROUP
            assert group.total_byte_size < SCANNED
            for column in range(group.num_columns):
                chunk = group.column(column)
                assert chunk.has_offset_index, "a page index, so that any page is read alone"
                assert chunk.has_column_index


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
    from datasets.utils import metadata, resources
    from huggingface_hub import DatasetCard

    sent: Parcel = request.getfixturevalue(which)
    card = DatasetCard(next(file for file in sent.files if file.path == "README.md").read().decode())
    data = card.data
    # The client's own reading lets nearly everything through, so the words are compared with its lists.
    folder = Path(str(resources.__file__)).parent
    assert set(data.language) <= set(json.loads((folder / "languages.json").read_text("utf-8")))
    assert set(data.size_categories) <= set(json.loads((folder / "size_categories.json").read_text("utf-8")))
    assert set(data.task_categories) <= set(metadata.known_task_ids)
    assert data.license in ("mit", "other")
    assert data.pretty_name
    parsed = metadata.MetadataConfigs.from_dataset_card_data(data)
    assert set(parsed) == {file.path.split("/")[1] for file in tables(sent)}


def test_the_gates_fields_are_of_kinds_that_the_hub_draws(real_build: Path) -> None:
    sent = front(pack(real_build, REPO, "https://hub.example"))
    fields = sent["extra_gated_fields"]
    assert isinstance(fields, dict)
    assert set(fields.values()) <= {"text", "checkbox", "country", "date_picker"}
    assert isinstance(sent["extra_gated_prompt"], str)
