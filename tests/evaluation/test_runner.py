"""A run asks what is not answered yet, once, and goes on where it was cut off, whatever cut it off."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import types
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.cost import Prices, dry_run
from indievaluecatalog.evaluation.request import ModelSpec, Request, Response, request_key
from indievaluecatalog.evaluation.runner import Asked, ask
from indievaluecatalog.evaluation.store import RunStore
from indievaluecatalog.keyed_hash import keyed_hash
from tests.evaluation.asked import made_requests
from tests.evaluation.scripted_server import Body, Fault, ScriptedServer


@dataclass
class Scripted:
    """A model without a server: answers at once, but fails where it is told to."""

    failing: Iterable[int] = ()
    asked: list[str] = field(default_factory=list)
    spec: ModelSpec = field(default_factory=lambda: ModelSpec("m", "test"))

    def answer(self, requests: Iterable[tuple[str, Request]]) -> Iterator[Response]:
        for number, (key, request) in enumerate(requests):
            self.asked.append(key)
            if number in self.failing:
                yield Response(key, finish_reason="error", error="HTTP 500: on fire", tries=6)
            else:
                yield Response(key, text=request.question, prompt_tokens=10, completion_tokens=2)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[RunStore]:
    with RunStore(tmp_path / "run.sqlite") as opened:
        yield opened


def test_only_what_the_store_lacks_is_asked(store: RunStore) -> None:
    model, requests = Scripted(), made_requests(200)
    first = ask(model, [*requests[:90], *requests[:10]], store)
    assert first == Asked(asked=90, sent=90, prompt_tokens=900, completion_tokens=180)
    assert ask(model, requests, store) == Asked(
        asked=110, already=90, sent=110, prompt_tokens=1100, completion_tokens=220
    )
    assert model.asked == [request_key(request, model.spec) for request in requests]
    assert {store.request(key).question: said.text for key, said in store.responses().items()} == {
        request.question: request.question for request in requests
    }


def test_another_model_or_setting_is_asked_anew(store: RunStore) -> None:
    ask(Scripted(), made_requests(5), store)
    warm = ModelSpec("m", "test", {"temperature": 1})
    assert ask(Scripted(spec=warm), made_requests(5), store).asked == 5
    assert ask(Scripted(), [replace(request, attempt=1) for request in made_requests(5)], store).asked == 5


def test_what_failed_is_asked_again_next_time(store: RunStore) -> None:
    done = ask(Scripted(failing=(3, 4)), made_requests(10), store)
    assert (done.asked, done.failed, done.sent) == (8, 2, 8 + 12)
    assert len(store.errors()) == 2
    assert ask(Scripted(), made_requests(10), store) == Asked(
        asked=2, already=8, sent=2, prompt_tokens=20, completion_tokens=4
    )


def test_too_many_failures_in_a_row_end_it(store: RunStore) -> None:
    model = Scripted(failing=range(7, 1_000))
    with pytest.raises(EvaluationError, match=r"20 requests in a row failed, the last with: HTTP 500: on fire.*again"):
        ask(model, made_requests(1_000), store)
    assert len(model.asked) == 27
    assert len(store.responses()) == 7
    spread = Scripted(failing=range(0, 93, 2))
    assert ask(spread, made_requests(100), store).failed == 47


def test_progress_is_told_and_a_stop_is_heeded(store: RunStore) -> None:
    told: list[Asked] = []
    done = ask(Scripted(), made_requests(50), store, progress=told.append, stop=lambda: len(told) == 7)
    assert [asked.asked for asked in told] == list(range(1, 8))
    assert (done.asked, done.stopped) == (7, True)


def test_an_error_while_requests_are_made_loses_no_answer(store: RunStore) -> None:
    def requests() -> Iterator[Request]:
        yield from made_requests(70)
        raise RuntimeError("no more persons")

    with pytest.raises(RuntimeError, match="no more persons"):
        ask(Scripted(), requests(), store)
    assert len(store.responses()) == 64


def test_a_model_that_answers_something_else_is_found_out(store: RunStore) -> None:
    class Odd(Scripted):
        def answer(self, requests: Iterable[tuple[str, Request]]) -> Iterator[Response]:
            yield from (replace(response, key="other") for response in super().answer(requests))

    class Lazy(Scripted):
        def answer(self, requests: Iterable[tuple[str, Request]]) -> Iterator[Response]:
            list(requests)
            yield from ()

    with pytest.raises(EvaluationError, match="which was not asked"):
        ask(Odd(), made_requests(3), store)
    with pytest.raises(EvaluationError, match="left 3 requests without a response"):
        ask(Lazy(), made_requests(3), store)
    assert store.responses() == {}


def test_a_dry_run_counts_and_asks_nothing(store: RunStore) -> None:
    model, requests = Scripted(), made_requests(9)
    ask(model, requests[:4], store)
    del model.asked[:]
    plan = dry_run([*requests, *requests[:2]], model, store, Prices(prompt=2e6, completion=3e6, cached=0))
    left = requests[4:]
    characters = sum(len(one.system) + len(one.context) + len(one.question) for one in left)
    assert (plan.requests, plan.already, plan.to_send, plan.probes) == (9, 4, 5, 10)
    assert plan.characters == characters
    assert plan.prompt_tokens == round(characters / 4)
    assert "4 characters a token" in plan.tokens_by
    assert plan.completion_tokens == 10 * 7
    assert plan.cost is not None
    assert plan.cost == pytest.approx(2 * plan.prompt_tokens + 3 * 70)
    assert plan.cost_cached == pytest.approx(plan.cost - 2 * plan.cached_tokens)
    assert plan.cached_tokens > 0
    assert model.asked == []
    assert dry_run(requests, model).cost is None


def test_a_dry_run_asks_no_server_what_it_can_do(store: RunStore) -> None:
    pytest.importorskip("openai")
    from indievaluecatalog.evaluation.openai_model import OpenAIModel

    with ScriptedServer() as server:
        assert dry_run(made_requests(5), OpenAIModel("m", base_url=server.url), store).already == 0
        assert not server.bodies
        ask(OpenAIModel("m", base_url=server.url), made_requests(4), store)
        assert dry_run(made_requests(5), OpenAIModel("m", base_url=server.url), store).already == 4
        assert len(server.bodies) == 5


def test_tokens_are_measured_where_tiktoken_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    class Words:
        name = "words"

        def encode(self, text: str, disallowed_special: object) -> list[str]:
            return text.split()

    monkeypatch.setitem(
        sys.modules,
        "tiktoken",
        types.SimpleNamespace(encoding_for_model=lambda name: Words()),
    )
    requests = made_requests(5)
    plan = dry_run(requests, Scripted())
    assert plan.prompt_tokens == pytest.approx(sum(len(one.plain().split()) for one in requests), abs=2)
    assert plan.tokens_by == "estimate: tiktoken words on 5 prompts"


PROGRAM = """
import sys
sys.path.insert(0, sys.argv[3])
from indievaluecatalog.evaluation.openai_model import OpenAIModel
from indievaluecatalog.evaluation.runner import ask
from indievaluecatalog.evaluation.store import RunStore
from tests.evaluation.asked import made_requests
model = OpenAIModel("m", base_url=sys.argv[1], server="scripted", concurrency=4, back_off_s=0.01)
with RunStore(sys.argv[2]) as store:
    try:
        print(ask(model, made_requests(int(sys.argv[4])), store).asked)
    except KeyboardInterrupt:
        print("interrupted", len(store.responses()))
