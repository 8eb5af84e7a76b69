"""The table of predictors side by side as CSV, Markdown and a plot."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import TYPE_CHECKING

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.figures.side_by_side import CEILING, Row, SideBySide
from indievaluecatalog.scoring.report.canvas import Plot, draw, standalone
from indievaluecatalog.scoring.report.figures import WIDTH, times
from indievaluecatalog.scoring.report.plots import Series, lines, lines_height, look
from indievaluecatalog.scoring.report.wording import SYNTHETIC
from indievaluecatalog.scoring.scores import Figure
from indievaluecatalog.whole_file import whole_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

KEYS = ("polar", "refined", "mean")


def write_side_by_side(found: SideBySide, out: str | Path) -> tuple[Path, ...]:
    """Write `table.csv`, `table.md` and `table.svg` into a folder.

    Raises:
        ReasonerError: the folder cannot be written.
    """
    made = {"table.csv": csv_of(found), "table.md": markdown_of(found), "table.svg": standalone(plot_of(found))}
    for name, text in made.items():
        with whole_file(Path(out) / name, ReasonerError) as beside:
            beside.write_text(text, "utf-8")
    return tuple(Path(out) / name for name in made)


def csv_of(found: SideBySide) -> str:
    """One line a predictor and number of demonstrations; accuracies in percent with 95% intervals."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    parts = [f"{key}{end}" for key in (*KEYS, "inequity") for end in ("", "_low", "_high")]
    writer.writerow(["predictor", "shown", *parts, "synthetic", "dataset_digest"])
    for row in found.rows:
        figures = [times(row.accuracy.get(key), 100) for key in KEYS] + [row.inequity]
        cells = [_cell(value) for one in figures for value in _ends(one)]
        shown = "" if row.shown is None else row.shown
        writer.writerow([row.predictor, shown, *cells, found.dataset.synthetic, found.dataset.digest])
    return text.getvalue()


def _ends(figure: Figure | None) -> tuple[float | None, ...]:
    return (None, None, None) if figure is None else (figure.value, figure.low, figure.high)


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.4f}"


def markdown_of(found: SideBySide) -> str:
    """A row a predictor: polar / refined / mean accuracy in percent, and the inequity at the most shown."""
    whose = "synthetic persons, not survey data" if found.dataset.synthetic else "survey respondents"
    most = max(found.sizes)
    head = ["predictor", *(f"{size} shown" for size in found.sizes), f"inequity, {most} shown"]
    lines_ = [
        f"Accuracy in percent: polar / refined / **mean**. {found.n_persons:,} {whose}, three setups; "
        f"{found.n_training:,} others to learn from. Inequity: Value Inequity Index in points, without noise.",
        "",
        f"| {' | '.join(head)} |",
        f"|---|{'---:|' * (len(head) - 1)}",
    ]
    for name in found.predictors:
        rows = [found.row(name, size) for size in found.sizes]
        last = rows[list(found.sizes).index(most)]
        index = "" if last is None or last.inequity is None else f"{last.inequity.value:.2f}"
        lines_.append(f"| {name} | {' | '.join(_three(row) for row in rows)} | {index} |")
    return "\n".join(lines_) + "\n"


def _three(row: Row | None) -> str:
    if row is None:
        return "–"
    polar, refined, mean = (f"{100 * row.accuracy[key].value:.1f}" for key in KEYS)
    return f"{polar} / {refined} / **{mean}**"


def plot_of(found: SideBySide) -> Plot:
    """Mean accuracy by the number of demonstrations, a line a predictor, the ceiling among them."""
    series = []
    curves = 0
    for name in found.predictors:
        mine = [row for row in found.rows if row.predictor == name]
        flat = mine[0].shown is None
        places = (found.sizes[0],) if flat else tuple(row.shown or 0 for row in mine)
        figures = tuple(times(row.accuracy["mean"], 100) for row in mine)
        series.append((Series(name, figures, look(curves), flat), places))
        curves += not flat
    height = lines_height(list(found.predictors))
    note = SYNTHETIC if found.dataset.synthetic else ""

    def paint(figure: Drawing) -> None:
        figure.get_layout_engine().set(rect=(0, 0, 1, 1 - (0.2 / height if note else 0)))  # type: ignore[union-attr,call-arg]
        lines(figure.add_subplot(), series, "statements shown of a person", "accuracy (mean), %", height)

    alt = f"Lines: mean accuracy by number of statements shown, {len(series)} predictors. The table holds the numbers."
    caption = "Accuracy (mean of polar and refined) by number of statements shown, with 95% intervals"
    if CEILING in found.predictors:
        caption += "; the ceiling is the best that anyone could do"
    return draw("side-by-side", caption, alt, WIDTH, height, paint, note)
