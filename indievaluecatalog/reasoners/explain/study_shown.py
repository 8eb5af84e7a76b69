"""The study of categories as a table, plots and files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.reasoners.explain.category_study import CategoryLine, CategoryStudy, Kind
from indievaluecatalog.reasoners.explain.files import write_csv, write_json, write_plots
from indievaluecatalog.reasoners.explain.heat_map import HeatMap, category_plot
from indievaluecatalog.scoring.report.canvas import Plot
from indievaluecatalog.scoring.report.grids import Grid
from indievaluecatalog.scoring.report.wording import SYNTHETIC, clean, part_main, percent_figure

KEYS = ("polar", "refined", "mean")


def study_grid(study: CategoryStudy) -> Grid:
    """A row a condition: statements shown, and accuracy over all probes."""
    rows = [
        (clean(line.name), f"{line.statements:.1f}", *(percent_figure(line.accuracy.get(key)) for key in KEYS))
        for line in study.lines
    ]
    made_up = f", {SYNTHETIC}" if study.synthetic else ""
    return Grid(
        f"Accuracy by category shown, %{made_up}", ("Shown", "Statements", "Polar", "Refined", "Mean"), tuple(rows)
    )


def study_plots(study: CategoryStudy) -> dict[str, Plot]:
    """By file name: points gained with one category alone, and lost without it, by category asked."""
    plots = {"only": _plot(study, "only", "points gained over nothing shown (mean of polar and refined)")}
    if study.of("without"):
        unit = "points changed from all shown (mean of polar and refined); below 0 where the category is missed"
        plots["without"] = _plot(study, "without", unit)
    return plots


def write_study_of_categories(study: CategoryStudy, folder: str | Path) -> tuple[Path, ...]:
    """Write `category-study.csv` (a row a figure), `category-study.json` and the plots as SVG.

    Raises:
        ReasonerError: a place that cannot be written.
    """
    place = Path(folder)
    return (
        write_csv(study_rows(study), place / "category-study.csv"),
        write_json(dict(study.facts), place / "category-study.json"),
        *write_plots({f"category-study-{name}": plot for name, plot in study_plots(study).items()}, place),
    )


def study_rows(study: CategoryStudy) -> list[dict[str, object]]:
    """A row for each figure, shares of one: accuracy over all probes (no category asked) and by category asked."""
    rows = []
    for line in study.lines:
        measured = [("accuracy", "", {key: line.accuracy.get(key) for key in KEYS})]
        for measure, parts in (("accuracy", line.by_category), ("change", line.change)):
            measured += [(measure, part.name, {key: getattr(part, key) for key in KEYS}) for part in parts]
        for measure, asked, figures in measured:
            for key, figure in figures.items():
                if figure is not None:
                    rows.append(
                        {
                            "shown": line.kind,
                            "category": line.category,
                            "statements": line.statements,
                            "asked": asked,
                            "measure": measure,
                            "granularity": key,
                            "value": figure.value,
                            "low": figure.low,
                            "high": figure.high,
                            "synthetic": study.synthetic,
                        }
                    )
    return rows


def changes(study: CategoryStudy, lines: tuple[CategoryLine, ...]) -> NDArray[np.float64]:
    """Points changed by category asked, shape (lines, categories); NaN where a category is not probed."""
    found = np.full((len(lines), len(study.categories)), np.nan)
    for row, line in enumerate(lines):
        for part in line.change:
            figure = part_main(part)
            if figure is not None:
                found[row, study.categories.index(part.name)] = round(100 * figure.value, 1) + 0.0
    return found


def _plot(study: CategoryStudy, kind: Kind, unit: str) -> Plot:
    lines = (*study.of(kind), *(study.of("all") if kind == "only" else ()))
    names = [f"{line.category or 'all categories'} ({line.statements:.0f})" for line in lines]
    heat = HeatMap(
        values=changes(study, lines),
        rows=names,
        columns=study.categories,
        row_title="category left out (statements still shown)"
        if kind == "without"
        else "category shown (statements shown)",
        column_title="category asked",
        unit=unit,
        form="+.1f",
    )
    caption = f"{'All shown without' if kind == 'without' else 'Shown'} one category, by category asked: {unit}"
    alt = f"Map: {caption}; {len(lines)} by {len(study.categories)} cells. The table holds the numbers."
    return category_plot(heat, f"category-study-{kind}", caption, alt, SYNTHETIC if study.synthetic else "")
