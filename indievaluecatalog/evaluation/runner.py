"""Asking a model what the store does not hold yet, so that nothing is asked twice and nothing that came is lost."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from types import FrameType
from typing import Protocol, runtime_checkable

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.request import Model, Request, Response, request_key
from indievaluecatalog.evaluation.store import RunStore

BATCH = 64
"""Requests looked up in the store at a time."""

MOST_FAILURES = 20


@runtime_checkable
class Stoppable(Protocol):
    """Answers that can be told to send nothing more, and still give what is under way."""

    def stop(self) -> None:
        """Send nothing more. Called in a signal handler."""
        ...


@dataclass(frozen=True, slots=True)
class Asked:
    """What one call of `ask` did.

    Attributes:
        asked: requests answered now.
        already: requests that the store held.
        failed: requests that failed for good; they are asked again next time.
        stopped: whether it was stopped before the end.
        sent: how often something was sent for the requests asked and failed, repeats included.
        prompt_tokens, completion_tokens, cached_tokens: of the requests answered now, as far as the server says.
    """

    asked: int = 0
    already: int = 0
    failed: int = 0
    stopped: bool = False
    sent: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0


def ask(
    model: Model,
    requests: Iterable[Request],
    store: RunStore,
    *,
    progress: Callable[[Asked], None] | None = None,
    stop: Callable[[], bool] | None = None,
    most_failures: int = MOST_FAILURES,
) -> Asked:
    """Send what the store lacks and keep each response as it comes.

    A request that fails for good is kept among the store's errors and asked again by the next call. SIGINT and
    SIGTERM stop the sending; what is under way is waited for and kept, then KeyboardInterrupt is raised; a second
    signal does not wait. A process that is killed outright has kept everything up to then but what was under way:
    that is sent again by the next call, under the same idempotency key.

    Args:
        model: what is asked.
        requests: in the order to send; taken as they are needed. Repeats are sent once.
        store: open for writing.
        progress: told how far it is after each response.
        stop: looked at after each response; when true, it stops as at a signal but returns.
        most_failures: so many requests in a row that fail for good end it.

    Raises:
        EvaluationError: the server refuses for good, or too many requests in a row failed.
        KeyboardInterrupt: after a signal.
    """
    asking = _Asking(model, requests, store, most_failures)
    with _signals(asking.end) as caught:
        asking.run(progress or (lambda asked: None), stop or (lambda: False))
    if caught:
        raise KeyboardInterrupt
    if asking.error is not None:
        raise asking.error
    return asking.so_far()


@dataclass(slots=True)
class _Asking:
    model: Model
    requests: Iterable[Request]
    store: RunStore
    most_failures: int
    seen: set[str] = field(default_factory=set)
    waiting: dict[str, Request] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    in_a_row: int = 0
    stopped: bool = False
    error: BaseException | None = None
    answers: Iterator[Response] | None = None

    def run(self, progress: Callable[[Asked], None], stop: Callable[[], bool]) -> None:
        self.answers = self.model.answer(self.pairs())
        try:
            for response in self.answers:
                self.keep(response)
                progress(self.so_far())
                if stop():
                    self.end()
        except EvaluationError as error:
            self.error = self.error or error
        except Exception:
            self.close()
            raise
        if self.waiting and not self.stopped and self.error is None:
            self.error = EvaluationError(f"the model left {len(self.waiting)} requests without a response")
        # Not in a `finally`: closing waits for what is under way, and a second signal does not.
        self.close()

    def close(self) -> None:
        close = getattr(self.answers, "close", None)
        if close is not None:
            close()

    def pairs(self) -> Iterator[tuple[str, Request]]:
        """What the store lacks. An error of the requests ends them here and is raised once the rest has come."""
        try:
            spec = self.model.spec
            left = iter(self.requests)
            while batch := list(islice(left, BATCH)):
                keyed = {request_key(request, spec): request for request in batch}
                new = {key: request for key, request in keyed.items() if key not in self.seen}
                self.seen |= new.keys()
                lacking = self.store.missing(new)
                self.count(already=len(new) - len(lacking))
                for key in lacking:
                    if self.stopped:
                        return
                    self.waiting[key] = new[key]
                    yield key, new[key]
        except Exception as error:
            self.error = error

    def keep(self, response: Response) -> None:
        request = self.waiting.pop(response.key, None)
        if request is None:
            raise EvaluationError(f"the model answered {response.key[:12]}, which was not asked")
        self.store.add(response, request)
        if response.error:
            self.count(failed=1, sent=response.tries)
            self.in_a_row += 1
            if self.in_a_row >= self.most_failures and self.error is None:
                self.end()
                self.error = EvaluationError(
                    f"{self.in_a_row} requests in a row failed, the last with: {response.error}. What was answered "
                    "is kept: run the same again once the server is well"
                )
            return
        self.in_a_row = 0
        self.count(
            asked=1,
            sent=response.tries,
            prompt_tokens=response.prompt_tokens or 0,
            completion_tokens=response.completion_tokens or 0,
            cached_tokens=response.cached_tokens or 0,
        )

    def count(self, **more: int) -> None:
        for name, number in more.items():
            self.counts[name] = self.counts.get(name, 0) + number

    def end(self) -> None:
        self.stopped = True
        if isinstance(self.answers, Stoppable):
            self.answers.stop()

    def so_far(self) -> Asked:
        return Asked(stopped=self.stopped, **self.counts)


@contextlib.contextmanager
def _signals(end: Callable[[], None]) -> Iterator[list[int]]:
    """Call `end` at the first SIGINT or SIGTERM, and raise KeyboardInterrupt at the second; signals that the process
    ignores stay ignored, and threads other than the main one get none anyway."""
    caught: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        caught.append(number)
        if len(caught) > 1:
            raise KeyboardInterrupt
        end()

    if threading.current_thread() is not threading.main_thread():
        yield caught
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    ours = [number for number, handler in before.items() if handler not in (signal.SIG_IGN, None)]
    for number in ours:
        signal.signal(number, handle)
    try:
        yield caught
    finally:
        for number in ours:
            signal.signal(number, before[number])
