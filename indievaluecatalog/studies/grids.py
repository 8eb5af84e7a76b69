"""The tables of a study, as plain text cells."""

from __future__ import annotations

from dataclasses import replace

from indievaluecatalog.scoring.report.grids import Grid, dimension_grid, inequity_grid
from indievaluecatalog.scoring.report.wording import (
    GRANULARITY_KEYS,
    NONE,
    SYNTHETIC,
    chance,
    clean,
    main_key,
    part_main,
    percent,
    percent_figure,
    run_labels,
    scaled_figure,
)
from indievaluecatalog.scoring.scores import Figure, Part
from indievaluecatalog.studies.narrow import fitted, short_names
from indievaluecatalog.studies.outcome import Line, Outcome

ENOUGH_UNREAD = 0.0005


def grids_of(outcome: Outcome, *, brief: bool = False) -> tuple[Grid, ...]:
    """All tables of a study, the main one first; `brief`: narrow enough for a terminal."""
    main = _lines_grid(outcome, brief)
    others = [key.capitalize() for key in GRANULARITY_KEYS if key != outcome.key]
    found = [fitted(main, [("Unread",), others]) if brief else main]
    if outcome.study.figure == "map" and not brief:
        found += [grid for name in outcome.predictors if (grid := _map_grid(outcome, name)) is not None]
    if any(line.positions for line in outcome.lines):
        found.append(_positions_grid(outcome))
    if outcome.scores:
        index = inequity_grid(outcome.scores)
        found += [index] if index is not None else []
        for label, entry in zip(run_labels(outcome.scores), outcome.scores, strict=True):
            grid = dimension_grid(entry, main_key(entry.inequity) or "")
            if grid is not None:
                found.append(Grid(f"{label}: {grid.title}", grid.columns, grid.rows, grid.words))
    return tuple(found)


def _lines_grid(outcome: Outcome, brief: bool) -> Grid:
    """A row a predictor and condition: accuracy, and the difference from the reference condition.

    One that is the same in all conditions has one row. `brief`: one figure a row has an interval, and categories are
    called by their first words, since a terminal drops columns it has no room for.
    """
    keys = [key for key in GRANULARITY_KEYS if any(key in line.accuracy for line in outcome.lines)]
    unread = any(line.unread > ENOUGH_UNREAD for line in outcome.lines)
    compared = any(line.difference for line in outcome.lines)
    lacking = any(line.predicted < line.tasks for line in outcome.lines)
    persons = {line.persons for line in outcome.lines}
    alike = len(persons) == 1
    counted = outcome.study.figure == "map" and not brief
    columns = ["Predictor", "Condition", *(("Shown",) if counted else ()), *(() if alike else ("Persons",))]
    columns += [key.capitalize() for key in keys]
    columns += ["Unread"] if unread else []
    columns += ["Predicted"] if lacking else []
    columns += [gain_over(outcome), "p, Holm"] if compared else []
    names = short_names(outcome.categories) if brief else {}
    rows = []
    seen: set[str] = set()
    for line in outcome.lines:
        if line.flat and line.predictor in seen:
            continue
        seen.add(line.predictor)
        called = names.get(line.condition, clean(line.condition))
        cells = [clean(line.predictor), "any" if line.flat else called]
        cells += [NONE if line.flat else f"{line.statements:.1f}"] if counted else []
        cells += [] if alike else [f"{line.persons:,}"]
        for key in keys:
            figure = line.accuracy.get(key)
            whole = not brief or (key == outcome.key and not compared)
            cells.append(percent_figure(figure) if whole or figure is None else percent(figure.value))
        cells += [percent(line.unread)] if unread else []
        cells += [percent(line.predicted / max(line.tasks, 1))] if lacking else []
        if compared:
            one = line.difference.get(outcome.key)
            cells += [
                NONE if one is None else scaled_figure(_without_minus_nought(one.difference), 100, 2, "+"),
                NONE if one is None else chance(one.adjusted_p_value),
            ]
        rows.append(tuple(cells))
    about = f", {persons.pop():,} {SYNTHETIC if outcome.synthetic else 'persons'}" if alike else ""
    return Grid(f"{outcome.study.title}: accuracy, %{about}", tuple(columns), tuple(rows), 2)


def gain_over(outcome: Outcome) -> str:
    """Head of the column of differences."""
    shown = " shown" if outcome.study.counts_demonstrations else ""
    return f"Gain over {outcome.study.reference}{shown}"


def _without_minus_nought(figure: Figure) -> Figure:
    """A share rounded as a table shows it in percent, where -0.00 would look like a loss."""
    low, high = (None if end is None else round(end, 4) + 0.0 for end in (figure.low, figure.high))
    return replace(figure, value=round(figure.value, 4) + 0.0, low=low, high=high)


