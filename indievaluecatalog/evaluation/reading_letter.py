"""Which option a value names: by its letter, or by its whole statement.

A letter counts only where it is the answer. "A person like this ..." starts with a letter and names no option.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from indievaluecatalog.evaluation.reading_clean import CUT, plain_text
from indievaluecatalog.evaluation.reading_words import either, words
from indievaluecatalog.evaluation.request import Slot

Kind = Literal["read", "missing", "out_of_range", "conflicting", "refused", "unreadable", "cut_off"]

_WORD = re.compile(r"[^\W_]+")
_MARKS = str.maketrans({"*": None, "`": None, '"': None, "~": None, "#": None, "$": None, "_": " ", "\\": None})
_KEPT = f"+{CUT}"
_ONE_LETTER = re.compile(r"[\s*(\"]*([A-Za-z])")
_NUMBER = re.compile(r"[+-]?\d[\d.,]*%?")
_LETTERED = re.compile(r"(?!I, )([A-Za-z])(?:\s?[)\]}>:|=]+|[.,;!](?=\s|\Z)|\s?[-\u2013\u2014]{1,2}>?(?=\s)|\s(?=\())")
_TOGETHER = re.compile(r"([A-Za-z])(?:\s?[,/&+;|<>]\s?|\s(?:or|and|to|vs\.?)\s)[(]?([A-Za-z])(?![\w'])")
_BLANK = re.compile(r"<(?:[^<>/]{2,60})?>")
_BEHIND = re.compile(r"[(\[]([A-Z])[)\]]?\Z")
_OTHER_LETTERED = re.compile(r"(?<![\w'])(?:([A-Z])\s?[):](?!\w)|\(([A-Z])\)|([A-Z])\s?[(=]\s?\d)")
_ALONE = re.compile(r"(?<![\w'])([A-Z])(?![\w'])(\s[a-z])?")
_IN_BRACKETS = re.compile(r"\([^()]*(?:\)\s?[.,;:!-].*)?", re.DOTALL)
_LETTER_WORD = re.compile(r"([A-Za-z])\s(?=\S)")


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


def trimmed(text: str) -> str:
    """The text without what is no letter or digit at its ends, but for a plus and the mark of a cut."""
    start, end = 0, len(text)
    while start < end and not text[start].isalnum() and text[start] not in _KEPT:
        start += 1
    while end > start and not text[end - 1].isalnum() and text[end - 1] not in _KEPT:
        end -= 1
    return text[start:end]


def normalised(text: str) -> str:
    """The words of a text, lower case, one blank between them."""
    return " ".join(_WORD.findall(text.casefold()))


def read_value(value: str, options: Options) -> Found:
    """The option that a short text such as the value of a field names: all of it must be the answer.

    Accepted are a letter ("B", "(b)", "Option B"), a letter with text behind it ("B) Family is ..."), and the whole
    statement. A number is no letter: nobody knows whether it counts from 0 or from 1.
    """
    core = trimmed(value.translate(_MARKS))
    if is_blank(value) or not core or core.casefold() in words().no_answer:
        return options.statement(value) or Found("missing")
    for _ in range(3):
        if (whole := _whole(core, options)) is not None:
            return whole
        before = _value_word().match(core)
        if before is None:
            break
        core = trimmed(core[before.end() :])
    if (together := _TOGETHER.match(core)) is not None and together[1].isupper() == together[2].isupper():
        first, second = options.letter(together[1]), options.letter(together[2])
        if first.kind == second.kind == "read":
            return first if first == second else Found("conflicting")
    if (lettered := _LETTERED.match(core)) is not None:
        rest, letter = core[lettered.end() :], options.letter(lettered[1])
        word = (
            rest.startswith("(")
            and not _IN_BRACKETS.fullmatch(rest)
            and (lettered[1].islower() or lettered[1] in words().word_letters)
        )
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
    return not bare or bare.casefold() in words().no_answer or _BLANK.fullmatch(bare) is not None


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
    alone = trimmed(rest)
    if said is None and len(alone) == 1 and options.letter(alone).kind == "read" and options.letter(alone) != letter:
        # "A: B" may mean that the answer is B.
        return Found("conflicting")
    for other in _OTHER_LETTERED.finditer(rest):
        found = options.letter(other[1] or other[2] or other[3])
        if found.kind == "read" and found != letter:
            return Found("conflicting")
    if (back := _retraction().search(rest)) is not None:
        for other in _ALONE.finditer(rest, back.end()):
            found = options.letter(other[1])
            if found.kind == "read" and found != letter and not (other[2] and other[1] in words().word_letters):
                return Found("conflicting")
    return letter


def refuses(text: str) -> bool:
    """Whether a text holds words of a refusal; to be asked only where no answer was found."""
    return _refusal().search(text) is not None


def names_only_letter(text: str, options: Options) -> bool:
    """Whether a cut-off text is one letter and cannot be the start of a statement: one-token answers are."""
    letter = _ONE_LETTER.fullmatch(text)
    return letter is not None and all(letter[1].casefold() != said.split(" ", 1)[0] for said in options.statements)


@lru_cache(maxsize=1)
def _value_word() -> re.Pattern[str]:
    return re.compile(rf"{either(words().value_words)}(?:\s(?:is|are)\b)?[\s:=\-#(]{{0,4}}", re.IGNORECASE)


@lru_cache(maxsize=1)
def _lead_out() -> re.Pattern[str]:
    return re.compile(either(words().lead_outs), re.IGNORECASE)


@lru_cache(maxsize=1)
def _refusal() -> re.Pattern[str]:
    return re.compile(either(words().refusals), re.IGNORECASE)


@lru_cache(maxsize=1)
def _retraction() -> re.Pattern[str]:
    return re.compile(either(words().retractions), re.IGNORECASE)
