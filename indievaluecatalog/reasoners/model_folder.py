"""The folder of a trained model: it appears when it is whole, and takes the place of its own kind alone."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from indievaluecatalog.errors import ReasonerError


def check_model_folder(target: Path, names: Sequence[str], kind: str) -> None:
    """Say at once whether a model can be written to a folder.

    Args:
        target: the folder.
        names: the files of such a model; the first tells it from others.
        kind: what it is called.

    Raises:
        ReasonerError: a file, or a folder that holds something other than an earlier model of the kind.
    """
    if target.exists() and not target.is_dir():
        raise ReasonerError(f"{target}: is a file; name a folder")
    if target.is_dir():
        others = sorted(path.name for path in target.iterdir() if path.name not in names)
        if others or (any(target.iterdir()) and not (target / names[0]).is_file()):
            held = (others or ["files"])[0]
            raise ReasonerError(f"{target}: holds {held} and is no earlier {kind}; name another folder")


def write_model_folder(target: Path, contents: Mapping[str, bytes]) -> None:
    """Write files, by name, beside the folder and move them into its place.

    Raises:
        ReasonerError: it cannot be written.
    """
    beside = target.with_name(f".{target.name}.part")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        for name, content in contents.items():
            (beside / name).write_bytes(content)
        if target.exists():
            shutil.rmtree(target)
        beside.replace(target)
    except OSError as error:
        raise ReasonerError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
