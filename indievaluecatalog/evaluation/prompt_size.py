"""How long prompts are: what is known of their cost before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indievaluecatalog.evaluation.request import Request


@dataclass(frozen=True, slots=True)
class PromptSize:
    """Sums over requests.

    Attributes:
        requests: how many.
        slots: probes they ask; one letter of answer each.
        characters: of all prompts.
        repeated: of these, the instructions and context that the request before began with too, so that a server
            that keeps prefixes need not read them again.
        longest: characters of the longest prompt.
    """

    requests: int = 0
    slots: int = 0
    characters: int = 0
    repeated: int = 0
    longest: int = 0


def prompt_size(requests: Iterable[Request]) -> PromptSize:
    """Count without joining any text; over a million requests a second where persons keep their context."""
    count = slots = characters = repeated = longest = 0
    system = context = ""
    for request in requests:
        start = len(request.system) + len(request.context)
        length = start + len(request.question)
        count += 1
        slots += len(request.slots)
        characters += length
        longest = max(longest, length)
        if request.system == system:
            repeated += start if request.context is context else len(system) + _shared(request.context, context)
        system, context = request.system, request.context
    return PromptSize(count, slots, characters, repeated, longest)


def _shared(text: str, other: str) -> int:
    """Characters that two texts begin with alike."""
    low, high = 0, min(len(text), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if text[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
