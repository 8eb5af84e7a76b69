"""How much an answer to one item tells of the answer to another: alone, and beside other answers.

*Alone* is exact and cheap: with one answer shown a model has one prediction for each option of each item, so that a
thousand rows say everything, and persons enter as counts of pairs of answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.explain.beside import gains_beside
from indievaluecatalog.reasoners.explain.gains import Gains
from indievaluecatalog.reasoners.explain.shown import LEAST_CHANCE, asked_rows
from indievaluecatalog.reasoners.explain.singles import answers_alone
from indievaluecatalog.reasoners.statistical.columns import columns_of, indicators
from indievaluecatalog.reasoners.statistical.loss import Model
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner
from indievaluecatalog.scoring.weights import usable_weights

Progress = Callable[[str, float], None]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class ItemMap:
    """What each of i items tells of each other one.

    Attributes:
        catalog: for names and categories.
        alone: gains of an answer shown alone over nothing shown.
        beside: gains of an answer beside others over the others without it; None where that was not asked for.
        n_beside: how many answers are shown in `beside`.
        facts: what was measured on what: plain values, for files.
        synthetic: whether the persons are.
    """

    catalog: Catalog
    alone: Gains
    beside: Gains | None
    n_beside: int
    facts: Mapping[str, Any]
    synthetic: bool

    def gains(self, beside: bool = False) -> Gains:
        """One of the two.

        Raises:
            ReasonerError: gains beside others, where they were not measured.
        """
        if not beside:
            return self.alone
        if self.beside is None:
            raise ReasonerError("gains beside other answers were not measured: ask for them with beside=50, say")
        return self.beside


def map_items(
    reasoner: Reasoner,
    people: People,
    *,
    beside: int = 0,
    splits: tuple[str, ...] = EVALUATION_SPLITS,
    persons: int | None = None,
    weight: str | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> ItemMap:
    """Measure how much an answer to item a tells of the answer to item b, over persons who gave both.

    The gain is the log probability (nats) that the reasoner gives to the person's own answer to b, less what it gives
    without knowing the answer to a. A gain below 0 means that knowing it misled.

    Args:
        reasoner: trained on the same catalog.
        people: the dataset.
        beside: also measure what an answer adds to so many others, drawn for each person; 0 leaves that out.
        splits: whose answers.
        persons: no more than so many; None for all.
        weight: name of a survey weight; None counts all persons alike.
        seed: of the draws of persons and of answers shown.
        progress: called with a stage's name and the share of it done.

    Raises:
        ReasonerError: another catalog, nobody to ask, persons the reasoner learned from, a weight that is not there,
            or no number of answers.
    """
    tell = progress or (lambda stage, done: None)
    n_items = len(people.catalog.items)
    if not 0 <= beside < n_items:
        raise ReasonerError(f"answers are shown beside 0 to {n_items - 1} others, not {beside}")
    asked = people.take(asked_rows(people, splits, persons, seed))
    columns = columns_of(asked, reasoner.model.layout)
    weights = _weights(asked, weight)
    tell("each answer alone", 0.0)
    alone = gains_alone(reasoner.model, columns, weights)
    found = None
    if beside:
        found = gains_beside(reasoner.model, asked.person_ids, columns, weights, beside, seed, tell)
    tell("done", 1.0)
    return ItemMap(
        catalog=people.catalog,
        alone=alone,
        beside=found,
        n_beside=beside,
        facts={
            "reasoner": {"name": reasoner.name, "digest": reasoner.digest},
            "dataset": people.identity.to_dict(),
            "synthetic": people.identity.synthetic,
            "splits": list(splits),
            "persons": len(asked),
            "beside": beside,
            "weight": weight,
            "seed": seed,
            "unit": "nats an answer",
        },
        synthetic=people.identity.synthetic,
    )


def _weights(people: People, name: str | None) -> Doubles:
    if name is None:
        return np.ones(len(people))
    usable, _ = usable_weights(people)
    if name not in usable:
        raise ReasonerError(f"no weight {name!r} that these persons have; there are {', '.join(usable) or 'none'}")
    return usable[name]


def gains_alone(model: Model, columns: NDArray[np.int16], weights: Doubles) -> Gains:
    """Gains of each item's answer shown alone over nothing shown.

    Args:
        model: to ask.
        columns: shape (n, variables).
        weights: of the persons, shape (n,).
    """
    layout = model.layout
    alone, nothing = answers_alone(model)
    change = np.log(np.maximum(alone, LEAST_CHANCE)) - np.log(np.maximum(nothing, LEAST_CHANCE))
    chosen = indicators(columns[:, : layout.n_items], layout.n_item_columns).astype(np.float64)
    pairs = chosen.T @ (chosen * weights[:, None])
    squares = chosen.T @ (chosen * weights[:, None] ** 2)
    counts = chosen.T @ chosen

    def over_items(values: Doubles) -> Doubles:
        starts = layout.offsets[: layout.n_items]
        summed: Doubles = np.add.reduceat(np.add.reduceat(values, starts, axis=0), starts, axis=1)
        return summed

    return Gains.of_sums(
        total=over_items(pairs * change),
        weight=over_items(pairs),
        squared_weight=over_items(squares),
        squares=over_items(squares * change**2),
        crossed=over_items(squares * change),
        persons=over_items(counts).astype(np.int64),
    )
