"""The card's plots. Drawn without a display, and the same bytes for the same input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, GRID = "#1f2933", "#d9dee3"
PALETTE = ("#2a6f97", "#e07a5f", "#81b29a", "#f2cc8f", "#6d597a", "#8d99ae", "#b56576", "#355070")
DPI = 110


@dataclass(frozen=True, slots=True)
class Bar:
    """One stacked bar: a name and the size of each part."""

    name: str
    parts: tuple[float, ...]


def _figure(width: float, height: float, note: str) -> tuple[Figure, Axes]:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for side in ("top", "right", "left"):
        axes.spines[side].set_visible(False)
    axes.spines["bottom"].set_color(GRID)
    axes.tick_params(colors=INK, length=0, labelsize=8)
    if note:
        figure.text(0.995, 0.985, note, ha="right", va="top", fontsize=7, color="#9b2226")
    return figure, axes


def _head(axes: Axes, title: str, colours: Sequence[str], names: Sequence[str]) -> None:
    """Title, and under it the legend in one row: clear of the data, wherever these lie."""
    from matplotlib.patches import Patch

    axes.set_title(title, loc="left", fontsize=10, color=INK, pad=22)
    axes.legend(
        [Patch(color=colour) for colour, _ in zip(colours, names, strict=False)],
        list(names),
        ncols=len(names),
        fontsize=8,
        frameon=False,
        loc="lower left",
        bbox_to_anchor=(0, 1.0),
        borderaxespad=0.1,
        handlelength=1,
        columnspacing=1.2,
    )


def _save(figure: Figure, path: Path) -> None:
    # Without this matplotlib writes its own version into the file.
    figure.savefig(path, metadata={"Software": None})


def draw_countries(path: Path, countries: Sequence[tuple[str, str, int]], title: str, note: str) -> None:
    """A column a country, grouped and coloured by continent; `countries` is (name, continent, persons)."""
    from matplotlib.ticker import MaxNLocator

    ordered = sorted(countries, key=lambda row: (row[1], -row[2], row[0]))
    continents = sorted({row[1] for row in ordered})
    figure, axes = _figure(11, 3.9, note)
    for colour, continent in zip(PALETTE, continents, strict=False):
        places = [at for at, row in enumerate(ordered) if row[1] == continent]
        axes.bar(places, [ordered[at][2] for at in places], color=colour, width=0.8)
    axes.set_xticks(range(len(ordered)), [row[0] for row in ordered], rotation=90, fontsize=7.5)
    axes.set_xlim(-0.7, len(ordered) - 0.3)
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    _head(axes, title, PALETTE, continents)
    _save(figure, path)


def draw_stacked(
    path: Path, bars: Sequence[Bar], parts: Sequence[str], title: str, note: str, start: float = 0.0
) -> None:
    """A horizontal bar a row, cut into shares in percent; `start` cuts off the left of the axis."""
    from matplotlib.ticker import MultipleLocator

    figure, axes = _figure(9, 0.9 + 0.32 * len(bars), note)
    colours = ("#cfd8dc", *PALETTE)
    for at, bar in enumerate(reversed(bars)):
        left = 0.0
        for colour, part in zip(colours, bar.parts, strict=False):
            axes.barh(at, part, left=left, color=colour, height=0.72)
            left += part
    axes.set_yticks(range(len(bars)), [bar.name for bar in reversed(bars)], fontsize=8)
    axes.set_xlim(start, 100)
    axes.xaxis.set_major_locator(MultipleLocator(5 if start >= 50 else 20))
    axes.xaxis.set_major_formatter("{x:.0f}%")
    _head(axes, title, colours, parts)
    _save(figure, path)


def draw_dots(
    path: Path,
    rows: Sequence[tuple[str, Sequence[float | None]]],
    groups: Sequence[str],
    title: str,
    note: str,
) -> None:
    """A row an item, a dot a group at its share in percent; the spread between dots is what one looks at."""
    figure, axes = _figure(9, 0.9 + 0.42 * len(rows), note)
    for at, (_, shares) in enumerate(reversed(rows)):
        known = [share for share in shares if share is not None]
        axes.plot([min(known), max(known)], [at, at], color=GRID, linewidth=3, zorder=1)
        for colour, share in zip(PALETTE, shares, strict=False):
            if share is not None:
                axes.scatter([share], [at], color=colour, s=42, zorder=2, edgecolor="white", linewidth=0.6)
    axes.set_yticks(range(len(rows)), [name for name, _ in reversed(rows)], fontsize=8)
    axes.set_xlim(0, 100)
    axes.grid(axis="x", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_formatter("{x:.0f}%")
    _head(axes, title, PALETTE, groups)
    _save(figure, path)
