"""What a survey file says about itself: variables, labels, value labels, and how often each code occurs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of a file.

    Attributes:
        name: as the file spells it.
        label: what the file says it is about; empty where it says nothing.
        position: in the file, from 0.
        values: whole-number code -> value label, of the codes that are labelled and stand for an answer.
        missing: the same for codes that stand for no answer.
        counts: how often each code occurs, labelled or not, missing or not; empty where the file was not counted.
        kind: "coded" (few whole numbers), "number" (many, or fractions), or "text".
    """

    name: str
    label: str
    position: int
    values: Mapping[int, str]
    missing: Mapping[int, str]
    counts: Mapping[int, int]
    kind: Literal["coded", "number", "text"] = "coded"

    @property
    def codes(self) -> tuple[int, ...]:
        """All codes that may be an answer, ascending: those labelled, and those that occur and are not missing."""
        return tuple(sorted({*self.values, *(code for code in self.counts if code not in self.missing)}))


@dataclass(frozen=True, slots=True)
class Codebook:
    """A file's own account of itself.

    Attributes:
        source: the file's name.
        format: "sav", "dta", "csv", ...
        rows: persons in it; 0 for a codebook without data.
        variables: in the file's order.
        notes: what a reader must know, such as that nothing is labelled.
    """

    source: str
    format: str
    rows: int
    variables: tuple[Variable, ...]
    notes: tuple[str, ...] = ()
