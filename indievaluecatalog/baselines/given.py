"""What a predictor is given, and what it hands back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.baselines.nearest import Near
from indievaluecatalog.catalog.model import Granularity, Item
from indievaluecatalog.dataset.people import People
from indievaluecatalog.sampling.tasks import NOT_SHOWN, Tasks
from indievaluecatalog.survey.synthetic import TrueModel


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """The question put to a predictor: one setup at one granularity.

    Attributes:
        training: m persons whose every answer may be used, in keyed order: of two that are alike to the
            predictor the earlier one counts, so that the order of the dataset's rows never does.
        evaluation: the n persons of `tasks`, in its order. What the protocol hides of them is blank, as far as it
            is the same for every probe; see `run.blanked`.
        tasks: what each is shown and asked.
        granularity: of the predictions.
        settings: the predictor's settings, complete.
        traits: true traits of synthetic persons, for the one predictor that sees them.
        near: who is nearest by the demonstrations, where that is known already.
    """

    training: People
    evaluation: People
    tasks: Tasks
    granularity: Granularity
    settings: Mapping[str, Any]
    traits: TrueModel | None = None
    near: Near | None = None

    @property
    def probes(self) -> tuple[Item, ...]:
        """The p items asked, in order."""
        items = list(self.training.catalog.items.values())
        return tuple(items[at] for at in self.tasks.probes)

    @property
    def sizes(self) -> NDArray[np.int64]:
        """Options of each probe, shape (p,)."""
        return np.array([len(item.options(self.granularity)) for item in self.probes])

    @property
    def probe_answers(self) -> NDArray[np.int8]:
        """The training persons' answers to the probes, shape (p, m)."""
        found: NDArray[np.int8] = self.training.of(self.granularity)[self.tasks.probes]
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """What a predictor says of n persons and p probes.

    Attributes:
        options: int8, shape (n, p): option positions; UNREAD where it names none.
        probabilities: float32, shape (n, p, k), 0 beyond an item's options; None where it has none.
    """

    options: NDArray[np.int8]
    probabilities: NDArray[np.float32] | None


def most_probable(probabilities: NDArray[np.floating[Any]]) -> Prediction:
    """The most probable option of each distribution, shape (n, p, k); of equal ones the first in the catalog."""
    kept = probabilities.astype(np.float32)
    return Prediction(np.argmax(kept, axis=2).astype(np.int8), kept)


def shown_items(demonstrations: NDArray[np.int16], items: int) -> NDArray[np.bool_]:
    """Which of all items each person is shown, shape (n, items), from demonstrations of shape (n, d)."""
    shown = np.zeros((len(demonstrations), items + 1), np.bool_)
    # NOT_SHOWN is -1 and so finds the spare last place.
    assert NOT_SHOWN == -1
    np.put_along_axis(shown, demonstrations.astype(np.intp) % (items + 1), values=True, axis=1)
    return shown[:, :items]
