"""Accuracy on the evaluation persons' probes with a questionnaire asked, or with the demonstrations of the task."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.sample import draw_setups
from indievaluecatalog.reasoners.statistical.columns import columns_of
from indievaluecatalog.reasoners.statistical.predict import by_item, polar_sums, shown_answers
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner
from indievaluecatalog.sampling.protocol import Protocol
from indievaluecatalog.sampling.tasks import Tasks, demonstration_items


@dataclass(frozen=True, slots=True)
class Accuracies:
    """In percent."""

    polar: float
    refined: float

    @property
    def mean(self) -> float:
        """Of the two."""
        return (self.polar + self.refined) / 2


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """Persons of some splits, and what they are asked in each setup.

    Attributes:
        reasoner: that predicts.
        people: all persons of the dataset that draws need.
        rows: of the persons asked, shape (n,).
        columns: of their answers, shape (n, variables).
        setups: which.
        protocol: how demonstrations are drawn, with all probes of a setup left out.
    """

    reasoner: Reasoner
    people: People
    rows: NDArray[np.intp]
    columns: NDArray[np.int16]
    setups: tuple[int, ...]
    protocol: Protocol

    @classmethod
    def of(
        cls, reasoner: Reasoner, people: People, rows: NDArray[np.intp], setups: Sequence[int], protocol: Protocol
    ) -> Examination:
        """Made ready for some rows of people."""
        columns = columns_of(people.take(rows), reasoner.model.layout)
        return cls(reasoner, people, rows, columns, tuple(setups), protocol)

    def drawn(self, size: int) -> Accuracies:
        """With demonstrations of the task, of each person other ones; of those who answered fewer all."""
        tasks = self._tasks(size)
        n_items, n_variables = self.reasoner.model.layout.n_items, self.columns.shape[1]
        return self._examined(
            [(one, shown_answers(one.demonstrations, n_items, n_variables, "statements")) for one in tasks]
        )

    def asked(self, items: Sequence[int], size: int) -> Accuracies:
        """With the first `size` of some items, in order, that may be shown in a setup."""
        given = []
        for tasks in self._tasks(0):
            allowed = self.allowed(tasks.setup)
            chosen = [item for item in items if allowed[item]][:size]
            shown = np.zeros(self.columns.shape, np.bool_)
            shown[:, chosen] = True
            given.append((tasks, shown))
        return self._examined(given)

    def allowed(self, setup: int) -> NDArray[np.bool_]:
        """Which items may be shown in a setup, shape (items,): no probe of it."""
        return demonstration_items(self.people.catalog, setup, self.protocol)

    def _tasks(self, size: int) -> tuple[Tasks, ...]:
        return draw_setups(self.people, self.rows, self.setups, size, self.protocol, "fewer")

    def _examined(self, given: Sequence[tuple[Tasks, NDArray[np.bool_]]]) -> Accuracies:
        """A person's share of right answers, averaged over persons and setups."""
        shares: dict[str, list[NDArray[np.float64]]] = {name: [] for name in GRANULARITIES}
        for tasks, shown in given:
            refined = by_item(self.reasoner.model.probabilities(self.columns, shown), self.reasoner, tasks.probes)
            for name in GRANULARITIES:
                found = refined if name == "refined" else polar_sums(refined, self.people.catalog, tasks.probes)
                truth = self.people.of(name)[np.ix_(tasks.probes, self.rows)].T
                right = (found.argmax(axis=2) == truth) & (truth != NO_OPTION)
                asked = (truth != NO_OPTION).sum(axis=1)
                shares[name].append(right.sum(axis=1)[asked > 0] / asked[asked > 0])
        polar, refined_share = (float(100 * np.concatenate(shares[name]).mean()) for name in ("polar", "refined"))
        return Accuracies(polar, refined_share)
