"""What one category of values tells of another: accuracy with answers of one category shown, or of all but one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.sample import draw_setups
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS, shown_by_default
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.explain.shown import asked_rows
from indievaluecatalog.reasoners.statistical.predict import predict_tasks
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner
from indievaluecatalog.sampling.protocol import Protocol, chosen_protocol
from indievaluecatalog.sampling.tasks import NOT_SHOWN
from indievaluecatalog.scoring.accuracy import accuracies
from indievaluecatalog.scoring.cells import Cells, lay_out
from indievaluecatalog.scoring.hits import hits
from indievaluecatalog.scoring.parts import PartScorer
from indievaluecatalog.scoring.scores import Figure, Part
from indievaluecatalog.scoring.tallies import person_counts

Progress = Callable[[str, float], None]
Kind = Literal["nothing", "only", "without", "all"]
MIN_PERSONS = 5
"""A part of fewer persons has no interval."""


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One condition.

    Attributes:
        kind: what is shown: nothing, "only" the category, all "without" it, or all.
        category: of the condition; empty for nothing and all.
        statements: shown of a person, on average.
        accuracy: by "polar", "refined" and "mean", shares of one.
        by_category: the same by category asked.
        change: by category asked, less the accuracy with nothing shown (of "only" and "all"), or less that with all
            shown (of "without"); differences over the same persons.
    """

    kind: Kind
    category: str
    statements: float
    accuracy: Mapping[str, Figure]
    by_category: tuple[Part, ...]
    change: tuple[Part, ...]

    @property
    def name(self) -> str:
        """What is shown, in words."""
        return {"only": self.category, "without": f"all without {self.category}"}.get(self.kind, self.kind)


@dataclass(frozen=True, slots=True)
class CategoryStudy:
    """Accuracy by category shown and category asked.

    Attributes:
        categories: of the catalog, in order.
        lines: nothing, only each category, all, and all without each category.
        facts: what was measured on what: plain values, for files.
        synthetic: whether the persons are.
    """

    categories: tuple[str, ...]
    lines: tuple[CategoryLine, ...]
    facts: Mapping[str, Any]
    synthetic: bool

    def of(self, kind: Kind) -> tuple[CategoryLine, ...]:
        """The lines of one kind, in the catalog's order."""
        return tuple(line for line in self.lines if line.kind == kind)


def study_categories(
    reasoner: Reasoner,
    people: People,
    *,
    n_demonstrations: int | None = None,
    setups: Sequence[int] = SETUPS,
    splits: tuple[str, ...] = EVALUATION_SPLITS,
    persons: int | None = None,
    without: bool = True,
    protocol: Protocol | str | None = None,
    resamples: int = 1_000,
    seed: int = 0,
    progress: Progress | None = None,
) -> CategoryStudy:
    """Accuracy on each category when only answers of one category are shown, and when all but those of one are.

    Of a single category at most its items are shown, and fewer to those who answered fewer; so is it where too few
    are left without a category.

    Args:
        reasoner: trained on the same catalog.
        people: the dataset.
        n_demonstrations: statements shown where there are as many; None for as many as the dataset was built for.
        setups: which of 0, 1, 2.
        splits: whose tasks.
        persons: no more than so many; None for all.
        without: also leave out each category from all answers.
        protocol: how demonstrations are drawn; None for the one the dataset was built by.
        resamples: of persons, for 95% intervals; 0 for none.
        seed: of the resampling, and of the choice of persons.
        progress: called with a stage's name and the share of it done.

    Raises:
        ReasonerError: another catalog, nobody to ask, persons the reasoner learned from, or a protocol that chooses
            categories itself.
        SamplingError: no such setup or protocol.
    """
    tell = progress or (lambda stage, done: None)
    drawing = chosen_protocol(protocol, people.protocol)
    if drawing.only_categories or drawing.without_categories:
        raise ReasonerError("this study shows one category at a time: choose no categories in the protocol")
    catalog = people.catalog
    rows = asked_rows(people, splits, persons, seed)
    # The informative order is found on the training persons, who are not asked.
    asked = people.take(np.concatenate([people.rows_of("train"), rows]) if drawing.order == "informative" else rows)
    usual = shown_by_default(catalog) if n_demonstrations is None else n_demonstrations
    counts = person_counts(len(asked.rows_of(*splits)), resamples, seed)
    conditions: list[tuple[Kind, str]] = [("nothing", ""), ("all", "")]
    conditions += [("only", name) for name in catalog.categories]
    conditions += [("without", name) for name in catalog.categories if without]
    references: dict[str, Cells] = {}
    lines = []
    for at, (kind, category) in enumerate(conditions):
        tell(f"{kind} {category}".strip(), at / len(conditions))
        size, chosen = _shown(people, kind, category, usual, drawing)
        results = predict_tasks(
            reasoner, asked, n_demonstrations=size, shown="statements", splits=splits, setups=setups,
            protocol=chosen, too_few="fewer",
        )  # fmt: skip
        cells = lay_out(results, asked)
        if kind in ("nothing", "all"):
            references[kind] = cells
        reference = None if kind == "nothing" else references["all" if kind == "without" else "nothing"]
        lines.append(
            CategoryLine(
                kind=kind,
                category=category,
                statements=_statements(asked, splits, setups, size, chosen),
                accuracy={name: one.strict for name, one in accuracies(cells, counts, {}).items()},
                by_category=PartScorer.of(cells, counts, MIN_PERSONS).by_category(),
                change=()
                if reference is None
                else PartScorer(cells, hits(cells) - hits(reference), counts, MIN_PERSONS).by_category(),
            )
        )
    tell("done", 1.0)
    order: tuple[Kind, ...] = ("nothing", "only", "all", "without")
    return CategoryStudy(
        categories=catalog.categories,
        lines=tuple(sorted(lines, key=lambda line: order.index(line.kind))),
        facts={
            "reasoner": {"name": reasoner.name, "digest": reasoner.digest},
            "dataset": people.identity.to_dict(),
            "synthetic": people.identity.synthetic,
            "splits": list(splits),
            "setups": list(setups),
            "persons": len(asked.rows_of(*splits)),
            "n_demonstrations": usual,
            "protocol": drawing.to_dict(),
            "resamples": resamples,
            "seed": seed,
            "unit": "shares of one",
        },
        synthetic=people.identity.synthetic,
    )


def _shown(people: People, kind: Kind, category: str, usual: int, protocol: Protocol) -> tuple[int, Protocol]:
    """How many statements are shown in a condition, and how they are drawn."""
    if kind == "nothing":
        return 0, protocol
    if kind == "only":
        there = len(people.catalog.items_of(category))
        return min(usual, there), replace(protocol, only_categories=(category,))
    if kind == "without":
        return usual, replace(protocol, without_categories=(category,))
    return usual, protocol


def _statements(people: People, splits: Sequence[str], setups: Sequence[int], size: int, protocol: Protocol) -> float:
    """How many statements a person is shown, on average over persons and setups."""
    if not size:
        return 0.0
    drawn = draw_setups(people, people.rows_of(*splits), setups, size, protocol, "fewer")
    # One more is drawn where only the probe that is asked is left out.
    counts = [np.minimum((tasks.demonstrations != NOT_SHOWN).sum(axis=1), size) for tasks in drawn]
    return float(np.concatenate(counts).mean())
