"""What was decided of each variable, as data: for the table, the page and whoever asks later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indievaluecatalog.waves.matching import Match, Matching

_ORDER = ("doubtful", "new", "sure", "left out")


def decisions_of(matching: Matching, done: Mapping[str, tuple[str, str]]) -> list[dict[str, Any]]:
    """One plain record a variable, most doubtful first.

    Args:
        matching: the file held against a known catalog.
        done: variable -> (id in the draft or "", what was done with it).
    """
    ordered = sorted(matching.matches, key=lambda m: (doubt(m), m.variable.position))
    return [_record(match, *done.get(match.variable.name, ("", ""))) for match in ordered]


def doubt(match: Match) -> tuple[int, float]:
    """Sort key: what a person must look at first comes first."""
    relation = match.relation.kind if match.relation is not None else ""
    if match.status == "sure" and relation not in ("same", ""):
        return (_ORDER.index("new"), match.confidence - 1)
    return (_ORDER.index(match.status), match.confidence)


def _record(match: Match, entry: str, what: str) -> dict[str, Any]:
    known, relation = match.known, match.relation
    return {
        "variable": match.variable.name,
        "label": match.variable.label,
        "status": match.status,
        "known": known.id if known is not None else None,
        "known_label": known.label if known is not None else None,
        "role": known.role if known is not None else None,
        "confidence": round(match.confidence, 4),
        "relation": relation.kind if relation is not None else None,
        "codes": relation.says if relation is not None else "",
        "mapping": {str(code): to for code, to in relation.mapping.items()} if relation is not None else {},
        "reasons": [{"kind": one.kind, "strength": round(one.strength, 3), "says": one.says} for one in match.reasons],
        "rivals": [{"id": one.id, "label": one.label, "confidence": round(score, 4)} for one, score in match.rivals],
        "id": entry,
        "done": what,
    }
