"""Kinds of plots, knowing nothing of scores: rows of dots with intervals, lines, and reliability panels."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from textwrap import wrap
from typing import TYPE_CHECKING

from indievaluecatalog.scoring.report.canvas import FAINT, INK, MARKERS, PALETTE, PAPER, tidy
from indievaluecatalog.scoring.report.wording import short
from indievaluecatalog.scoring.scores import Bin, Figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

NAME_LENGTH = 26
LEGEND_LENGTH = 40

LABEL_LINE, LINES_FRAME = 0.15, 0.85
"""Inches: a line of a label beside a plot of lines, and all that stands above and below such a plot."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one series is drawn."""

    colour: str
    marker: str = "o"
    hollow: bool = False


@dataclass(frozen=True, slots=True)
class Series:
    """A name and a figure a row (None where there is none), in the units of the axis; `flat` ones do not vary."""

    name: str
    figures: tuple[Figure | None, ...]
    look: Look
    flat: bool = False


def look(at: int) -> Look:
    """The look of the series at a place; colour and marker change together."""
    return Look(PALETTE[at % len(PALETTE)], MARKERS[at % len(MARKERS)], hollow=at >= len(PALETTE))


def rows_height(names: Sequence[str], series: int = 1) -> float:
    """Inches that rows of these names need."""
    deepest = max((folded(name).count("\n") for name in names), default=0)
    return 0.95 + len(names) * max(0.25 + 0.13 * deepest, 0.09 * series + 0.12)


def folded(name: str, length: int = NAME_LENGTH) -> str:
    """A name on at most two lines."""
    return "\n".join(wrap(name, length, max_lines=2, placeholder="…"))


def dot_rows(axes: Axes, names: Sequence[str], series: Sequence[Series], unit: str, spread: bool = True) -> None:
    """A row a name, in it a dot a series with its interval; `spread` sets the dots of a row under each other."""
    n = len(names)
    tidy(axes)
    for at in range(n):
        if at % 2:
            axes.axhspan(n - 1 - at - 0.5, n - 1 - at + 0.5, color="#f5f7f9", zorder=0, linewidth=0)
    for place, one in enumerate(series):
        shift = 0.62 * (0.5 - (place + 0.5) / len(series)) if spread else 0.0
        for at, figure in enumerate(one.figures):
            if figure is not None:
                dot(axes, figure, n - 1 - at + shift, one.look)
    axes.set_yticks(range(n), [folded(name) for name in reversed(names)])
    axes.set_ylim(-0.6, n - 0.4)
    axes.set_xlabel(unit, fontsize=8.5, color=FAINT)
    axes.margins(x=0.04)


def dot(axes: Axes, figure: Figure, height: float, style: Look) -> None:
    """A dot with its interval."""
    if figure.low is not None and figure.high is not None:
        axes.plot([figure.low, figure.high], [height, height], color=style.colour, linewidth=1.6, zorder=2)
    axes.plot(
        [figure.value],
        [height],
        linestyle="none",
        marker=style.marker,
        markersize=5.5,
        zorder=3,
        markeredgewidth=1.2,
        markerfacecolor=PAPER if style.hollow else style.colour,
        markeredgecolor=style.colour,
    )


