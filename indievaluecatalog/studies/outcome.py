"""What came of a study, as plain frozen things: tables, plots and files are made of these.

All accuracies and differences are shares of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indievaluecatalog.scoring.scores import Comparison, Figure, Part, Scores
from indievaluecatalog.studies.listing import Study


@dataclass(frozen=True, slots=True)
class Positions:
    """Where in the list of options as it was shown the chosen ones stood, as shares of the predictions read.

    Attributes:
        n: predictions read.
        first, last: share of choices that stood first and last.
        right_first, right_last: share of the right options that did: what a predictor without a liking for a place
            would come near to.
        same: share of the predictions that are the same as in the reference condition, on the tasks that both
            have; None for the reference itself.
    """

    n: int
    first: float
    last: float
    right_first: float
    right_last: float
    same: float | None


@dataclass(frozen=True, slots=True)
class Line:
    """One predictor in one condition.

    Attributes:
        predictor, condition: their names.
        persons: with a prediction.
        tasks, predicted: how many predictions there should be, and are.
        accuracy: strict, by "polar", "refined" and, with both, "mean".
        unread: share of the predictions that could not be read.
        statements: how many a person is shown, on average over persons and setups.
        difference: from the study's reference condition, by the same keys; empty for that one and where there is
            nothing to compare.
        flat: whether the predictor is the same in all conditions.
        by_category: of a study of categories, main accuracy on each category asked.
        gain: by category, accuracy less that of the reference condition.
        positions: of a study of the options' order, by granularity.
    """

    predictor: str
    condition: str
    persons: int
    tasks: int
    predicted: int
    accuracy: Mapping[str, Figure]
    unread: float
    statements: float
    difference: Mapping[str, Comparison]
    flat: bool = False
    by_category: tuple[Part, ...] = ()
    gain: tuple[Part, ...] = ()
    positions: Mapping[str, Positions] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """All of a study.

    Attributes:
        study: which.
        conditions: the labels, in order.
        categories: of the catalog, in order.
        lines: predictor by predictor, then by condition.
        scores: of a study of evenness: the whole scores, a predictor each.
        facts: names and values that say what was run, for the page.
        synthetic: whether the persons are.
        notes: what a reader must know.
    """

    study: Study
    conditions: tuple[str, ...]
    categories: tuple[str, ...]
    lines: tuple[Line, ...]
    scores: tuple[Scores, ...]
    facts: tuple[tuple[str, str], ...]
    synthetic: bool
    notes: tuple[str, ...]

    @property
    def predictors(self) -> tuple[str, ...]:
        """Names in order."""
        return tuple(dict.fromkeys(line.predictor for line in self.lines))

    @property
    def key(self) -> str:
        """Which of mean, polar and refined stands for accuracy: the mean where both are asked."""
        keys = {key for line in self.lines for key in line.accuracy}
        return next(key for key in ("mean", "polar", "refined") if key in keys)
