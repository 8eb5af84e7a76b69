"""Answers and errors that servers really send: none ends a run, is paid again, hides a wait or leaves half a key."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.completions import read_answer
from indievaluecatalog.evaluation.request import Response
from indievaluecatalog.evaluation.runner import ask
from indievaluecatalog.evaluation.store import RunStore
from tests.evaluation.asked import made_request, made_requests, model_at
from tests.evaluation.scripted_server import Fault, ScriptedServer

pytest.importorskip("openai")
SECRET = "key-0123456789-abcdefghij-0123456789"


def one_answer(server: ScriptedServer, **settings: Any) -> Response:
    (response,) = model_at(server, **settings).answer([("k", made_request(0, single=True))])
    return response


def test_half_a_character_is_kept_as_it_came(server: ScriptedServer, tmp_path: Path) -> None:
    """A model cut off in the middle of an emoji; JSON can say it, UTF-8 cannot."""
    server.answer = lambda body: "B \ud83d"
    with RunStore(tmp_path / "run") as store:
        assert ask(model_at(server), made_requests(1), store).asked == 1
        (kept,) = store.responses().values()
        assert kept.text == "B \ud83d"
        assert ask(model_at(server), made_requests(1), store).already == 1


@pytest.mark.parametrize(
    "logprobs",
    [
        {"content": [{"token": "A", "logprob": 1e9, "top_logprobs": []}]},
        {"content": [{"token": "A", "logprob": None}]},
        {"content": [{"token": "A", "logprob": float("nan")}]},
        {"content": [{"token": None, "logprob": -1}]},
        {"content": "A"},
        {"tokens": ["A"], "top_logprobs": [{"A": "much"}]},
        [1],
    ],
    ids=str,
)
def test_a_list_of_tokens_that_makes_no_sense_costs_no_answer(server: ScriptedServer, logprobs: Any) -> None:
    server.extend = lambda sent, answer: answer | {"choices": [answer["choices"][0] | {"logprobs": logprobs}]}
    response = one_answer(server, logprobs=True)
    assert (response.error, response.tries) == ("", 1)
    assert response.probabilities in (None, ((1.0, 0.0),))


def test_nesting_without_end_is_an_answer_that_cannot_be_read(server: ScriptedServer) -> None:
    server.script = lambda sent, before: None if before else Fault(body=b"[" * 200_000)
    assert one_answer(server).tries == 2


@pytest.mark.parametrize("status", [500, 502, 409])
def test_an_error_that_asks_for_a_day_is_not_waited_for(server: ScriptedServer, status: int) -> None:
    server.script = lambda sent, before: Fault(status, headers={"Retry-After": "86400"})
    response = one_answer(server)
    assert (response.finish_reason, response.tries) == ("error", 1)


def test_waiting_for_our_own_limit_is_not_held_against_the_server(server: ScriptedServer) -> None:
    """The last of these waits longer for its turn than the server is given patience, and is then told to wait."""
    server.script = lambda sent, before: (
        Fault(429, headers={"Retry-After": "0.01"}) if "Question 5:" in str(sent) and not before else None
    )
    model = model_at(server, requests_per_minute=60 * 10, patience_s=0.3)
    responses = model.answer([(f"k{at}", request) for at, request in enumerate(made_requests(6))])
    assert [response.error for response in responses] == [""] * 6


@pytest.mark.parametrize("before", range(400, 520, 17))
def test_no_part_of_a_key_is_left_where_a_message_is_cut(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    server.script = lambda sent, tries: Fault(400, {"message": "x" * before + SECRET + "y" * 600})
    error = one_answer(server).error
    assert 0 < len(error) <= 500
    assert SECRET[:8] not in error


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, {"message": "flagged", "code": "invalid_prompt"}),
        (403, {"message": "flagged", "code": 403, "metadata": {"reasons": ["violence"], "flagged_input": "I ..."}}),
    ],
)
def test_a_prompt_that_a_filter_refuses_is_an_answer_and_ends_nothing(
    server: ScriptedServer, status: int, error: dict[str, Any]
) -> None:
    server.script = lambda sent, before: Fault(status, error)
    response = one_answer(server)
    assert (response.finish_reason, response.error) == ("content_filter", "")


def test_who_served_it_is_kept(server: ScriptedServer, tmp_path: Path) -> None:
    server.extend = lambda sent, answer: answer | {"model": "m-2026-01-01", "system_fingerprint": "fp_1"}
    with RunStore(tmp_path / "run") as store:
        ask(model_at(server), made_requests(2), store)
    with RunStore(tmp_path / "run", "read") as store:
        found = {(one.served, one.fingerprint) for one in store.responses().values()}
    assert found == {("m-2026-01-01", "fp_1")}
    for odd in (None, 7, "", ["m"]):
        content = {"choices": [{"text": "A"}], "model": odd, "system_fingerprint": odd}
        read = read_answer("k", content, made_request(0))
        assert (read.served, read.fingerprint, read.text) == (None, None, "A")


def test_an_older_store_is_read_and_a_damaged_answer_named(tmp_path: Path) -> None:
    path = tmp_path / "run.sqlite"
    with RunStore(path) as store:
        store.add(Response("k", "A"), made_request(0))
        (text,) = store._connection.execute("SELECT response FROM responses").fetchone()
        assert not {"served", "fingerprint"} & json.loads(text).keys()  # as the first version wrote it
        assert store.responses() == {"k": Response("k", "A")}
        later = json.dumps(json.loads(text) | {"mood": "good"})
        store._connection.execute("UPDATE responses SET response = ?", (later,))
        assert store.responses() == {"k": Response("k", "A")}
        store._connection.execute("UPDATE responses SET response = '{\"key\": 1'")
        with pytest.raises(EvaluationError, match=r"run\.sqlite: an answer kept cannot be read"):
            store.responses()
