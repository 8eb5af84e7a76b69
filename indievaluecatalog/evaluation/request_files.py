"""Requests out and answers in as files, in OpenAI's batch format, for any engine that does the asking.

A line of requests: {"custom_id": key, "method": "POST", "url": "/v1/chat/completions", "body": {...}}. A line of
answers: {"custom_id": key, "response": {"status_code": 200, "body": {...}}, "error": null}.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.completions import UnusableAnswerError, body, endpoint, read_answer, refused_by_filter
from indievaluecatalog.evaluation.request import ModelSpec, Request, Response, request_key
from indievaluecatalog.evaluation.store import RunStore
from indievaluecatalog.evaluation.stored_response import said


@dataclass(frozen=True, slots=True)
class Received:
    """What a file of answers held; ids in the order of the file, or of the requests.

    Attributes:
        stored: answers that are in the store now and were not before.
        already: answers that were there.
        failed: ids whose answer is an error; kept among the store's errors.
        unknown: ids that were not asked.
        doubled: ids that the file answers more than once, each time alike.
        missing: ids of requests without an answer, in the file or in the store.
        unreadable: numbers of lines, from 1, that are no JSON or name no id.
    """

    stored: int
    already: int
    failed: tuple[str, ...]
    unknown: tuple[str, ...]
    doubled: tuple[str, ...]
    missing: tuple[str, ...]
    unreadable: tuple[int, ...]


def lines_of(
    requests: Iterable[Request], spec: ModelSpec, store: RunStore | None = None
) -> Iterator[tuple[str, Request, str]]:
    """Key, request and line of each request that the store does not hold, each once.

    Raises:
        EvaluationError: a model that is asked in another way.
    """
    if spec.kind != "openai":
        raise EvaluationError(f"requests to a model of kind {spec.kind!r} have no form as a file")
    written: set[str] = set()
    url = f"/v1{endpoint(spec)}"
    for request in requests:
        key = request_key(request, spec)
        if key in written or (store and not store.missing([key])):
            continue
        written.add(key)
        line = {"custom_id": key, "method": "POST", "url": url, "body": body(request, spec)}
        yield key, request, json.dumps(line, ensure_ascii=False) + "\n"


def take_answers(
    paths: Sequence[Path], store: RunStore, request_of: Callable[[str], Request | None], wanted: Iterable[str]
) -> Received:
    """Take the answers of files into the store; all are read whole before anything is stored.

    Args:
        paths: of .jsonl files, which may hold answers to the same requests.
        store: open for writing.
        request_of: from an id to the request that was asked under it; None for one that was not.
        wanted: ids of all requests that were asked.

    Raises:
        EvaluationError: no such file, two different answers to one request, or an answer other than the one in the
            store.
    """
    found = _Found()
    for path in paths:
        _read(path, request_of, found)
    there = store.responses(found.responses)
    for key, old in there.items():
        if not found.responses[key].error and said(found.responses[key]) != said(old):
            raise EvaluationError(
                f"{found.places[key]}: another answer to {key[:12]} than the one in the store; nothing was taken"
            )
    new = {key: response for key, response in found.responses.items() if key not in there}
    # Looked up again rather than held: the prompts of all answers may be more than the memory.
    store.add_all((response, request) for key, response in new.items() if (request := request_of(key)) is not None)
    failed = tuple(key for key, response in new.items() if response.error)
    return Received(
        stored=len(new) - len(failed),
        already=len(there),
        failed=failed,
        unknown=tuple(dict.fromkeys(found.unknown)),
        doubled=tuple(dict.fromkeys(found.doubled)),
        missing=tuple(store.missing(wanted)),
        unreadable=tuple(found.unreadable),
    )


@dataclass(slots=True)
class _Found:
    responses: dict[str, Response] = field(default_factory=dict)
    places: dict[str, Path] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    unreadable: list[int] = field(default_factory=list)


def _read(path: Path, request_of: Callable[[str], Request | None], found: _Found) -> None:
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                if not line.strip():
                    continue
                try:
                    content = json.loads(line.removeprefix(codecs.BOM_UTF8))
                    key = content["custom_id"]
                except (ValueError, KeyError, TypeError, RecursionError):
                    found.unreadable.append(number)
                    continue
                request = request_of(key) if isinstance(key, str) else None
                if request is None:
                    found.unknown.append(str(key))
                else:
                    _take(found, _response(key, content, request), path)
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be read: {error}") from error


def _take(found: _Found, response: Response, path: Path) -> None:
    key = response.key
    before = found.responses.get(key)
    if before is not None:
        found.doubled.append(key)
        if not before.error and not response.error and said(before) != said(response):
            where = path if path == found.places[key] else f"{found.places[key]} and {path}"
            raise EvaluationError(f"{where}: two different answers to {key[:12]}; nothing was taken")
        if response.error:
            return
    found.responses[key], found.places[key] = response, path


def _response(key: str, content: dict[str, Any], request: Request) -> Response:
    """The answer in a line; anything but a success that can be read is an error."""
    answer = content.get("response") or {}
    try:
        # Some engines put the completion itself where others put status and body.
        status, inside = answer.get("status_code", 200), answer.get("body", answer if "choices" in answer else None)
        if refused_by_filter(inside):
            return Response(key, finish_reason="content_filter")
        if content.get("error") or status != 200:
            error = content.get("error") or inside
            return Response(key, finish_reason="error", error=f"HTTP {status}: {json.dumps(error)[:500]}")
        return read_answer(key, inside, request)
    except (AttributeError, UnusableAnswerError) as error:
        return Response(key, finish_reason="error", error=str(error)[:500])
