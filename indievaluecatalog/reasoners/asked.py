"""Answers as somebody types them, and what a reasoner says to them, the surest first."""

from __future__ import annotations

from collections.abc import Sequence

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.statistical.predict import PersonPrediction


def read_answers(words: Sequence[str]) -> dict[str, int]:
    """Codes by item or demographic, from words such as "Q164=10".

    Raises:
        ReasonerError: a word of another form, or the same id twice.
    """
    found: dict[str, int] = {}
    for word in words:
        name, mark, code = word.partition("=")
        if not mark or not name or not code.strip().lstrip("-").isdigit():
            raise ReasonerError(f"an answer is given as ID=CODE, such as Q164=10, not {word!r}")
        if name.strip() in found:
            raise ReasonerError(f"{name.strip()} is answered twice")
        found[name.strip()] = int(code)
    return found


def surest(found: PersonPrediction, items: Sequence[str] | None, many: int) -> list[tuple[str, str, float]]:
    """(item, most likely statement, its probability) of the items asked for, or of the surest; highest first.

    Raises:
        ReasonerError: an item that is not predicted, as it is none or was answered.
    """
    for name in items or ():
        if name not in found.probabilities:
            raise ReasonerError(f"{name} is not predicted: it is no item of this catalog, or it was answered")
    best = [
        (name, *max(found.probabilities[name].items(), key=lambda pair: pair[1]))
        for name in items or found.probabilities
    ]
    ordered = sorted(best, key=lambda row: -row[2])
    return ordered if items else ordered[:many]
