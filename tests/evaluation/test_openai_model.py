"""The real client against a scripted server: what is sent, what is read, and what becomes of every kind of failure."""

from __future__ import annotations

import json
import logging
import math
import time
from pathlib import Path
from typing import Any

import pytest

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.completions import body, read_answer
from indievaluecatalog.evaluation.failures import wait_asked_for
from indievaluecatalog.evaluation.openai_model import PROBE, OpenAIModel
from indievaluecatalog.evaluation.rate_limit import RateLimit
from indievaluecatalog.evaluation.request import Request, Response, request_key
from indievaluecatalog.evaluation.runner import ask
from indievaluecatalog.evaluation.sending import Sender
from indievaluecatalog.evaluation.store import RunStore
from tests.evaluation.asked import made_request, made_requests, model_at
from tests.evaluation.scripted_server import Body, Fault, ScriptedServer

pytest.importorskip("openai")
SECRET = "sk-never-to-be-seen-0123456789"


def one_answer(server: ScriptedServer, request: Request | None = None, **settings: Any) -> Response:
    model = model_at(server, **settings)
    asked = request or made_request(0)
    (response,) = model.answer([(request_key(asked, model.spec), asked)])
    return response


def test_an_answer_is_read_with_its_tokens(server: ScriptedServer) -> None:
    response = one_answer(server)
    assert set(json.loads(response.text)) == {"P01", "P02"}
    assert (response.prompt_tokens, response.completion_tokens, response.cached_tokens) == (100, 10, 60)
    assert (response.finish_reason, response.error, response.tries) == ("stop", "", 1)
    assert server.headers[0]["Idempotency-Key".lower()] == response.key
    assert server.bodies[0]["messages"] == made_request(0).messages()


def test_plain_models_continue_the_prompt(server: ScriptedServer) -> None:
    assert json.loads(one_answer(server, chat=False, structured="auto").text)
    assert server.paths == ["/v1/completions"]
    assert server.bodies[0]["prompt"] == made_request(0).plain()
    assert "messages" not in server.bodies[0]
    assert server.bodies[0]["max_tokens"] > 20


def test_what_is_sent_follows_the_settings() -> None:
    spec = OpenAIModel(
        "m", structured="schema", temperature=None, seed=3, reasoning_effort="low", extra={"top_k": 1}
    ).spec
    joint, single = body(made_request(0, attempt=2), spec), body(made_request(0, single=True), spec)
    assert joint["response_format"]["json_schema"]["strict"] is True
    assert "response_format" not in single
    assert "temperature" not in joint
    assert (joint["seed"], joint["reasoning_effort"], joint["top_k"]) == (5, "low", 1)


@pytest.mark.parametrize(
    ("fault", "tries"),
    [
        (Fault(500), 2),
        (Fault(429, headers={"Retry-After": "0.05"}), 2),
        (Fault(429, headers={"retry-after-ms": "30"}), 2),
        (Fault(503, headers={"Retry-After": "0"}), 2),
        (Fault(cut=True), 2),
        (Fault(body=b"<html>gateway</html>"), 2),
        (Fault(body=b'{"choices": []}'), 2),
        (Fault(body=b'{"error": {"message": "overloaded"}}'), 2),
        (Fault(body=b"[1, 2]"), 2),
        (Fault(body=b'{"choices": [{"message": 7}]}'), 2),
        (Fault(wait_s=0.4), 2),
    ],
    ids=lambda value: str(value)[:60],
)
def test_what_may_go_better_is_tried_again(server: ScriptedServer, fault: Fault, tries: int) -> None:
    server.script = lambda sent, before: fault if not before else None
    response = one_answer(server, timeout_s=0.2)
    assert response.error == ""
    assert set(json.loads(response.text)) == {"P01", "P02"}
    assert response.tries == tries
    # Each try under the same idempotency key, by which a server knows it again.
    assert list(server.received.values()) == [tries]


def test_what_stays_broken_is_an_error_after_so_many_tries(server: ScriptedServer) -> None:
    server.script = lambda sent, before: Fault(500, {"message": "on fire"})
    response = one_answer(server, retries=3)
    assert (response.finish_reason, response.tries) == ("error", 4)
    assert "HTTP 500" in response.error
    assert "on fire" in response.error


