"""What needs no torch: folders, catalogs and datasets that do not fit, and torch itself not being there."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import MissingExtraError, ReasonerError
from indievaluecatalog.reasoners.language.small.folder import FACTS, FORMAT, KIND, WEIGHTS, SmallModel, read_small
from indievaluecatalog.reasoners.language.small.predict import check_shown, predict_small
from indievaluecatalog.reasoners.language.small.settings import SmallSettings
from indievaluecatalog.reasoners.language.small.train import split_persons, train_small
from indievaluecatalog.reasoners.language.small.vocabulary import Vocabulary


def write_facts(folder: Path, people: People, **changed: Any) -> Path:
    facts = {"format": FORMAT, "kind": KIND, "dataset": people.identity.to_dict(), "weights_sha256": "0"} | changed
    folder.mkdir()
    (folder / FACTS).write_text(json.dumps(facts))
    return folder


def model_of(people: People, **settings: Any) -> SmallModel:
    """One that has no network, for what is refused before it is asked."""
    facts = {"dataset": people.identity.to_dict(), "settings": SmallSettings().changed(**settings).to_dict()}
    return SmallModel(None, Vocabulary.of(people.catalog), facts)


def test_a_dataset_without_training_persons_says_so(trainable: People, tmp_path: Path) -> None:
    with pytest.raises(ReasonerError, match="no persons in its train split"):
        train_small(trainable.take(trainable.rows_of("test")), tmp_path / "model")


def test_without_torch_the_extra_is_named(trainable: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"'torch'.*indievaluecatalog\[reasoner\]"):
        train_small(trainable, tmp_path / "model")


def test_a_folder_of_something_else_is_left_alone(trainable: People, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("x")
    with pytest.raises(ReasonerError, match=r"holds thesis.txt and is no earlier small model"):
        train_small(trainable, tmp_path)
    with pytest.raises(ReasonerError, match="is a file"):
        train_small(trainable, tmp_path / "thesis.txt")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "ridge"}, "is not about a small language model"),
        ({"format": 99}, "format 99, but this version reads 1"),
        ({}, "model.safetensors: not as it was written, or not there"),
    ],
)
def test_a_folder_that_is_not_whole_is_not_read(
    trainable: People, tmp_path: Path, changed: dict[str, Any], message: str
) -> None:
    folder = write_facts(tmp_path / "model", trainable, **changed)
    (folder / WEIGHTS).write_bytes(b"cut off")
    with pytest.raises(ReasonerError, match=message):
        read_small(folder, trainable.catalog)


def test_an_empty_folder_is_no_model(catalog: Catalog, tmp_path: Path) -> None:
    with pytest.raises(ReasonerError, match=r"no small language model, it has no statements.json"):
        read_small(tmp_path, catalog)


def test_a_model_of_another_catalog_is_not_used(trainable: People, tmp_path: Path) -> None:
    other = replace(trainable, identity=replace(trainable.identity, catalog_digest="1" * 64))
    with pytest.raises(ReasonerError, match="trained on another catalog than wvs7"):
        read_small(write_facts(tmp_path / "model", other), trainable.catalog)
    with pytest.raises(ReasonerError, match="trained on another catalog"):
        predict_small(model_of(other), trainable)


def test_what_cannot_be_predicted_is_refused(trainable: People) -> None:
    with pytest.raises(ReasonerError, match="learned from and cannot be predicted"):
        predict_small(model_of(trainable), trainable, splits=("train",))
    with pytest.raises(ReasonerError, match="said='both'"):
        predict_small(model_of(trainable), trainable, demonstrations="polar")
    with pytest.raises(ReasonerError, match="no persons of the split test to predict"):
        predict_small(model_of(trainable), trainable.take(trainable.rows_of("train")), splits=("test",))
    with pytest.raises(ReasonerError, match="at least one person, not 0"):
        predict_small(model_of(trainable), trainable, batch=0)


def test_a_probe_among_its_own_demonstrations_is_named(trainable: People) -> None:
    with pytest.raises(ReasonerError, match=r"person p1 is shown the answer to Q2$"):
        check_shown(np.array([[5, 6], [7, 1]], np.int16), np.array([1, 2]), trainable)


def test_at_most_a_tenth_is_held_out_and_nobody_is_in_both(trainable: People) -> None:
    learned, watched = split_persons(trainable, SmallSettings(held_out=50))
    assert len(watched) == 20
    assert sorted([*learned, *watched]) == trainable.rows_of("train").tolist()
