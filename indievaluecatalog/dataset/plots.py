"""The card's plots. Drawn without a display, and the same bytes for the same input.

Colours are those of Okabe and Ito, which people tell apart whatever their colour vision; where groups matter they
also have shapes or names of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, SOFT, GRID, PALE = "#1f2933", "#5b6770", "#d9dee3", "#a9cbe4"
PALETTE = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#7a7a7a", "#000000")
SHAPES = ("o", "s", "^", "D", "v", "P", "X", "*")
WIDTH, DPI = 7.6, 140
"""Inches and dots: about the width of a card's column, at twice the sharpness of small screens."""


@dataclass(frozen=True, slots=True)
class CategoryBar:
    """A category: how many statements it has, and the percentages of its cells by reason, `answered` first."""

    name: str
    polar: int
    refined: int
    shares: tuple[float, ...]


def _figure(height: float, note: str, columns: int = 1) -> tuple[Figure, list[Axes]]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    panels = list(figure.subplots(1, columns, squeeze=False)[0])
    for axes in panels:
        for side in ("top", "right", "left", "bottom"):
            axes.spines[side].set_visible(False)
        axes.tick_params(colors=INK, length=0, labelsize=8)
        axes.set_axisbelow(True)
    if note:
        figure.text(0.995, 1 - 0.06 / height, note, ha="right", va="top", fontsize=7.5, color="#a33b00", weight="bold")
    return figure, panels


