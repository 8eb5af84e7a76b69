"""Files that appear under their name only when they are whole."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from indievaluecatalog.errors import IndieValueCatalogError


@contextlib.contextmanager
def whole_file(target: Path, failure: type[IndieValueCatalogError]) -> Iterator[Path]:
    """A path beside `target` to write to, which takes its place once everything went well; makes the folder.

    Raises:
        failure: the place cannot be written.
    """
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
