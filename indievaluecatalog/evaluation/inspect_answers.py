"""From the answers an inspect log keeps of a person to readings and shares of right ones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indievaluecatalog.evaluation.inspect_job import answer_key
from indievaluecatalog.evaluation.reading import Reading, read_answer
from indievaluecatalog.evaluation.request import Request, Response

ANSWERS = "answers"
"""Key in a sample's store and in its score's metadata: by `answer_key` the text and why it ended."""

Letters = Mapping[tuple[int, str, str], str]
"""Letter of an option by setup, granularity and slot."""

_ENDS = {"max_tokens": "length", "model_length": "length"}


def kept_answer(
    text: str,
    stop_reason: str,
    error: str | None,
    *,
    probabilities: Sequence[Sequence[float]] | None = None,
    served: str | None = None,
) -> dict[str, Any]:
    """An answer as the store of a sample keeps it.

    Args:
        text: as it came.
        stop_reason: of inspect.
        error: of the provider, if any.
        probabilities: for each slot one an option shown, where the model gave them.
        served: the model's name as its server gives it, where that is another.
    """
    kept: dict[str, Any] = {"text": text, "stop": _ENDS.get(stop_reason, stop_reason)}
    more = {"error": error or None, "probabilities": probabilities and list(map(list, probabilities)), "served": served}
    return kept | {name: value for name, value in more.items() if value is not None}


def readings_of(
    requests: Sequence[Request], answers: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[Request, tuple[Reading, ...]]]:
    """The readings of those requests that were answered."""
    for request in requests:
        key = answer_key(request)
        if key in answers:
            kept = answers[key]
            response = Response(
                key=key,
                text=str(kept.get("text", "")),
                finish_reason=str(kept.get("stop", "stop")),
                error=str(kept.get("error", "")),
                probabilities=tuple(map(tuple, kept["probabilities"])) if kept.get("probabilities") else None,
            )
            if not response.error:
                yield request, read_answer(request, response)


def chosen_letter(request: Request, at: int, reading: Reading) -> str | None:
    """The letter of what was chosen, None where it could not be read."""
    slot = request.slots[at]
    return None if reading.choice is None else slot.letters[slot.order.index(reading.choice)]


def shares(read: Sequence[tuple[Request, Sequence[Reading]]], right: Letters) -> dict[str, float]:
    """Strict accuracy at each granularity, their mean if there are two, and the share that could not be read.

    The accuracy of a person is the mean over setups of the share of right answers, unread ones being wrong.

    Args:
        read: what was read of one person; not empty.
        right: what the person said.
    """
    counts: dict[tuple[str, int], list[bool]] = defaultdict(list)
    unread = 0
    for request, readings in read:
        for at, reading in enumerate(readings):
            letter = chosen_letter(request, at, reading)
            unread += letter is None
            hit = letter == right[request.setup, request.granularity, request.slots[at].id]
            counts[request.granularity, request.setup].append(hit)
    by_granularity: dict[str, list[float]] = defaultdict(list)
    for (granularity, _), hits in counts.items():
        by_granularity[granularity].append(sum(hits) / len(hits))
    found = {name: sum(values) / len(values) for name, values in by_granularity.items()}
    if len(found) > 1:
        found["mean"] = sum(found.values()) / len(found)
    return {**found, "unread": unread / sum(map(len, counts.values()))}


def target_text(right: Letters) -> str:
    """Right letters as a line a setup and granularity, which people and `read_target` can read."""
    lines: dict[tuple[int, str], list[str]] = defaultdict(list)
    for (setup, granularity, slot), letter in right.items():
        lines[setup, granularity].append(f"{slot}={letter}")
    return "\n".join(f"setup {setup}, {name}: {' '.join(parts)}" for (setup, name), parts in lines.items())


def read_target(text: str) -> Letters:
    """What `target_text` was made of."""
    found: dict[tuple[int, str, str], str] = {}
    for line in text.splitlines():
        place, _, parts = line.partition(": ")
        setup, _, granularity = place.removeprefix("setup ").partition(", ")
        for part in parts.split():
            slot, _, letter = part.partition("=")
            found[int(setup), granularity, slot] = letter
    return found
