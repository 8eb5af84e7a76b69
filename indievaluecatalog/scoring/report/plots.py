"""Kinds of plots, knowing nothing of scores: rows of dots with intervals, lines, and reliability panels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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


def lines(axes: Axes, series: Sequence[tuple[Series, tuple[int, ...]]], x_name: str, y_name: str) -> None:
    """A line a series over whole numbers, with intervals, its name at its right end."""
    tidy(axes, "y")
    ticks = sorted({x for _, places in series for x in places})
    right = ticks[-1]
    ends = []
    for one, places in series:
        points = [(x, figure) for x, figure in zip(places, one.figures, strict=True) if figure is not None]
        if not points:
            continue
        xs, ys = [x for x, _ in points], [figure.value for _, figure in points]
        if one.flat:
            axes.plot([ticks[0], right], ys * 2, color=one.look.colour, linewidth=1.4, linestyle=(0, (4, 3)))
            ends.append((ys[0], right, one))
            continue
        fill = PAPER if one.look.hollow else one.look.colour
        axes.plot(
            xs, ys, color=one.look.colour, marker=one.look.marker, markersize=5, markerfacecolor=fill, linewidth=1.6
        )
        for x, figure in points:
            if figure.low is not None and figure.high is not None:
                axes.plot([x, x], [figure.low, figure.high], color=one.look.colour, linewidth=1)
        ends.append((ys[-1], xs[-1], one))
    axes.margins(y=0.1)
    low, high = axes.get_ylim()
    heights = _apart([y for y, _, _ in sorted(ends, key=lambda end: end[0])], (high - low) / 11)
    reach = (right - ticks[0]) or 1
    for (y, x, one), height in zip(sorted(ends, key=lambda end: end[0]), heights, strict=True):
        axes.annotate(
            folded(one.name, 20),
            (x, y),
            (right + 0.04 * reach, height),
            fontsize=8.5,
            color=INK,
            va="center",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": one.look.colour, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 5},
        )
    axes.set_xticks(ticks)
    axes.set_xlabel(x_name, fontsize=8.5, color=FAINT)
    axes.set_ylabel(y_name, fontsize=8.5, color=FAINT)


def _apart(heights: Sequence[float], gap: float) -> list[float]:
    """Ascending heights moved up so far that neighbours are `gap` apart, and down again by half of the way."""
    placed: list[float] = []
    for height in heights:
        placed.append(max(height, placed[-1] + gap) if placed else height)
    moved = (placed[-1] - heights[-1]) / 2 if placed else 0.0
    return [height - moved for height in placed]


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