def legend(figure: Drawing, entries: Sequence[tuple[str, Look]]) -> None:
    """Names and looks above the plot, clear of the data."""
    from matplotlib.lines import Line2D

    handles = [
        Line2D(
            [], [], linestyle="none", marker=style.marker, markersize=6, markeredgecolor=style.colour,
            markerfacecolor=PAPER if style.hollow else style.colour, label=short(name, LEGEND_LENGTH),
        )
        for name, style in entries
    ]  # fmt: skip
    longest = max(len(short(name, LEGEND_LENGTH)) for name, _ in entries)
    figure.legend(
        handles=handles,
        loc="outside upper left",
        ncols=min(len(entries), max(1, 66 // (longest + 6))),
        frameon=False,
        fontsize=8.5,
        handletextpad=0.3,
        columnspacing=1.4,
        labelcolor=INK,
    )


def lines_height(names: Sequence[str]) -> float:
    """Inches that lines of these names need, so that the names fit beside them."""
    return max(3.6, LINES_FRAME + LABEL_LINE * sum(_label(name).count("\n") + 1.5 for name in names))


def lines(
    axes: Axes,
    series: Sequence[tuple[Series, tuple[int, ...]]],
    x_name: str,
    y_name: str,
    height: float,
    ratios: bool = False,
) -> None:
    """A line a series over whole numbers, with intervals, its name at its right end.

    Flat ones, which do not vary, are thin, dashed and grey. From each line's end dots lead to its name.

    Args:
        axes: to draw on.
        series: each with the numbers its figures are of.
        x_name, y_name: of the axes.
        height: of the whole figure, in inches.
        ratios: whether equal ratios of the numbers, which are above 0 then, are equally far apart.
    """
    tidy(axes, "y")
    ticks = sorted({x for _, places in series for x in places})
    place_of: dict[int, float] = {x: math.log10(x) if ratios else x for x in ticks}
    left, right = place_of[ticks[0]], place_of[ticks[-1]]
    reach = (right - left) or 1
    ends = []
    for one, places in series:
        points = [(place_of[x], figure) for x, figure in zip(places, one.figures, strict=True) if figure is not None]
        if not points:
            continue
        xs, ys = [x for x, _ in points], [figure.value for _, figure in points]
        if one.flat:
            axes.plot([left, right], ys * 2, color=FAINT, linewidth=1, linestyle=(0, (5, 3)))
            ends.append((ys[0], right, one))
            continue
        fill = PAPER if one.look.hollow else one.look.colour
        axes.plot(
            xs, ys, color=one.look.colour, marker=one.look.marker, markersize=5, markerfacecolor=fill, linewidth=1.8
        )
        for x, figure in points:
            if figure.low is not None and figure.high is not None:
                axes.plot([x, x], [figure.low, figure.high], color=one.look.colour, linewidth=1)
        ends.append((ys[-1], xs[-1], one))
    ends.sort(key=lambda end: end[0])
    axes.margins(y=0.06)
    axes.set_xlim(left - 0.04 * reach, right + 0.04 * reach)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high)
    line = LABEL_LINE * (high - low) / (height - LINES_FRAME)
    needed = [line * (_label(one.name).count("\n") + 1.4) for _, _, one in ends]
    for (y, x, one), place in zip(ends, apart([y for y, _, _ in ends], needed, low, high), strict=True):
        colour = FAINT if one.flat else one.look.colour
        axes.plot(
            [x, right + 0.04 * reach, right + 0.12 * reach], [y, y, place], color=colour, linewidth=0.9,
            linestyle=(0, (1, 2)), clip_on=False, zorder=1,
        )  # fmt: skip
        axes.text(
            right + 0.135 * reach, place, _label(one.name), fontsize=8.5, va="center", linespacing=1.1,
            color=FAINT if one.flat else one.look.colour, weight="normal" if one.flat else "bold",
        )  # fmt: skip
    axes.set_xticks(list(place_of.values()), [f"{x:,}" for x in ticks] if ratios else None)
    axes.set_xlabel(x_name, fontsize=8.5, color=FAINT)
    axes.set_ylabel(y_name, fontsize=8.5, color=FAINT)


def _label(name: str) -> str:
    return folded(name, 24)


def apart(wanted: Sequence[float], needed: Sequence[float], low: float, high: float) -> list[float]:
    """Places as near to the wanted ones as they can be (in squares), without overlap, and between two bounds.

    Args:
        wanted: ascending.
        needed: the room each needs, of which half is below and half above it.
        low, high: bounds; where all together need more room, it runs over at the top.
    """
    if not wanted:
        return []
    # Less the room that those below need, places need only ascend: neighbours that do not are set to their mean.
    below = [0.0]
    for one, other in pairwise(needed):
        below.append(below[-1] + (one + other) / 2)
    groups: list[tuple[float, int]] = []
    for place, room in zip(wanted, below, strict=True):
        mean, count = place - room, 1
        while groups and groups[-1][0] > mean:
            before, many = groups.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        groups.append((mean, count))
    bottom = low + needed[0] / 2
    top = max(bottom, high - needed[-1] / 2 - below[-1])
    flat = [min(max(mean, bottom), top) for mean, count in groups for _ in range(count)]
    return [place + room for place, room in zip(flat, below, strict=True)]


def reliability(axes: Axes, name: str, curves: Sequence[tuple[Look, Sequence[Bin]]]) -> None:
    """How often right against how sure, in percent; on the dashed line they are the same."""
    tidy(axes, "both")
    axes.plot([0, 100], [0, 100], color=FAINT, linewidth=1, linestyle=(0, (4, 3)))
    for style, bins in curves:
        filled = [one for one in bins if one.n > 0]
        total = sum(one.n for one in filled) or 1
        xs, ys = [100 * one.confidence for one in filled], [100 * one.accuracy for one in filled]
        axes.plot(xs, ys, color=style.colour, linewidth=1.4)
        axes.scatter(
            xs,
            ys,
            s=[10 + 90 * one.n / total for one in filled],
            marker=style.marker,
            color=style.colour,
            edgecolor=PAPER,
            linewidth=0.6,
            zorder=3,
        )
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 100)
    axes.set_aspect("equal")
    axes.set_xticks([0, 50, 100])
    axes.set_yticks([0, 50, 100])
    axes.set_title(folded(name, 22), loc="left", fontsize=9, color=INK)
