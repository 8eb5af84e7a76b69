"""What a failed try means: ask again, wait first, give up this request, or give up altogether."""

from __future__ import annotations

import email.utils
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from indievaluecatalog.evaluation.completions import UnusableAnswerError, refused_by_filter

Kind = Literal["again", "limited", "for_good", "refused", "fatal"]
FATAL = (401, 402, 403, 404)


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong with one try.

    Attributes:
        kind: "again": may go better; "limited": the server wants fewer requests; "for_good": this request will
            never do; "refused": a filter of the service will not have the prompt; "fatal": no request will do.
        message: what the server or the client said, of any length. It may quote what was sent, even the key.
        status: of HTTP; 0 where no answer came.
        wait_s: how long the server asks to wait; None where it does not say.
    """

    kind: Kind
    message: str
    status: int = 0
    wait_s: float | None = None


def judge(error: Exception) -> Failure | None:
    """What an exception of the `openai` client, or of reading the answer, means; None if it is neither."""
    import openai

    if isinstance(error, openai.APIStatusError):
        return _judge_status(error.status_code, error.response.headers, error.body, str(error.message))
    if isinstance(error, TimeoutError | openai.APITimeoutError):
        return Failure("again", "no answer in time")
    if isinstance(error, openai.APIConnectionError):
        cause = error.__cause__
        detail = f" ({type(cause).__name__}: {cause})" if cause else ""
        return Failure("again", f"connection failed or was cut off{detail}")
    if isinstance(error, UnusableAnswerError):
        return Failure("again", str(error))
    if isinstance(error, ValueError | RecursionError | openai.APIError):
        return Failure("again", f"the answer cannot be read: {error}")
    return None


def _judge_status(status: int, headers: Mapping[str, str], content: Any, said: str) -> Failure:
    message = f"HTTP {status}: {said}"
    wait = wait_asked_for(headers, time.time())
    code = content.get("code") if isinstance(content, Mapping) else None
    if status in (400, 403, 422) and refused_by_filter(content):
        return Failure("refused", message, status)
    if status in FATAL or (status == 429 and code == "insufficient_quota"):
        return Failure("fatal", message, status)
    if status == 429 or (status == 503 and wait is not None):
        return Failure("limited", message, status, wait)
    again = headers.get("x-should-retry")
    if again == "true" or (again != "false" and (status in (408, 409) or status >= 500)):
        return Failure("again", message, status, wait)
    return Failure("for_good", message, status)


def wait_asked_for(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds to wait by `retry-after-ms` or `retry-after` (seconds, or a date); None where neither says.

    Args:
        headers: of an answer, looked up by lower-case names.
        now: seconds since the epoch.
    """
    for name, divisor in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            seconds = float(headers.get(name, "")) / divisor
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    try:
        date = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
    except (TypeError, ValueError):
        return None
    return max(0.0, date.timestamp() - now)
