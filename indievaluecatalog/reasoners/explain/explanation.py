"""What moved one prediction: the words for it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from indievaluecatalog.catalog.model import Granularity


@dataclass(frozen=True, slots=True)
class Effect:
    """What one demonstration does to a prediction.

    Attributes:
        id: of the item or demographic.
        category: of the item; empty for a demographic.
        statement: what the person expressed.
        log_odds: of the explained option with all that is shown, less what they are without this one.
        points: the same in percentage points of its probability.
        alone: log-odds of the explained option with this alone shown, less what they are with nothing shown.
        towards: statement of the probe whose probability this one raises most.
        gained: by how many percentage points.
        moved: percentage points that change hands among the options.
    """

    id: str
    category: str
    statement: str
    log_odds: float
    points: float
    alone: float
    towards: str
    gained: float
    moved: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a reasoner predicts what it predicts of one person and one probe.

    Attributes:
        person: key of the person; empty for answers given as they are.
        synthetic: whether the person, or else those the reasoner learned from, are synthetic.
        reasoner: its name and digest.
        probe, label, category: the item asked.
        granularity: of the probe's options; what is shown is always refined.
        statements: of the probe's options.
        probabilities: of the options with everything shown.
        before: the same with nothing shown.
        predicted: position of the most probable option.
        explained: position of the option whose probability is explained.
        answered: position of what the person said; None where that is not known.
        effects: of the demonstrations, largest change of log-odds first.
        ignored: ids among given answers that are no item or demographic.
    """

    person: str
    synthetic: bool
    reasoner: tuple[str, str]
    probe: str
    label: str
    category: str
    granularity: Granularity
    statements: tuple[str, ...]
    probabilities: tuple[float, ...]
    before: tuple[float, ...]
    predicted: int
    explained: int
    answered: int | None
    effects: tuple[Effect, ...]
    ignored: tuple[str, ...] = ()

    def supporting(self, most: int | None = None) -> tuple[Effect, ...]:
        """Effects that speak for the explained option, largest first."""
        return tuple(effect for effect in self.effects if effect.log_odds > 0)[:most]

    def opposing(self, most: int | None = None) -> tuple[Effect, ...]:
        """Effects that speak against it, largest first."""
        return tuple(effect for effect in self.effects if effect.log_odds < 0)[:most]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for files."""
        return asdict(self)
