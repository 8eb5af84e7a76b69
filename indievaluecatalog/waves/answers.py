"""Which codes stand for no answer: as the file declares, below nought, or because their label says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from indievaluecatalog.waves.labels import plain
from indievaluecatalog.waves.words import Words

_TAIL = re.compile(r"\s*[{(\[].*$|[.!*]+$")
_BEFORE = re.compile(r"^[-\d.:)\s]+")


def split_codes(
    labels: Mapping[int, str], declared: Iterable[int], words: Words
) -> tuple[dict[int, str], dict[int, str]]:
    """The codes that are answers, and those that are none.

    Args:
        labels: code -> value label.
        declared: codes that the file itself declares missing.
        words: the vocabulary.

    Returns:
        Answers and missing codes, each code -> label, ascending. "9 = All" is an answer, "9 = No answer" is none.
    """
    gone = set(declared)
    answers: dict[int, str] = {}
    missing: dict[int, str] = {}
    for code in sorted(labels):
        none = code < 0 or code in gone or says_missing(labels[code], words)
        (missing if none else answers)[code] = labels[code]
    return answers, missing


def says_missing(label: str, words: Words) -> bool:
    """Whether a value label says that there is no answer, in one of the languages known."""
    text = _BEFORE.sub("", plain(label))
    return any(words.missing.fullmatch(one.strip()) is not None for one in (text, _TAIL.sub("", text)) if one.strip())
