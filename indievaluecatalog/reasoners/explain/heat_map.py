"""Maps of numbers as coloured squares, for people who can or cannot tell red from green."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.reasoners.explain.top import leave_top
from indievaluecatalog.scoring.report.canvas import FAINT, INK, PAPER, Plot, draw
from indievaluecatalog.scoring.report.plots import apart, folded
from indievaluecatalog.scoring.report.wording import clean

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Doubles = NDArray[np.float64]
SIGNED, PLAIN = "PuOr", "viridis"
WIDEST_LABEL, WIDEST_HEAD = 34, 26
TALL = 8.0
"""Inches of a map of items."""


@dataclass(frozen=True, slots=True, eq=False)
class HeatMap:
    """Numbers of rows by columns, and how they are read.

    Attributes:
        values: shape (r, c); NaN is left white.
        rows, columns: their names.
        row_title, column_title: what rows and columns are.
        unit: of the numbers, beside the key of colours.
        signed: whether 0 is in the middle of the colours.
        form: of the numbers in the cells.
        reach: at which number colours are full, where some cells lie far beyond all others; None for the largest.
    """

    values: Doubles
    rows: Sequence[str]
    columns: Sequence[str]
    row_title: str
    column_title: str
    unit: str
    signed: bool = True
    form: str = ".1f"
    reach: float | None = None


def category_plot(heat: HeatMap, key: str, caption: str, alt: str, note: str) -> Plot:
    """A map with a number in every cell; `key` is unique in a page."""
    rows = [folded(clean(name), WIDEST_LABEL) for name in heat.rows]
    columns = [folded(clean(name), WIDEST_HEAD) for name in heat.columns]
    height = 2.3 + 0.36 * len(rows)

    def paint(figure: Drawing) -> None:
        leave_top(figure, height, note)
        axes = figure.add_subplot()
        low, high = _bounds(heat)
        colours = SIGNED if heat.signed else PLAIN
        mesh = axes.pcolormesh(heat.values, cmap=colours, vmin=low, vmax=high, edgecolors=PAPER, linewidth=0.8)
        axes.invert_yaxis()
        for row, column in np.ndindex(heat.values.shape):
            value = heat.values[row, column]
            if np.isfinite(value):
                red, green, blue, _ = mesh.cmap(mesh.norm(value))
                dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
                axes.text(
                    column + 0.5, row + 0.5, format(value, heat.form), ha="center", va="center", fontsize=7,
                    color=PAPER if dark else INK,
                )  # fmt: skip
        places = np.arange(len(columns)) + 0.5
        axes.set_xticks(places, columns, rotation=55, ha="right", rotation_mode="anchor", fontsize=7.5)
        axes.set_yticks(np.arange(len(rows)) + 0.5, rows, fontsize=7.5)
        axes.set_xlabel(heat.column_title, fontsize=8.5, color=FAINT)
        axes.set_ylabel(heat.row_title, fontsize=8.5, color=FAINT)
        axes.set_title(folded(heat.unit, 80), loc="left", fontsize=8.5, color=FAINT, pad=14)
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)

    return draw(key, caption, alt, 8.2, height, paint, note)


def item_plot(heat: HeatMap, groups: Sequence[str], key: str, caption: str, alt: str, note: str) -> Plot:
    """A map too fine for numbers; rows and columns are the same items, which stand in groups that have names.

    Args:
        heat: the map; its names of rows and columns are not drawn.
        groups: of each row, those of a group standing together.
        key: unique in a page.
        caption, alt, note: of the plot.
    """
    edges = [0, *(at + 1 for at, (one, other) in enumerate(pairwise(groups)) if one != other), len(groups)]
    names = [groups[at] for at in edges[:-1]]
    middles = [(start + end) / 2 for start, end in pairwise(edges)]

    def paint(figure: Drawing) -> None:
        leave_top(figure, TALL, note)
        axes = figure.add_subplot()
        low, high = _bounds(heat)
        # A picture, since a square for each of tens of thousands of pairs would be a file of many megabytes.
        drawn = axes.imshow(
            heat.values, cmap=SIGNED, vmin=low, vmax=high, interpolation="nearest",
            extent=(0, len(groups), len(groups), 0),
        )  # fmt: skip
        for edge in edges[1:-1]:
            axes.axhline(edge, color=INK, linewidth=0.4)
            axes.axvline(edge, color=INK, linewidth=0.4)
        labels = [folded(clean(name), WIDEST_LABEL) for name in names]
        axes.set_yticks(_spread(middles, len(groups), 0.026), labels, fontsize=6.5)
        axes.set_xticks(
            _spread(middles, len(groups), 0.026), [folded(clean(name), WIDEST_HEAD) for name in names],
            rotation=55, ha="right", rotation_mode="anchor", fontsize=6.5,
        )  # fmt: skip
        axes.set_xlabel(heat.column_title, fontsize=8.5, color=FAINT)
        axes.set_ylabel(heat.row_title, fontsize=8.5, color=FAINT)
        axes.tick_params(length=0)
        bar = figure.colorbar(drawn, ax=axes, shrink=0.5, pad=0.015, extend="both" if heat.reach else "neither")
        bar.set_label(heat.unit, fontsize=8, color=FAINT)
        bar.ax.tick_params(labelsize=7.5, length=0)

    return draw(key, caption, alt, 9.0, TALL, paint, note)


def _bounds(heat: HeatMap) -> tuple[float, float]:
    known = heat.values[np.isfinite(heat.values)]
    if not len(known):
        return -1.0, 1.0
    if not heat.signed:
        return float(known.min()), float(known.max())
    reach = heat.reach or float(np.abs(known).max()) or 1.0
    return -reach, reach


def _spread(places: Sequence[float], total: int, least: float) -> list[float]:
    """Places moved apart so that labels have `least` of the whole between them, no further than they must."""
    return apart(list(places), [least * total] * len(places), 0.0, float(total))
