"""What a prompt tells of each person: sentences of their demographics, statements of their answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog, Granularity
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.prompt_spec import PromptSpec
from indievaluecatalog.evaluation.prompt_texts import PromptTexts, one_line
from indievaluecatalog.sampling.tasks import NOT_SHOWN, Tasks

BLOCK = 64
"""Persons whose statements are gathered at a time, which bounds memory at some 10 MB."""


def shows_statements(tasks: Tasks, spec: PromptSpec) -> bool:
    """Whether prompts of these tasks hold any statement."""
    return spec.shown in ("statements", "both") and tasks.n_demonstrations > 0


def check_tasks(people: People, tasks: Tasks, spec: PromptSpec) -> None:
    """Hold what the tasks show against the persons' answers.

    Raises:
        EvaluationError: the tasks are of other persons, or show probes that their protocol leaves out.
    """
    if len(tasks) and tasks.rows.max() >= len(people):
        raise EvaluationError("the tasks are of other persons than these")
    if not shows_statements(tasks, spec):
        return
    answered = people.answered
    for start in range(0, len(tasks), BLOCK):
        block = slice(start, start + BLOCK)
        shown = tasks.demonstrations[block]
        if not (answered[shown, tasks.rows[block, None]] | (shown == NOT_SHOWN)).all():
            raise EvaluationError("the tasks show answers that these persons did not give: they are of other persons")
        if tasks.protocol.exclude == "setup" and np.isin(shown, tasks.probes).any():
            raise EvaluationError("the tasks show answers to probes, though their protocol leaves these out")


def known_texts(people: People, tasks: Tasks, spec: PromptSpec, texts: PromptTexts) -> Iterator[Sequence[str]]:
    """For each person, in the order of the tasks, what is told before each of the p probes.

    With exclude="setup" that is p times the same string object. With exclude="asked" it depends on the probe.
    """
    probes = len(tasks.probes)
    descriptions = _descriptions(people, tasks.rows, spec)
    if not shows_statements(tasks, spec):
        for description in descriptions:
            yield (texts.known(description, []),) * probes
        return
    table = _statement_table(people.catalog, spec.demonstrations)
    varies = tasks.protocol.exclude == "asked"
    for start in range(0, len(tasks), BLOCK):
        here = some_tasks(tasks, slice(start, start + BLOCK))
        shown = [
            _statements(table, people.of(spec.demonstrations), here.rows, here.shown_to(probe))
            for probe in range(probes if varies else 1)
        ]
        for row, description in enumerate(descriptions[start : start + BLOCK]):
            told = [texts.known(description, one[row]) for one in shown]
            yield told if varies else told * probes


def some_tasks(tasks: Tasks, persons: slice | NDArray[np.intp]) -> Tasks:
    """The tasks of some of the persons."""
    return replace(
        tasks, rows=tasks.rows[persons], asked=tasks.asked[persons], demonstrations=tasks.demonstrations[persons]
    )


def _statement_table(catalog: Catalog, granularity: Granularity) -> NDArray[np.object_]:
    """t[item, option] = statement."""
    items = [item.options(granularity) for item in catalog.items.values()]
    table = np.full((len(items), max(map(len, items))), None, object)
    for row, options in enumerate(items):
        table[row, : len(options)] = [one_line(option.statement) for option in options]
    return table


def _statements(
    table: NDArray[np.object_], options: NDArray[np.int8], rows: NDArray[np.intp], shown: NDArray[np.int16]
) -> list[list[str]]:
    """Of each person the statements shown, in order.

    Args:
        table: see `_statement_table`.
        options: option positions, shape (items, persons).
        rows: shape (n,): positions of persons.
        shown: shape (n, k): positions of items.
    """
    there = shown != NOT_SHOWN
    found = table[shown, options[shown, rows[:, None]]]
    if there.all():
        return list(found.tolist())
    return [statements[kept].tolist() for statements, kept in zip(found, there, strict=True)]


def _descriptions(people: People, rows: NDArray[np.intp], spec: PromptSpec) -> list[list[str]]:
    """Of each person the sentences of all demographics that are known, in catalog order; none where none is shown."""
    if spec.shown not in ("demographics", "both"):
        return [[] for _ in rows]
    sentences = [[one_line(option.statement) for option in one.options] for one in people.catalog.demographics.values()]
    return [
        [said[option] for said, option in zip(sentences, options, strict=True) if option != NO_OPTION]
        for options in people.demographics[:, rows].T.tolist()
    ]
