"""The store of a run: every request that was answered, with its prompt and its answer, in one SQLite file."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import time
import zlib
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Literal, Self

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.job_record import JobRecord
from indievaluecatalog.evaluation.request import Request, Response, Slot
from indievaluecatalog.evaluation.store_file import close_store, open_store, troubles_told
from indievaluecatalog.evaluation.stored_response import response_from, said, text_of

SYNC_S = 1.0
"""How often commits wait for the disk: a process that dies loses nothing of them, a power cut the last second."""

_MANY = 500
_JOBS = """
CREATE TABLE IF NOT EXISTS jobs (
    whole TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, about TEXT NOT NULL, keys BLOB NOT NULL,
    PRIMARY KEY (whole, part, parts))
"""
"""Made when first needed: stores from before it are read all the same, and by versions from before it too."""


class RunStore:
    """What was asked and answered, keyed by `request_key`. A context manager.

    A response is committed, and with it the request, before `add` returns: a process killed later loses nothing of
    it, and a machine that loses its power the last second. Prompts are kept compressed, each distinct part once, so
    that any answer can be looked at beside what was asked. The file is SQLite's: while it is written there is a
    `-wal` beside it, which belongs to it; once closed, it is one file.

    Args:
        path: of the file; made with its folder if it is not there.
        mode: "write" for one process at a time, "read" for any number of them while nobody writes.

    Raises:
        EvaluationError: no store, a damaged one, one of another format, one that another process writes, or (to
            read) none there.
    """

    def __init__(self, path: str | Path, mode: Literal["write", "read"] = "write") -> None:
        self.path = Path(path)
        self._connection = open_store(self.path, mode)
        self._writes = mode == "write"
        self._synced = float("-inf")

    def _readable(self) -> contextlib.AbstractContextManager[None]:
        return troubles_told(self.path)

    def responses(self, keys: Iterable[str] | None = None) -> dict[str, Response]:
        """The answers to these requests, or to all, by key; what is not answered is left out."""
        with self._readable():
            return {key: self._response(text) for key, text in self._rows(keys)}

    def missing(self, keys: Iterable[str]) -> list[str]:
        """Those of the keys that have no answer yet, in their order."""
        wanted = list(keys)
        with self._readable():
            found = {key for key, _ in self._rows(wanted)}
        return [key for key in wanted if key not in found]

    def _rows(self, keys: Iterable[str] | None) -> Iterator[tuple[str, str]]:
        if keys is None:
            yield from self._connection.execute("SELECT key, response FROM responses ORDER BY key")
            return
        for some in _batches(keys):
            marks = ",".join("?" * len(some))
            yield from self._connection.execute(f"SELECT key, response FROM responses WHERE key IN ({marks})", some)

    def add(self, response: Response, request: Request) -> None:
        """Keep a response and commit it. One with an `error` is kept apart: it counts as no answer.

        Raises:
            EvaluationError: the request has another answer already, or the file cannot be written.
        """
        self.add_all([(response, request)])

    def add_all(self, pairs: Iterable[tuple[Response, Request]]) -> None:
        """Keep many at once: all of them, or after an error none."""
        with self._readable():
            now = time.monotonic()
            durable = now - self._synced >= SYNC_S
            self._connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._synced = now if durable else self._synced
        with self._readable(), self._connection:
            for response, request in pairs:
                self._add(response, request)

    def _add(self, response: Response, request: Request) -> None:
        row = (response.key, text_of(response), datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"))
        self._add_request(response.key, request)
        if response.error:
            self._connection.execute("INSERT INTO errors VALUES (NULL, ?, ?, ?)", row)
            return
        done = self._connection.execute("INSERT OR IGNORE INTO responses VALUES (?, ?, ?)", row)
        if not done.rowcount and said(self.responses([response.key])[response.key]) != said(response):
            raise EvaluationError(f"{self.path}: request {response.key[:12]} has another answer already")

    def _add_request(self, key: str, request: Request) -> None:
        if self._connection.execute("SELECT 1 FROM requests WHERE key = ?", (key,)).fetchone():
            return
        # By hand: `asdict` takes longer than compressing the prompt does.
        plain = [{"id": one.id, "item": one.item, "options": one.options, "order": one.order} for one in request.slots]
        slots = json.dumps(plain, ensure_ascii=False)
        texts = [self._text_id(text) for text in (request.system, request.context, request.question, slots)]
        place = (request.person_id, request.setup, request.granularity, request.form, request.attempt)
        ids = " ".join(slot.id for slot in request.slots)
        self._connection.execute(
            "INSERT INTO requests VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (key, *place, ids, *texts)
        )

    def _text_id(self, text: str) -> int:
        content = text.encode()
        digest = hashlib.sha256(content).digest()
        found = self._connection.execute("SELECT id FROM texts WHERE digest = ?", (digest,)).fetchone()
        if found:
            return int(found[0])
        done = self._connection.execute("INSERT INTO texts VALUES (NULL, ?, ?)", (digest, zlib.compress(content)))
        return int(done.lastrowid or 0)

    def request(self, key: str) -> Request:
        """What was asked under this key, as it was.

        Raises:
            EvaluationError: nothing was.
        """
        with self._readable():
            row = self._connection.execute(
                "SELECT person_id, setup, granularity, form, attempt, system, context, question, slots "
                "FROM requests WHERE key = ?",
                (key,),
            ).fetchone()
            if row is None:
                raise EvaluationError(f"{self.path}: no request {key[:12]}")
            texts = [self._text(number) for number in row[5:]]
        slots = tuple(
            Slot(one["id"], one["item"], tuple(one["options"]), tuple(one["order"])) for one in json.loads(texts[3])
        )
        person_id, setup, granularity, form, attempt = row[:5]
        return Request(person_id, setup, granularity, form, slots, texts[0], texts[1], texts[2], attempt)

    def _text(self, number: int) -> str:
        (text,) = self._connection.execute("SELECT text FROM texts WHERE id = ?", (number,)).fetchone()
        return zlib.decompress(text).decode()

    def errors(self) -> list[Response]:
        """Every request that failed for good, in the order it did; some may have been answered since."""
        with self._readable():
            rows = self._connection.execute("SELECT response FROM errors ORDER BY id").fetchall()
        return [self._response(text) for (text,) in rows]

    def _response(self, text: str) -> Response:
        try:
            return response_from(text)
        except EvaluationError as error:
            raise EvaluationError(f"{self.path}: {error}") from None

    def expect(self, pairs: Iterable[tuple[str, Request]]) -> None:
        """Keep (key, request) pairs that are asked elsewhere, so that their answers can be known when they come."""
        with self._readable(), self._connection:
            for key, request in pairs:
                self._add_request(key, request)

    def asked(self, keys: Iterable[str]) -> set[str]:
        """Those of the keys whose request is kept, answered or not."""
        found: set[str] = set()
        with self._readable():
            for some in _batches(keys):
                marks = ",".join("?" * len(some))
                rows = self._connection.execute(f"SELECT key FROM requests WHERE key IN ({marks})", some)
                found |= {key for (key,) in rows}
        return found

    def note(self, record: JobRecord) -> None:
        """Remember what the store is for."""
        about = json.dumps(record.about, sort_keys=True, ensure_ascii=False)
        row = (record.whole, record.part, record.parts, about, bytes.fromhex("".join(record.keys)))
        with self._readable(), self._connection:
            self._connection.execute(_JOBS)
            self._connection.execute("INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?)", row)

    def has_job(self, whole: str, part: tuple[int, int]) -> bool:
        """Whether the store remembers this part of this run."""
        return any(row[:3] == (whole, *part) for row in self._job_rows("whole, part, parts"))

    def jobs(self) -> list[JobRecord]:
        """All that the store was ever meant to hold; nothing in a store from before this was kept."""
        return [
            JobRecord(whole, part, parts, json.loads(about), _keys(keys))
            for whole, part, parts, about, keys in self._job_rows("whole, part, parts, about, keys")
        ]

    def _job_rows(self, columns: str) -> list[tuple[Any, ...]]:
        with self._readable():
            if not self._connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'jobs'").fetchone():
                return []
            return self._connection.execute(f"SELECT {columns} FROM jobs ORDER BY whole, parts, part").fetchall()

    def close(self) -> None:
        """Give the file free; it is one file then."""
        close_store(self._connection, writes=self._writes)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"RunStore({str(self.path)!r})"


def _keys(content: bytes) -> tuple[str, ...]:
    """Keys from 32 bytes each."""
    text = content.hex()
    return tuple(text[at : at + 64] for at in range(0, len(text), 64))


def _batches(keys: Iterable[str]) -> Iterator[list[str]]:
    """Some at a time, fewer than a statement may name."""
    left = iter(keys)
    while some := list(islice(left, _MANY)):
        yield some
