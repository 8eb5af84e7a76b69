"""Which option a value or a piece of prose names: by its letter, or by its whole statement.

A letter counts only where it is the answer. "A person like this ..." starts with a letter and names no option.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from indievaluecatalog.evaluation.reading_clean import plain_text
from indievaluecatalog.evaluation.reading_words import either, words
from indievaluecatalog.evaluation.request import Slot

Kind = Literal["read", "missing", "out_of_range", "conflicting", "refused", "unreadable", "cut_off"]

_WORD = re.compile(r"[^\W_]+")
_MARKS = str.maketrans({"*": None, "`": None, '"': None, "~": None, "#": None, "$": None, "_": " ", "\\": None})
_EDGES = " \t\n'()[]{}<>.,;:!|-=/\u2013\u2014\u2192\u21d2\u2022"
_ONE_LETTER = re.compile(r"[\s*(\"]*([A-Za-z])")
_SENTENCE = re.compile(r"[.!?;\n]")
_NUMBER = re.compile(r"[+-]?\d[\d.,]*%?")
_LETTERED = re.compile(r"(?!I, )([A-Za-z])(?:\s?[)\]}>:|=]+|[.,;!](?=\s|\Z)|\s?[-\u2013\u2014]{1,2}>?(?=\s)|\s(?=\())")
_TOGETHER = re.compile(r"([A-Za-z])(?:\s?[,/&+;]\s?|\s(?:or|and|to|vs\.?)\s)[(]?([A-Za-z])(?![\w'])")
_BEHIND = re.compile(r"[(\[]([A-Z])[)\]]?\Z")
_OTHER_LETTERED = re.compile(r"(?<![\w'])(?:([A-Z])\s?[):](?!\w)|\(([A-Z])\))")
_LETTER_WORD = re.compile(r"([A-Za-z])\s(?=\S)")
_BOLD_AT_END = re.compile(r"(?:\*\*|__|`|\")\(?([A-Z])[).]{0,2}(?:\*\*|__|`|\")[.!)]{0,2}[ \t]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Found:
    """What a text says about one probe; `position` is that of the option as shown, if one is read."""

    kind: Kind
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Options:
    """A slot's options, made ready.

    Attributes:
        count: how many.
        statements: their words, lower case; in the order shown.
        longest: characters of the longest statement, with room for white space.
    """

    count: int
    statements: tuple[str, ...]
    longest: int

    def letter(self, letter: str) -> Found:
        """The option of a letter, or "out_of_range"."""
        position = ord(letter.upper()) - ord("A") if letter.isascii() and letter.isalpha() else -1
        return Found("read", position) if 0 <= position < self.count else Found("out_of_range")

    def statement(self, text: str) -> Found | None:
        """The option whose whole statement a text is, whatever its case and punctuation; None for no statement."""
        if len(text) > self.longest:
            return None
        same = normalised(text)
        positions = [at for at, statement in enumerate(self.statements) if statement == same] if same else []
        if not positions:
            return None
        return Found("read", positions[0]) if len(positions) == 1 else Found("conflicting")

    def first_statement(self, text: str) -> Found | None:
        """The option whose whole statement a text begins with; the longest, if there are several."""
        start = normalised(text[: self.longest + 1])
        fitting = [(len(s), at) for at, s in enumerate(self.statements) if start == s or start.startswith(f"{s} ")]
        if not fitting:
            return None
        longest = max(fitting)[0]
        positions = [at for length, at in fitting if length == longest]
        return Found("read", positions[0]) if len(positions) == 1 else Found("conflicting")


def options_of(slot: Slot) -> Options:
    """A slot's options, made ready."""
    statements = tuple(normalised(plain_text(statement)) for statement in slot.options)
    return Options(len(slot.options), statements, 2 * max(map(len, slot.options), default=0) + 40)


def normalised(text: str) -> str:
    """The words of a text, lower case, one blank between them."""
    return " ".join(_WORD.findall(text.casefold()))


