"""A map of items as tables, plots and files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indievaluecatalog.reasoners.explain.files import write_csv, write_json, write_parquet, write_plots
from indievaluecatalog.reasoners.explain.gains import Gains
from indievaluecatalog.reasoners.explain.heat_map import HeatMap, category_plot, item_plot
from indievaluecatalog.reasoners.explain.item_map import ItemMap
from indievaluecatalog.reasoners.explain.shown import item_position
from indievaluecatalog.reasoners.explain.top import leave_top
from indievaluecatalog.scoring.report.canvas import FAINT, INK, PALETTE, Plot, draw, tidy
from indievaluecatalog.scoring.report.grids import Grid
from indievaluecatalog.scoring.report.plots import folded
from indievaluecatalog.scoring.report.wording import NONE, SYNTHETIC, clean

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

Doubles = NDArray[np.float64]
MILLI = 1_000
"""Tables and plots are in thousandths of a nat."""
MOST = 10
BARS = 25
FULL, FULL_OF_CATEGORIES = 99.0, 97.0
"""Percentiles of the gains at which colours are full: the few beyond would leave all others pale."""


def tellers_grid(found: ItemMap, item: str, most: int = MOST) -> Grid:
    """What tells most about one item: alone, and beside others where that was measured.

    Raises:
        ReasonerError: no such item.
    """
    at = item_position(found.catalog, item)
    listed = list(found.catalog.items.values())
    rows = [
        (
            f"{listed[other].id}: {clean(listed[other].label)}",
            clean(listed[other].category),
            *(_cell(one, other, at) for one in (found.alone, found.beside) if one is not None),
        )
        for other in found.alone.strongest(at, most)
    ]
    beside = () if found.beside is None else (f"Beside {found.n_beside}",)
    return Grid(
        f"What tells most about {item}, {clean(listed[at].label)}, thousandths of a nat{_made_up(found)}",
        ("Answer to", "Category", "Alone", *beside),
        tuple(rows),
        2,
    )


def told_grid(found: ItemMap, most: int = MOST) -> Grid:
    """The items that tell most about an average other one."""
    told, listed = found.alone.told(), list(found.catalog.items.values())
    beside = None if found.beside is None else found.beside.told()
    rows = [
        (
            f"{listed[at].id}: {clean(listed[at].label)}",
            clean(listed[at].category),
            _number(told[at]),
            *(() if beside is None else (_number(beside[at]),)),
        )
        for at in _largest(told, most)
    ]
    heads = () if found.beside is None else (f"Beside {found.n_beside}",)
    return Grid(
        f"Items that tell most about an average other one, thousandths of a nat{_made_up(found)}",
        ("Answer to", "Category", "Alone", *heads),
        tuple(rows),
        2,
    )


def map_plots(found: ItemMap) -> dict[str, Plot]:
    """By file name: categories and items, alone and (where measured) beside others, and what tells most."""
    plots = {}
    versions = [("", found.alone, "an answer shown alone")]
    if found.beside is not None:
        versions.append(("-beside", found.beside, f"an answer shown beside {found.n_beside} others"))
    for name, gains, words in versions:
        plots[f"categories{name}"] = _category_plot(found, gains, name, words)
        plots[f"items{name}"] = _item_plot(found, gains, name, words)
    plots["tellers"] = _teller_plot(found)
    return plots


def write_map(found: ItemMap, folder: str | Path) -> tuple[Path, ...]:
    """Write `items.parquet` (a row a pair of items), `categories.csv`, `map.json` and the plots as SVG.

    Raises:
        ReasonerError: a place that cannot be written.
    """
    place = Path(folder)
    return (
        write_parquet(pair_table(found), found.facts, place / "items.parquet"),
        write_csv(category_rows(found), place / "categories.csv"),
        write_json(dict(found.facts), place / "map.json"),
        *write_plots(map_plots(found), place),
    )


def pair_table(found: ItemMap) -> pa.Table:
    """A row for each pair of items, whose answer is shown and whose is asked, with gains in nats."""
    ids = list(found.catalog.items)
    category = [item.category for item in found.catalog.items.values()]
    i = len(ids)
    shown, asked = np.nonzero(~np.eye(i, dtype=np.bool_))
    columns: dict[str, pa.Array] = {
        "shown": pa.array([ids[at] for at in shown]),
        "shown_category": pa.array([category[at] for at in shown]),
        "asked": pa.array([ids[at] for at in asked]),
        "asked_category": pa.array([category[at] for at in asked]),
    }
    for name, gains in (("alone", found.alone), ("beside", found.beside)):
        if gains is not None:
            columns[name] = pa.array(gains.mean[shown, asked], from_pandas=True)
            columns[f"{name}_error"] = pa.array(gains.error[shown, asked], from_pandas=True)
            columns[f"{name}_persons"] = pa.array(gains.persons[shown, asked])
    columns["synthetic"] = pa.array([found.synthetic] * len(shown))
    return pa.table(columns)


def category_rows(found: ItemMap) -> list[dict[str, object]]:
    """A row for each pair of categories: mean gains over their pairs of items, in nats."""
    names = found.catalog.categories
    means = {"alone": found.alone.by_category(found.catalog)}
    if found.beside is not None:
        means["beside"] = found.beside.by_category(found.catalog)
    return [
        {
            "shown": shown,
            "asked": asked,
            **{name: float(value[row, column]) for name, value in means.items()},
            "synthetic": found.synthetic,
        }
        for row, shown in enumerate(names)
        for column, asked in enumerate(names)
    ]


def _category_plot(found: ItemMap, gains: Gains, name: str, words: str) -> Plot:
    names = found.catalog.categories
    values = MILLI * gains.by_category(found.catalog)
    heat = HeatMap(
        values=values,
        rows=names,
        columns=names,
        row_title="category of the answer shown",
        column_title="category of the answer asked",
        unit=f"gain by {words}, thousandths of a nat, mean over pairs of items",
        reach=_reach(values, FULL_OF_CATEGORIES),
    )
    caption = f"What an answer of one category tells about one of another: {heat.unit}"
    alt = f"Map: {caption}; {len(names)} by {len(names)} cells. The table holds the numbers."
    return category_plot(heat, f"map-categories{name}", caption, alt, _note(found))


def _item_plot(found: ItemMap, gains: Gains, name: str, words: str) -> Plot:
    items = list(found.catalog.items.values())
    order = np.argsort([found.catalog.categories.index(item.category) for item in items], kind="stable")
    values = MILLI * gains.mean[np.ix_(order, order)]
    ids = [items[at].id for at in order]
    heat = HeatMap(
        values=values,
        rows=ids,
        columns=ids,
        row_title="item of the answer shown",
        column_title="item of the answer asked",
        unit=f"gain by {words}, thousandths of a nat",
        reach=_reach(values, FULL),
    )
    caption = f"What each item tells about each other one: {heat.unit}"
    alt = f"Map: {caption}; {len(ids)} by {len(ids)} items, by category. The table holds the numbers."
    groups = [items[at].category for at in order]
    return item_plot(heat, groups, f"map-items{name}", caption, alt, _note(found))


def _teller_plot(found: ItemMap) -> Plot:
    """Bars: items by what they tell of an average other one."""
    items = list(found.catalog.items.values())
    told = found.alone.told()
    chosen = _largest(told, BARS)
    names = [folded(f"{items[at].id}: {clean(items[at].label)}", 60) for at in chosen]
    height = 1.0 + sum(0.2 + 0.1 * name.count("\n") for name in names)

    def paint(figure: Drawing) -> None:
        leave_top(figure, height, _note(found))
        axes = figure.add_subplot()
        tidy(axes)
        values = [MILLI * told[at] for at in chosen]
        axes.barh(range(len(chosen)), values, color=PALETTE[0], height=0.66)
        for at, value in enumerate(values):
            axes.text(value, at, f" {value:.1f}", va="center", fontsize=7, color=INK)
        axes.set_yticks(range(len(chosen)), names, fontsize=7)
        axes.set_ylim(len(chosen) - 0.4, -0.6)
        axes.set_xlabel(
            "gain about an average other item, alone, thousandths of a nat", fontsize=8.5, color=FAINT
        )  # fmt: skip

    caption = f"The {len(chosen)} items that tell most about all others, each shown alone"
    return draw(
        "map-tellers", caption, f"Bars: {caption}. The table holds the numbers.", 7.6, height, paint, _note(found)
    )


def _reach(values: Doubles, percentile: float) -> float | None:
    known = np.abs(values[np.isfinite(values)])
    return float(np.percentile(known, percentile)) if len(known) else None


def _largest(values: Doubles, most: int) -> list[int]:
    order = np.argsort(-np.where(np.isfinite(values), values, -np.inf), kind="stable")[:most]
    return [int(at) for at in order if np.isfinite(values[at])]


def _cell(gains: Gains, shown: int, asked: int) -> str:
    mean, error = gains.mean[shown, asked], gains.error[shown, asked]
    if not np.isfinite(mean):
        return NONE
    return f"{MILLI * mean:.0f}" + (f" ± {MILLI * error:.0f}" if np.isfinite(error) else "")


def _number(value: float) -> str:
    return f"{MILLI * value:.1f}" if np.isfinite(value) else NONE


def _made_up(found: ItemMap) -> str:
    return f" ({SYNTHETIC})" if found.synthetic else ""


def _note(found: ItemMap) -> str:
    return SYNTHETIC if found.synthetic else ""
