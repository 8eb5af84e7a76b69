"""The folder of a fine-tuning: whose it is, and what its record says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.whole_file import whole_file

RECORD, STARTED = "finetune.json", "started.json"
MODEL, ADAPTER, CHECKPOINTS, DATA, CARD = "model", "adapter", "checkpoints", "training-data", "README.md"
PART = ".model.part"
"""The model before it is whole."""


def begin(out: Path, identity: Mapping[str, str]) -> None:
    """Take a folder for a training, or find that it is this training's already.

    Raises:
        ReasonerError: it is a file, holds something else, or is that of another training.
    """
    if out.exists() and not out.is_dir():
        raise ReasonerError(f"{out}: is a file; name a folder")
    path = out / STARTED
    found = _identity(path)
    there = {one.name for one in out.iterdir() if not one.name.startswith(".")} if out.is_dir() else set()
    if found is None and there - {DATA}:
        raise ReasonerError(f"{out}: holds files but no fine-tuning; name an empty or a new folder")
    if found is not None and found != dict(identity) and there & {RECORD, MODEL, ADAPTER, CHECKPOINTS}:
        told = "dataset" if found.get("config") == identity["config"] else "config"
        raise ReasonerError(
            f"{out}: holds a training of another {told}. Name another folder (out), or delete this one to begin anew"
        )
    if found != dict(identity):
        with whole_file(path, ReasonerError) as beside:
            beside.write_text(json.dumps(dict(identity), indent=1) + "\n", "utf-8")


def _identity(path: Path) -> dict[str, str] | None:
    if not path.is_file():
        return None
    try:
        found: dict[str, str] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ReasonerError(f"{path}: cannot be read ({error}); name another folder") from None
    return found


def read_record(out: str | Path) -> dict[str, Any]:
    """What is known of a fine-tuning; empty before it is trained.

    Raises:
        ReasonerError: the record cannot be read.
    """
    path = Path(out) / RECORD
    if not path.is_file():
        return {}
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ReasonerError(f"{path}: cannot be read ({error}); delete it to train again") from None
    return found


def write_record(out: Path, record: Mapping[str, Any]) -> dict[str, Any]:
    """Write the record, and return it as it will be read."""
    text = json.dumps(record, indent=1, sort_keys=True)
    with whole_file(out / RECORD, ReasonerError) as beside:
        beside.write_text(text + "\n", "utf-8")
    found: dict[str, Any] = json.loads(text)
    return found