"""
COUNT = 120


def started(server: ScriptedServer, path: Path) -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", PROGRAM, server.url, str(path), root, str(COUNT)]
    environment = {**os.environ, "OPENAI_API_KEY": ""}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def in_process(server: ScriptedServer, path: Path) -> Asked:
    """What the program does, here."""
    from indievaluecatalog.evaluation.openai_model import OpenAIModel

    model = OpenAIModel("m", base_url=server.url, server="scripted", concurrency=4, back_off_s=0.01)
    with RunStore(path) as store:
        return ask(model, made_requests(COUNT), store)


def wait_until_received(server: ScriptedServer, number: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 30
    while len(server.bodies) < number:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.001)


def troubled(body: Body, before: int) -> Fault | None:
    """Now and then what servers do, by a hash of the request; each only at a request's first try."""
    (number,) = keyed_hash(0, "trouble", [str(body["messages"])])
    faults = {0: Fault(500), 1: Fault(cut=True), 2: Fault(429, headers={"Retry-After": "0.01"}), 3: Fault(body=b"{")}
    return (None if before else faults.get(int(number) % 40)) or Fault(wait_s=int(number) % 7 / 500)


def test_a_run_killed_three_times_ends_like_one_that_was_not(tmp_path: Path) -> None:
    """Requests under way at a kill are sent again, under the same idempotency key; all others are sent once."""
    pytest.importorskip("openai")
    with ScriptedServer(script=troubled) as server:
        assert in_process(server, tmp_path / "whole").asked == COUNT
        answered = set(server.generated)
    with ScriptedServer(script=troubled) as server:
        for number in keyed_hash(0, "kills", "abc"):
            process = started(server, tmp_path / "killed")
            wait_until_received(server, len(server.bodies) + 5 + int(number) % 30, process)
            process.kill()
            process.communicate()
        last = started(server, tmp_path / "killed")
        assert int(last.communicate(timeout=30)[0]) > 0
        assert set(server.generated) == answered
        assert set(server.generated.values()) == {1}
        # The small question at the start of each run is asked four times; a first try may fail on purpose.
        first_failed = sum(
            troubled(body, 0) != troubled(body, 1) for body in {str(b): b for b in server.bodies}.values()
        )
        assert len(server.bodies) <= COUNT + 4 + first_failed + 3 * 2 * 4
    with RunStore(tmp_path / "whole") as one, RunStore(tmp_path / "killed") as other:
        assert len(one.responses()) == COUNT
        texts = [{key: (said.text, said.finish_reason) for key, said in s.responses().items()} for s in (one, other)]
        assert texts[0] == texts[1]
        assert all(one.request(key) == other.request(key) for key in texts[0])


