"""The report's plots with a row for each category, group, country or dimension."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from indievaluecatalog.scoring.report.canvas import FAINT, PALETTE, Plot, draw
from indievaluecatalog.scoring.report.figures import WIDTH, main_accuracy, times
from indievaluecatalog.scoring.report.plots import Look, Series, dot_rows, legend, look, rows_height
from indievaluecatalog.scoring.report.wording import clean, main_key, part_main, run_labels, synthetic_note
from indievaluecatalog.scoring.scores import Figure, Part, Scores

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

FEWEST_POINTS = 0.5
"""An axis of inequity reaches at least this far."""

RUNS_DRAWN = 6
"""More series than this in one row of dots cannot be told apart; tables hold them all."""


def drawn_runs(scores: Sequence[Scores]) -> list[int]:
    """Places of the runs that plots with a colour a run show: all, or the most accurate ones, in their order."""
    best = sorted(range(len(scores)), key=lambda at: -main_accuracy(scores[at]))[:RUNS_DRAWN]
    return sorted(best)


def parts_plot(
    key: str,
    caption: str,
    scores: Sequence[Scores],
    parts: Callable[[Scores], Sequence[Part]],
    limits: tuple[float, float] | None = None,
) -> Plot | None:
    """Main accuracy by part, a row a part and a dot a run; None without parts. `limits` of the axis, in percent."""
    found = [{part.name: part_main(part) for part in parts(entry)} for entry in scores]
    rows = list(dict.fromkeys(name for run in found for name in run))
    if not rows:
        return None

    def values(at: int) -> list[Figure | None]:
        return [times(found[at].get(row), 100) for row in rows]

    return _rows_plot(key, caption, scores, rows, values, "accuracy, %", limits=limits)


def limits_of(scores: Sequence[Scores]) -> tuple[float, float] | None:
    """One axis, in percent, for the groups of all demographics, so that their plots can be set side by side."""
    ends = [
        100 * end
        for at in drawn_runs(scores)
        for parts in scores[at].by_group.values()
        for figure in map(part_main, parts)
        if figure is not None
        for end in (figure.value, figure.low, figure.high)
        if end is not None
    ]
    return (min(ends) - 1, max(ends) + 1) if ends else None


def demographic_label(scores: Sequence[Scores], name: str) -> str:
    """The label of a demographic, from a run's inequity index where it is in one, else its id."""
    for entry in scores:
        for inequity in entry.inequity.values():
            for dimension in inequity.dimensions:
                if dimension.name == name:
                    return clean(dimension.label)
    return clean(name)


def match_plot(scores: Sequence[Scores], key: str) -> Plot | None:
    """Total variation by country at one granularity; countries in the order of the first run's distance."""
    found = [
        {match.name: match.total_variation for match in entry.match[key].by_country} if key in entry.match else {}
        for entry in scores
    ]
    names = dict.fromkeys(name for run in found for name in run)
    rows = sorted(names, key=lambda name: (min(run[name] for run in found if name in run), name))
    if not rows:
        return None

    def values(at: int) -> list[Figure | None]:
        return [Figure(100 * found[at][row]) if row in found[at] else None for row in rows]

    caption = f"Distance between predicted and answered shares by country, {key} options, best first"
    return _rows_plot(f"match-{key}", caption, scores, rows, values, "total variation, % (0: the same shares)", False)


def _rows_plot(
    key: str,
    caption: str,
    scores: Sequence[Scores],
    rows: Sequence[str],
    values: Callable[[int], Sequence[Figure | None]],
    unit: str,
    spread: bool = True,
    limits: tuple[float, float] | None = None,
) -> Plot:
    labels, shown = run_labels(scores), drawn_runs(scores)
    series = [Series(labels[at], tuple(values(at)), look(place)) for place, at in enumerate(shown)]
    height = rows_height(rows, len(series) if spread else 1) + 0.18 * (len(series) - 1)

    def paint(figure: Drawing) -> None:
        axes = figure.add_subplot()
        dot_rows(axes, [clean(row) for row in rows], series, unit, spread)
        if limits is not None:
            axes.set_xlim(*limits)
        legend(figure, [(one.name, one.look) for one in series])

    alt = f"Dots: {caption}; {len(rows)} rows, {len(series)} runs. A table holds the numbers."
    return draw(key, caption, alt, WIDTH, height, paint, synthetic_note(scores))


def inequity_plot(scores: Sequence[Scores]) -> Plot | None:
    """The whole index of every run: debiased with its interval, plain and floor; None where no run has one."""
    labels = run_labels(scores)
    found = [(labels[at], entry.inequity) for at, entry in enumerate(scores) if entry.inequity]
    if not found:
        return None
    main = [inequity[main_key(inequity) or ""] for _, inequity in found]
    rows = [(one.debiased, Figure(one.plain), Figure(one.floor)) for one in main]
    names = [name for name, _ in found]
    return _evenness("inequity", "Value Inequity Index by run", names, rows, synthetic_note(scores))


def dimension_plot(entry: Scores, at: int, label: str) -> Plot | None:
    """The dimensions of one run's index; None where it has none."""
    key = main_key(entry.inequity)
    if key is None:
        return None
    dimensions = entry.inequity[key].dimensions
    rows = [
        (
            one.debiased,
            None if one.plain is None else Figure(one.plain),
            None if one.floor is None else Figure(one.floor),
        )
        for one in dimensions
    ]
    caption = f"Inequity by dimension: {label}"
    return _evenness(
        f"dimensions-{at}", caption, [clean(one.label) for one in dimensions], rows, synthetic_note([entry])
    )


def _evenness(
    key: str,
    caption: str,
    names: Sequence[str],
    rows: Sequence[tuple[Figure | None, Figure | None, Figure | None]],
    note: str,
) -> Plot:
    looks = {
        "debiased, with 95% interval": Look(PALETTE[0], "D"),
        "plain": Look(PALETTE[1], "o", hollow=True),
        "floor: what chance alone reads": Look(FAINT, "|"),
    }
    series = [Series(name, tuple(row[at] for row in rows), one) for at, (name, one) in enumerate(looks.items())]

    def paint(figure: Drawing) -> None:
        axes = figure.add_subplot()
        dot_rows(axes, names, series, "points", spread=False)
        # Rounding noise about 0 is not to be drawn large.
        right = max(axes.get_xlim()[1], FEWEST_POINTS)
        axes.set_xlim(-0.03 * right, right)
        legend(figure, list(looks.items()))

    alt = f"Dots: {caption}; {len(names)} rows: debiased with interval, plain, and floor. A table holds the numbers."
    return draw(key, caption, alt, WIDTH, rows_height(names), paint, note)
