"""Built beside and moved into place: a killed build leaves nothing that looks finished."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from indievaluecatalog.dataset.manifest import MANIFEST
from indievaluecatalog.errors import BuildError


def _beside(out: Path, what: str) -> Path:
    return out.parent / f".{out.name}.{what}"


def recover(out: Path) -> None:
    """Put a previous build back if a run was killed between moving it away and moving the new one in."""
    previous = _beside(out, "previous")
    if previous.is_dir() and not out.exists():
        previous.rename(out)


@contextmanager
def building(out: Path) -> Iterator[Path]:
    """A fresh folder beside `out` that takes its place when the block ends well.

    The previous build stays untouched until then, and is put back should the move fail.

    Raises:
        BuildError: another build is writing here; `out` holds something that is no build; no room or no
            permission.
    """
    out = out.absolute()
    fresh, previous = _beside(out, "building"), _beside(out, "previous")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(_beside(out, "lock"))
        with lock.acquire(timeout=0):
            recover(out)
            _refuse_foreign(out)
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.rmtree(previous, ignore_errors=True)
            fresh.mkdir()
            try:
                yield fresh
                _swap(fresh, out, previous)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
        _beside(out, "lock").unlink(missing_ok=True)
    except Timeout:
        raise BuildError(f"{out}: another build is writing here; wait for it, or choose another --out") from None
    except OSError as error:
        raise BuildError(f"{out}: {_plain(error)}") from error


def _refuse_foreign(out: Path) -> None:
    if out.is_file():
        raise BuildError(f"{out}: is a file; name a folder with --out")
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise BuildError(f"{out}: holds files but is no earlier build; name an empty or a new folder with --out")


def _swap(fresh: Path, out: Path, previous: Path) -> None:
    if out.exists():
        out.rename(previous)
    try:
        fresh.rename(out)
    except OSError:
        if previous.exists():
            previous.rename(out)
        raise
    shutil.rmtree(previous, ignore_errors=True)


def _plain(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return "no space is left on the disk; nothing was changed. Free some, or choose another --out"
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"no permission to write ({error.strerror}); choose another --out"
    return f"cannot be written: {error.strerror or error}"