def test_a_bad_request_is_not_repeated(server: ScriptedServer) -> None:
    server.script = lambda sent, before: Fault(400, {"message": "too long"})
    response = one_answer(server)
    assert response.tries == 1
    assert "too long" in response.error


def test_being_told_to_wait_too_long_is_an_error(server: ScriptedServer) -> None:
    server.script = lambda sent, before: Fault(429, headers={"Retry-After": "86400"})
    assert "HTTP 429" in one_answer(server).error


def test_too_many_requests_holds_back_all_and_costs_no_tries(server: ScriptedServer) -> None:
    """A server that takes two at a time and tells the others to come back."""
    server.script = lambda sent, before: (
        Fault(429, headers={"Retry-After": "0.02"}) if server.under_way > 2 else Fault(wait_s=0.01)
    )
    model = model_at(server, retries=0, concurrency=8)
    responses = list(model.answer([(f"k{at}", request) for at, request in enumerate(made_requests(24))]))
    assert [response.error for response in responses] == [""] * 24
    assert max(response.tries for response in responses) > 1
    assert [server.received[response.key] for response in responses] == [response.tries for response in responses]


@pytest.mark.parametrize(
    ("status", "error", "advice"),
    [
        (401, {"message": "bad key"}, "environment variable"),
        (402, {"message": "no money"}, "pay"),
        (403, {"message": "no"}, "may not"),
        (404, {"message": "no such model"}, "base URL"),
        (429, {"message": "empty", "code": "insufficient_quota"}, "quota"),
    ],
)
def test_what_no_request_can_pass_ends_it(server: ScriptedServer, status: int, error: Body, advice: str) -> None:
    server.script = lambda sent, before: Fault(status, error) if "Question 7" in str(sent) else None
    pairs = [(f"k{at}", request) for at, request in enumerate(made_requests(200))]
    answers = model_at(server, concurrency=4).answer(pairs)
    got: list[str] = []
    with pytest.raises(EvaluationError, match=advice):
        got.extend(response.key for response in answers)
    assert {"k0", "k1", "k2", "k3"} <= set(got)
    assert set(got) == set(server.generated)
    assert len(got) < 30


def test_refusals_are_answers(server: ScriptedServer) -> None:
    server.script = lambda sent, before: Fault(400, {"message": "no", "code": "content_filter"})
    response = one_answer(server)
    assert (response.finish_reason, response.text, response.error) == ("content_filter", "", "")
    for content, expected in (
        ({"message": {"content": None}, "finish_reason": "content_filter"}, ("", "content_filter")),
        ({"message": {"content": None, "refusal": "I won't."}, "finish_reason": "stop"}, ("I won't.", "refusal")),
        ({"message": {"content": "{", "refusal": None}, "finish_reason": "length"}, ("{", "length")),
        ({"message": {"content": [{"type": "text", "text": "A"}]}}, ("A", "stop")),
    ):
        read = read_answer("k", {"choices": [content]}, made_request(0))
        assert (read.text, read.finish_reason) == expected


@pytest.mark.parametrize(
    ("takes", "expected"),
    [(("json_schema", "json_object", None), "schema"), (("json_object", None), "object"), ((None,), "none")],
)
def test_auto_finds_what_the_server_takes(server: ScriptedServer, takes: tuple[Any, ...], expected: str) -> None:
    def script(sent: Body, before: int) -> Fault | None:
        wanted = sent.get("response_format", {}).get("type")
        return None if wanted in takes else Fault(400, {"message": f"response_format {wanted} is not supported"})

    server.script = script
    model = model_at(server, structured="auto")
    assert [spec.settings["structured"] for spec in model.possible_specs] == ["schema", "object", "none"]
    assert not server.bodies
    assert model.spec.settings["structured"] == expected
    asked = len(server.bodies)
    (response,) = model.answer([("k", made_request(0))])
    assert response.error == ""
    assert len(server.bodies) == asked + 1 <= 4
    assert server.bodies[0]["messages"] == PROBE.messages()


