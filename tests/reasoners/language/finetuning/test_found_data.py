"""Training data that may be used, and what is refused before anything is trained."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import MissingExtraError, ReasonerError
from indievaluecatalog.reasoners.language.finetuning.config import FinetuneConfig, make_config
from indievaluecatalog.reasoners.language.finetuning.found_data import _check_rows, make_data, use_data
from indievaluecatalog.reasoners.language.finetuning.run import finetune
from indievaluecatalog.reasoners.training_data.unit import Unit
from indievaluecatalog.reasoners.training_data.write import write_training_data

UNIT = Unit("small", shown="statements", demonstrations="refined", probes="polar", number=(3, 3), persons=1)


@pytest.fixture(scope="module")
def written(trainable: People, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_training_data(trainable, UNIT, tmp_path_factory.mktemp("rows")).folder


def config_of(folder: Path, **changed: Any) -> FinetuneConfig:
    return make_config({"model": str(folder), "out": str(folder / "out"), "mixture": "refined-polar-50"} | changed)


def test_data_of_the_same_dataset_is_used(trainable: People, written: Path) -> None:
    data = use_data(written, trainable)
    assert data.chat
    assert data.prompt["form"] == "single"
    assert [Path(file).name for file in data.files] == ["train-00000-of-00001.parquet"]


@pytest.mark.parametrize(("what", "field"), [("catalog", "catalog_digest"), ("dataset", "digest")])
def test_data_of_another_catalog_or_dataset_is_refused(trainable: People, written: Path, what: str, field: str) -> None:
    other = replace(trainable, identity=replace(trainable.identity, **{field: "1" * 64}))
    with pytest.raises(ReasonerError, match=f"made from another {what} than random"):
        use_data(written, other)


def test_data_without_text_is_refused(trainable: People, tmp_path: Path) -> None:
    numbers = write_training_data(trainable, UNIT, tmp_path, text="none").folder
    with pytest.raises(ReasonerError, match="holds numbers alone; write it with text='messages'"):
        use_data(numbers, trainable)


def test_a_folder_that_is_not_whole_is_refused(trainable: People, tmp_path: Path) -> None:
    with pytest.raises(ReasonerError, match="no finished training data"):
        use_data(tmp_path, trainable)
    folder = write_training_data(trainable, UNIT, tmp_path).folder
    (folder / "data" / "train-00000-of-00001.parquet").write_bytes(b"cut off")
    with pytest.raises(ReasonerError, match="not as it was written"):
        use_data(folder, trainable)


def test_a_probe_among_its_own_demonstrations_is_found(tmp_path: Path) -> None:
    shown = pa.array([np.array([1, 2]), np.array([1, 2]), np.array([], int)], pa.list_(pa.int16()))
    pq.write_table(pa.table({"item": ["A", "C", "B"], "demonstrations": shown}), tmp_path / "rows.parquet")
    with pytest.raises(ReasonerError, match=r"rows.parquet: row 1: a probe is among its own demonstrations: C"):
        _check_rows(str(tmp_path / "rows.parquet"), ["A", "B", "C"])


def test_what_a_config_asks_for_is_drawn_once(trainable: People, tmp_path: Path) -> None:
    config = config_of(tmp_path, persons=1)
    first = make_data(config, trainable)
    before = {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")}
    assert make_data(config, trainable).folder == first.folder
    assert {path: path.stat().st_mtime_ns for path in first.folder.rglob("*")} == before
    assert make_data(config.changed(persons=2), trainable).manifest["rows"] == 2 * first.manifest["rows"]


def test_a_dataset_without_training_persons_says_so(trainable: People, tmp_path: Path) -> None:
    with pytest.raises(ReasonerError, match="no persons in its train split"):
        make_data(config_of(tmp_path), trainable.take(trainable.rows_of("test")))


def test_without_a_library_the_extra_is_named(
    trainable: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"'torch'.*indievaluecatalog\[train\]"):
        finetune(config_of(tmp_path), trainable)


def test_a_folder_of_something_else_or_another_training_is_left_alone(trainable: People, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("x")
    with pytest.raises(ReasonerError, match="holds files but no fine-tuning"):
        finetune(config_of(tmp_path), trainable)
    (tmp_path / "out" / "thesis.txt").rename(tmp_path / "out" / "model")
    (tmp_path / "out" / "started.json").write_text('{"config": "1", "dataset": "2"}')
    with pytest.raises(ReasonerError, match="a training of another config"):
        finetune(config_of(tmp_path), trainable)
