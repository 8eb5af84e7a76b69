"""The report's plots, from scores."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from indievaluecatalog.scoring.report.canvas import FAINT, INK, PALETTE, PUBLISHED_INK, Plot, draw, tidy
from indievaluecatalog.scoring.report.plots import (
    Look,
    Series,
    dot,
    folded,
    legend,
    lines,
    lines_height,
    look,
    reliability,
    rows_height,
)
from indievaluecatalog.scoring.report.published import Published
from indievaluecatalog.scoring.report.wording import (
    best_place,
    keys_of,
    main_key,
    percent,
    run_labels,
    shown_words,
    synthetic_note,
)
from indievaluecatalog.scoring.scores import Figure, Scores

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Drawing

WIDTH = 5.8
KEY_LOOKS = {
    "polar": Look(PALETTE[0], "o"),
    "mean": Look(INK, "D"),
    "refined": Look(PALETTE[1], "s"),
}


def times(figure: Figure | None, factor: float) -> Figure | None:
    """The figure in other units."""
    if figure is None:
        return None
    low, high = figure.low, figure.high
    return Figure(figure.value * factor, None if low is None else low * factor, None if high is None else high * factor)


def main_accuracy(entry: Scores) -> float:
    """The strict accuracy that stands for a run, a share of one."""
    key = main_key(entry.accuracy)
    return entry.accuracy[key].strict.value if key else 0.0


def accuracy_plot(scores: Sequence[Scores], published: Published | None) -> Plot:
    """Polar, refined and mean accuracy of every run, and below them the published ones."""
    labels = run_labels(scores)
    keys = [key for key in KEY_LOOKS if key in keys_of([entry.accuracy for entry in scores])]
    others = [] if published is None else list(published.accuracy)
    gap = 1 if others else 0
    n = len(scores) + gap + len(others)
    names = list(labels) + [""] * gap
    names += [f"{row.name} · {shown_words(row.shown, row.statements)}" for row in others]

    def paint(figure: Drawing) -> None:
        axes = figure.add_subplot()
        tidy(axes)
        for at, entry in enumerate(scores):
            found = {key: entry.accuracy[key].strict for key in keys if key in entry.accuracy}
            _stretch(axes, [value.value for value in found.values()], n - 1 - at, "#c5cdd5")
            for key, value in found.items():
                dot(axes, times(value, 100) or value, n - 1 - at, KEY_LOOKS[key])
            main = entry.accuracy[main_key(entry.accuracy) or ""].strict
            _at_right(axes, percent(main.value), n - 1 - at, INK, "bold")
        for at, row in enumerate(others):
            height = len(others) - 1 - at
            _stretch(axes, [row.polar, row.refined], height, "#e3dfe6")
            for key in keys:
                style = Look(PUBLISHED_INK, KEY_LOOKS[key].marker, hollow=True)
                dot(axes, Figure(100 * getattr(row, key)), height, style)
            _at_right(axes, percent(row.mean), height, PUBLISHED_INK, "normal")
        if others:
            axes.axhspan(-0.6, len(others) - 0.4, facecolor="none", edgecolor="#eae6ec", hatch="////", linewidth=0)
            axes.axhspan(-0.6, len(others) - 0.4, facecolor="#faf8fb", alpha=0.75, linewidth=0, zorder=0.5)
            axes.text(
                1.0, len(others), "PUBLISHED, on other persons and with other choices", fontsize=8.5, weight="bold",
                color=PUBLISHED_INK, ha="right", va="center", transform=axes.get_yaxis_transform(),
            )  # fmt: skip
        axes.set_yticks(range(n), [folded(name) for name in reversed(names)])
        axes.set_ylim(-0.6, n - 0.4)
        axes.set_xlabel("accuracy, %", fontsize=8.5, color=FAINT)
        axes.margins(x=0.04)
        legend(figure, [(key, KEY_LOOKS[key]) for key in keys])

    best = best_place(scores) or 0
    beyond = " of those that see no more than a model is shown" if any(one.run.sees_also for one in scores) else ""
    alt = (
        f"Dots: accuracy of {len(scores)} run{'s' if len(scores) > 1 else ''}"
        f"{f' and {len(others)} published figures, marked as published' if others else ''}. Highest{beyond}: "
        f"{labels[best]} with {percent(main_accuracy(scores[best]))} percent. The tables hold all numbers."
    )
    return draw("accuracy", "Accuracy by run", alt, WIDTH, rows_height(names), paint, synthetic_note(scores))


def _stretch(axes: Axes, values: Sequence[float], height: float, colour: str) -> None:
    axes.plot([100 * min(values), 100 * max(values)], [height, height], color=colour, linewidth=2.2, zorder=1)


def _at_right(axes: Axes, text: str, height: float, colour: str, weight: str) -> None:
    axes.text(
        1.015, height, text, transform=axes.get_yaxis_transform(), va="center", fontsize=8.5, color=colour,
        weight=weight,
    )  # fmt: skip


def demonstrations_plot(scores: Sequence[Scores]) -> Plot | None:
    """Accuracy by number of demonstrations, a line for runs that differ in nothing else; None with one number."""
    if len({entry.run.n_demonstrations for entry in scores}) < 2:
        return None
    # The same run but for the number; what is not shown statements has none to vary.
    groups: dict[str, list[int]] = {}
    for at, entry in enumerate(scores):
        plain = {key: value for key, value in entry.run.to_dict().items() if key != "n_demonstrations"}
        groups.setdefault(json.dumps(plain, sort_keys=True, default=str), []).append(at)
    names = run_labels([_without_number(scores[places[0]]) for places in groups.values()])
    series: list[tuple[Series, tuple[int, ...]]] = []
    curves = 0
    for name, places in zip(names, groups.values(), strict=True):
        placed = sorted(places, key=lambda at: scores[at].run.n_demonstrations)
        figures = tuple(times(scores[at].accuracy[main_key(scores[at].accuracy) or ""].strict, 100) for at in placed)
        flat = len(placed) == 1 and scores[placed[0]].run.shown in ("none", "demographics")
        # Only those that vary have a colour of their own.
        numbers = tuple(scores[at].run.n_demonstrations for at in placed)
        series.append((Series(name, figures, look(curves), flat), numbers))
        curves += not flat
    alt = (
        f"Lines: accuracy by number of demonstrations, {len(series)} of them. The table of accuracy holds the numbers."
    )
    height, note = lines_height(names), synthetic_note(scores)

    def paint(figure: Drawing) -> None:
        # The note has the top to itself.
        figure.get_layout_engine().set(rect=(0, 0, 1, 1 - (0.2 / height if note else 0)))  # type: ignore[union-attr,call-arg]
        lines(figure.add_subplot(), series, "statements shown of a person", "accuracy, %", height)

    caption = "Accuracy by number of demonstrations (dashed: shown none)"
    return draw("demonstrations", caption, alt, WIDTH, height, paint, note)


def _without_number(entry: Scores) -> Scores:
    return replace(entry, run=replace(entry.run, n_demonstrations=0))


def reliability_plot(scores: Sequence[Scores]) -> Plot | None:
    """A panel a run that gives probabilities, a curve a granularity; None where no run gives any."""
    labels = run_labels(scores)
    panels = [(labels[at], entry.probability) for at, entry in enumerate(scores) if entry.probability]
    if not panels:
        return None
    keys = keys_of([probability for _, probability in panels])
    across = min(3, len(panels))
    down = -(-len(panels) // across)

    def paint(figure: Drawing) -> None:
        grid = figure.subplots(down, across, squeeze=False, sharex=True, sharey=True)
        for at, axes in enumerate(grid.flat):
            if at >= len(panels):
                axes.set_visible(False)
                continue
            name, found = panels[at]
            reliability(axes, name, [(KEY_LOOKS[key], found[key].reliability) for key in keys if key in found])
        figure.supxlabel("how sure: highest probability, %", fontsize=8.5, color=FAINT)
        figure.supylabel("how often right, %", fontsize=8.5, color=FAINT)
        legend(figure, [(key, KEY_LOOKS[key]) for key in keys])

    alt = (
        f"{len(panels)} panels, one a run: share of right answers against the predicted probability, in bins. "
        "The calibration error in the table sums up how far they are apart."
    )
    return draw(
        "reliability",
        "Reliability",
        alt,
        min(WIDTH, 0.8 + 1.9 * across),
        0.8 + 1.9 * down,
        paint,
        synthetic_note(scores),
    )
