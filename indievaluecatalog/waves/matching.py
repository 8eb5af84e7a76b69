"""What a file's variables have to do with the items of a known catalog: plain frozen things."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from indievaluecatalog.waves.codebook import Codebook, Variable

Role = Literal["item", "demographic", "technical"]
RelationKind = Literal["same", "reversed", "renumbered", "regrouped", "extended", "reduced", "different", "unknown"]
Status = Literal["sure", "doubtful", "new", "left out"]


@dataclass(frozen=True, slots=True)
class Known:
    """Something a known catalog holds that a file may hold again.

    Attributes:
        id: of the item or demographic, or the fact's name for a technical variable ("country_variable").
        role: which of these it is.
        label, codes, missing: as in the catalog.
        variable: its name in the known wave's file, which is no evidence.
        battery: of an item; empty otherwise.
        position: among the known ones.
        concept: what it shares with the same item of other waves.
    """

    id: str
    role: Role
    label: str
    codes: Mapping[int, str]
    missing: Mapping[int, str]
    variable: str
    battery: str
    position: int
    concept: str


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence for or against a match: its kind, how strong (-1 against, 1 for), and in words."""

    kind: Literal["label", "value labels", "codes", "position", "battery", "rival", "data", "person"]
    strength: float
    says: str


@dataclass(frozen=True, slots=True)
class Relation:
    """How a variable's codes stand to those of the known one.

    Attributes:
        kind: "same"; "reversed" (the same grades counted the other way); "regrouped" (grades put together or
            split); "extended" or "reduced" (some more or fewer); "renumbered" (the same answers under other codes,
            such as from 0 in place of 1); "different"; "unknown" without value labels.
        mapping: code of the variable -> the known code that means the same; codes without one are left out.
        says: in words, with the codes concerned.
        groups: of a coarser variable: code -> the known codes that it puts together; empty otherwise.
    """

    kind: RelationKind
    mapping: Mapping[int, int]
    says: str
    groups: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Match:
    """What becomes of one variable.

    Attributes:
        variable: of the file.
        status: "sure" (above the doubt line), "doubtful" (a person must decide), "new" (nothing like it is
            known), or "left out" (no question to a person: identifiers, derived variables, text).
        known: what it repeats; None unless sure or doubtful.
        confidence: 0 to 1.
        relation: how its codes stand to the known ones; None without a known one.
        reasons: strongest first.
        rivals: other known ones it could be, with their confidence, best first.
    """

    variable: Variable
    status: Status
    known: Known | None
    confidence: float
    relation: Relation | None
    reasons: tuple[Reason, ...]
    rivals: tuple[tuple[Known, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Matching:
    """A whole file held against a known catalog.

    Attributes:
        codebook: the file.
        like: id of the known wave.
        matches: one a variable, in the file's order.
        lost: known ones that no variable repeats.
        notes: what a reader must know of the whole.
    """

    codebook: Codebook
    like: str
    matches: tuple[Match, ...]
    lost: tuple[Known, ...]
    notes: tuple[str, ...] = ()
