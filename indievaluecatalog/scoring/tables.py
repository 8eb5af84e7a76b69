"""Scores as tables for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.report.cautions import mixed_tasks, partial_runs
from indievaluecatalog.scoring.report.grids import (
    Grid,
    accuracy_grid,
    comparison_grid,
    dimension_grid,
    inequity_grid,
    parts_grid,
    probability_grid,
    published_grid,
    published_inequity_grid,
)
from indievaluecatalog.scoring.report.pairs import correction, main_comparisons, with_the_best
from indievaluecatalog.scoring.report.published import Published, published_figures
from indievaluecatalog.scoring.report.wording import SYNTHETIC, clean, main_key, run_labels
from indievaluecatalog.scoring.scores import Comparison, Scores

if TYPE_CHECKING:
    from rich.console import Group, RenderableType
    from rich.table import Table

WORD_WIDTH = 16
"""Longer words may be broken where the terminal is narrow."""

EVENNESS = (
    "How much accuracy differs between groups of persons: plain as it is, debiased less what chance adds, with its "
    "95% interval; floor is what chance alone reads, and p how often chance reaches plain."
)

PARTS = {"category": "by_category", "item": "by_item", "country": "by_country", "setup": "by_setup"}


def scores_table(scores: Sequence[Scores], published: Published | None = None) -> Group:
    """The headline figures, a row a run: accuracy, and where there are any, probabilities and inequity.

    Readable from 80 columns on. Published figures, marked as such, stand in tables of their own below.
    """
    from rich.console import Group
    from rich.text import Text

    grids = [accuracy_grid(scores, intervals=("mean",)), probability_grid(scores, brief=True)]
    parts: list[RenderableType] = []
    if any(entry.run.dataset.synthetic for entry in scores):
        parts.append(Text(f"{SYNTHETIC.capitalize()}, not survey data: see the marks.", style="bold"))
    parts += [grid_table(grid) for grid in grids if grid is not None]
    evenness = inequity_grid(scores, brief=True)
    if evenness is not None:
        parts += [grid_table(evenness), Text(f"{EVENNESS}\n", style="dim")]
    if published is not None:
        parts.append(published_tables(published))
    return Group(*parts)


def published_tables(published: Published) -> Group:
    """Published figures, marked as such, with their source and what to bear in mind."""
    from rich.console import Group
    from rich.text import Text

    parts: list[Table | Text] = [grid_table(published_grid(published), style="dim")]
    if published.inequity:
        parts.append(grid_table(published_inequity_grid(published), style="dim"))
    parts += [Text(note, style="dim") for note in (f"Published: {published.source}", *published.notes)]
    return Group(*parts)


def breakdown_table(scores: Scores, by: str = "category") -> Table:
    """Strict accuracy of one run by "category", "item", "country", "setup", or the groups of a demographic.

    Raises:
        ResultsError: no such breakdown.
    """
    if by in PARTS:
        parts = getattr(scores, PARTS[by])
    elif by in scores.by_group:
        parts = scores.by_group[by]
    else:
        known = ", ".join([*PARTS, *scores.by_group])
        raise ResultsError(f"no breakdown by {by!r}; there are {known}")
    return grid_table(parts_grid(f"Accuracy by {by}, %", by.capitalize() if by in PARTS else "Group", parts))


def inequity_table(scores: Scores, key: str | None = None) -> Table:
    """The Value Inequity Index of one run by dimension, at "polar", "refined" or their "mean".

    Raises:
        ResultsError: the run has no index, or none of that name.
    """
    chosen = key or main_key(scores.inequity) or ""
    grid = dimension_grid(scores, chosen)
    if grid is None:
        known = ", ".join(scores.inequity) or "none, since no demographic has two groups large enough"
        raise ResultsError(f"no Value Inequity Index of {chosen or scores.run.model!r}; there are {known}")
    return grid_table(grid)


def comparison_table(comparisons: Sequence[Comparison]) -> Table:
    """Differences between runs with intervals and p-values, before and after Holm's correction."""
    return grid_table(comparison_grid(comparisons))


def sheet_tables(
    scores: Sequence[Scores],
    comparisons: Sequence[Comparison],
    *,
    notes: Sequence[str] = (),
    published: bool = True,
    details: bool = False,
) -> list[RenderableType]:
    """All there is to print of some runs: what to bear in mind first, then the figures, published ones last.

    Args:
        scores: the runs.
        comparisons: between them; may be empty.
        notes: what a reader must know of the runs together, such as pairs that could not be compared.
        published: whether published figures of the wave stand below.
        details: also each run's accuracy by category and its Value Inequity Index by dimension, and all
            comparisons, not those of the mean with the most accurate run alone.
    """
    from rich.text import Text

    waves = {entry.run.dataset.wave for entry in scores}
    found = published_figures(next(iter(waves))) if published and len(waves) == 1 else None
    parts: list[RenderableType] = [Text(f"Partial results: {line}.") for line in partial_runs(scores)]
    mixed = mixed_tasks(scores)
    if mixed:
        parts.append(Text(f"Not all runs are about the same tasks. {' '.join(mixed)}", style="bold"))
    parts += [Text(f"Note: {clean(note)}.") for note in notes]
    parts.append(scores_table(scores))
    shown = comparisons if details else with_the_best(scores, main_comparisons(comparisons))
    if shown:
        parts.append(comparison_table(shown))
        corrected = correction(scores, comparisons, shown)
        parts += [Text(f"{corrected}\n", style="dim")] if corrected else []
    for label, entry in zip(run_labels(scores), scores, strict=True) if details else ():
        # As Text, since a name may look like markup.
        parts += [Text(label), breakdown_table(entry)]
        if entry.inequity:
            parts.append(inequity_table(entry))
    if found is not None:
        parts.append(published_tables(found))
    return parts


def grid_table(grid: Grid, style: str = "") -> Table:
    """A rich table that folds words where it must and numbers never."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=Text(grid.title), title_justify="left", title_style="bold", box=box.SIMPLE_HEAD,
        padding=(0, 1, 0, 0), pad_edge=False, style=style,
    )  # fmt: skip
    for at, name in enumerate(grid.columns):
        if at < grid.words:
            longest = max((len(word) for row in grid.rows for word in row[at].split()), default=0)
            table.add_column(Text(name), overflow="fold", min_width=min(max(longest, len(name)), WORD_WIDTH))
        else:
            # As wide as its widest number; a head of several words breaks between them.
            width = max(len(line) for row in grid.rows for line in row[at].splitlines()) if grid.rows else 0
            width = max(width, *(len(word) for word in name.split()))
            table.add_column(Text(name), justify="right", width=width, vertical="top")
    for row in grid.rows:
        table.add_row(*(Text(cell) for cell in row))
    return table
