"""The SQLite file of a store: opened, held, checked and closed, its troubles told in words."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.whole_file import check_place

FORMAT = 1
APPLICATION = 0x69766361
"""SQLite's application id of a store ("ivca"), by which it is told from any other SQLite file."""

_TABLES = f"""
BEGIN;
CREATE TABLE texts (id INTEGER PRIMARY KEY, digest BLOB NOT NULL UNIQUE, text BLOB NOT NULL);
CREATE TABLE requests (
    key TEXT PRIMARY KEY, person_id TEXT NOT NULL, setup INTEGER NOT NULL, granularity TEXT NOT NULL,
    form TEXT NOT NULL, attempt INTEGER NOT NULL, slot_ids TEXT NOT NULL,
    system INTEGER NOT NULL REFERENCES texts, context INTEGER NOT NULL REFERENCES texts,
    question INTEGER NOT NULL REFERENCES texts, slots INTEGER NOT NULL REFERENCES texts);
CREATE TABLE responses (key TEXT PRIMARY KEY REFERENCES requests, response TEXT NOT NULL, received TEXT NOT NULL);
CREATE TABLE errors (
    id INTEGER PRIMARY KEY, key TEXT NOT NULL REFERENCES requests, response TEXT NOT NULL, received TEXT NOT NULL);
PRAGMA application_id = {APPLICATION};
PRAGMA user_version = {FORMAT};
COMMIT;
"""


def open_store(path: Path, mode: Literal["write", "read"]) -> sqlite3.Connection:
    """Open a store, or make one.

    Args:
        path: of the file; made with its folder if it is not there.
        mode: "write" holds the file until it is closed or the process ends, however it ends.

    Raises:
        EvaluationError: no store, a damaged one, one of another format, one that another process writes, or (to
            read) none there.
    """
    if mode == "read" and not path.is_file():
        raise EvaluationError(f"{path}: there is no such store")
    if mode == "write":
        check_place(path, EvaluationError)
    with troubles_told(path):
        if mode == "write":
            path.parent.mkdir(parents=True, exist_ok=True)
        address = path.absolute().as_uri() + ("?mode=ro" if mode == "read" else "")
        connection = sqlite3.connect(address, uri=True, timeout=1, check_same_thread=False)
    try:
        with troubles_told(path):
            _prepare(connection, path, mode == "write")
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path, writes: bool) -> None:
    if writes:
        # Held until the store is closed or its process ends, however it ends; SQLite then keeps no shared
        # memory beside the file either, which network file systems do not have.
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    new = writes and not (application or version or tables)
    if not new and application != APPLICATION:
        raise EvaluationError(f"{path}: an SQLite file, but no store of answers")
    if not new and version != FORMAT:
        raise EvaluationError(f"{path}: a store of format {version}; this version reads {FORMAT}")
    if writes:
        connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if new:
        connection.executescript(_TABLES)
    problems = connection.execute("PRAGMA quick_check(3)").fetchall()
    if problems != [("ok",)]:
        raise EvaluationError(f"{path}: damaged: {'; '.join(str(problem[0]) for problem in problems)}")


@contextlib.contextmanager
def troubles_told(path: Path) -> Iterator[None]:
    """Tell what goes wrong with a store's file as an EvaluationError that says what to do."""
    try:
        yield
    except (sqlite3.Error, OSError, zlib.error) as error:
        # By number: a path in the message may hold any word.
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise EvaluationError(f"{path}: another process is using this store; wait for it to end") from None
        full = code == sqlite3.SQLITE_FULL or getattr(error, "errno", None) == errno.ENOSPC
        room = "; make room and run the same again, what was kept is kept" if full else ""
        raise EvaluationError(f"{path}: cannot be used as a store: {error}{room}") from error


def close_store(connection: sqlite3.Connection, *, writes: bool) -> None:
    """Give the file free; it is one file then."""
    if writes:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("PRAGMA journal_mode = DELETE").fetchone()
    connection.close()
