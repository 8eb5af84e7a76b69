"""Items that no earlier wave has: as much of them as the file says, and TODO where wording is a person's to write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

from indievaluecatalog.catalog.convert import state
from indievaluecatalog.catalog.todo import MARK
from indievaluecatalog.waves.codebook import Variable
from indievaluecatalog.waves.labels import without_number
from indievaluecatalog.waves.scales import Family, Scale, half_wording, recognise, template_of, wording
from indievaluecatalog.waves.write_yaml import COMMENT

MOST_CODES = 12
"""A variable with more codes is a list of places or parties, not a question of value."""
_STEM = re.compile(r":\s+|\s[-\u2013]\s")
_LONGEST = 120
"""A longer subject is a whole question, which a person words."""


def value_labels(variable: Variable) -> dict[int, str]:
    """Every code that may be an answer -> its label; a code without one inside a scale is named by its number.

    A code beyond both ends of a labelled range that only occurs is left for a person.
    """
    named = variable.values
    inside = range(min(named), max(named) + 1) if named else range(0)
    labels = {}
    for code in variable.codes:
        if code < 0:
            continue
        unnamed = str(code) if code in inside else f"{MARK}: what does code {code} mean?"
        labels[code] = " ".join(named.get(code, "").split()) or unnamed
    if _only_ends(named):
        # Steps that nobody took are steps all the same.
        labels |= {code: str(code) for code in inside if code not in labels and code not in variable.missing}
    return dict(sorted(labels.items()))


def _only_ends(named: Mapping[int, str]) -> bool:
    """Whether a scale of ten or eleven steps names its ends, and its middle perhaps.

    Of a shorter one only the steps that occur are known: {1: Yes, 5: No} has no more.
    """
    return 2 <= len(named) <= 3 and max(named) - min(named) in (9, 10)


def new_battery(
    name: str, group: Sequence[Variable], ids: Mapping[str, str], notes: Mapping[str, str]
) -> tuple[dict[str, Any], str]:
    """A battery of neighbours with one scale, as catalog data, and the id of its scale family ("" for none).

    Where every label has a stem ("How often: Take the bus") and the scale is known, the sentences are complete, and
    one TODO asks a person to read them all; elsewhere each item has one for its wording.

    Args:
        name: of the battery.
        group: the variables, all with the same value labels.
        ids: variable name -> item id.
        notes: variable name -> what a person must decide of it.
    """
    labels = value_labels(group[0])
    scale = recognise(labels, group[0].label)
    battery: dict[str, Any] = {"battery": name} | (_graded(scale, labels) if scale else _listed(labels))
    complete = scale is not None and _complete(group)
    topic = _topic(group[0].label) if complete else "{topic}"
    reads = state(battery["template"], battery["refined"][-1].get("slots", {}), {"topic": topic})
    battery[COMMENT] = [f"new: {scale.family.id if scale else 'no known scale'}", f"reads: {reads}"]
    if complete:
        battery["note"] = f"{MARK}: read each topic in its sentence, mend what reads badly, then delete this note"
    missing = {code: text for code, text in group[0].missing.items() if any(c >= 0 for c in group[0].missing)}
    shared = bool(missing) and all(dict(variable.missing) == dict(group[0].missing) for variable in group)
    if shared:
        battery["missing"] = missing
    battery["items"] = [
        _item(variable, ids[variable.name], complete, shared, notes.get(variable.name, "")) for variable in group
    ]
    return battery, scale.family.id if scale else ""


def _item(variable: Variable, name: str, complete: bool, shared: bool, note: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": name, "label": " ".join(variable.label.split()) or f"{MARK}: no label in the file"}
    if variable.name != name:
        entry["variable"] = variable.name
    if not shared and any(code >= 0 for code in variable.missing):
        entry["missing"] = dict(variable.missing)
    entry["slots"] = {"topic": _topic(variable.label) if complete else f"{MARK}: {_topic(variable.label)}"}
    if note:
        entry["note"] = note
    return entry


def stem(label: str) -> str:
    """What the labels of a battery begin with, before the colon or dash; "" for none."""
    parts = _STEM.split(without_number(" ".join(label.split())))
    return parts[0].strip(" .?") if len(parts) > 1 else ""


def subject(label: str) -> str:
    """What a label is about once the battery's stem is off, or all of it."""
    return _STEM.split(without_number(" ".join(label.split())))[-1].strip(" .?") or "nothing is known of it"


