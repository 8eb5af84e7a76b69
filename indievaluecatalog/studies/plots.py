"""The plots of a study."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from indievaluecatalog.scoring.report.canvas import INK, PAPER, Plot, draw
from indievaluecatalog.scoring.report.figures import KEY_LOOKS, WIDTH, times
from indievaluecatalog.scoring.report.plots import (
    Series,
    dot_rows,
    folded,
    legend,
    lines,
    lines_height,
    look,
    rows_height,
)
from indievaluecatalog.scoring.report.row_figures import dimension_plot, inequity_plot
from indievaluecatalog.scoring.report.wording import SYNTHETIC, clean, part_main, run_labels
from indievaluecatalog.studies.outcome import Line, Outcome

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing
    from matplotlib.patches import Patch

FULL_COLOUR = 5.0
"""Points of gain at which a cell of the map is fully coloured, at least."""


def plots_of(outcome: Outcome) -> tuple[Plot, ...]:
    """The plots, the main one first."""
    kind = outcome.study.figure
    if kind == "curve" and not all(line.flat for line in outcome.lines):
        return (_curve(outcome),)
    if kind == "map":
        maps = [_map(outcome, name, at) for at, name in enumerate(outcome.predictors)]
        return tuple(plot for plot in maps if plot is not None) or (_rows(outcome),)
    if kind == "evenness":
        labels = run_labels(outcome.scores)
        found = [inequity_plot(outcome.scores)]
        found += [dimension_plot(entry, at, labels[at]) for at, entry in enumerate(outcome.scores)]
        return tuple(plot for plot in found if plot is not None) or (_rows(outcome),)
    return (_rows(outcome),)


def _note(outcome: Outcome) -> str:
    return SYNTHETIC if outcome.synthetic else ""


def _leave_top(figure: Drawing, height: float, note: str) -> None:
    """Leave the top of the figure to its note."""
    figure.get_layout_engine().set(rect=(0, 0, 1, 1 - (0.2 / height if note else 0)))  # type: ignore[union-attr,call-arg]


def _curve(outcome: Outcome) -> Plot:
    """Accuracy over the number of demonstrations, a line a predictor."""
    key = outcome.key
    series: list[tuple[Series, tuple[int, ...]]] = []
    curves = 0
    for name in outcome.predictors:
        mine = [line for line in outcome.lines if line.predictor == name and key in line.accuracy]
        flat = all(line.flat for line in mine)
        mine = mine[:1] if flat else mine
        figures = tuple(times(line.accuracy[key], 100) for line in mine)
        series.append((Series(name, figures, look(curves), flat), tuple(int(line.condition) for line in mine)))
        curves += not flat
    height, note = lines_height(list(outcome.predictors)), _note(outcome)

    def paint(figure: Drawing) -> None:
        _leave_top(figure, height, note)
        lines(figure.add_subplot(), series, "statements shown of a person", f"accuracy ({key}), %", height)

    alt = f"Lines: accuracy by number of statements shown, {len(series)} predictors. The table holds the numbers."
    caption = f"Accuracy ({key}) by number of statements shown, with 95% intervals"
    return draw(outcome.study.name, caption, alt, WIDTH, height, paint, note)


def _rows(outcome: Outcome) -> Plot:
    """A row a predictor and condition: polar, refined and mean accuracy."""
    keys = [key for key in KEY_LOOKS if any(key in line.accuracy for line in outcome.lines)]
    # A predictor that is the same in all conditions needs one row.
    drawn: list[Line] = []
    for line in outcome.lines:
        if not line.flat or all(one.predictor != line.predictor for one in drawn):
            drawn.append(line)
    predictors, conditions = len(outcome.predictors) > 1, len(outcome.conditions) > 1
    names = [_row_name(line, predictors, conditions) for line in drawn]
    series = [Series(key, tuple(times(line.accuracy.get(key), 100) for line in drawn), KEY_LOOKS[key]) for key in keys]

    def paint(figure: Drawing) -> None:
        axes = figure.add_subplot()
        dot_rows(axes, names, series, "accuracy, %", spread=False)
        legend(figure, [(one.name, one.look) for one in series])

    caption = "Accuracy by predictor and condition" if len(outcome.conditions) > 1 else "Accuracy by predictor"
    alt = f"Dots: {outcome.study.title}; {len(names)} rows. The table holds the numbers."
    return draw(
        outcome.study.name, f"{caption}, with 95% intervals", alt, WIDTH, rows_height(names), paint, _note(outcome)
    )


def _row_name(line: Line, predictors: bool, conditions: bool) -> str:
    """Named by the predictor, the condition, or both, whichever there are several of."""
    if line.flat or not conditions:
        return clean(line.predictor)
    return f"{clean(line.predictor)}: {clean(line.condition)}" if predictors else clean(line.condition)


def _map(outcome: Outcome, predictor: str, place: int) -> Plot | None:
    """Category shown by category asked: points gained over nothing shown, or accuracy where that is not known."""
    mine = [line for line in outcome.lines if line.predictor == predictor and not line.flat]
    gains = any(line.gain for line in mine)
    mine = [line for line in mine if (line.gain if gains else line.by_category)]
    if not mine:
        return None
    values = np.full((len(mine), len(outcome.categories)), np.nan)
    sure = np.zeros(values.shape, bool)
    for row, line in enumerate(mine):
        for part in line.gain if gains else line.by_category:
            figure = part_main(part)
            if figure is not None:
                column = outcome.categories.index(part.name)
                values[row, column] = round(100 * figure.value, 1) + 0.0
                sure[row, column] = figure.low is not None and figure.high is not None and figure.low * figure.high > 0
    reach = max(FULL_COLOUR, float(np.nanmax(np.abs(values)))) if gains else None
    shown = [folded(clean(line.condition), 34) for line in mine]
    asked = [folded(clean(name), 22) for name in outcome.categories]
    own = [
        (row, outcome.categories.index(line.condition))
        for row, line in enumerate(mine)
        if line.condition in outcome.categories
    ]

    height, note = 1.9 + 0.32 * len(mine), _note(outcome)

    def paint(figure: Drawing) -> None:
        _leave_top(figure, height, note)
        axes = figure.add_subplot()
        low, high = (-reach, reach) if reach else (float(np.nanmin(values)), float(np.nanmax(values)))
        # A perceptually even scale that also those who confuse red and green can read.
        colours = "PuOr" if gains else "viridis"
        # Squares, not pixels: a page that may load nothing cannot hold an image.
        mesh = axes.pcolormesh(values, cmap=colours, vmin=low, vmax=high, edgecolors=PAPER, linewidth=0.8)
        axes.invert_yaxis()
        for row, column in np.ndindex(values.shape):
            if np.isfinite(values[row, column]):
                red, green, blue, _ = mesh.cmap(mesh.norm(values[row, column]))
                dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
                axes.text(
                    column + 0.5, row + 0.5, f"{values[row, column]:+.1f}" if gains else f"{values[row, column]:.0f}",
                    ha="center", va="center", fontsize=7, color=PAPER if dark else INK,
                    weight="bold" if gains and sure[row, column] else "normal",
                )  # fmt: skip
        for row, column in own:
            axes.add_patch(_frame(column, row))
        axes.set_xticks(
            np.arange(len(asked)) + 0.5, asked, rotation=60, ha="right", rotation_mode="anchor", fontsize=7.5
        )
        axes.set_yticks(np.arange(len(shown)) + 0.5, shown, fontsize=7.5)
        axes.set_xlabel("category asked", fontsize=8.5)
        axes.set_ylabel("category shown", fontsize=8.5)
        axes.tick_params(length=0)
        for side in axes.spines.values():
            side.set_visible(False)

    what = "points gained over nothing shown" if gains else "accuracy, %"
    caption = f"{clean(predictor)}: {what}, category shown by category asked"
    alt = f"Map: {caption}; {len(mine)} by {len(asked)} cells. The table holds the numbers."
    return draw(f"map-{place}", caption, alt, 1.35 * WIDTH, height, paint, note)


def _frame(column: int, row: int) -> Patch:
    from matplotlib.patches import Rectangle

    return Rectangle((column, row), 1, 1, fill=False, edgecolor=INK, linewidth=1.1)
