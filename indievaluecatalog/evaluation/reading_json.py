"""JSON as models write it: with prose around it, unquoted keys, single quotes, commas too many or too few, cut off.

A scanner of our own finds the brackets in a text and what is in them. It knows no nesting limit, never goes back, and
keeps every key, also one that stands twice, of which `json.loads` would silently keep the last.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from indievaluecatalog.evaluation.reading_clean import plain_text

Kind = Literal["open", "close", "key", "value", "prose"]

_NEXT = re.compile(r"[{\[]")
_LETTERS = re.compile(r"[^\W\d_]")
_SPACE = re.compile(r"(?:[\s,;\\]|(?://|#)[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z))*+")
"""Blanks, commas and comments; an open comment reaches to the end, so that nothing is looked through twice."""
_TUPLE = re.compile(r"\(\s*[\"']")
_STOP = re.compile(r"[\"'\\\n]")
_CLOSED = re.compile(
    r"\s*(?:[;:})\]=\"'\n#]|//|\Z|,\s*(?:[\"'{}()\[\]\n#/,]|\Z|[^\W_][\w .\-]{0,40}[:=]|[^\W_][\w .\-]{0,40}->))"
)
"""What may follow a quoted word; behind a comma comes another word in quotes, a bracket or a key."""
_COLON = re.compile(r"[ \t\n]*(?:[:=]>?|->)[ \t\n]*")
_BARE = re.compile(r"(?:[^{}\[\],;\n:=\-]|-(?!>))++")
_BARE_VALUE = re.compile(r"[^{}\[\],;\n]+")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\n", "b": "", "f": ""}


@dataclass(frozen=True, slots=True)
class Event:
    """Something found in a text, in order.

    Attributes:
        kind: "open" and "close" of a bracket; a "key"; a "value", which in a list has no key; "prose" with letters in
            it between two outermost brackets.
        text: the bracket, "{" or "[", or the key or value without its quotes.
        finished: False for a value that the text's end cuts off.
    """

    kind: Kind
    text: str
    finished: bool = True


def events(text: str) -> Iterator[Event]:
    """Everything in brackets in a text, in order. Takes any text; never raises."""
    at, depth, before, after_key = 0, 0, 0, False
    while True:
        if depth == 0:
            start = _NEXT.search(text, at)
            if start is None:
                return
            if _LETTERS.search(text, before, start.start()):
                yield Event("prose", "")
            at = start.start()
        elif (skipped := _SPACE.match(text, at)) is not None:
            # {"P01": , "P02": "A"} says nothing of P01.
            after_key = after_key and "," not in skipped[0]
            at = skipped.end()
        if at >= len(text):
            return
        char = text[at]
        if char in "{[" or (char == "(" and _TUPLE.match(text, at)):
            depth, at, after_key = depth + 1, at + 1, False
            yield Event("open", "{" if char == "{" else "[")
        elif char in "}])":
            depth, at, after_key = depth - 1, at + 1, False
            before = at
            yield Event("close", char)
        elif char in ":=":
            at += 1
        else:
            event, at = _word(text, at, after_key)
            after_key = event.kind == "key"
            yield event


def _word(text: str, at: int, after_key: bool) -> tuple[Event, int]:
    """The key or value that starts here, and where it ends."""
    if text[at] in "\"'":
        word, end, finished = _quoted(text, at)
    else:
        # A value without quotes may hold a colon of its own: {P01: A: Family is ...}.
        bare = (_BARE_VALUE if after_key else _BARE).match(text, at)
        end = bare.end() if bare else at + 1
        word, finished = text[at:end], end < len(text)
    colon = _COLON.match(text, end)
    if colon is None:
        return Event("value", word.strip(), finished), end
    return Event("key", word.strip()), colon.end()


def _quoted(text: str, at: int) -> tuple[str, int, bool]:
    """A quoted word: its text, where it ends, and whether it is finished.

    A quote ends it only where something follows that may follow a word, so that quotes within are part of it; a line's
    end does, so that one forgotten quote does not swallow the rest of the answer.
    """
    quote, escaped = text[at], False
    place = at + 1
    while (stop := _STOP.search(text, place)) is not None:
        place = stop.start()
        char = text[place]
        if char == "\\":
            escaped = True
            place += 2
        elif char == "\n":
            return _unescaped(text[at + 1 : place], escaped), place, True
        elif char == quote and _CLOSED.match(text, place + 1):
            return _unescaped(text[at + 1 : place], escaped), place + 1, True
        else:
            place += 1
    return _unescaped(text[at + 1 :], escaped), len(text), False


def _unescaped(text: str, escaped: bool) -> str:
    if not escaped:
        return text
    plain = _ESCAPE.sub(lambda code: chr(int(code[1], 16)) if code[1] else _PLAIN_ESCAPES.get(code[2], code[2]), text)
    return plain_text(plain)
