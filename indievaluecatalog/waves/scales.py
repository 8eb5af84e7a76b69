"""Which family of answer scales a new item belongs to, by its value labels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal

import yaml


@dataclass(frozen=True, slots=True)
class Family:
    """One entry of scales.yaml; see there."""

    id: str
    codes: tuple[int, int]
    low: str
    high: str
    measurement: Literal["binary", "ordinal", "scale10"]
    attribute: str
    template: str
    each: str = "{label}"
    grades: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    halves: tuple[str, ...] = ()
    middle: str = ""
    polar: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    bare: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """A family, and the codes of a variable from least to most."""

    family: Family
    low_to_high: tuple[int, ...]


@lru_cache(maxsize=1)
def families() -> tuple[Family, ...]:
    """The families that ship with the package, in the order they are tried."""
    data = yaml.safe_load(files("indievaluecatalog.waves").joinpath("scales.yaml").read_text("utf-8"))
    return tuple(Family(**{key: _tuple(value) for key, value in entry.items()}) for entry in data["families"])


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def recognise(labels: Mapping[int, str], label: str = "") -> Scale | None:
    """The scale that a variable's labels make; None where they name no family.

    Args:
        labels: every substantive code -> its value label; "" or the number itself where it has none.
        label: of the variable.
    """
    codes = tuple(sorted(labels))
    if len(codes) < 2:
        return None
    first, last = labels[codes[0]], labels[codes[-1]]
    inner = [labels[code] for code in codes[1:-1]]
    bare = len(inner) > 1 and 2 * sum(_is_bare(label) for label in inner) > len(inner)
    if _is_bare(first) or _is_bare(last):
        return None
    for family in families():
        if not family.codes[0] <= len(codes) <= family.codes[1] or not _is(family.about, label):
            continue
        # Names of ten things are no scale of ten points, and numbers between two grades are no grades.
        if family.bare != bare and not (bare and family.parts):
            continue
        if _is(family.low, first) and _is(family.high, last):
            return Scale(family, codes)
        if _is(family.low, last) and _is(family.high, first):
            return Scale(family, codes[::-1])
    return None


def _is(pattern: str, label: str) -> bool:
    return re.search(pattern, label, re.IGNORECASE) is not None


def _is_bare(label: str) -> bool:
    return not label or label.isdigit()


def wording(scale: Scale, label: str) -> str:
    """What an option says that stands for one grade."""
    family = scale.family
    text = label.replace("{", "(").replace("}", ")")
    bare = " ".join(text.split()).strip(" .").casefold()
    return family.grades.get(bare) or family.each.replace("{label}", _lower(text))


def half_wording(scale: Scale, side: Literal["low", "high"], labels: Mapping[int, str]) -> str | None:
    """What the lower or upper half of the grades says in one; None where the family cannot say it of all of them.

    Args:
        scale: as recognised.
        side: which half.
        labels: code -> value label, of that half.
    """
    half = scale.family.polar.get(side)
    if half is None or not all(_is(half["labels"], label) for label in labels.values()):
        return None
    return half["words"]


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def template_of(scale: Scale, labels: Mapping[int, str]) -> str:
    """The family's template, with the labels of both ends where it names them."""
    low, high = (labels[scale.low_to_high[at]].replace("{", "(").replace("}", ")") for at in (0, -1))
    return scale.family.template.replace("{low}", low).replace("{high}", high)
