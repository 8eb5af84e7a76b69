"""A real HTTP server on loopback that speaks the OpenAI format, answers by a function and fails by a script.

It honours idempotency keys: a request whose key it answered before gets the same answer again and is not counted as
generated a second time. Whatever it saw is kept, for tests to look at.

"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """What happens in place of, or before, an answer.

    Attributes:
        status: of an error answered; 200 goes on to what follows.
        error: the error's fields.
        headers: sent with the error.
        wait_s: before anything is sent.
        cut: whether the connection is closed in the middle of the answer.
        body: sent in place of the answer, as it is.
    """

    status: int = 200
    error: Mapping[str, Any] = field(default_factory=lambda: {"message": "scripted"})
    headers: Mapping[str, str] = field(default_factory=dict)
    wait_s: float = 0
    cut: bool = False
    body: bytes | None = None


def letters_of(body: Body) -> str:
    """The answer to a joint question about P01 to Pnn, or to a single one: a letter by a hash of the prompt."""
    text = json.dumps(body.get("messages", body.get("prompt")))
    digest = hashlib.sha256(text.encode()).digest()
    ids = [part[:3] for part in text.split("[")[1:] if part.startswith("P")]
    return json.dumps({one: "AB"[digest[at] % 2] for at, one in enumerate(ids)})


def by_schema(body: Body) -> str:
    """A letter for each probe of the schema that was sent, by a hash of the prompt; prose where there is none."""
    asked = body.get("response_format", {}).get("json_schema", {}).get("schema", {}).get("properties")
    if not asked:
        return "Gladly."
    digest = hashlib.sha256(json.dumps(body["messages"]).encode()).digest()
    letters = {name: kind["enum"][digest[at % 32] % len(kind["enum"])] for at, (name, kind) in enumerate(asked.items())}
    return json.dumps(letters)


@dataclass
class ScriptedServer:
    """The server. A context manager: it listens while it is entered.

    Attributes:
        answer: from a request's body to the answer's text.
        script: from a request's body and how often its key was received before, to what goes wrong, if anything.
        extend: changes the answer's body before it is sent.
        generated: how often an answer was made for each idempotency key; repeats of a key answered are not counted.
        received: how often each key was received.
        bodies, headers: of every request, in order; paths too.
        most: most requests that were under way at a time.
    """

    answer: Callable[[Body], str] = letters_of
    script: Callable[[Body, int], Fault | None] = lambda body, before: None
    extend: Callable[[Body, Body], Body] = lambda body, answer: answer
    generated: Counter[str] = field(default_factory=Counter)
    received: Counter[str] = field(default_factory=Counter)
    bodies: list[Body] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    under_way: int = 0
    most: int = 0

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, bytes] = {}
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                scripted._handle(self)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that was killed is part of the script."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def __enter__(self) -> ScriptedServer:
        self._thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        key = handler.headers.get("Idempotency-Key", "")
        with self._lock:
            before = self.received[key]
            self.received[key] += 1
            self.bodies.append(body)
            self.headers.append(dict(handler.headers))
            self.paths.append(handler.path)
            self.under_way += 1
            self.most = max(self.most, self.under_way)
        try:
            self._answer(handler, body, key, self.script(body, before) or Fault())
        finally:
            with self._lock:
                self.under_way -= 1

    def _answer(self, handler: BaseHTTPRequestHandler, body: Body, key: str, fault: Fault) -> None:
        if fault.status != 200:
            time.sleep(fault.wait_s)
            _send(handler, fault.status, json.dumps({"error": dict(fault.error)}).encode(), fault.headers)
            return
        if fault.body is not None:
            _send(handler, 200, fault.body)
            return
        with self._lock:
            if key not in self._kept:
                self.generated[key] += 1
                self._kept[key] = json.dumps(self._completion(body, handler.path)).encode()
            content = self._kept[key]
        time.sleep(fault.wait_s)
        if fault.cut:
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content[: len(content) // 2])
            handler.close_connection = True
            return
        _send(handler, 200, content)

    def _completion(self, body: Body, path: str) -> Body:
        text = self.answer(body)
        said: Body = {"message": {"role": "assistant", "content": text}} if "chat" in path else {"text": text}
        usage = {"prompt_tokens": 100, "completion_tokens": 10, "prompt_tokens_details": {"cached_tokens": 60}}
        choice = {"index": 0, "finish_reason": "stop", **said}
        return self.extend(body, {"id": "x", "model": body["model"], "choices": [choice], "usage": usage})


def _send(
    handler: BaseHTTPRequestHandler, status: int, content: bytes, headers: Mapping[str, str] | None = None
) -> None:
    head = f"HTTP/1.1 {status} scripted\r\nContent-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
    handler.wfile.write(head.encode() + b"\r\n" + content)