def test_an_interrupted_run_sends_nothing_twice(tmp_path: Path) -> None:
    pytest.importorskip("openai")
    with ScriptedServer(script=lambda body, before: Fault(wait_s=0.01)) as server:
        process = started(server, tmp_path / "run")
        wait_until_received(server, 40, process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        sent = len(server.bodies)
        assert (out, err) == (f"interrupted {sent - 1}\n", "")
        assert 40 <= sent < COUNT
        assert in_process(server, tmp_path / "run").asked == COUNT - sent + 1
        (probe,) = [key for key, times in server.received.items() if times == 2]  # asked by each run at its start
        assert set((server.received - Counter({probe: 1})).values()) == {1}
        assert len(server.received) == COUNT + 1


def test_a_request_to_terminate_is_an_interruption_too(tmp_path: Path) -> None:
    pytest.importorskip("openai")
    asked: list[object] = []

    def script(body: object, before: int) -> Fault:
        asked.append(body)
        if len(asked) == 12:
            os.kill(os.getpid(), signal.SIGTERM)
        return Fault(wait_s=0.05)

    with ScriptedServer(script=script) as server:
        with pytest.raises(KeyboardInterrupt):
            in_process(server, tmp_path / "run")
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
        with RunStore(tmp_path / "run") as store:
            assert 0 < len(store.responses()) == len(server.bodies) - 1 < COUNT


def test_a_second_signal_does_not_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openai")
    from indievaluecatalog.evaluation.openai_model import OpenAIModel

    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with ScriptedServer(script=lambda body, before: Fault(wait_s=3)) as server, RunStore(tmp_path / "run") as store:
        model = OpenAIModel("m", base_url=server.url, structured="none")
        timers = [threading.Timer(after, os.kill, (os.getpid(), signal.SIGINT)) for after in (0.3, 0.6)]
        for timer in timers:
            timer.start()
        with pytest.raises(KeyboardInterrupt):
            ask(model, made_requests(50), store)
        assert server.bodies
        assert not store.responses()  # it did not wait for what was under way
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interruption_before_the_server_is_known_waits_for_nothing(tmp_path: Path) -> None:
    """The first small question holds nothing worth waiting for."""
    pytest.importorskip("openai")
    answering = threading.Event()

    def script(body: Body, before: int) -> Fault | None:
        answering.wait(30)
        return None

    with ScriptedServer(script=script) as server:
        program = PROGRAM.replace("    try:\n", "    try:\n        model.spec\n")
        root = str(Path(__file__).parents[2])
        process = subprocess.Popen(
            [sys.executable, "-c", program, server.url, str(tmp_path / "run"), root, "5"],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "OPENAI_API_KEY": ""},
        )
        try:
            wait_until_received(server, 1, process)
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=25)
            assert out == "interrupted 0\n"
            assert server.under_way == 1  # it ended though no answer had come
        finally:
            process.kill()
            answering.set()
