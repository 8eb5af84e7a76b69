"""What a study leaves behind: a page, its plots as files, and a table for programs."""

from __future__ import annotations

import csv
from importlib.resources import files
from pathlib import Path

from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.report.canvas import standalone
from indievaluecatalog.scoring.report.templates import page
from indievaluecatalog.scoring.report.wording import clean
from indievaluecatalog.studies.grids import COLUMNS, gain_over, grids_of, rows_of
from indievaluecatalog.studies.outcome import Outcome
from indievaluecatalog.studies.plots import plots_of
from indievaluecatalog.studies.positions import POOLED
from indievaluecatalog.whole_file import check_place, whole_file


def study_files(folder: str | Path, study: str) -> tuple[Path, Path]:
    """Where page and table of a study go.

    Raises:
        ResultsError: a place that cannot be written, which is said before any asking.
    """
    found = Path(folder) / f"{study}.html", Path(folder) / f"{study}.csv"
    for path in found:
        check_place(path, ResultsError)
    return found


def write_study(outcome: Outcome, folder: str | Path) -> tuple[Path, ...]:
    """Write `STUDY.html`, `STUDY.csv` and each plot as `STUDY.svg` (`STUDY-2.svg`, ...); the files, page first.

    Raises:
        ResultsError: a place that cannot be written.
    """
    html, table = study_files(folder, outcome.study.name)
    plots = plots_of(outcome)
    drawings = [Path(folder) / f"{outcome.study.name}{'' if at == 0 else f'-{at + 1}'}.svg" for at in range(len(plots))]
    for path, plot in zip(drawings, plots, strict=True):
        with whole_file(path, ResultsError) as beside:
            beside.write_text(standalone(plot), "utf-8")
    with whole_file(table, ResultsError) as beside, beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "synthetic": outcome.synthetic} for row in rows_of(outcome))
    template = files("indievaluecatalog.studies").joinpath("study.html.j2").read_text("utf-8")
    text = page(
        template,
        study=outcome.study,
        synthetic=outcome.synthetic,
        notes=[clean(note) for note in outcome.notes],
        compared=gain_over(outcome) if any(line.difference for line in outcome.lines) else "",
        key=outcome.key,
        placed=any(line.positions for line in outcome.lines),
        pooled=POOLED if any(line.condition == POOLED for line in outcome.lines) else "",
        evenness=any(entry.inequity for entry in outcome.scores),
        plots=plots,
        grids=grids_of(outcome),
        facts=[(name, clean(value)) for name, value in outcome.facts],
    )
    with whole_file(html, ResultsError) as beside:
        beside.write_text(text, "utf-8")
    return (html, table, *drawings)