def _map_grid(outcome: Outcome, predictor: str) -> Grid | None:
    """A row a category shown and a column a category asked: accuracy less that with nothing shown, in points."""
    lines = [line for line in outcome.lines if line.predictor == predictor]
    gains = any(line.gain for line in lines)
    if all(line.flat for line in lines):
        return None
    rows = []
    for line in lines:
        parts = {part.name: part for part in (line.gain if gains else line.by_category)}
        if parts:
            rows.append((clean(line.condition), *(_cell(parts.get(name), gains) for name in outcome.categories)))
    what = "points gained over nothing shown" if gains else "accuracy, %"
    columns = ("Shown", *short_names(outcome.categories).values())
    return Grid(f"{clean(predictor)}: {what}, by category asked", columns, tuple(rows)) if rows else None


def _cell(part: Part | None, signed: bool) -> str:
    figure = None if part is None else part_main(part)
    if figure is None:
        return NONE
    value = round(100 * figure.value, 1) + 0.0
    return f"{value:+.1f}" if signed else f"{value:.1f}"


def _positions_grid(outcome: Outcome) -> Grid:
    """A row a condition and granularity: how often the first and the last option in the list were chosen."""
    rows = []
    for line in outcome.lines:
        for granularity, one in (line.positions or {}).items():
            rows.append(
                (
                    clean(line.predictor),
                    clean(line.condition),
                    granularity,
                    percent(one.first),
                    percent(one.right_first),
                    percent(one.last),
                    percent(one.right_last),
                    percent(one.same),
                )
            )
    columns = (
        *("Predictor", "Order", "Options", "First chosen", "First right", "Last chosen", "Last right"),
        f"Same as {outcome.study.reference}",
    )
    return Grid("Where the chosen option stood in the list, %", columns, tuple(rows), 3)


def rows_of(outcome: Outcome) -> list[dict[str, object]]:
    """Every figure in a row of its own, for a file that programs read: shares of one, the index in points."""
    rows: list[dict[str, object]] = []
    for line in outcome.lines:
        rows.append(_row(outcome, line, "unread", "", line.unread, None, None))
        for key, figure in line.accuracy.items():
            change = line.difference.get(key)
            rows.append(
                _row(outcome, line, "accuracy", key, figure.value, figure.low, figure.high)
                | {
                    "difference": change and change.difference.value,
                    "difference_low": change and change.difference.low,
                    "difference_high": change and change.difference.high,
                    "p": change and change.p_value,
                    "p_holm": change and change.adjusted_p_value,
                }
            )
        for measure, parts in (("accuracy", line.by_category), ("gain", line.gain)):
            for part in parts:
                for key in GRANULARITY_KEYS:
                    figure_or_none = getattr(part, key)
                    if figure_or_none is not None:
                        value, low, high = figure_or_none.value, figure_or_none.low, figure_or_none.high
                        rows.append(_row(outcome, line, measure, key, value, low, high, part.name))
        for key, one in (line.positions or {}).items():
            for name in ("first", "last", "right_first", "right_last", "same"):
                rows.append(_row(outcome, line, name, key, getattr(one, name), None, None))
    for label, entry in zip(run_labels(outcome.scores), outcome.scores, strict=True):
        for key, index in entry.inequity.items():
            base: dict[str, object] = {
                "study": outcome.study.name,
                "predictor": label,
                "condition": outcome.study.reference,
                "persons": entry.coverage.persons_predicted,
            }
            whole = index.debiased
            rows.append(
                base
                | {"measure": "inequity", "granularity": key, "part": ""}
                | {"value": whole.value, "low": whole.low, "high": whole.high}
                | {"plain": index.plain, "floor": index.floor, "p": index.p_value}
            )
            for dimension in index.dimensions:
                found = dimension.debiased
                rows.append(
                    base
                    | {"measure": "inequity", "granularity": key, "part": dimension.name}
                    | {"value": found and found.value, "low": found and found.low, "high": found and found.high}
                    | {"plain": dimension.plain, "floor": dimension.floor, "p": dimension.p_value}
                )
    return rows


COLUMNS = (
    *(
        "study",
        "predictor",
        "condition",
        "persons",
        "statements",
        "measure",
        "granularity",
        "part",
        "value",
        "low",
        "high",
    ),
    *("difference", "difference_low", "difference_high", "p", "p_holm", "plain", "floor", "synthetic"),
)
"""Of the file; a row has those that it is about."""


def _row(
    outcome: Outcome,
    line: Line,
    measure: str,
    key: str,
    value: float | None,
    low: float | None,
    high: float | None,
    part: str = "",
) -> dict[str, object]:
    return {
        "study": outcome.study.name,
        "predictor": line.predictor,
        "condition": line.condition,
        "persons": line.persons,
        "statements": line.statements,
        "measure": measure,
        "granularity": key,
        "part": part,
        "value": value,
        "low": low,
        "high": high,
    }
