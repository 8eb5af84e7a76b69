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
    grades: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    halves: tuple[str, ...] = ()
    wording_todo: bool = False


@dataclass(frozen=True, slots=True)
class Scale:
    """A family, and the codes of a variable from least to most; codes off the scale are `others`."""

    family: Family
    low_to_high: tuple[int, ...]
    others: tuple[int, ...] = ()


@lru_cache(maxsize=1)
def families() -> tuple[Family, ...]:
    """The families that ship with the package, in the order they are tried."""
    data = yaml.safe_load(files("indievaluecatalog.waves").joinpath("scales.yaml").read_text("utf-8"))
    return tuple(Family(**{key: _tuple(value) for key, value in entry.items()}) for entry in data["families"])


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def recognise(labels: Mapping[int, str]) -> Scale | None:
    """The scale that a variable's labels make; None where they name no family.

    Args:
        labels: every substantive code -> its value label; "" or the number itself where it has none.
    """
    codes = tuple(sorted(labels))
    for family in families():
        if not family.codes[0] <= len(codes) <= family.codes[1]:
            continue
        first, last = labels[codes[0]], labels[codes[-1]]
        if _is(family.low, first) and _is(family.high, last):
            return Scale(family, codes)
        if _is(family.low, last) and _is(family.high, first):
            return Scale(family, codes[::-1])
    return None


def _is(pattern: str, label: str) -> bool:
    return re.search(pattern, label, re.IGNORECASE) is not None
