"""What training rows are made of: units, and mixtures of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, get_args

from indievaluecatalog.catalog.model import GRANULARITIES, Granularity
from indievaluecatalog.errors import ReasonerError

UnitShown = Literal["statements", "demographics", "both"]
MOST_PERSONS = 1_000_000


@dataclass(frozen=True, slots=True)
class Unit:
    """For each item, so many persons who answered it, and how a row shows the person and asks the item.

    Attributes:
        name: enters the draw, so that units of different names draw different persons and demonstrations.
        shown: what a row tells of the person.
        demonstrations: granularity of the statements shown.
        probes: granularity of the options asked.
        number: fewest and most statements a row shows, both included; (0, 0) where none are.
        persons: how many for each item.
        continents: labels; only persons of these, or all where there is none.
        demographics: demographic id -> labels; only persons who hold one of them, in each.
        about: for readers; no part of the unit's identity.
    """

    name: str
    shown: UnitShown = "statements"
    demonstrations: Granularity = "refined"
    probes: Granularity = "polar"
    number: tuple[int, int] = (200, 200)
    persons: int = 200
    continents: tuple[str, ...] = ()
    demographics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    about: str = ""

    def __post_init__(self) -> None:
        known = {"shown": get_args(UnitShown), "demonstrations": GRANULARITIES, "probes": GRANULARITIES}
        for name, values in known.items():
            if getattr(self, name) not in values:
                raise ReasonerError(
                    f"unit {self.name}: {name} is one of {', '.join(values)}, not {getattr(self, name)!r}"
                )
        if not self.name or any(sign in self.name for sign in "/\\\0\x1f"):
            raise ReasonerError(f"{self.name!r} is no name of a unit")
        low, high = self.number
        if self.shown == "demographics":
            if (low, high) != (0, 0):
                raise ReasonerError(f"unit {self.name}: shows demographics alone, so that its number is 0")
        elif not 1 <= low <= high:
            raise ReasonerError(
                f"unit {self.name}: the number shown is at least 1, or a range from less to more: {low}-{high}"
            )
        if isinstance(self.persons, bool) or not 1 <= self.persons <= MOST_PERSONS:
            raise ReasonerError(f"unit {self.name}: the number of persons an item is at least 1, not {self.persons!r}")

    def with_persons(self, persons: int) -> Unit:
        """The same with another number of persons an item; fewer are a part of more."""
        return replace(self, persons=persons)

    def to_dict(self) -> dict[str, Any]:
        """Plain values with the digest, for files."""
        plain: dict[str, Any] = json.loads(json.dumps(asdict(self)))
        return {**plain, "digest": self.digest}

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all that decides which rows it gives."""
        parts = {key: value for key, value in asdict(self).items() if key != "about"}
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Mixture:
    """A union of units, whose names differ.

    Attributes:
        name: what it is called.
        units: in order.
        about: for readers; no part of its identity.
    """

    name: str
    units: tuple[Unit, ...]
    about: str = ""

    def __post_init__(self) -> None:
        names = [unit.name for unit in self.units]
        twice = sorted({name for name in names if names.count(name) > 1})
        if not names or twice:
            why = f"names unit {twice[0]} twice" if twice else "has no units"
            raise ReasonerError(f"the mixture {self.name} {why}")

    def with_persons(self, persons: int | None) -> Mixture:
        """The same with another number of persons an item in every unit; None changes nothing."""
        if persons is None:
            return self
        return replace(self, units=tuple(unit.with_persons(persons) for unit in self.units))

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of its units, in order."""
        return hashlib.sha256("\n".join(unit.digest for unit in self.units).encode()).hexdigest()
