"""Which option a piece of prose names as its answer: on a line of its own, or in words such as "I would choose B"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from indievaluecatalog.evaluation.reading_letter import Found, Options, read_value, refuses
from indievaluecatalog.evaluation.reading_words import either, words

_BOLD_AT_END = re.compile(r"(?:\*\*|__|`|\")\(?([A-Z])[).]{0,2}(?:\*\*|__|`|\")[.!)]{0,2}[ \t]*$", re.MULTILINE)
_SENTENCE = re.compile(r"[.!?;\n]")


def read_prose(text: str, options: Options) -> Found:
    """The option that a text names as its answer, in a line of its own or in words such as "I would choose B".

    Several lines that each start with another letter repeat the options, and name none. Two different answers are
    "conflicting", a letter that no option has "out_of_range".
    """
    lines = [line for line in text.split("\n") if line.strip(" \t`'\"*")]
    alone = [read_value(line, options) for line in lines[:1]] if len(lines) == 1 else []
    said = _distinct(_said(text, options))
    if alone and alone[0].kind not in ("unreadable", "refused") and not said:
        return alone[0]
    by_line = _distinct(read_value(line, options) for line in lines)
    chosen = {found for found in said if found.kind == "read"}
    if any(found.kind == "conflicting" for found in said) or len(chosen) > 1:
        return Found("conflicting")
    listed = {found for found in by_line if found.kind == "read"}
    if chosen:
        return chosen.pop() if len(listed) != 1 or chosen == listed else Found("conflicting")
    if listed:
        clear = len(listed) == 1 and Found("conflicting") not in by_line
        return listed.pop() if clear else Found("conflicting")
    if Found("conflicting") in by_line:
        return Found("conflicting")
    bold = {found for mark in _BOLD_AT_END.finditer(text) if (found := options.letter(mark[1])).kind == "read"}
    if len(bold) == 1:
        return bold.pop()
    if bold:
        return Found("conflicting")
    if said:
        return Found("out_of_range")
    return Found("refused") if refuses(text) else Found("unreadable")


def _distinct(found: Iterator[Found]) -> set[Found]:
    """The different things found that matter; reading stops when there are two answers."""
    seen: set[Found] = set()
    for one in found:
        if one.kind in ("read", "conflicting", "out_of_range"):
            seen.add(one)
            if sum(other.kind == "read" for other in seen) > 1:
                break
    return seen


def _said(text: str, options: Options) -> Iterator[Found]:
    """What follows the words that lead to an answer, each as far as one statement reaches."""
    seen: set[str] = set()
    for lead in _lead_in().finditer(text):
        before = _SENTENCE.split(text[max(0, lead.start() - 24) : lead.start()])[-1]
        if negates(before):
            continue
        line = text[lead.end() : lead.end() + options.longest].lstrip(" \t\n:*").split("\n", 1)[0]
        if line in seen:
            continue
        seen.add(line)
        found = read_value(line, options)
        if found.kind == "unreadable" and (statement := options.first_statement(line)) is not None:
            found = statement
        if found.kind in ("read", "conflicting", "out_of_range"):
            yield found


def negates(text: str) -> bool:
    """Whether a text holds a word that says what is not the answer."""
    return _negation().search(text) is not None


@lru_cache(maxsize=1)
def _lead_in() -> re.Pattern[str]:
    return re.compile(either(words().lead_ins), re.IGNORECASE)


@lru_cache(maxsize=1)
def _negation() -> re.Pattern[str]:
    return re.compile(either(words().negations), re.IGNORECASE)
