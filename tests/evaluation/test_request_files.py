"""Requests out and answers in as files."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.openai_model import OpenAIModel
from indievaluecatalog.evaluation.request import ModelSpec, Request, Response, request_key
from indievaluecatalog.evaluation.request_files import Received, lines_of, take_answers
from indievaluecatalog.evaluation.store import RunStore
from tests.evaluation.asked import made_requests

SPEC = OpenAIModel("m", structured="schema", max_tokens=300).spec
REQUESTS = made_requests(6)
KEYS = [request_key(request, SPEC) for request in REQUESTS]


def write_requests(requests: Iterable[Request], path: Path, store: RunStore | None = None) -> int:
    lines = [line for _, _, line in lines_of(requests, SPEC, store)]
    path.write_text("".join(lines), "utf-8")
    return len(lines)


def read_responses(path: Path, store: RunStore) -> Received:
    known = dict(zip(KEYS, REQUESTS, strict=True))
    return take_answers([path], store, known.get, known)


def line(key: str, text: str = "{}", **more: Any) -> str:
    body = {"choices": [{"message": {"content": text}, "finish_reason": "stop"}], "usage": {"prompt_tokens": 9}}
    return json.dumps({"custom_id": key, "response": {"status_code": 200, "body": body}, "error": None} | more)


def answers(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_line_holds_all_that_is_sent(tmp_path: Path) -> None:
    assert write_requests([*REQUESTS, REQUESTS[0]], tmp_path / "out.jsonl") == 6
    lines = [json.loads(text) for text in (tmp_path / "out.jsonl").read_text("utf-8").splitlines()]
    assert [one["custom_id"] for one in lines] == KEYS
    assert lines[2]["method"] == "POST"
    assert lines[2]["url"] == "/v1/chat/completions"
    body = lines[2]["body"]
    assert body["model"] == "m"
    assert body["messages"] == REQUESTS[2].messages()
    assert body["max_tokens"] == 300
    assert body["response_format"]["json_schema"]["schema"] == REQUESTS[2].schema()


def test_only_what_is_not_answered_is_written(tmp_path: Path) -> None:
    with RunStore(tmp_path / "run") as store:
        store.add(Response(KEYS[1]), REQUESTS[1])
        store.add(Response(KEYS[2], error="HTTP 500"), REQUESTS[2])
        assert write_requests(REQUESTS, tmp_path / "out.jsonl", store) == 5
    assert KEYS[1] not in (tmp_path / "out.jsonl").read_text("utf-8")


def test_answers_in_any_order_go_to_their_requests(tmp_path: Path) -> None:
    file = answers(tmp_path / "in", *(line(key, f"about {at}") for at, key in reversed(list(enumerate(KEYS)))))
    with RunStore(tmp_path / "run") as store:
        received = read_responses(file, store)
        assert (received.stored, received.already, received.missing, received.failed) == (6, 0, (), ())
        assert [store.responses()[key].text for key in KEYS] == [f"about {at}" for at in range(6)]
        assert [store.request(key) for key in KEYS] == REQUESTS
        again = read_responses(file, store)
        assert (again.stored, again.already) == (0, 6)


def test_all_that_is_odd_is_told(tmp_path: Path) -> None:
    refused = {"status_code": 400, "body": {"error": {"code": "content_filter", "message": "no"}}}
    file = answers(
        tmp_path / "in",
        line(KEYS[0], "A"),
        line("someone else's", "B"),
        line(KEYS[0], "A"),
        '{"custom_id": "cut o',
        "[]",
        line(KEYS[1], response={"status_code": 500, "body": {"error": {"message": "broken"}}}),
        line(KEYS[2], response=None, error={"code": "batch_expired"}),
        line(KEYS[3], response={"status_code": 200, "body": {"choices": []}}),
        line(KEYS[4], response=refused),
        line(KEYS[1], "late but there"),
    )
    with RunStore(tmp_path / "run") as store:
        received = read_responses(file, store)
        assert received.stored == 3
        assert received.unknown == ("someone else's",)
        assert received.doubled == (KEYS[0], KEYS[1])
        assert received.unreadable == (4, 5)
        assert received.failed == (KEYS[2], KEYS[3])
        assert received.missing == (KEYS[2], KEYS[3], KEYS[5])
        assert "batch_expired" in store.errors()[0].error
        found = store.responses()
        assert found[KEYS[1]].text == "late but there"
        assert found[KEYS[4]].finish_reason == "content_filter"


def test_different_answers_to_one_request_are_refused(tmp_path: Path) -> None:
    with RunStore(tmp_path / "run") as store:
        file = answers(tmp_path / "in", line(KEYS[0], "A"), line(KEYS[1], "A"), line(KEYS[0], "B"))
        with pytest.raises(EvaluationError, match="two different answers"):
            read_responses(file, store)
        assert store.responses() == {}
        read_responses(answers(tmp_path / "in", line(KEYS[0], "A")), store)
        with pytest.raises(EvaluationError, match="than the one in the store"):
            read_responses(answers(tmp_path / "in", line(KEYS[0], "B")), store)


def test_only_models_that_are_asked_so(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="transformers"):
        list(lines_of(REQUESTS, ModelSpec("m", "transformers")))
    with RunStore(tmp_path / "run") as store, pytest.raises(EvaluationError, match="cannot be read"):
        read_responses(tmp_path / "none", store)
