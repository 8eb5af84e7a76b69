"""Naming a local model: choices, files and libraries, all checked before any weight is read.

These run without torch and transformers.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from indievaluecatalog.errors import EvaluationError, MissingExtraError
from indievaluecatalog.evaluation.local_files import ModelFiles, find_files
from indievaluecatalog.evaluation.local_model import LocalModel


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "named"
    made.mkdir()
    (made / "config.json").write_text("{}", "utf-8")
    (made / "model.safetensors").write_bytes(b"weights")
    return made


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"mode": "guess"}, "mode is one of likelihood, generate"),
        ({"answer": "number"}, "answer is one of letter, statement"),
        ({"normalise": "words"}, "normalise is one of none, tokens"),
        ({"chat": "yes"}, "chat is one of auto, template, plain"),
        ({"batch_tokens": 0}, "at least 1"),
        ({"max_new_tokens": 0}, "at least 1"),
    ],
)
def test_unknown_choices_are_refused_at_once(folder: Path, choice: dict[str, Any], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        LocalModel(folder, **choice)


def test_nothing_is_downloaded_unasked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[dict[str, Any]] = []

    def snapshot(name: str, **options: Any) -> str:
        from huggingface_hub.errors import LocalEntryNotFoundError

        calls.append(options)
        raise LocalEntryNotFoundError("offline")

    monkeypatch.setattr("huggingface_hub.snapshot_download", snapshot)
    with pytest.raises(EvaluationError, match=r"Nothing is downloaded unasked: run `hf download some/model`"):
        LocalModel("some/model")
    with pytest.raises(EvaluationError, match="cannot be fetched"):
        LocalModel("some/model", download=True)
    assert [call["local_files_only"] for call in calls] == [True, False]
    for absent in (tmp_path / "none", "./none", "a/b/c"):
        with pytest.raises(EvaluationError, match="no such folder"):
            LocalModel(absent)
    with pytest.raises(EvaluationError, match=r"has no config\.json"):
        LocalModel(tmp_path)


@pytest.mark.parametrize("package", ["torch", "transformers"])
def test_a_missing_library_names_the_extra(folder: Path, package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("torch", "transformers"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf"'{package}'.*indievaluecatalog\[local\]"):
        _ = LocalModel(folder, device="cpu").spec


def test_the_digest_is_of_the_files_wherever_they_lie(folder: Path, tmp_path: Path) -> None:
    before = find_files(folder, None, None, download=False).identity()
    moved = folder.rename(tmp_path / "elsewhere")
    (moved / "README.md").write_text("no part of the model", "utf-8")
    assert find_files(moved, None, None, download=False).identity() == before
    (moved / "model.safetensors").write_bytes(b"Weights")
    assert find_files(moved, None, None, download=False).identity() != before


def test_a_gguf_file_is_known_by_itself(folder: Path) -> None:
    file = folder / "small.Q4.gguf"
    file.write_bytes(b"quantised")
    found = find_files(file, None, None, download=False)
    assert found == ModelFiles(name="small.Q4", folder=folder, gguf_file="small.Q4.gguf")
    assert found.identity() == find_files(folder, "small.Q4.gguf", None, download=False).identity()
    assert found.identity() != find_files(folder, None, None, download=False).identity()
