"""Value labels as they are compared: grades, their direction, ranges of numbers, and codes that only have a number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.waves.labels import base, plain, tokens
from indievaluecatalog.waves.words import Words

_BARE = re.compile(r"[-+]?\d+([.,]\d+)?")
_NOISE = re.compile(r"\([^)]*\)|\{[^}]*\}")
_NUMBER = r"(\d{1,3}(?:,\d{3})+|\d+)"
_RANGE = re.compile(_NUMBER + r"\s*(?:-|\u2013|to|and)\s*" + _NUMBER)
_OVER = re.compile(_NUMBER + r"\s*(?:years? )?(?:\+|and (?:over|more|older|above)|or (?:more|older|over))")
_OVER_FIRST = re.compile(r"(?:over|more than|above)\s*" + _NUMBER)
_UNDER = re.compile(r"(?:under|less than|below|up to)\s*" + _NUMBER)
_SINGLE = re.compile(r"^" + _NUMBER + r"\s*(?:years?|child(?:ren)?|persons?|people)?$")
_ZERO = re.compile(r"^(?:none|no (?:children|child|persons?))$")
_GRADED = frozenset({"very", "completely", "fairly", "slight", "great", "definitely", "almost"})
_VAGUE = frozenset(
    {"a", "an", "the", "of", "at", "all", "it", "is", "to", "be", "or", "and", "i", "am", "in", "on", "with"}
)


class ValueLabels:
    """Compares value labels, and keeps what it has compared: surveys use few labels many times."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._grades = {base(word): form for word, form in words.grades.items()}
        self._tokens: dict[str, tuple[frozenset[str], bool]] = {}
        self._pairs: dict[tuple[str, str], float] = {}

    def similarity(self, one: str, other: str) -> float:
        """How alike two value labels are, 0 to 1; opposite ones are not."""
        key = (one, other)
        if key not in self._pairs:
            self._pairs[key] = self._compare(one, other)
        return self._pairs[key]

    def matrix(self, ours: Sequence[str], known: Sequence[str]) -> NDArray[np.float64]:
        """Similarity of every label with every known one, shape (len(ours), len(known))."""
        return np.array([[self.similarity(one, other) for other in known] for one in ours]).reshape(
            len(ours), len(known)
        )

    def core(self, label: str) -> tuple[frozenset[str], bool]:
        """A grade without its strength, such as "agree" of "strongly agree", and whether it is negated."""
        found, turned = self._read(label)
        return found - _GRADED, turned

    def strong(self, label: str) -> bool:
        """Whether a label names a strength."""
        return bool(self._read(label)[0] & _GRADED)

    def _compare(self, one: str, other: str) -> float:
        if plain(one) == plain(other):
            return 1.0
        left, left_turned = self._read(one)
        right, right_turned = self._read(other)
        if not left or not right:
            # "None at all" and "No choice at all": nothing is nothing, of whatever it is.
            return (0.9 if left == right else 0.7) if left_turned and right_turned else 0.0
        shared = _shared(left, right)
        dice = 2 * shared / (len(left) + len(right))
        # "A great deal of choice" holds all of "A great deal"; more words than that say something else.
        within = 0.75 * shared / min(len(left), len(right)) if min(len(left), len(right)) >= 1 else 0.0
        value = max(dice, within)
        if left_turned != right_turned:
            value *= 0.3
        elif self._opposed(left, right):
            value *= 0.2
        return min(value, 0.97)

    def _read(self, label: str) -> tuple[frozenset[str], bool]:
        if label not in self._tokens:
            bare = _NOISE.sub(" ", label)
            found = tokens(bare if bare.strip() else label, self._words)
            if found and self._grades.get(found[0], found[0]) == "neither":
                found = ["neither"]
            turned = sum(word in self._words.negations for word in found if word != "neither") % 2 == 1
            kept = frozenset(
                self._grades.get(word, word)
                for word in found
                if word == "neither" or (word not in self._words.negations and word not in _VAGUE)
            )
            self._tokens[label] = kept, turned
        return self._tokens[label]

    def _opposed(self, left: frozenset[str], right: frozenset[str]) -> bool:
        for group in self._words.contrasts:
            one, other = left & group, right & group
            if one and other and not one & other:
                return True
        return False


def _shared(left: frozenset[str], right: frozenset[str]) -> float:
    """Words of both; one with another ending counts nearly as the same."""
    same = left & right
    near = sum(any(_one_root(word, mate) for mate in right - same) for word in left - same)
    return len(same) + 0.9 * near


def _one_root(word: str, mate: str) -> bool:
    common = next((n for n, (a, b) in enumerate(zip(word, mate, strict=False)) if a != b), min(len(word), len(mate)))
    return common >= 4 and common >= 0.7 * min(len(word), len(mate)) and max(len(word), len(mate)) - common <= 6


def spoken(values: Mapping[int, str]) -> dict[int, str]:
    """The value labels that say something; a label that is a mere number does not."""
    return {code: label for code, label in values.items() if label.strip() and not _BARE.fullmatch(label.strip())}


def interval(label: str) -> tuple[float, float] | None:
    """The whole numbers a label stands for, both ends included, or None: "16-24 years" is (16, 24)."""
    text = plain(label)
    if _ZERO.fullmatch(text):
        return 0.0, 0.0
    if found := _RANGE.search(text):
        return _number(found[1]), _number(found[2])
    if found := _OVER.search(text):
        return _number(found[1]), float("inf")
    if found := _OVER_FIRST.search(text):
        return _number(found[1]) + 1, float("inf")
    if found := _UNDER.search(text):
        return 0.0, _number(found[1]) - 1
    if found := _SINGLE.match(text):
        return _number(found[1]), _number(found[1])
    return None


def _number(text: str) -> float:
    return float(text.replace(",", ""))