def _complete(group: Sequence[Variable]) -> bool:
    """Whether what stands after a common stem may be all that the sentences of a battery need."""
    stems = {stem(variable.label).casefold() for variable in group}
    return len(group) > 1 and len(stems) == 1 and "" not in stems and all(
        len(subject(variable.label)) <= _LONGEST for variable in group
    )  # fmt: skip


def _topic(label: str) -> str:
    """A subject as it stands within a sentence: without its capital, where that only marks a beginning."""
    text = subject(label).replace("{", "(").replace("}", ")")
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[:2] in ("A ",) else text


def _graded(scale: Scale, labels: Mapping[int, str]) -> dict[str, Any]:
    family = scale.family
    facts: dict[str, Any] = {
        "measurement": family.measurement if len(scale.low_to_high) > 2 else "binary",
        "direction": {"attribute": family.attribute, "low_to_high": list(scale.low_to_high)},
        "codes": dict(labels),
        "template": template_of(scale, labels),
    }
    if family.parts:
        return facts | _cut(family, scale.low_to_high)
    facts["refined"] = [
        {"codes": [code], "slots": {"grade": wording(scale, _step(text, scale))}} for code, text in labels.items()
    ]
    facts["polar"] = _polar(scale, labels) or "as refined"
    return facts


def _step(label: str, scale: Scale) -> str:
    """A step of a scale by its place among all, where only its ends are labelled: 2 of 5."""
    if not scale.family.bare:
        return label
    steps = len(scale.low_to_high)
    place = next((at for at, code in enumerate(scale.low_to_high, 1) if str(code) == label), None)
    return label if place is None else f"{place} of {steps}"


def _cut(family: Family, low_to_high: Sequence[int]) -> dict[str, Any]:
    """A scale of ten or eleven steps in four parts and two halves; the middle of eleven stands by itself."""
    n = len(low_to_high)
    middle = (family.middle,) if n == 11 else ()
    parts = (*family.parts[:2], *middle, *family.parts[2:])
    halves = (family.halves[0], *middle, family.halves[1])
    fine = (0, 3, 5, 6, 8, n) if middle else (0, 3, 5, 7, n)
    coarse = (0, 5, 6, n) if middle else (0, 5, n)
    return {"refined": _spans(low_to_high, fine, parts), "polar": _spans(low_to_high, coarse, halves)}


def _spans(steps: Sequence[int], edges: Sequence[int], grades: Sequence[str]) -> list[dict[str, Any]]:
    spans = [
        {"codes": sorted(steps[start:stop]), "slots": {"grade": grade}}
        for (start, stop), grade in zip(pairwise(edges), grades, strict=True)
    ]
    # In the order of the codes, whichever end is the low one.
    return sorted(spans, key=lambda one: min(one["codes"]))


def _polar(scale: Scale, labels: Mapping[int, str]) -> list[dict[str, Any]] | None:
    """Both halves of a scale of grades, and its middle by itself; None for three grades or fewer."""
    steps = scale.low_to_high
    if len(steps) < 4:
        return None
    half = len(steps) // 2
    sides: tuple[tuple[Literal["low", "high"] | None, Sequence[int]], ...] = (
        ("low", steps[:half]),
        (None, steps[half : len(steps) - half]),
        ("high", steps[len(steps) - half :]),
    )
    told = []
    for side, group in sides:
        if not group:
            continue
        of = {code: labels[code] for code in sorted(group)}
        words = half_wording(scale, side, of) if side else None
        # Where the family has no word for all of a half, each of its grades is named.
        words = words or " or ".join(wording(scale, _step(label, scale)) for label in of.values())
        told.append({"codes": list(of), "slots": {"grade": words}})
    # In the order of the codes, as the refined ones are.
    return sorted(told, key=lambda one: min(one["codes"]))


def _listed(labels: Mapping[int, str]) -> dict[str, Any]:
    return {
        "measurement": "binary" if len(labels) == 2 else "nominal",
        "codes": dict(labels),
        "template": "{topic}: {grade}.",
        "refined": [
            {"codes": [code], "slots": {"grade": _bare(text[:1].lower() + text[1:])}} for code, text in labels.items()
        ],
        "polar": "as refined",
    }


def _bare(text: str) -> str:
    return text.replace("{", "(").replace("}", ")").strip(" .") or text
