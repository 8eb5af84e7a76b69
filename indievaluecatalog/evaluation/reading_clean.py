"""From the raw text of an answer to the parts of it that may hold the answer.

Characters are brought to plain ones, what a model reasons before it answers is taken away, and so is what follows the
end of its turn. All of it takes time in proportion to the text's length.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from indievaluecatalog.evaluation.reading_words import either, words

CUT = "\ue000"
"""Stands for the word in which a text was cut off; `plain_text` leaves no such character in a text."""

_DOUBLE = "\u201c\u201d\u201e\u201f\u00ab\u00bb"
_SINGLE = "\u2018\u2019\u201a\u201b\u00b4"
_DROPPED = {"Cc", "Cf", "Cs", "Co", "Cn", "Mn", "Me"}
_ESCAPED = re.compile(r'[{\[]\s*(?:\\n\s*|\\t\s*)*\\"')
_INLINE_TAG = re.compile(r"</?(?:(?-i:b|i|u)|em|strong|code|span|font|mark)(?:\s[^<>]{0,80})?>", re.IGNORECASE)
_BLOCK_TAG = re.compile(
    r"</?(?:p|br|div|h\d|ul|ol|li|pre|table|thead|tbody|tr|td|th)(?:\s[^<>]{0,80})?\s?/?>", re.IGNORECASE
)
_CONTROL = re.compile(r"<\|[^<>|\n]{1,40}\|>")
"""A mark of a chat template, where it ends neither the turn nor reasoning."""
_LAST_WORD = re.compile(r"[^\W_]+\Z")


def plain_text(text: str) -> str:
    """The text with full-width and other variants as plain characters, and without those that cannot be seen.

    Each character is taken for itself: a whole text of combining marks would take time in proportion to its square.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    unusual = {char for char in set(plain) if not " " <= char <= "~" and char not in "\n\t"}
    if unusual:
        plain = plain.translate({ord(char): _plain_character(char) for char in unusual})
    if "&quot;" in plain or "&#34;" in plain:
        plain = html.unescape(plain)
    if "<" in plain:
        plain = _INLINE_TAG.sub("", _BLOCK_TAG.sub("\n", plain))
    if _ESCAPED.search(plain):
        # The answer came as a text within a text.
        plain = plain.replace('\\"', '"').replace("\\n", "\n").replace("\\t", " ")
    return plain


def _plain_character(char: str) -> str:
    if char in _DOUBLE:
        return '"'
    if char in _SINGLE:
        return "'"
    kind = unicodedata.category(char)
    if char in "\x0b\x0c\x85" or kind in ("Zl", "Zp"):
        return "\n"
    if kind in _DROPPED:
        return ""
    if kind == "Zs":
        return " "
    usual = unicodedata.normalize("NFKC", char)
    return "".join(part for part in usual if unicodedata.category(part) not in _DROPPED) if len(usual) <= 3 else char


def without_last_word(text: str) -> str:
    """A text that was cut off, with CUT for the word it was cut in: nobody knows how that word goes on."""
    if text.endswith((" ", "\t")):
        return text + CUT
    return text[:-200] + _LAST_WORD.sub(CUT, text[-200:])


def answer_parts(text: str) -> Iterator[str]:
    """Parts of a plain text that may hold the answer, the likeliest first; none where all of it is reasoning.

    Of the parts outside reasoning the last comes first. Of each, first what comes before a line of our own prompts, if
    there is one. Of that and of the part, first what stands in answer tags, then what follows words such as "final
    answer", then all of it.
    """
    for part in reversed(_outside_reasoning(text)):
        whole = _CONTROL.sub("\n", _up_to(_end_mark(), part))
        before = _up_to(_prompt_line(), whole)
        for own in (before, whole) if len(before) < len(whole) else (whole,):
            yield from _answer_first(own)


def _answer_first(own: str) -> Iterator[str]:
    """A text, and before it the places in it that say to hold the answer; nothing of an empty one."""
    if own.strip():
        tagged = _tagged(own)
        if tagged is not None and tagged.strip():
            yield tagged
        marks = _last(_final_mark(), own)
        # Within an object such words are part of a reason.
        if marks is not None and own[marks:].strip() and own.count("{", 0, marks) == own.count("}", 0, marks):
            yield own[marks:]
        yield own


def _outside_reasoning(text: str) -> list[str]:
    """The pieces outside reasoning. An end without a start makes reasoning of all before it; a start without an end,
    of all behind it."""
    pieces: list[str] = []
    start, inside = 0, False
    for mark in _reasoning_mark().finditer(text):
        closing = mark.lastgroup == "close"
        if closing and not inside:
            pieces.clear()
        elif not closing and not inside:
            pieces.append(text[start : mark.start()])
        inside = not closing
        start = mark.end()
    if not inside:
        pieces.append(text[start:])
    return pieces


def _up_to(end: re.Pattern[str], text: str) -> str:
    """The text up to a mark that ends it; marks before any content are left out."""
    start = 0
    for mark in end.finditer(text):
        if text[start : mark.start()].strip():
            return text[start : mark.start()]
        start = mark.end()
    return text[start:]


def _tagged(text: str) -> str | None:
    start = _last(_answer_tag(), text)
    if start is None:
        return None
    end = _answer_end().search(text, start)
    return text[start : end.start()] if end else text[start:]


def _last(pattern: re.Pattern[str], text: str) -> int | None:
    end = None
    for mark in pattern.finditer(text):
        end = mark.end()
    return end


@lru_cache(maxsize=1)
def _reasoning_mark() -> re.Pattern[str]:
    known = words()
    names = either(known.reasoning_tags)
    starts = either({open_mark for open_mark, _ in known.reasoning_marks}, inside_words=True)
    ends = either({close_mark for _, close_mark in known.reasoning_marks}, inside_words=True)
    first = rf"\A\s{{0,4}}(?-i:{either(known.reasoning_starts, inside_words=True)}(?=[A-Z]))"
    return re.compile(
        rf"(?P<close><\s?/\s?{names}\s?>|{ends})|(?P<open><\s?{names}(?:\s[^<>\n]{{0,80}})?>|{starts}|{first})",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _end_mark() -> re.Pattern[str]:
    known = words()
    return re.compile(rf"{either(known.end_marks)}|^{either(known.end_lines)}", re.IGNORECASE | re.MULTILINE)


@lru_cache(maxsize=1)
def _prompt_line() -> re.Pattern[str]:
    return re.compile(rf"^[ \t>*#]{{0,4}}{either(words().prompt_lines)}", re.IGNORECASE | re.MULTILINE)


@lru_cache(maxsize=1)
def _answer_tag() -> re.Pattern[str]:
    return re.compile(rf"<\s?{either(words().answer_tags)}(?:\s[^<>\n]{{0,80}})?>", re.IGNORECASE)


@lru_cache(maxsize=1)
def _answer_end() -> re.Pattern[str]:
    return re.compile(rf"<\s?/\s?{either(words().answer_tags)}\s?>", re.IGNORECASE)


@lru_cache(maxsize=1)
def _final_mark() -> re.Pattern[str]:
    return re.compile(
        rf"{either(words().final_marks)}(?:\s{{0,2}}(?:is|are|would be)\b)?[\s:*=_-]{{0,8}}", re.IGNORECASE
    )
