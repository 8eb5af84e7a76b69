"""Which probe an answer names: by its id, in the spellings models use, never by position."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, TypeVar

from indievaluecatalog.evaluation.reading_words import either, words
from indievaluecatalog.evaluation.request import Slot

OTHER: Literal[-1] = -1
"""In place of a slot's position: the id of a probe that was not asked."""

_ID = re.compile(r"([^\W\d_]*)[\s_#.\-]{0,3}(\d{1,6})")
_Key = TypeVar("_Key")
_TITLE = re.compile(r"([^:(]{1,40}?)\s{0,3}(?:[:(]|\s[-\u2013\u2014]\s)([^\d]{1,80})")
"""An id with the probe's topic behind it; a digit there would be that of another id."""
_WORDS = re.compile(r"[^\W_]+")
_EDGES = " \t\n\"'`*_#<>()[]{}.:;,=-|"


@dataclass(frozen=True, slots=True)
class ProbeIds:
    """The ids of a request's slots.

    Attributes:
        exact: id as it stands, without regard to case, to slot position.
        numbered: (prefix, number) to slot position, for those that only one slot has.
        numbers: number to slot position, for those that only one slot has.
        prefixes: what ids start with, ours and those that look like ours.
        pattern: finds ids in running text, known and others.
    """

    exact: dict[str, int]
    numbered: dict[tuple[str, int], int]
    numbers: dict[int, int]
    prefixes: frozenset[str]
    pattern: re.Pattern[str]

    def find(self, key: str) -> int | None:
        """Position of the slot a key names, OTHER for a probe that was not asked, None for what is no id.

        "p1", "P001", "P 01" and "probe 1" name P01 unless two slots could be meant. A bare number names no probe:
        it might be the place in a list, counted from 0 or 1.
        """
        name = key.strip(_EDGES).casefold()
        if name in self.exact:
            return self.exact[name]
        if len(name) > 120:
            return None
        if (title := _TITLE.fullmatch(name)) is not None and not set(_WORDS.findall(title[2])) & _no_answer_words():
            name = title[1]
            if name in self.exact:
                return self.exact[name]
        if (suffix := _field_suffix().search(name)) is not None:
            name = name[: suffix.start()]
        if (word := _probe_word().match(name)) is not None and not name[word.end() :].isdigit():
            name = name[word.end() :]
            if name in self.exact:
                return self.exact[name]
        shape = _ID.fullmatch(name)
        if shape is None:
            return None
        prefix, number = shape[1], int(shape[2])
        if prefix in words().probe_words:
            return self.numbers.get(number, OTHER)
        # "person_7" or "round 2" is the name of something else, and a bare number may be a place in a list.
        return self.numbered.get((prefix, number), OTHER if prefix in self.prefixes else None)


def probe_ids(slots: Sequence[Slot]) -> ProbeIds:
    """The ids of a request's slots."""
    exact = {slot.id.casefold(): at for at, slot in enumerate(slots)}
    shapes = [(at, shape) for at, slot in enumerate(slots) if (shape := _ID.fullmatch(slot.id.casefold()))]
    numbered = _single([((shape[1], int(shape[2])), at) for at, shape in shapes])
    numbers = _single([(int(shape[2]), at) for at, shape in shapes])
    known = words()
    prefixes = {shape[1] for _, shape in shapes if shape[1]} | {*known.probe_words, *known.other_words}
    # An id of digits alone would be found in every number of a text.
    whole = [re.escape(name) for name in sorted(exact, key=len, reverse=True) if not name.isdigit()]
    by_number = "|".join(re.escape(prefix) for prefix in sorted(prefixes, key=len, reverse=True))
    either_way = "|".join([*whole, rf"(?:{by_number})[ \t_#.\-]{{0,3}}\d{{1,6}}"])
    pattern = re.compile(rf"(?<![^\W_])(?:{either_way})(?![^\W_])", re.IGNORECASE)
    return ProbeIds(exact, numbered, numbers, frozenset(prefixes), pattern)


def _single(pairs: list[tuple[_Key, int]]) -> dict[_Key, int]:
    counts: dict[_Key, int] = {}
    for key, _ in pairs:
        counts[key] = counts.get(key, 0) + 1
    return {key: at for key, at in pairs if counts[key] == 1}


@lru_cache(maxsize=1)
def _no_answer_words() -> frozenset[str]:
    return frozenset(words().other_fields)


@lru_cache(maxsize=1)
def _field_suffix() -> re.Pattern[str]:
    return re.compile(rf"[\s_.\-]+{either(words().answer_fields)}\Z")


@lru_cache(maxsize=1)
def _probe_word() -> re.Pattern[str]:
    return re.compile(rf"{either(words().probe_words + words().other_words)}[\s_#.:\-]{{1,3}}")
