"""An explanation as tables, a plot and files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from indievaluecatalog.reasoners.explain.explanation import Effect, Explanation
from indievaluecatalog.reasoners.explain.files import write_csv, write_json, write_plots
from indievaluecatalog.reasoners.explain.top import leave_top
from indievaluecatalog.scoring.report.canvas import FAINT, INK, PALETTE, Plot, draw, tidy
from indievaluecatalog.scoring.report.grids import Grid
from indievaluecatalog.scoring.report.plots import folded
from indievaluecatalog.scoring.report.wording import NONE, SYNTHETIC, clean, percent, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

MOST = 10
FOR, AGAINST = PALETTE[0], PALETTE[1]


def explanation_grids(explanation: Explanation, most: int = MOST) -> tuple[Grid, ...]:
    """The prediction, and the demonstrations that moved it most, as tables for a terminal or a page."""
    return (prediction_grid(explanation), effects_grid(explanation, most))


def prediction_grid(explanation: Explanation) -> Grid:
    """A row an option of the probe: its probability with nothing and with everything shown."""
    rows = []
    for at, statement in enumerate(explanation.statements):
        marks = [
            *(["predicted"] if at == explanation.predicted else []),
            *(["explained"] if at == explanation.explained != explanation.predicted else []),
            *(["said"] if at == explanation.answered else []),
        ]
        before, now = explanation.before[at], explanation.probabilities[at]
        rows.append((clean(statement), ", ".join(marks), percent(before), percent(now)))
    return Grid(_title(explanation), ("Statement", "", "Nothing shown, %", "All shown, %"), tuple(rows), 2)


def effects_grid(explanation: Explanation, most: int = MOST) -> Grid:
    """A row a demonstration, those that moved the log-odds most first."""
    rows = [
        (
            clean(effect.statement),
            effect.id,
            f"{effect.points:+.2f}",
            f"{effect.log_odds:+.3f}",
            f"{effect.alone:+.3f}",
            f"{clean(effect.towards)} ({effect.gained:+.2f})" if effect.gained > 0 else NONE,
        )
        for effect in explanation.effects[:most]
    ]
    about = clean(explanation.statements[explanation.explained])
    return Grid(
        f"{len(rows)} of {len(explanation.effects)} demonstrations that moved it most: what each does to "
        f"“{about}” beside all others, and alone",
        ("Shown", "Item", "Points", "Log-odds", "Alone", "Towards (points)"),
        tuple(rows),
        2,
    )


def explanation_text(explanation: Explanation, most: int = MOST) -> str:
    """The same as plain text, without a width to fit."""
    heads = [_title(explanation)]
    for at, statement in enumerate(explanation.statements):
        mark = ">" if at == explanation.explained else " "
        said = "  (said)" if at == explanation.answered else ""
        before, now = explanation.before[at], explanation.probabilities[at]
        heads.append(f" {mark} {percent(now):>6}% (nothing shown: {percent(before):>6}%)  {clean(statement)}{said}")
    for name, found in (("For it", explanation.supporting(most)), ("Against it", explanation.opposing(most))):
        heads += ["", f"{name}, of {len(explanation.effects)} demonstrations:" if found else f"{name}: nothing"]
        for effect in found:
            heads += [
                f"  {effect.log_odds:+.3f} log-odds, {effect.points:+6.2f} points  "
                f"{effect.id}: {clean(effect.statement)}",
                f"      towards “{clean(effect.towards)}” ({effect.gained:+.2f} points)",
            ]
    if explanation.ignored:
        heads += ["", f"{len(explanation.ignored)} unknown ids were ignored: {', '.join(explanation.ignored)}"]
    return "\n".join(heads) + "\n"


def explanation_plot(explanation: Explanation, most: int = MOST) -> Plot:
    """Bars: the demonstrations that moved the log-odds most, for and against, largest first."""
    effects = explanation.effects[:most]
    names = [folded(clean(effect.statement), 52) for effect in effects]
    height = 1.25 + sum(0.24 + 0.12 * name.count("\n") for name in names)
    about = clean(explanation.statements[explanation.explained])
    caption = f"{explanation.probe}: what speaks for and against “{about}”"

    def paint(figure: Drawing) -> None:
        leave_top(figure, height, _note(explanation))
        axes = figure.add_subplot()
        tidy(axes)
        values = [effect.log_odds for effect in effects]
        reach = max((abs(value) for value in values), default=1.0) or 1.0
        axes.barh(range(len(effects)), values, color=[FOR if value > 0 else AGAINST for value in values], height=0.62)
        for at, value in enumerate(values):
            side = 1 if value >= 0 else -1
            axes.text(
                value + side * 0.02 * reach, at, f"{value:+.3f}", va="center", ha="left" if side > 0 else "right",
                fontsize=7.5, color=INK,
            )  # fmt: skip
        axes.set_yticks(range(len(effects)), names, fontsize=7.5)
        axes.invert_yaxis()
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set_xlim(min(0.0, *values, 0.0) - 0.16 * reach, max(0.0, *values, 0.0) + 0.16 * reach)
        axes.set_xlabel("change of log-odds by this answer beside all others", fontsize=8.5, color=FAINT)
        axes.set_title(folded(f"“{about}”", 70), loc="right", fontsize=9, color=INK, pad=10)

    moved = f"{len(effects)} answers that moved the prediction of {explanation.probe} most"
    alt = f"Bars: {moved}. The table holds the numbers."
    return draw(f"explain-{explanation.probe}", caption, alt, 7.6, height, paint, _note(explanation))


def write_explanation(explanation: Explanation, folder: str | Path, most: int = MOST) -> tuple[Path, ...]:
    """Write `explanation.json` (everything), `explanation.csv` (a row a demonstration) and `explanation.svg`.

    Args:
        explanation: to write.
        folder: made where there is none; files of the same names are replaced.
        most: demonstrations in the plot.

    Raises:
        ReasonerError: a place that cannot be written.
    """
    place = Path(folder)
    table = write_csv([_row(explanation, effect) for effect in explanation.effects], place / "explanation.csv")
    facts = write_json(explanation.to_dict(), place / "explanation.json")
    return (table, facts, *write_plots({"explanation": explanation_plot(explanation, most)}, place))


def _row(explanation: Explanation, effect: Effect) -> dict[str, Any]:
    return {
        "person": explanation.person,
        "synthetic": explanation.synthetic,
        "probe": explanation.probe,
        "option": explanation.statements[explanation.explained],
        "shown": effect.id,
        "category": effect.category,
        "statement": effect.statement,
        "log_odds": effect.log_odds,
        "points": effect.points,
        "alone": effect.alone,
        "towards": effect.towards,
        "gained": effect.gained,
        "moved": effect.moved,
    }


def _title(explanation: Explanation) -> str:
    who = f"person {short(clean(explanation.person), 40)}" if explanation.person else "these answers"
    made_up = f", {_note(explanation)}" if explanation.synthetic else ""
    return f"{explanation.probe}, {clean(explanation.label)} ({explanation.granularity}), for {who}{made_up}"


def _note(explanation: Explanation) -> str:
    if not explanation.synthetic:
        return ""
    return "synthetic person" if explanation.person else f"learned from {SYNTHETIC}"
