"""When the next request may be sent: so many requests and tokens a minute, and a pause where a server asks for one."""

from __future__ import annotations


class RateLimit:
    """Spreads requests evenly, so that no minute holds more than allowed. Knows no clock: the caller tells the time.

    Args:
        requests_per_minute: None for no limit.
        tokens_per_minute: of prompts and answers together; None for no limit.
    """

    def __init__(self, requests_per_minute: float | None = None, tokens_per_minute: float | None = None) -> None:
        self._per_request = 60 / requests_per_minute if requests_per_minute else 0.0
        self._per_token = 60 / tokens_per_minute if tokens_per_minute else 0.0
        self._requests_free = self._tokens_free = self._paused_until = float("-inf")

    def book(self, now: float, tokens: float) -> float:
        """Book a place for a request of about so many tokens; the time at which to send it."""
        start = max(now, self._requests_free, self._tokens_free, self._paused_until)
        self._requests_free = start + self._per_request
        self._tokens_free = start + self._per_token * tokens
        return start

    def settle(self, booked: float, used: float) -> None:
        """A request used another number of tokens than was booked for it: later ones make up for it."""
        self._tokens_free += self._per_token * (used - booked)

    def pause(self, until: float) -> None:
        """Send nothing before this time, whatever is booked."""
        self._paused_until = max(self._paused_until, until)

    def paused(self, now: float) -> float:
        """Seconds left of a pause; 0 without one."""
        return max(0.0, self._paused_until - now)
