"""The words by which answers are read, from a data file, and the patterns made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Words:
    """The lists of `reading_words.yaml`, lower case but for letters; what each is for stands there."""

    reasoning_tags: tuple[str, ...]
    reasoning_marks: tuple[tuple[str, str], ...]
    reasoning_starts: tuple[str, ...]
    answer_tags: tuple[str, ...]
    end_marks: tuple[str, ...]
    end_lines: tuple[str, ...]
    prompt_lines: tuple[str, ...]
    final_marks: tuple[str, ...]
    probe_words: tuple[str, ...]
    other_words: tuple[str, ...]
    id_fields: tuple[str, ...]
    answer_fields: tuple[str, ...]
    other_fields: tuple[str, ...]
    value_words: tuple[str, ...]
    lead_ins: tuple[str, ...]
    negations: tuple[str, ...]
    lead_outs: tuple[str, ...]
    retractions: tuple[str, ...]
    word_letters: tuple[str, ...]
    no_answer: tuple[str, ...]
    refusals: tuple[str, ...]


@lru_cache(maxsize=1)
def words() -> Words:
    """The words that ship with the package."""
    text = files("indievaluecatalog.evaluation").joinpath("reading_words.yaml").read_text("utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    data["reasoning_marks"] = [(mark["open"], mark["close"]) for mark in data["reasoning_marks"]]
    return Words(**{field.name: tuple(data[field.name]) for field in fields(Words)})


_UNSPACED = "\u2e80"
"""From here on come the scripts that set no blank between words."""


def either(phrases: Iterable[str], inside_words: bool = False) -> str:
    """A pattern that finds any of the phrases, longest first; a blank in them stands for a little white space.

    Unless `inside_words`, a phrase that starts or ends with a letter or digit is not found inside a longer word, where
    its script sets blanks between words.
    """
    patterns = []
    for phrase in sorted(phrases, key=lambda text: (-len(text), text)):
        before = r"(?<![^\W_])" if not inside_words and _in_words(phrase[0]) else ""
        after = r"(?![^\W_])" if not inside_words and _in_words(phrase[-1]) else ""
        patterns.append(before + r"\s{1,4}".join(re.escape(part) for part in phrase.split(" ")) + after)
    return f"(?:{'|'.join(patterns)})"


def _in_words(char: str) -> bool:
    return char.isalnum() and char < _UNSPACED
