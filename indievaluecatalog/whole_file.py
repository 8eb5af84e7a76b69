"""Files that appear under their name only when they are whole."""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from indievaluecatalog.errors import IndieValueCatalogError


def check_place(target: Path, failure: type[IndieValueCatalogError]) -> None:
    """Say at once what `whole_file` would only find out once there is something to write; makes nothing.

    Raises:
        failure: no name of a file, that of a folder, or a folder that cannot be written to or made.
    """
    if target.name in ("", "..") or "\0" in str(target):
        raise failure(f"{str(target)!r} names no file")
    try:
        if target.is_dir():
            raise failure(f"{target}: cannot be written: it is a folder")
        there = next(folder for folder in target.absolute().parents if folder.exists())
        if not there.is_dir():
            raise failure(f"{target}: cannot be written: {there} is no folder")
    except OSError as error:
        raise failure(f"{target}: cannot be written: {error}") from error
    if not os.access(there, os.W_OK | os.X_OK):
        raise failure(f"{target}: cannot be written: no permission to write to {there}")


@contextlib.contextmanager
def whole_file(target: Path, failure: type[IndieValueCatalogError]) -> Iterator[Path]:
    """A path beside `target` to write to, which takes its place once everything went well; makes the folder.

    Raises:
        failure: the place cannot be written.
    """
    check_place(target, failure)
    beside = target.with_name(f".{target.stem[:60]}.{secrets.token_hex(6)}.part{target.suffix}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield beside
        beside.replace(target)
    except OSError as error:
        raise failure(f"{target}: cannot be written: {error}") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()
