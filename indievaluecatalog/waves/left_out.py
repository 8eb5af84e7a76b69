"""Variables that are no question to a person: text, numbers without answers, indices, facts of the fieldwork."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from indievaluecatalog.waves.codebook import Variable
from indievaluecatalog.waves.labels import plain, read_label, without_number
from indievaluecatalog.waves.words import Words

UNLABELLED = "no answer is labelled"
NUMBER = "a number without labelled answers"
"""Reasons that a known label outweighs: the file may only lack its value labels."""

_NAMES = 40
"""More labelled codes than this are a list of names, such as parties or regions."""


def why_left_out(variables: Sequence[Variable], words: Words) -> tuple[str, ...]:
    """Why each variable is no question to a person; empty where it may be one."""
    labels = [plain(without_number(variable.label)) for variable in variables]
    blocks = _blocks_of_indices(labels, words)
    return tuple(_why(variable, label, blocks, words) for variable, label in zip(variables, labels, strict=True))


def _why(variable: Variable, label: str, blocks: frozenset[str], words: Words) -> str:
    if variable.kind == "text":
        return "holds text"
    if found := words.derived.search(label):
        return f"derived from other variables: its label says {found[0]!r}"
    if _block(label) in blocks:
        return f"among derived variables: labels that start with {_block(label)!r} are of indices"
    if found := words.fieldwork.search(label):
        return f"about the survey, not the person: its label says {found[0]!r}"
    if not variable.values:
        return NUMBER if variable.kind == "number" else UNLABELLED
    if len(variable.values) > _NAMES:
        return f"a list of {len(variable.values)} names"
    if words.country_specific.search(label):
        return "its answers differ by country"
    return ""


def _block(label: str) -> str:
    """The beginning before the colon without a number at its end: "values-1: x" and "values-2: y" are of one block."""
    start, colon, _ = label.partition(":")
    return start.rstrip("0123456789 -.") if colon else ""


def _blocks_of_indices(labels: Sequence[str], words: Words) -> frozenset[str]:
    derived = Counter(_block(label) for label in labels if words.derived.search(label))
    every = Counter(_block(label) for label in labels)
    return frozenset(block for block, count in derived.items() if block and count >= max(2, every[block] / 4))


def is_local(variable: Variable, words: Words) -> bool:
    """Whether the label says that only a few countries were asked, as "(ES)" at its end does."""
    return read_label(variable.label, words).countries
