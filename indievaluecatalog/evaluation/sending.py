"""Sending one request until an answer has come or no further try can help."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.completions import body, endpoint, read_answer
from indievaluecatalog.evaluation.failures import Failure, judge
from indievaluecatalog.evaluation.rate_limit import RateLimit
from indievaluecatalog.evaluation.request import ModelSpec, Request, Response
from indievaluecatalog.keyed_hash import keyed_hash

if TYPE_CHECKING:
    from openai import AsyncOpenAI

LONGEST_BACK_OFF_S = 30.0
_LONGEST_MESSAGE = 500
CHARACTERS_PER_TOKEN = 4


class NotSentError(Exception):
    """The asking was stopped before this request was answered; nothing of it is under way."""


@dataclass(frozen=True, slots=True)
class Manners:
    """How to behave towards a server. None of it decides an answer, so none is part of a model's identity.

    Attributes:
        concurrency: requests under way at a time.
        requests_per_minute, tokens_per_minute: None for no limit of our own.
        timeout_s: for one try, from sending to the last byte.
        retries: further tries where one fails.
        back_off_s: the wait before the second try; doubles with each, up to 30 s, less up to a quarter by a keyed
            hash so that requests do not come back all at once.
        patience_s: "too many requests" does not count as a try, for so long; nor is a longer wait heeded.
    """

    concurrency: int = 16
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    timeout_s: float = 600
    retries: int = 5
    back_off_s: float = 0.5
    patience_s: float = 600

    def __post_init__(self) -> None:
        for name, least in (("concurrency", 1), ("retries", 0)):
            if not isinstance(getattr(self, name), int) or getattr(self, name) < least:
                raise EvaluationError(f"{name} is a whole number from {least}, not {getattr(self, name)!r}")
        for name in ("requests_per_minute", "tokens_per_minute", "timeout_s", "back_off_s", "patience_s"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise EvaluationError(f"{name} is more than 0, not {value!r}")


class Sender:
    """Sends requests of one model from within one event loop.

    The `openai` package's own retries are turned off: here a server's wish to wait holds back all requests and not
    only the one it told, a success without an answer is tried again like a failure, every try counts against the
    limits, and a stop ends the waiting at once.
    """

    def __init__(
        self, client: AsyncOpenAI, spec: ModelSpec, manners: Manners, limit: RateLimit, redact: Callable[[str], str]
    ) -> None:
        self._client = client
        self._spec = spec
        self._manners = manners
        self._limit = limit
        self._redact = redact
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Send nothing more. To be called in the loop's thread."""
        self._stopping.set()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.close()

    async def send(self, key: str, request: Request) -> Response:
        """The answer, or a response with `error`.

        Raises:
            NotSentError: stopped while waiting to send.
            EvaluationError: no request to this server can go well.
        """
        tries, failed, limited_since = 0, 0, None
        tokens = (len(request.system) + len(request.context) + len(request.question)) / CHARACTERS_PER_TOKEN
        while True:
            await self._turn(tokens)
            tries += 1
            try:
                response = await self._try(key, request)
            except Exception as error:
                failure = judge(error)
                if failure is None:
                    raise EvaluationError(self._redact(f"sending failed: {type(error).__name__}: {error}")) from None
            else:
                used = (response.prompt_tokens or tokens) + (response.completion_tokens or 0)
                self._limit.settle(tokens, used)
                return replace(response, tries=tries)
            # In this order: what is cut off first may leave half a key.
            message = self._redact(failure.message)[:_LONGEST_MESSAGE]
            if failure.kind == "fatal":
                raise EvaluationError(_fatal_message(self._spec.name, failure, message))
            if failure.kind == "refused":
                return Response(key, finish_reason="content_filter", tries=tries)
            failed += failure.kind != "limited"
            wait = self._wait(key, tries, failure)
            now = time.monotonic()
            # Since the server first said so in a row: waiting for our own limits is no sign of a server's trouble.
            limited_since = (limited_since or now) if failure.kind == "limited" else None
            too_long = wait + (now - limited_since if limited_since else 0) > self._manners.patience_s
            if failure.kind == "for_good" or failed > self._manners.retries or too_long:
                return Response(key, finish_reason="error", error=message, tries=tries)
            if failure.kind == "limited":
                self._limit.pause(time.monotonic() + wait)
            await self._sleep(wait)

    async def _try(self, key: str, request: Request) -> Response:
        async with asyncio.timeout(self._manners.timeout_s):
            text = await self._client.post(
                endpoint(self._spec),
                cast_to=str,
                body=body(request, self._spec),
                options={"headers": {"Idempotency-Key": key}},
            )
        # A server that repeats what it was sent, for debugging, would put the key into the store.
        return read_answer(key, json.loads(self._redact(text)), request)

    def _wait(self, key: str, tries: int, failure: Failure) -> float:
        if failure.wait_s is not None:
            return failure.wait_s
        (number,) = keyed_hash(tries, "back-off", [key])
        shortened = 1 - 0.25 * float(number) / 2**64
        return min(self._manners.back_off_s * 2.0 ** min(tries - 1, 30), LONGEST_BACK_OFF_S) * shortened

    async def _turn(self, tokens: float) -> None:
        now = time.monotonic()
        await self._sleep(self._limit.book(now, tokens) - now)
        while (rest := self._limit.paused(time.monotonic())) > 0:
            await self._sleep(rest)

    async def _sleep(self, seconds: float) -> None:
        if seconds > 0 and not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), seconds)
        if self._stopping.is_set():
            raise NotSentError


def _fatal_message(name: str, failure: Failure, message: str) -> str:
    advice = {
        401: "The key is missing or wrong: set the environment variable that holds it.",
        402: "The account has nothing left to pay with.",
        403: "The key may not use this model, or not from here.",
        404: "The server has no such model or address: compare the model's name and the base URL with its list.",
        429: "The account's quota is used up.",
    }[failure.status]
    return f"the server refuses {name}: {message}. {advice} What was answered is kept."
