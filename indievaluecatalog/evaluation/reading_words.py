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
    answer_tags: tuple[str, ...]
    end_marks: tuple[str, ...]
    end_lines: tuple[str, ...]
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


def either(phrases: Iterable[str]) -> str:
    """A pattern that finds any of the phrases, longest first; a blank in them stands for a little white space.

    A phrase that starts or ends with a letter or digit is not found inside a longer word.
    """
    patterns = []
    for phrase in sorted(phrases, key=lambda text: (-len(text), text)):
        before = r"(?<![^\W_])" if phrase[0].isalnum() else ""
        after = r"(?![^\W_])" if phrase[-1].isalnum() else ""
        patterns.append(before + r"\s{1,4}".join(re.escape(part) for part in phrase.split(" ")) + after)
    return f"(?:{'|'.join(patterns)})"
