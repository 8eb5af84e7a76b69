"""Reading a model's answer: for each probe asked, which option it chose, or by name why that cannot be said.

Answers are read by probe id, never by position, and no text makes this fail: see `Outcome`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from indievaluecatalog.evaluation.reading_clean import answer_parts, plain_text, without_last_word
from indievaluecatalog.evaluation.reading_ids import probe_ids
from indievaluecatalog.evaluation.reading_letter import options_of, refuses
from indievaluecatalog.evaluation.reading_part import Part, read_part
from indievaluecatalog.evaluation.request import Request, Response, Slot

Outcome = Literal[
    "read",
    "missing",
    "out_of_range",
    "conflicting",
    "refused",
    "empty",
    "cut_off",
    "unreadable",
    "failed",
]
"""What became of one probe.

- read: one option was chosen.
- missing: other probes are answered, this one is not, or its answer is left blank.
- out_of_range: the answer is a letter, number or statement that is no option of the probe. A number never is.
- conflicting: two different answers, or a letter with another option's statement.
- refused: no answer, but words of a refusal, or the provider's content filter.
- empty: no text, or nothing but reasoning.
- cut_off: the length limit ended the text before this probe's answer was complete.
- unreadable: a text in which no answer is found, or probabilities that are none.
- failed: no response came, for good.
"""

OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
EXTRA = "extra"
"""In counts: answers to probes that were not asked. They are credited to none."""

_CUT_REASONS = ("length", "max_tokens", "max_output_tokens")
_FILTER_REASONS = ("content_filter", "safety", "refusal")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a response says about one probe.

    Attributes:
        slot: the probe's id in the prompt.
        outcome: see `Outcome`.
        choice: position of the chosen option in the catalog; None unless the outcome is "read".
        probabilities: of the options in catalog order, with sum 1, if the model gave them.
    """

    slot: str
    outcome: Outcome
    choice: int | None = None
    probabilities: tuple[float, ...] | None = None


def read_answer(request: Request, response: Response) -> tuple[Reading, ...]:
    """One reading a slot, in the order of the slots. Takes any text; never raises for one."""
    return read_with_extra(request, response)[0]


def read_with_extra(request: Request, response: Response) -> tuple[tuple[Reading, ...], int]:
    """One reading a slot, and the number of probes that were answered without having been asked."""
    slots = request.slots
    if response.error or response.finish_reason == "error":
        return _same(slots, "failed"), 0
    if response.probabilities is not None:
        return _likeliest(slots, response.probabilities), 0
    cut = response.finish_reason.casefold() in _CUT_REASONS
    plain = plain_text(response.text)
    if not plain.strip():
        filtered = response.finish_reason.casefold() in _FILTER_REASONS
        return _same(slots, "cut_off" if cut else "refused" if filtered else "empty"), 0
    parts = _parts(request, plain, cut)
    if not parts:
        return _same(slots, "cut_off" if cut else "empty"), 0
    part = next((part for part in parts if part.says_something), parts[-1])
    return _readings(slots, part, cut, response, plain), len(part.others)


def count_outcomes(readings: Iterable[Reading], extra: int = 0) -> dict[str, int]:
    """How often each outcome occurs, those that do not with 0, and last `extra` as "extra"."""
    counts: dict[str, int] = dict.fromkeys(OUTCOMES, 0)
    for reading in readings:
        counts[reading.outcome] += 1
    return {**counts, EXTRA: extra}


def _parts(request: Request, plain: str, cut: bool) -> list[Part]:
    """The parts of an answer as read, up to the first that says something."""
    ids, parts = probe_ids(request.slots), []
    options = [options_of(slot) for slot in request.slots]
    whole = list(answer_parts(plain)) if cut and request.form == "single" else []
    for text in answer_parts(without_last_word(plain) if cut else plain):
        parts.append(read_part(text, request, ids, options, cut, whole[0] if whole else ""))
        if parts[-1].says_something:
            break
    return parts


def _readings(slots: Sequence[Slot], part: Part, cut: bool, response: Response, plain: str) -> tuple[Reading, ...]:
    """Readings of the part that counts; a probe it says nothing of gets the reason that fits the whole response."""
    answered = bool(part.found) or bool(part.others)
    rest: Outcome = "missing"
    if cut:
        rest = "cut_off"
    elif not answered:
        filtered = response.finish_reason.casefold() in _FILTER_REASONS
        rest = "refused" if filtered or refuses(plain) else "unreadable"
    readings = []
    for at, slot in enumerate(slots):
        found = part.found.get(at)
        if found is None or found.kind == "missing":
            readings.append(Reading(slot.id, rest))
        elif found.position is not None:
            readings.append(Reading(slot.id, "read", slot.order[found.position]))
        else:
            readings.append(Reading(slot.id, found.kind))
    return tuple(readings)


def _same(slots: Sequence[Slot], outcome: Outcome) -> tuple[Reading, ...]:
    return tuple(Reading(slot.id, outcome) for slot in slots)


def _likeliest(slots: Sequence[Slot], probabilities: Sequence[Sequence[float]]) -> tuple[Reading, ...]:
    if len(probabilities) != len(slots):
        return _same(slots, "unreadable")
    return tuple(_likeliest_option(slot, given) for slot, given in zip(slots, probabilities, strict=True))


def _likeliest_option(slot: Slot, given: Sequence[float]) -> Reading:
    """The likeliest option; of several the first in the catalog, whatever order they were shown in."""
    sound = len(given) == len(slot.options) and all(math.isfinite(one) and one >= 0 for one in given)
    if not sound or not 0 < math.fsum(given) < math.inf:
        return Reading(slot.id, "unreadable")
    total = math.fsum(given)
    ordered = [0.0] * len(given)
    for shown, position in enumerate(slot.order):
        ordered[position] = given[shown] / total
    return Reading(slot.id, "read", ordered.index(max(ordered)), tuple(ordered))
