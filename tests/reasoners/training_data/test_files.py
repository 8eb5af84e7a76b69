"""Training data on disk: read by `load_dataset`, whole or not there, the same bytes each time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import yaml

from indievaluecatalog.dataset.manifest import list_files
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.training_data import write as writing
from indievaluecatalog.reasoners.training_data.manifest import check_training_data, read_training_manifest
from indievaluecatalog.reasoners.training_data.rows import training_rows
from indievaluecatalog.reasoners.training_data.write import write_training_data
from indievaluecatalog.sampling.protocol import OURS

FEW: dict[str, Any] = {"size": 1, "hold_out": 0.9, "held_out_shown": True}


def test_load_dataset_reads_it(trainable: People, tmp_path: Path) -> None:
    from datasets import load_dataset

    written = write_training_data(trainable, "quick", tmp_path, rows_a_file=30, **FEW)
    rows = load_dataset(str(written.folder), split="train")
    assert len(rows) == written.manifest["rows"] == 4 * (253 - len(written.manifest["drawing"]["held_out"]))
    assert [message["role"] for message in rows[0]["messages"]] == ["system", "user", "assistant"]
    assert len(rows[0]["demonstrations"]) == rows[0]["n_shown"] == 50
    assert len(set(zip(rows["unit"], rows["person_id"], rows["item"], strict=True))) == len(rows)
    expected = training_rows(trainable, "quick", **FEW)
    assert rows["person_id"][:] == trainable.person_ids[expected.person].tolist()


def test_the_folder_says_what_is_in_it(trainable: People, tmp_path: Path) -> None:
    written = write_training_data(trainable, "quick", tmp_path, **FEW)
    held_out = len(written.manifest["drawing"]["held_out"])
    assert written.folder.name == f"wvs7-synthetic-quick-1-messages-holdout{held_out}shown"
    other = write_training_data(
        trainable,
        ["demographics-polar"],
        tmp_path,
        size=2,
        text="none",
        hold_out=["Q1"],
        option_order="reversed",
        protocol=replace(OURS, seed=4, siblings="left_out"),
    )
    assert other.folder.name == "wvs7-synthetic-own-2-numbers-holdout1-nosiblings-seed4-reversed"
    assert other.manifest["prompts"] == {}


def test_the_manifest_traces_and_counts(trainable: People, tmp_path: Path) -> None:
    written = write_training_data(
        trainable, "demographics", tmp_path, size=185, too_few="fewer", text="none", hold_out=0.9
    )
    manifest = read_training_manifest(written.folder)
    assert manifest == written.manifest == check_training_data(written.folder)
    assert manifest["dataset"]["digest"] == trainable.identity.digest
    assert manifest["drawing"]["protocol"]["digest"] == trainable.protocol.digest
    assert manifest["left_out"]["evaluation_persons"] == 40
    lacking = sum(count["wanted"] - count["rows"] for count in manifest["units"])
    assert manifest["left_out"]["rows_for_want_of_persons"] == lacking > 0
    assert all(count["items_with_too_few_persons"] for count in manifest["units"])


@pytest.mark.parametrize("synthetic", [True, False])
def test_the_card_says_whose_answers_these_are(trainable: People, tmp_path: Path, synthetic: bool) -> None:
    people = replace(trainable, identity=replace(trainable.identity, synthetic=synthetic))
    folder = write_training_data(people, "demographics", tmp_path, text="plain", **FEW).folder
    text = (folder / "README.md").read_text("utf-8")
    head = yaml.safe_load(text.split("---")[1])
    assert ("**Private.**" in text) != synthetic
    assert ("**Synthetic persons.**" in text) == synthetic
    assert head["license"] == ("mit" if synthetic else "other")
    assert ("synthetic" in folder.name) == synthetic
    assert head["dataset_info"]["splits"][0]["num_examples"] == read_training_manifest(folder)["rows"]


def test_the_same_choices_give_the_same_bytes(trainable: People, tmp_path: Path) -> None:
    folders = [
        write_training_data(trainable, "quick", tmp_path / name, text="both", **FEW).folder for name in ("a", "b", "a")
    ]
    assert list_files(folders[0]) == list_files(folders[1])
    manifests = [(folder / "manifest.json").read_bytes() for folder in folders]
    assert manifests[0] == manifests[1] == manifests[2]


def test_files_are_cut_where_asked_and_hold_the_same(trainable: People, tmp_path: Path) -> None:
    whole = write_training_data(trainable, "quick", tmp_path / "whole", **FEW).folder
    parts = write_training_data(trainable, "quick", tmp_path / "parts", rows_a_file=7, **FEW).folder
    names = [path.name for path in sorted((parts / "data").iterdir())]
    assert names[0] == f"train-00000-of-{len(names):05}.parquet"
    assert pq.read_table(parts / "data") == pq.read_table(whole / "data")


def test_what_is_stopped_leaves_nothing_that_looks_whole(
    trainable: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = write_training_data(trainable, "quick", tmp_path, **FEW)

    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    for name in ("quick", "demographics"):
        with pytest.raises(KeyboardInterrupt):
            write_training_data(trainable, name, tmp_path, progress=stop, **FEW)
    assert [path for path in tmp_path.iterdir() if not path.name.startswith(".")] == [earlier.folder]
    assert check_training_data(earlier.folder) == earlier.manifest

    monkeypatch.setattr(writing, "row_table", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_training_data(trainable, "demographics", tmp_path, **FEW)
    assert not list(tmp_path.glob("[!.]*demographics*"))


def test_nothing_else_is_replaced(trainable: People, tmp_path: Path) -> None:
    folder = write_training_data(trainable, "quick", tmp_path, **FEW).folder
    (folder / "notes.txt").write_text("mine", "utf-8")
    with pytest.raises(ReasonerError, match=r"notes\.txt"):
        write_training_data(trainable, "quick", tmp_path, **FEW)
    (folder / "manifest.json").write_text(json.dumps({"files": [], "format": 3}), "utf-8")
    with pytest.raises(ReasonerError, match="no training data but something else"):
        write_training_data(trainable, "quick", tmp_path, **FEW)


def test_progress_is_told_and_ends(trainable: People, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    written = write_training_data(trainable, "quick", tmp_path, progress=lambda *at: told.append(at), **FEW)
    assert told[-1] == (written.manifest["rows"],) * 2


@pytest.mark.parametrize(("wrong", "said"), [({"text": "prose"}, "text is one of"), ({"rows_a_file": 0}, "at least")])
def test_wrong_choices_are_refused(trainable: People, tmp_path: Path, wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ReasonerError, match=said):
        write_training_data(trainable, "quick", tmp_path, **FEW, **wrong)
    assert not list(tmp_path.iterdir())


def test_a_changed_file_is_found(trainable: People, tmp_path: Path) -> None:
    folder = write_training_data(trainable, "quick", tmp_path, **FEW).folder
    (folder / "README.md").write_text("changed", "utf-8")
    with pytest.raises(ReasonerError, match=r"README\.md changed"):
        check_training_data(folder)
    with pytest.raises(ReasonerError, match="no finished training data"):
        read_training_manifest(tmp_path)
