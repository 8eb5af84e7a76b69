"""A run by files: requests written for any engine that takes OpenAI's batch format, its answers taken back."""

from __future__ import annotations

import glob
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.job import Job
from indievaluecatalog.evaluation.job_parts import WHOLE, note_job, part_of, whole_of
from indievaluecatalog.evaluation.request import ModelSpec, Request
from indievaluecatalog.evaluation.request_files import Received, lines_of, take_answers
from indievaluecatalog.evaluation.store import RunStore
from indievaluecatalog.whole_file import check_place

MOST_REQUESTS = 50_000
MOST_BYTES = 200_000_000
"""What OpenAI takes in one file. Others take more; a file too small does no harm."""

_MANY = 256


@dataclass(frozen=True, slots=True)
class Written:
    """What was written to be asked elsewhere.

    Attributes:
        paths: of the files.
        requests: in them.
        already: requests of the run that the store holds an answer to; they are in no file.
    """

    paths: tuple[Path, ...]
    requests: int
    already: int


def write_batch(
    job: Job,
    spec: ModelSpec,
    out: str | Path,
    store: str | Path,
    *,
    part: tuple[int, int] | None = None,
    most_requests: int = MOST_REQUESTS,
    most_bytes: int = MOST_BYTES,
) -> Written:
    """Write what a store lacks of a job, and have the store remember what was asked.

    One file goes under the name given; more are numbered, such as requests-001.jsonl. None is ever overwritten: what
    is in it may be under way.

    Args:
        job: what is asked, of all parts.
        spec: the identity of an OpenAI-compatible model.
        out: where to write, .jsonl.
        store: the file of answers, made if it is not there; `read_batch` takes answers to it.
        part: (1, 4) for the first of four parts of the persons.
        most_requests, most_bytes: of one file.

    Raises:
        EvaluationError: a model that is asked in another way, a file that is there already, a place that cannot be
            written, or nothing left to ask.
    """
    target, chosen = Path(out), part or WHOLE
    _check_free(target)
    with RunStore(store) as kept:
        note_job(job, spec, kept, chosen)
        whole, _ = whole_of(job, spec)
        (record,) = (one for one in kept.jobs() if (one.whole, one.part, one.parts) == (whole, *chosen))
        paths, count = _write(_expected(part_of(job, chosen), spec, kept), target, most_requests, most_bytes)
    if not paths:
        raise EvaluationError(
            f"{store}: holds an answer to all {len(record.keys):,} requests: nothing is left to write"
        )
    return Written(paths, count, len(record.keys) - count)


def _check_free(target: Path) -> None:
    if target.suffix != ".jsonl":
        raise EvaluationError(f"{target}: requests are written as .jsonl")
    check_place(target, EvaluationError)
    there = [
        path for path in (target, *sorted(target.parent.glob(f"{glob.escape(target.stem)}-*.jsonl"))) if path.exists()
    ]
    if there:
        raise EvaluationError(
            f"{there[0]}: is there already, and may be under way: take its answers in and delete it, or name "
            "another file"
        )


def _expected(job: Job, spec: ModelSpec, store: RunStore) -> Iterator[bytes]:
    """Lines to write; the store knows of each request before its line is."""
    lines = lines_of(job.requests(), spec, store)
    while some := list(islice(lines, _MANY)):
        store.expect((key, request) for key, request, _ in some)
        yield from (line.encode() for _, _, line in some)


def _write(lines: Iterator[bytes], target: Path, most_requests: int, most_bytes: int) -> tuple[tuple[Path, ...], int]:
    """Files, all of which appear under their names once all are whole, and how many lines they have."""
    total = 0
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.stem[:60]}.", dir=target.parent) as folder:
            beside: list[Path] = []
            left = next(lines, None)
            while left is not None:
                beside.append(Path(folder) / str(len(beside)))
                with beside[-1].open("wb") as stream:
                    count = size = 0
                    while left is not None and (
                        not count or (count < most_requests and size + len(left) <= most_bytes)
                    ):
                        stream.write(left)
                        count, size, left = count + 1, size + len(left), next(lines, None)
                total += count
            names = [target.with_name(f"{target.stem}-{at + 1:03}.jsonl") for at in range(len(beside))]
            names = [target] if len(beside) == 1 else names
            for one, name in zip(beside, names, strict=True):
                one.replace(name)
    except OSError as error:
        raise EvaluationError(f"{target}: cannot be written: {error}") from error
    return tuple(names), total


def read_batch(paths: Sequence[str | Path], store: str | Path) -> Received:
    """Take files of answers to what `write_batch` wrote; all are read before anything is stored.

    Args:
        paths: files of answers and of errors, in any order, of one or several batches.
        store: the one that the requests were written with.

    Raises:
        EvaluationError: no such store or file, two different answers to one request, or an answer other than the
            one in the store.
    """
    if not Path(store).is_file():
        raise EvaluationError(f"{store}: there is no such store; it is made when requests are written")
    with RunStore(store) as kept:
        wanted = {key for record in kept.jobs() for key in record.keys}

        def request_of(key: str) -> Request | None:
            return kept.request(key) if kept.asked([key]) else None

        return take_answers([Path(path) for path in paths], kept, request_of, sorted(wanted))
