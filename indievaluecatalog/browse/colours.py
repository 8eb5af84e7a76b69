"""Colours of bars: one scale for grades, several hues for kinds; ink on each stands out by at least 4.5 to 1.

Black or white, whichever stands out more, does so on any fill.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indievaluecatalog.catalog.model import Granularity, Item

# From one end of a scale over a light middle to the other; told apart without telling red from green.
LOW, MIDDLE, HIGH = (143, 63, 15), (240, 236, 226), (8, 64, 110)
KINDS = ("#08406e", "#e0a458", "#3f7d58", "#b4436c", "#8d99ae", "#6a4c93", "#c9d6a3", "#8f3f0f")
ASIDE = "#ddd3ee"
DARK, LIGHT = "#000000", "#ffffff"


@dataclass(frozen=True, slots=True)
class Paint:
    """A fill and the ink of text on it."""

    fill: str
    ink: str


def paints(item: Item, granularity: Granularity) -> tuple[Paint, ...]:
    """One paint for each option. Grades run along one scale; options off it, "hard to say", are pale."""
    options = item.options(granularity)
    if item.direction is None or item.measurement == "nominal":
        return tuple(_paint(_numbers(KINDS[at % len(KINDS)])) for at in range(len(options)))
    places = {code: at for at, code in enumerate(item.direction.low_to_high)}
    graded = [min((places[code] for code in option.codes if code in places), default=None) for option in options]
    ranks = sorted({rank for rank in graded if rank is not None})
    return tuple(_paint(_numbers(ASIDE) if rank is None else _grade(ranks.index(rank), len(ranks))) for rank in graded)


def _grade(rank: int, size: int) -> Sequence[int]:
    share = rank / (size - 1) if size > 1 else 1.0
    start, end, part = (LOW, MIDDLE, share * 2) if share <= 0.5 else (MIDDLE, HIGH, share * 2 - 1)
    return [round(a + (b - a) * part) for a, b in zip(start, end, strict=True)]


def _numbers(colour: str) -> Sequence[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _paint(colour: Sequence[int]) -> Paint:
    fill = "#" + "".join(f"{part:02x}" for part in colour)
    return Paint(fill, max((DARK, LIGHT), key=lambda ink: contrast(fill, ink)))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours as WCAG 2 counts it, from 1 to 21."""
    first, second = sorted((_luminance(one), _luminance(other)))
    return (second + 0.05) / (first + 0.05)


def _luminance(colour: str) -> float:
    parts = [part / 255 for part in _numbers(colour)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