def test_a_server_that_takes_nothing_is_told_at_once(server: ScriptedServer) -> None:
    server.script = lambda sent, before: Fault(400, {"message": "temperature must be 1"})
    with pytest.raises(EvaluationError, match="temperature must be 1"):
        assert model_at(server, structured="auto").spec


def test_probabilities_from_the_first_token(server: ScriptedServer) -> None:
    tops = {"A": 0.3, " A": 0.2, "B": 0.25, "The": 0.2, "a": 0.05}
    listed = [{"token": token, "logprob": math.log(share)} for token, share in tops.items()]
    space = {"token": "\n", "logprob": 0.0, "top_logprobs": [{"token": "B", "logprob": -1.0}]}
    chat = {"content": [space, {"token": "A", "logprob": math.log(0.3), "top_logprobs": listed}]}
    plain = {"tokens": ["\n", "A"], "top_logprobs": [{"B": -1.0}, {t: math.log(p) for t, p in tops.items()}]}
    for logprobs, settings in ((chat, {}), (plain, {"chat": False})):
        server.extend = lambda sent, answer, found=logprobs: (  # type: ignore[misc]
            answer | {"choices": [answer["choices"][0] | {"logprobs": found}]}
        )
        response = one_answer(server, made_request(len(settings), single=True), logprobs=True, **settings)
        assert response.probabilities == (pytest.approx((0.5 / 0.75, 0.25 / 0.75)),)
        assert server.bodies[-1]["logprobs"] in (True, 20)
    assert read_answer("k", {"choices": [{"text": "A", "logprobs": None}]}, made_request(0)).probabilities is None
    odd = {"tokens": ["x"], "top_logprobs": [{"x": 0.0}]}
    only = made_request(0, single=True)
    assert read_answer("k", {"choices": [{"text": "A", "logprobs": odd}]}, only).probabilities is None


def test_answers_come_as_they_are_ready(server: ScriptedServer) -> None:
    server.script = lambda sent, before: Fault(wait_s=0.2 if "Question 0:" in str(sent) else 0)
    pairs = [(f"k{at}", request) for at, request in enumerate(made_requests(12))]
    keys = [response.key for response in model_at(server, concurrency=4).answer(pairs)]
    assert keys[-1] == "k0"
    assert sorted(keys) == sorted(key for key, _ in pairs)
    assert server.most <= 4


