"""Items that no earlier wave has: as much of them as the file says, and TODO where wording is a person's to write."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from indievaluecatalog.catalog.todo import MARK
from indievaluecatalog.waves.codebook import Variable
from indievaluecatalog.waves.scales import Family, Scale, recognise

MOST_CODES = 12
"""A variable with more codes is a list of places or parties, not a question of value."""


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
    if len(named) >= 2 and max(named) - min(named) in (9, 10) and len(named) <= 3:
        # Only the ends of a scale are labelled; steps that nobody took are steps all the same.
        labels |= {code: str(code) for code in inside if code not in labels}
    return dict(sorted(labels.items()))


def new_battery(name: str, group: Sequence[Variable], ids: Mapping[str, str]) -> tuple[dict[str, Any], str]:
    """A battery of neighbours with one scale, as catalog data, and the id of its scale family ("" for none).

    Args:
        name: of the battery.
        group: the variables, all with the same value labels.
        ids: variable name -> item id.
    """
    labels = value_labels(group[0])
    scale = recognise(labels)
    battery: dict[str, Any] = {"battery": name} | (_graded(scale, labels) if scale else _listed(labels))
    battery["items"] = [_item(variable, ids[variable.name], scale) for variable in group]
    return battery, scale.family.id if scale else ""


def _item(variable: Variable, name: str, scale: Scale | None) -> dict[str, Any]:
    entry: dict[str, Any] = {"id": name, "label": " ".join(variable.label.split()) or f"{MARK}: no label in the file"}
    if variable.name != name:
        entry["variable"] = variable.name
    if variable.missing and any(code >= 0 for code in variable.missing):
        entry["missing"] = dict(variable.missing)
    what = subject(variable.label)
    if scale is not None and scale.family.wording_todo:
        entry["slots"] = {"topic": f"{MARK}: word what this asks ({what})"}
    else:
        entry["slots"] = {"topic": f"{MARK}: {what}"}
    return entry


def subject(label: str) -> str:
    """What a label is about once the battery's stem is off, or all of it."""
    return re.split(r":\s+|\s[-\u2013]\s", " ".join(label.split()))[-1].strip(" .?") or "nothing is known of it"


def _graded(scale: Scale, labels: Mapping[int, str]) -> dict[str, Any]:
    family = scale.family
    facts: dict[str, Any] = {
        "measurement": family.measurement if len(scale.low_to_high) > 2 else "binary",
        "direction": {"attribute": family.attribute, "low_to_high": list(scale.low_to_high)},
        "codes": dict(labels),
        "template": family.template if not family.wording_todo else "{topic}: {grade}.",
    }
    if family.parts:
        return facts | _cut(family, scale.low_to_high)
    facts["refined"] = [{"codes": [code], "slots": {"grade": _grade(family, text)}} for code, text in labels.items()]
    polar = _polar(family, scale, labels)
    facts["polar"] = polar or "as refined"
    return facts


def _grade(family: Family, label: str) -> str:
    bare = label.strip().casefold()
    return family.grades.get(bare, label[:1].lower() + label[1:] if not label.isdigit() else f"grade {label}")


def _cut(family: Family, low_to_high: Sequence[int]) -> dict[str, Any]:
    """A scale of ten or eleven steps in four parts and two halves; the middle of eleven stands by itself."""
    n = len(low_to_high)
    middle = (f"{MARK}: words for the middle of the scale",) if n == 11 else ()
    parts = (*family.parts[:2], *middle, *family.parts[2:])
    halves = (family.halves[0], *middle, family.halves[1])
    fine = (0, 3, 5, 6, 8, n) if middle else (0, 3, 5, 7, n)
    coarse = (0, 5, 6, n) if middle else (0, 5, n)
    return {"refined": _spans(low_to_high, fine, parts), "polar": _spans(low_to_high, coarse, halves)}


def _spans(steps: Sequence[int], edges: Sequence[int], grades: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {"codes": sorted(steps[start:stop]), "slots": {"grade": grade}}
        for (start, stop), grade in zip(pairwise(edges), grades, strict=True)
    ]


def _polar(family: Family, scale: Scale, labels: Mapping[int, str]) -> list[dict[str, Any]] | None:
    """Both halves of a scale of grades, and its middle by itself; None for three grades or fewer."""
    steps = scale.low_to_high
    if len(steps) < 4:
        return None
    half = len(steps) // 2
    groups = [steps[:half], steps[half : len(steps) - half], steps[len(steps) - half :]]
    told = []
    for group in (group for group in groups if group):
        ordered = sorted(group)
        # The mildest grade of a half holds for all who went further: word it so that it covers them.
        words = " or ".join(_grade(family, labels[code]) for code in ordered)
        told.append({"codes": ordered, "slots": {"grade": words}})
    # In the order of the codes, as the refined ones are.
    return sorted(told, key=lambda one: min(one["codes"]))


def _listed(labels: Mapping[int, str]) -> dict[str, Any]:
    return {
        "measurement": "binary" if len(labels) == 2 else "nominal",
        "codes": dict(labels),
        "template": "{topic}: {grade}.",
        "refined": [
            {"codes": [code], "slots": {"grade": text[:1].lower() + text[1:]}} for code, text in labels.items()
        ],
        "polar": "as refined",
    }
