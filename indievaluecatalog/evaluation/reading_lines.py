"""Which probe is given which answer where an answer is no JSON: lines, tables, "P01: A, P02: B"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from indievaluecatalog.evaluation.reading_entries import id_name
from indievaluecatalog.evaluation.reading_ids import OTHER, ProbeIds
from indievaluecatalog.evaluation.reading_letter import Found, Options, read_value
from indievaluecatalog.evaluation.reading_prose import negates, read_prose
from indievaluecatalog.evaluation.reading_words import either, words

_BEHIND = re.compile(
    r"[\s\"'`*_)\]}>]{0,6}(?:[:=|\u2192\u21d2]|[-\u2013\u2014]{1,2}>?\s|[-\u2013\u2014]\(?[A-Z](?![\w'])|\sis\s[\"'(]{0,2}[A-Z](?![\w'])"
    r"|[ \t]{1,3}\(?[A-Z]\)?[ \t]{0,3}(?:[,;.\n]|\Z))"
)
_TAG_BEFORE = re.compile(r"<[A-Za-z_]{1,20}\s(?:[A-Za-z_]{1,20}\s?=\s?)?[\"']?\Z")
_TAG_BEHIND = re.compile(r"[\"']?\s?>")
_TAG = re.compile(r"</?[A-Za-z_][^<>\n]{0,40}(?:>|\Z)")
_START = re.compile(r"[\s\"'`*_)\]}>:=|\-\u2013\u2014\u2192\u21d2.,]*(?:is\s)?", re.IGNORECASE)
_AND = re.compile(r"[\s,;]and\s{0,4}\Z", re.IGNORECASE)
_JOINED = re.compile(
    r"[\s\"'`*_)\]]{0,8}(?:[-,/&|\u2013\u2014]|\.\.\.?|to|and|or|through)?[\s\"'`*_(\[]{0,8}", re.IGNORECASE
)
_REACH = 32


@dataclass(frozen=True, slots=True)
class Segment:
    """What follows the id of a probe that was asked, up to the next id; `last` if the text ends with it."""

    at: int
    text: str
    last: bool


def segments(text: str, ids: ProbeIds) -> tuple[list[Segment], set[str], int]:
    """What a text says behind each id, the ids of probes that were not asked, and where the first of all ids stands.

    An id counts at the start of a line, in a tag, or with a colon or the like behind it; in prose it is only a mention.
    Ids in a range, a list or the header of a table ("P01-P05: A", "P01, P02: A") count for none of them.
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
    return found, others, marks[0].start() if marks else len(text)


def _assigns(text: str, mark: re.Match[str]) -> bool:
    first = max(0, mark.start() - _REACH)
    tag = text[mark.end() : mark.end() + 1] == ">" and text[max(0, mark.start() - 1) : mark.start()] in ("<", "/")
    if tag or _BEHIND.match(text, mark.end()):
        return True
    if _TAG_BEHIND.match(text, mark.end()) and _TAG_BEFORE.search(text[first : mark.start()]):
        return True
    line = text.rfind("\n", first, mark.start()) + 1
    if line == 0 and first > 0:
        return False
    return _before().fullmatch(text, line, mark.start()) is not None


def read_segment(segment: Segment, options: Options) -> Found:
    """The option that a segment names: on the id's own line, or else in all of it."""
    text = _TAG.sub(" ", segment.text) if "<" in segment.text else segment.text
    start = _START.match(text)
    led = start[0] if start else ""
    own_line, body = "\n" not in led, text[len(led) :]
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
        topic, colon, answer = line.rpartition(":")
        if colon and ":" not in led and not negates(topic) and read_prose(topic, options).kind == "unreadable":
            # "P01 (Trust): A"
            found = read_value(answer, options)
            if found.kind == "read":
                return found
    return read_prose(body, options)


@lru_cache(maxsize=1)
def _before() -> re.Pattern[str]:
    """What may stand in a line before its id: a mark of a list, "for", or the name of a field for the id."""
    return re.compile(
        r"[\s>*\-\u2022#|\"'`_()\[\]{}<]*(?:\d{1,3}[.)]\s{1,2})?[*\"'`_(\[{<]*(?:(?:for|on)\s)?"
        rf"(?:{either(words().id_fields)}[\"'`*_]{{0,3}}\s?[:=]\s?[\"'`*_]{{0,3}})?",
        re.IGNORECASE,
    )