def _in_lines(text: str, width: int) -> str:
    """Cut into lines of at most about `width` letters, of like length: no word stands alone."""
    lines = -(-len(text) // width)
    return text if lines < 2 else fill(text, min(width, len(text) // lines + 7))


def _title(figure: Figure, text: str, under: str = "") -> None:
    height = figure.get_figheight()
    figure.text(0.01, 1 - 0.22 / height, text, ha="left", va="top", fontsize=10.5, color=INK, weight="bold")
    if under:
        figure.text(0.01, 1 - 0.44 / height, under, ha="left", va="top", fontsize=8, color=SOFT)


def _place(figure: Figure, left: float, right: float, top: float, bottom: float, space: float = 0.0) -> None:
    """Where the panels lie, in inches from each side: fixed, which is quicker than letting a layout look for it."""
    width, height = figure.get_figwidth(), figure.get_figheight()
    figure.subplots_adjust(left / width, bottom / height, 1 - right / width, 1 - top / height, wspace=space)


def _save(figure: Figure, path: Path) -> None:
    # Without this matplotlib writes its own version into the file.
    figure.savefig(path, metadata={"Software": None})


def draw_countries(path: Path, columns: Sequence[Sequence[tuple[str, int | None]]], title: str, note: str) -> None:
    """A bar a country in columns of names; (name, None) is a heading, ("", None) a gap."""
    rows = max(len(column) for column in columns)
    largest = max((n for column in columns for _, n in column if n is not None), default=1)
    figure, panels = _figure(0.62 + 0.165 * rows, note, len(columns))
    for axes, column in zip(panels, columns, strict=True):
        for at, (name, persons) in enumerate(column):
            if persons is None:
                axes.text(0, at, name, fontsize=8, color=INK, weight="bold", va="center")
                continue
            axes.barh(at, persons, height=0.74, color=PALETTE[0])
            axes.text(persons + largest * 0.03, at, f"{persons:,}", fontsize=7, color=SOFT, va="center")
        named = [(at, name) for at, (name, persons) in enumerate(column) if persons is not None]
        axes.set_yticks([at for at, _ in named], [name for _, name in named], fontsize=7.5)
        axes.set_xticks([])
        axes.set_xlim(0, largest * 1.3)
        axes.set_ylim(rows - 0.4, -0.6)
    _title(figure, title)
    _place(figure, 1.25, 0.05, 0.5, 0.05, space=0.95)
    _save(figure, path)


def draw_categories(path: Path, bars: Sequence[CategoryBar], reasons: Sequence[str], note: str) -> None:
    """Left the statements of each category, right the percentage of its answers that is missing, by reason."""
    figure, (left, right) = _figure(0.95 + 0.34 * len(bars), note, 2)
    colours = (PALETTE[6], PALETTE[1], PALETTE[0], PALETTE[3])
    most = max((bar.refined for bar in bars), default=1)
    gap = max((sum(bar.shares[1:]) for bar in bars), default=0.0) or 1.0
    for at, bar in enumerate(bars):
        left.barh(at, bar.refined, height=0.7, color=PALE)
        left.barh(at, bar.polar, height=0.36, color=PALETTE[0])
        left.text(bar.refined + most * 0.02, at, f"{bar.refined}", fontsize=7.5, color=SOFT, va="center")
        start = 0.0
        for colour, share in zip(colours, bar.shares[1:], strict=False):
            right.barh(at, share, left=start, height=0.7, color=colour, edgecolor="white", linewidth=0.5)
            start += share
        right.text(start + gap * 0.02, at, f"{bar.shares[0]:.1f}% answered", fontsize=7.5, color=SOFT, va="center")
    left.set_yticks(range(len(bars)), [_in_lines(bar.name, 30) for bar in bars], fontsize=7.5)
    right.set_yticks([])
    left.set_xlim(0, most * 1.15)
    right.set_xlim(0, gap * 1.5)
    right.xaxis.set_major_formatter("{x:.0f}%")
    for axes in (left, right):
        axes.set_ylim(len(bars) - 0.4, -0.6)
        axes.grid(axis="x", color=GRID, linewidth=0.6)
    _headed(left, "Statements", (PALE, PALETTE[0]), ("refined", "polar"))
    _headed(right, "Answers that are missing", colours, reasons[1:])
    _place(figure, 1.95, 0.1, 0.72, 0.25, space=0.06)
    _save(figure, path)


def _headed(axes: Axes, title: str, colours: Sequence[str], names: Sequence[str]) -> None:
    """A panel's title, and under it what its colours mean."""
    from matplotlib.patches import Patch

    axes.set_title(title, loc="left", fontsize=9.5, color=INK, weight="bold", pad=19)
    _legend(axes, [Patch(color=colour) for colour, _ in zip(colours, names, strict=False)], names, 0.0)


def _legend(axes: Axes, marks: Sequence[Artist], names: Sequence[str], left: float) -> None:
    """One row above the data, from `left` in widths of the panel: clear of the data, wherever these lie."""
    axes.legend(
        list(marks),
        list(names),
        ncols=len(names),
        fontsize=7,
        frameon=False,
        loc="lower left",
        bbox_to_anchor=(left, 1.0),
        borderaxespad=0.1,
        borderpad=0.1,
        handlelength=0.9,
        handletextpad=0.4,
        columnspacing=0.7,
    )


def draw_dots(
    path: Path,
    rows: Sequence[tuple[str, Sequence[float | None]]],
    groups: Sequence[str],
    title: str,
    under: str,
    note: str,
) -> None:
    """A row a statement, a mark a group at its share in percent; the spread between marks is what one looks at."""
    from matplotlib.lines import Line2D

    figure, (axes,) = _figure(1.15 + 0.4 * len(rows), note)
    for at, (_, shares) in enumerate(rows):
        known = [share for share in shares if share is not None]
        axes.plot([min(known), max(known)], [at, at], color=GRID, linewidth=3, zorder=1)
        for colour, shape, share in zip(PALETTE, SHAPES, shares, strict=False):
            if share is not None:
                axes.plot(
                    [share], [at], shape, color=colour, markersize=6.5, markeredgewidth=0.5, markeredgecolor="white"
                )
    axes.set_yticks(range(len(rows)), [_in_lines(name, 46) for name, _ in rows], fontsize=8)
    axes.set_xlim(-2, 102)
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.xaxis.set_major_formatter("{x:.0f}%")
    marks = [
        Line2D([], [], linestyle="", marker=shape, color=colour, markersize=6)
        for colour, shape, _ in zip(PALETTE, SHAPES, groups, strict=False)
    ]
    _legend(axes, marks, groups, -0.61)
    _title(figure, title, under)
    _place(figure, 2.85, 0.15, 0.88, 0.25)
    _save(figure, path)


def draw_example(path: Path, rows: Sequence[tuple[str, float]], title: str, under: str, note: str) -> None:
    """A row (statement, percentage of persons who hold it): the sentence, and a bar."""
    figure, (axes,) = _figure(0.75 + 0.36 * len(rows), note)
    for at, (statement, share) in enumerate(rows):
        axes.barh(at, 100, height=0.42, color="#eef1f4")
        axes.barh(at, share, height=0.42, color=PALETTE[0])
        axes.text(101, at, f"{share:.0f}%", fontsize=8, color=INK, va="center")
        axes.text(-3, at, _in_lines(statement, 68), fontsize=8, color=INK, va="center", ha="right", linespacing=1.05)
    axes.set_xlim(0, 112)
    axes.set_ylim(len(rows) - 0.45, -0.6)
    axes.set_xticks([])
    axes.set_yticks([])
    _title(figure, title, under)
    _place(figure, 4.75, 0.05, 0.7, 0.02)
    _save(figure, path)
