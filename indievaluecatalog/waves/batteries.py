"""Batteries of a file: questions with one beginning and one set of answers, even where they lie in two places."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from indievaluecatalog.waves.codebook import Codebook
from indievaluecatalog.waves.labels import read_label
from indievaluecatalog.waves.values import spoken
from indievaluecatalog.waves.words import words


@dataclass(frozen=True, slots=True)
class Battery:
    """Questions that belong together.

    Attributes:
        stem: what their labels share, as the words compared; empty where only the answers are shared.
        variables: positions in the codebook, ascending.
        runs: how many places of the file they lie in; one variable in between makes no new place.
    """

    stem: tuple[str, ...]
    variables: tuple[int, ...]
    runs: int


def batteries_of(codebook: Codebook) -> tuple[Battery, ...]:
    """Groups of two or more variables with one stem and one set of answers, by first variable."""
    vocabulary = words()
    groups: dict[tuple[tuple[str, ...], tuple[tuple[int, str], ...]], list[int]] = {}
    for place, variable in enumerate(codebook.variables):
        answers = tuple(sorted(spoken(variable.values).items()))
        stem = tuple(sorted(set(read_label(variable.label, vocabulary).stem)))
        if answers and stem:
            groups.setdefault((stem, answers), []).append(place)
    found = [
        Battery(stem, tuple(places), 1 + sum(b - a > 2 for a, b in itertools.pairwise(places)))
        for (stem, _), places in groups.items()
        if len(places) > 1
    ]
    return tuple(sorted(found, key=lambda battery: battery.variables))


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
