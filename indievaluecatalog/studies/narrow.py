"""What makes tables narrow: short names of categories, and columns left out where a terminal has no room for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indievaluecatalog.scoring.report.grids import Grid
from indievaluecatalog.scoring.report.wording import clean
from indievaluecatalog.scoring.tables import WORD_WIDTH

TERMINAL = 80
"""Columns of text that every terminal has."""

GAP = 2
"""Between columns, and at the two ends together."""

ENOUGH_LETTERS = 4
"""A first word of no more letters than this says too little."""


def short_names(categories: Sequence[str]) -> dict[str, str]:
    """By category its first words, as many as tell it from all others, for heads of narrow columns."""
    words = {name: clean(name).replace(",", "").split() for name in categories}
    found = {}
    for name, mine in words.items():
        others = [other for one, other in words.items() if one != name]
        count = 1 if len(mine[0]) > ENOUGH_LETTERS else 2
        while count < len(mine) and (mine[count - 1] == "&" or any(o[:count] == mine[:count] for o in others)):
            count += 1
        found[name] = " ".join(mine[:count])
    return found


def fitted(grid: Grid, dispensable: Sequence[Sequence[str]], width: int = TERMINAL) -> Grid:
    """The table without as many of the dispensable columns, group by group, as it takes to fit a width.

    A terminal would cut the last column without a word, and a p-value cut is another one.
    """
    for names in dispensable:
        if width_of(grid) <= width:
            break
        keep = [at for at, name in enumerate(grid.columns) if name not in names]
        columns, *rows = (tuple(row[at] for at in keep) for row in (grid.columns, *grid.rows))
        grid = replace(grid, columns=columns, rows=tuple(rows))
    return grid


def width_of(grid: Grid) -> int:
    """Least width of the table in a terminal, in characters: words may be broken, numbers may not."""
    total = GAP
    for at, name in enumerate(grid.columns):
        lines = [line for row in grid.rows for line in row[at].splitlines()]
        if at < grid.words:
            longest = max((len(word) for line in lines for word in line.split()), default=0)
            total += min(max(longest, len(name)), WORD_WIDTH) + GAP
        else:
            total += max(len(text) for text in (*lines, *name.split())) + GAP
    return total