def read_value(value: str, options: Options) -> Found:
    """The option that a short text such as the value of a field names: all of it must be the answer.

    Accepted are a letter ("B", "(b)", "Option B"), a letter with text behind it ("B) Family is ..."), and the whole
    statement. A number is no letter: nobody knows whether it counts from 0 or from 1.
    """
    if is_blank(value):
        return Found("missing")
    core = value.translate(_MARKS).strip(_EDGES)
    if not core or core.casefold() in words().no_answer:
        return Found("missing")
    for _ in range(3):
        if (whole := _whole(core, options)) is not None:
            return whole
        before = _value_word().match(core)
        if before is None:
            break
        core = core[before.end() :].strip(_EDGES)
    if (together := _TOGETHER.match(core)) is not None and together[1].isupper() == together[2].isupper():
        first, second = options.letter(together[1]), options.letter(together[2])
        if first.kind == second.kind == "read":
            return first if first == second else Found("conflicting")
    if (lettered := _LETTERED.match(core)) is not None:
        rest, letter = core[lettered.end() :], options.letter(lettered[1])
        word = rest.startswith("(") and (lettered[1].islower() or lettered[1] in words().word_letters)
        return _with_text(letter, rest, options, only_statement=word)
    if (behind := _BEHIND.search(value.translate(_MARKS).strip(" \t\n.,;:'")[-4:])) is not None:
        said = options.statement(core[: core.rfind(behind[1])])
        if said is not None:
            return said if said == options.letter(behind[1]) else Found("conflicting")
    if (word := _LETTER_WORD.match(core)) is not None:
        rest = core[word.end() :]
        if _lead_out().match(rest):
            return _with_text(options.letter(word[1]), rest, options)
        said = options.statement(rest)
        if said is not None:
            return said if said == options.letter(word[1]) else Found("conflicting")
    return Found("refused") if refuses(value[:400]) else Found("unreadable")


def is_blank(value: str) -> bool:
    """Whether a value says that there is no answer, or is the blank of a form: "", "null", "<letter>"."""
    bare = value.strip(" \t\n\"'`*_")
    return not bare or bare.casefold() in words().no_answer or (bare[0] == "<" and bare[-1] == ">" and len(bare) < 60)


def _whole(core: str, options: Options) -> Found | None:
    if len(core) == 1 and core.isalnum():
        return options.letter(core)
    if _NUMBER.fullmatch(core):
        return Found("out_of_range")
    return options.statement(core)


def _with_text(letter: Found, rest: str, options: Options, only_statement: bool = False) -> Found:
    """A letter with text behind it, which may say something else."""
    said = options.first_statement(rest)
    if said is None and only_statement:
        return Found("unreadable")
    if said is not None and said != letter:
        return Found("conflicting")
    for other in _OTHER_LETTERED.finditer(rest):
        found = options.letter(other[1] or other[2])
        if found.kind == "read" and found != letter:
            return Found("conflicting")
    return letter


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
        if _negation().search(before):
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


def refuses(text: str) -> bool:
    """Whether a text holds words of a refusal; to be asked only where no answer was found."""
    return _refusal().search(text) is not None


def names_only_letter(text: str, options: Options) -> bool:
    """Whether a cut-off text is one letter and cannot be the start of a statement: one-token answers are."""
    letter = _ONE_LETTER.fullmatch(text)
    return letter is not None and all(letter[1].casefold() != said.split(" ", 1)[0] for said in options.statements)


@lru_cache(maxsize=1)
def _value_word() -> re.Pattern[str]:
    return re.compile(rf"{either(words().value_words)}(?:\s(?:is|are)\b)?[\s:=\-#(]{{1,4}}", re.IGNORECASE)


@lru_cache(maxsize=1)
def _lead_out() -> re.Pattern[str]:
    return re.compile(either(words().lead_outs), re.IGNORECASE)


@lru_cache(maxsize=1)
def _lead_in() -> re.Pattern[str]:
    return re.compile(either(words().lead_ins), re.IGNORECASE)


@lru_cache(maxsize=1)
def _negation() -> re.Pattern[str]:
    return re.compile(either(words().negations), re.IGNORECASE)


@lru_cache(maxsize=1)
def _refusal() -> re.Pattern[str]:
    return re.compile(either(words().refusals), re.IGNORECASE)
