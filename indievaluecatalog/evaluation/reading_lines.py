"""Which probe is given which answer where an answer is no JSON: lines, tables, "P01: A, P02: B"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from indievaluecatalog.evaluation.reading_entries import id_name
from indievaluecatalog.evaluation.reading_ids import OTHER, ProbeIds
from indievaluecatalog.evaluation.reading_letter import Found, Options, read_value
from indievaluecatalog.evaluation.reading_prose import read_prose

_BEFORE = re.compile(
    r"[\s>*\-\u2022#|\"'`_()\[\]{}<]*(?:\d{1,3}[.)]\s{1,2})?[*\"'`_(\[{<]*(?:(?:for|on)\s)?", re.IGNORECASE
)
_BEHIND = re.compile(
    r"[\s\"'`*_)\]}>]{0,6}(?:[:=|\u2192\u21d2]|[-\u2013\u2014]{1,2}>?\s|\sis\s[\"'(]{0,2}[A-Z](?![\w']))"
)
_START = re.compile(r"[\s\"'`*_)\]}>:=|\-\u2013\u2014\u2192\u21d2.,]*(?:is\s)?", re.IGNORECASE)
_AND = re.compile(r"[\s,;]and\s{0,4}\Z", re.IGNORECASE)
_JOINED = re.compile(r"\s{0,2}(?:[-,/&\u2013\u2014]|\.\.\.?|to|and|or|through)\s{0,2}", re.IGNORECASE)
_REACH = 32


@dataclass(frozen=True, slots=True)
class Segment:
    """What follows the id of a probe that was asked, up to the next id; `last` if the text ends with it."""

    at: int
    text: str
    last: bool


def segments(text: str, ids: ProbeIds) -> tuple[list[Segment], set[str]]:
    """What a text says behind each id, and the ids of probes that were not asked.

    An id counts at the start of a line, or with a colon or the like behind it; in prose it is only a mention. Ids in
    a range or list ("P01-P05: A", "P01, P02: A") count for none of them.
    """
    every = list(ids.pattern.finditer(text))
    joined = {at for at, (one, two) in enumerate(pairwise(every)) if _JOINED.fullmatch(text, one.end(), two.start())}
    single = [mark for at, mark in enumerate(every) if at not in joined and at - 1 not in joined]
    marks = [mark for mark in single if _assigns(text, mark)]
    found, others = [], set()
    for mark, end in zip(marks, [*(mark.start() for mark in marks[1:]), len(text)], strict=False):
        at = ids.find(mark[0])
        body = text[mark.end() : end]
        if at == OTHER:
            others.add(id_name(mark[0]))
        elif at is not None and body.strip(" \t\n\"'`*_|,;:-<>/{}[]()"):
            found.append(Segment(at, body, end == len(text)))
    return found, others


def _assigns(text: str, mark: re.Match[str]) -> bool:
    tag = text[mark.end() : mark.end() + 1] == ">" and text[max(0, mark.start() - 1) : mark.start()] in ("<", "/")
    if tag or _BEHIND.match(text, mark.end()):
        return True
    first = max(0, mark.start() - _REACH)
    line = text.rfind("\n", first, mark.start()) + 1
    if line == 0 and first > 0:
        return False
    return _BEFORE.fullmatch(text, line, mark.start()) is not None


def read_segment(segment: Segment, options: Options) -> Found:
    """The option that a segment names: on the id's own line, or else in all of it."""
    start = _START.match(segment.text)
    own_line = start is None or "\n" not in start[0]
    body = segment.text[start.end() :] if start else segment.text
    line = _AND.sub("", body.split("\n", 1)[0])
    if "|" in line:
        cells = {read_value(cell, options) for cell in line.split("|")}
        read = [found for found in cells if found.kind in ("read", "conflicting")]
        if read:
            return read[0] if len(read) == 1 else Found("conflicting")
    if own_line:
        found = read_value(line, options)
        if found.kind not in ("unreadable", "refused"):
            return found
        found = read_prose(line, options)
        if found.kind in ("read", "conflicting"):
            return found
    return read_prose(body, options)