def test_no_more_than_so_many_a_minute(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    async def noted(sender: Sender, seconds: float) -> None:
        waits.append(seconds)

    monkeypatch.setattr(Sender, "_sleep", noted)
    model = model_at(server, requests_per_minute=1 / 60)
    list(model.answer([(f"k{at}", request) for at, request in enumerate(made_requests(4))]))
    assert waits == pytest.approx([0, 3_600, 7_200, 10_800], abs=600)


def test_the_limit_by_tokens_makes_up_for_wrong_guesses() -> None:
    limit = RateLimit(tokens_per_minute=6_000)
    assert limit.book(0, 100) == 0
    assert limit.book(0, 100) == 1
    limit.settle(100, 300)
    assert limit.book(0, 100) == 4
    limit.pause(60)
    assert (limit.book(10, 100), limit.paused(10), limit.paused(70)) == (60, 50, 0)


def test_the_wait_a_server_asks_for() -> None:
    assert wait_asked_for({"retry-after": "2.5"}, 0) == 2.5
    assert wait_asked_for({"retry-after-ms": "250", "retry-after": "9"}, 0) == 0.25
    assert wait_asked_for({"retry-after": "Thu, 01 Jan 1970 00:02:00 GMT"}, 90) == 30
    for nothing in ({}, {"retry-after": "soon"}, {"retry-after": "nan"}, {"retry-after": "-3"}):
        assert wait_asked_for(nothing, 0) is None


def test_a_stop_ends_the_waiting_and_keeps_what_is_under_way(server: ScriptedServer) -> None:
    server.script = lambda sent, before: Fault(wait_s=0.2)
    answers = model_at(server, concurrency=2, requests_per_minute=1).answer(
        [(f"k{at}", request) for at, request in enumerate(made_requests(50))]
    )
    time.sleep(0.1)
    assert not server.bodies  # nothing is sent before the first answer is wanted
    iterator = iter(answers)
    got = [next(iterator).key]
    answers.stop()
    got += [response.key for response in iterator]
    assert got == ["k0"] == list(server.generated)


def test_closing_leaves_no_thread(server: ScriptedServer) -> None:
    import threading

    before = set(threading.enumerate())
    answers = model_at(server).answer([(f"k{at}", request) for at, request in enumerate(made_requests(50))])
    next(answers)
    assert "asking" in {thread.name for thread in set(threading.enumerate()) - before}
    answers.close()
    answers.close()
    assert "asking" not in {thread.name for thread in set(threading.enumerate()) - before}


def test_the_key_is_sent_and_nowhere_else(
    server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("MY_KEY", f"{SECRET}\n")
    caplog.set_level(logging.DEBUG)
    model = model_at(server, api_key_env="MY_KEY", retries=1, structured="auto")
    server.script = lambda sent, before: (
        Fault(500, {"message": f"who is {SECRET}?"}) if "Question 1:" in str(sent) else None
    )
    seen = [repr(model), repr(model.spec), repr(vars(model))]
    with RunStore(tmp_path / "run.sqlite") as store:
        ask(model, made_requests(4), store)
        errors = store.errors()
        assert "who is [key]?" in errors[0].error
    server.script = lambda sent, before: Fault(401, {"message": f"Incorrect API key provided: {SECRET}"})
    with RunStore(tmp_path / "run.sqlite") as store, pytest.raises(EvaluationError) as raised:
        ask(model, made_requests(9), store)
    error: BaseException | None = raised.value
    while error is not None:
        seen.append(repr(error) + str(error))
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    assert {sent["authorization"] for sent in server.headers} == {f"Bearer {SECRET}"}
    assert len(caplog.records) > 10
    assert SECRET not in caplog.text + "".join(seen)
    for path in tmp_path.iterdir():
        assert SECRET.encode() not in path.read_bytes()


def test_where_there_is_no_key(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert one_answer(server).error == ""  # on this machine none is needed
    with pytest.raises(EvaluationError, match="environment variable OPENAI_API_KEY"):
        OpenAIModel("m", base_url="https://models.example/v1", structured="none").answer([])
    monkeypatch.setenv("OPENAI_API_KEY", "ключ")
    with pytest.raises(EvaluationError, match="is no key") as raised:
        model_at(server).answer([])
    assert "ключ" not in str(raised.value)


def test_a_server_that_repeats_the_key_does_not_get_it_into_the_store(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    server.answer = lambda body: f"A, as {SECRET} wished"
    assert one_answer(server).text == "A, as [key] wished"


@pytest.mark.parametrize("word", ["x", "none", "openai", "tokens"])
def test_a_word_in_place_of_a_key_is_no_secret(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    """Servers that want no key are given any word, which names of settings and answers may well hold."""
    monkeypatch.setenv("OPENAI_API_KEY", word)
    server.answer = lambda body: f"none of the tokens of openai: {word}"
    assert one_answer(server, max_tokens=9).text == f"none of the tokens of openai: {word}"


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"base_url": "https://user:pass@models.example/v1"}, "more than an address"),
        ({"base_url": "https://models.example/v1?key=1"}, "more than an address"),
        ({"base_url": "https://user:pass@models.example/v1", "server": "lab"}, "more than an address"),
        ({"server": "https://user:pass@models.example/v1"}, "more than an address"),
        ({"extra": {"hook": "https://user:pass@models.example"}}, "looks like a secret"),
        ({"base_url": "models.example"}, "no http"),
        ({"structured": "yaml"}, "structured"),
        ({"structured": "schema", "chat": False}, "plain completions"),
        ({"temperature": -1}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"concurrency": 0}, "concurrency"),
        ({"requests_per_minute": 0}, "requests_per_minute"),
        ({"extra": {"stream": True}}, "stream"),
        ({"extra": {"password": SECRET}}, "must not be"),
        ({"temprature": 1}, "temprature"),
    ],
)
def test_settings_that_cannot_be(settings: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    with pytest.raises(EvaluationError, match=message) as raised:
        OpenAIModel("m", **settings)
    assert SECRET not in str(raised.value)
    assert "pass@" not in str(raised.value)
