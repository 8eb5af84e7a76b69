"""Batteries of a file: questions with one set of answers that lie together."""

from __future__ import annotations

from indievaluecatalog.waves.codebook import Codebook
from indievaluecatalog.waves.values import spoken


def runs_of(codebook: Codebook) -> tuple[tuple[int, ...], ...]:
    """Positions of variables that lie together and share their answers, whatever their labels.

    One other variable in between does not end a run. Variables without value labels are in none.
    """
    found: list[list[int]] = []
    last: dict[tuple[tuple[int, str], ...], list[int]] = {}
    for place, variable in enumerate(codebook.variables):
        answers = tuple(sorted(spoken(variable.values).items()))
        if not answers:
            continue
        run = last.get(answers)
        if run is None or place - run[-1] > 2:
            run = last[answers] = []
            found.append(run)
        run.append(place)
    return tuple(tuple(run) for run in found if len(run) > 1)
