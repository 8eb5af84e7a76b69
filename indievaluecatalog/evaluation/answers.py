"""Answers as they come: an event loop in a thread of its own, behind a plain iterator."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Self

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.request import Request, Response
from indievaluecatalog.evaluation.sending import NotSentError, Sender


class Answers(Iterator[Response]):
    """Sends requests and gives their responses in the order they come.

    Requests are taken in the caller's thread, as many as may be under way. At most as many answers again wait here
    to be taken, so that a process that is killed loses little.

    Args:
        sender: makes the sender, within the loop.
        requests: (key, request) pairs.
        concurrency: requests under way at a time.
    """

    def __init__(self, sender: Callable[[], Sender], requests: Iterable[tuple[str, Request]], concurrency: int) -> None:
        self._requests = iter(requests)
        self._concurrency = concurrency
        self._done: queue.SimpleQueue[Future[Response]] = queue.SimpleQueue()
        self._open = 0
        self._stopped = self._closed = False
        self._fatal: EvaluationError | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="asking", daemon=True)
        self._thread.start()

        async def make() -> Sender:
            return sender()

        try:
            self._sender = asyncio.run_coroutine_threadsafe(make(), self._loop).result()
        except BaseException:
            self._end_loop()
            raise

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Response:
        """The next response.

        Raises:
            EvaluationError: no request to this server can go well; once all responses that came have been given.
        """
        while True:
            self._send_more()
            if not self._open:
                self.close()
                if self._fatal:
                    error, self._fatal = self._fatal, None
                    raise error
                raise StopIteration
            future = self._done.get()
            self._open -= 1
            try:
                return future.result()
            except NotSentError:
                continue
            except EvaluationError as error:
                self._fatal = self._fatal or error
                self.stop()

    def _send_more(self) -> None:
        while (
            not self._stopped
            and self._open - self._done.qsize() < self._concurrency
            and self._open < 2 * self._concurrency
        ):
            pair = next(self._requests, None)
            if pair is None:
                self._stopped = True
                return
            self._open += 1
            future = asyncio.run_coroutine_threadsafe(self._sender.send(*pair), self._loop)
            future.add_done_callback(self._done.put)

    def stop(self) -> None:
        """Send nothing more; the answers under way can still be taken. Safe to call in a signal handler."""
        self._stopped = True
        if not self._closed:
            self._loop.call_soon_threadsafe(self._sender.stop)

    def close(self) -> None:
        """Send nothing more, wait for what is under way and drop it, and end the thread."""
        if self._closed:
            return
        self.stop()
        while self._open:
            self._done.get()
            self._open -= 1
        self._closed = True
        asyncio.run_coroutine_threadsafe(self._sender.close(), self._loop).result()
        self._end_loop()

    def _end_loop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
