"""Built beside and moved into place: a killed build leaves nothing that looks finished."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from indievaluecatalog.dataset.manifest import MANIFEST, read_manifest
from indievaluecatalog.errors import BuildError


def _beside(out: Path, what: str) -> Path:
    return out.parent / f".{out.name}.{what}"


def _lock(out: Path) -> FileLock:
    # Never deleted: whoever waits for a deleted lock file holds a lock that nobody else sees.
    return FileLock(_beside(out, "lock"))


def recover(out: Path) -> None:
    """Put a previous build back if a run was killed between moving it away and moving the new one in.

    Does nothing while a build is writing: then the previous one is away for a moment only.
    """
    out = out.resolve()
    if out.exists() or not _beside(out, "previous").is_dir():
        return
    with suppress(Timeout, OSError), _lock(out).acquire(timeout=0):
        _put_back(out)


def _put_back(out: Path) -> None:
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
    out = out.resolve()
    fresh, previous = _beside(out, "building"), _beside(out, "previous")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with _lock(out).acquire(timeout=0):
            _put_back(out)
            _refuse_foreign(out)
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.rmtree(previous, ignore_errors=True)
            fresh.mkdir()
            try:
                yield fresh
                _swap(fresh, out, previous)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
    except Timeout:
        raise BuildError(f"{out}: another build is writing here; wait for it, or choose another --out") from None
    except OSError as error:
        where = error.filename if error.filename and str(out.parent) not in str(error.filename) else out
        raise BuildError(f"{where}: {_plain(error)}") from error


def _refuse_foreign(out: Path) -> None:
    """Refuse to replace anything but an earlier build of ours, with nothing in it but what we wrote."""
    if out.exists() and not out.is_dir():
        raise BuildError(f"{out}: is a file or a device; name a folder with --out")
    if out == Path.cwd():
        raise BuildError(f"{out}: is the current folder, which a build would replace; name another one with --out")
    if not out.is_dir() or not any(out.iterdir()):
        return
    try:
        manifest = read_manifest(out, any_format=True)
        ours = {entry["path"] for entry in manifest["files"]} | {MANIFEST}
    except (BuildError, KeyError, TypeError):
        raise BuildError(
            f"{out}: holds files but is no earlier build; name an empty or a new folder with --out"
        ) from None
    added = sorted(str(path.relative_to(out)) for path in out.rglob("*") if path.is_file())
    added = [name for name in added if Path(name).as_posix() not in ours]
    if added:
        raise BuildError(
            f"{out}: beside the earlier build it holds {', '.join(added[:5])}, which replacing it would delete; "
            "move that away, or name another folder with --out"
        )


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
