"""The Croissant metadata: of these files, the same each time, and valid by the format's own library."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from indievaluecatalog.publish.parcel import Parcel, pack
from tests.publish.conftest import REPO

HUB = "https://hub.example"


@pytest.fixture(scope="module")
def parcel(small_build: Path) -> Parcel:
    return pack(small_build, REPO, HUB)


@pytest.fixture(scope="module")
def croissant(parcel: Parcel) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text_of(parcel))
    return found


def text_of(parcel: Parcel) -> bytes:
    return next(file for file in parcel.files if file.path == "croissant.json").read()


def test_it_is_in_the_manifest_and_the_same_each_time(parcel: Parcel, small_build: Path) -> None:
    assert "croissant.json" in {entry["path"] for entry in parcel.manifest["files"]}
    assert text_of(pack(small_build, REPO, HUB)) == text_of(parcel)
    assert b"/tmp" not in text_of(parcel)


def test_it_says_whether_there_are_persons_and_of_which_kind(croissant: dict[str, Any], small_build: Path) -> None:
    assert "answers of synthetic persons, not survey data" in croissant["description"]
    statements = json.loads(text_of(pack(small_build, REPO, HUB, catalog_only=True)))
    assert "no respondents" in statements["description"]
    assert "answers of" not in statements["description"]


def test_every_table_is_there_with_its_digest(parcel: Parcel, croissant: dict[str, Any]) -> None:
    listed = {entry["@id"]: entry["sha256"] for entry in croissant["distribution"] if "containedIn" in entry
              and entry["@type"] == "cr:FileObject"}  # fmt: skip
    assert listed == {file.path: file.sha256 for file in parcel.files if file.path.endswith(".parquet")}
    assert croissant["url"] == f"{HUB}/datasets/{REPO}"


def test_every_column_is_there(parcel: Parcel, croissant: dict[str, Any]) -> None:
    sets = {entry["@id"]: [field["@id"] for field in entry["field"]] for entry in croissant["recordSet"]}
    for file in parcel.files:
        if file.path.endswith(".parquet"):
            config = file.path.split("/")[1]
            assert sets[config] == [f"{config}/{name}" for name in pq.read_schema(file.content).names]


def test_every_class_has_its_name(croissant: dict[str, Any], small_build: Path) -> None:
    labels = next(entry for entry in croissant["recordSet"] if entry["@id"] == "labels")
    names: dict[str, list[str]] = {}
    for row in labels["data"]:
        owner = names.setdefault(row["labels/label_set"], [])
        assert row["labels/class_number"] == len(owner)
        owner.append(row["labels/class_name"])
    schema = pq.read_schema(small_build / "data" / "polar" / "test-00000-of-00001.parquet")
    features = json.loads(schema.metadata[b"huggingface"])["info"]["features"]
    polar = next(entry for entry in croissant["recordSet"] if entry["@id"] == "polar")
    for field in polar["field"]:
        feature = features[field["@id"].split("/")[1]]
        if feature["_type"] == "ClassLabel":
            owner_of = field["description"].removesuffix(".").rsplit(" ", 1)[1]
            assert names[owner_of] == feature["names"]


@pytest.mark.parametrize("catalog_only", [False, True])
def test_its_own_library_finds_it_valid_and_reads_rows_by_it(
    small_build: Path, tmp_path: Path, catalog_only: bool
) -> None:
    mlcroissant = pytest.importorskip("mlcroissant")
    path = tmp_path / "croissant.json"
    path.write_bytes(text_of(pack(small_build, REPO, HUB, catalog_only=catalog_only)))
    dataset = mlcroissant.Dataset(str(path), mapping={"repository": str(small_build)})
    assert not dataset.metadata.issues.errors
    row = next(iter(dataset.records("options")))
    assert row["options/statement"] == b"Family is very important in my life."
    assert row["options/codes"] == [1]
    if not catalog_only:
        names = next(iter(dataset.records("labels")))
        assert set(names) == {"labels/label_set", "labels/class_number", "labels/class_name"}
        person = next(iter(dataset.records("refined")))
        assert person["refined/synthetic"]
        # Every column comes through as the first file of the config has it.
        told = pq.read_table(small_build / "data" / "refined", columns=["person_id", "country", "Q1"]).to_pylist()
        key, place, answer = (person[f"refined/{name}"] for name in ("person_id", "country", "Q1"))
        assert {"person_id": key.decode(), "country": place.decode(), "Q1": answer} in told
