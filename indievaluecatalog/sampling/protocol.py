"""A protocol: every choice of the task that the published code and good practice make differently, as one object."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args, get_type_hints

from indievaluecatalog.errors import SamplingError


@dataclass(frozen=True, slots=True)
class Protocol:
    """How persons, demonstrations and votes are chosen. `OURS` and `PAPER` are the two named ones; `vary` makes others.

    Attributes:
        name: how tables call it.
        seed: enters every keyed hash of the draw.
        exclude: "setup" keeps all probes of a setup out of its demonstrations; "asked" only the one asked, so
            that most of the other probes stand among them.
        sizes: "nested" makes the first 50 of 100 demonstrations those of 50; "independent" draws each size anew.
        order: "keyed" is a uniform draw over the eligible items; "informative" takes those first that tell most
            about the probes (`sampling.informative`).
        siblings: whether items that give part of a probe's answer away may be shown (the catalog names them).
        only_categories, without_categories: categories that demonstrations come from, or do not.
        selection: "all" evaluates persons who answered every probe item; "answered" all who answered enough,
            and asks them only what they answered.
        shared_ids: whether rows that share an interview id are all "kept", or the "first" only.
        missing: "ignored", or "counted": a neighbour's missing answer votes and two missing ones agree.
        neighbours_see: what resemblance compares: the "demonstrations", or "all_others" (all but the probes).
    """

    name: str
    seed: int = 0
    exclude: Literal["setup", "asked"] = "setup"
    sizes: Literal["nested", "independent"] = "nested"
    order: Literal["keyed", "informative"] = "keyed"
    siblings: Literal["shown", "left_out"] = "shown"
    only_categories: tuple[str, ...] = ()
    without_categories: tuple[str, ...] = ()
    selection: Literal["all", "answered"] = "all"
    shared_ids: Literal["kept", "first"] = "kept"
    missing: Literal["ignored", "counted"] = "ignored"
    neighbours_see: Literal["demonstrations", "all_others"] = "demonstrations"

    def __post_init__(self) -> None:
        for field, kind in get_type_hints(Protocol).items():
            if get_args(kind) and isinstance(get_args(kind)[0], str) and getattr(self, field) not in get_args(kind):
                raise SamplingError(
                    f"a protocol's {field} is one of {', '.join(get_args(kind))}, not {getattr(self, field)!r}"
                )
        if self.order == "informative" and self.exclude == "asked":
            raise SamplingError("the informative order is made for a setup's probes: it needs exclude='setup'")

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of every choice; the same on every machine."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def vary(self, **changes: Any) -> Protocol:
        """The protocol with some choices made differently, and named after what differs.

        Raises:
            SamplingError: an unknown choice.
        """
        unknown = sorted(set(changes) - set(get_type_hints(Protocol)))
        if unknown:
            raise SamplingError(f"a protocol has no {', '.join(unknown)}")
        differs = {name: value for name, value in changes.items() if value != getattr(self, name)}
        if not differs:
            return self
        told = ", ".join(
            f"{name}={'+'.join(value) if isinstance(value, tuple) else value}"
            for name, value in sorted(differs.items())
        )
        return replace(self, **{"name": f"{self.name} ({told})", **differs})

    def to_dict(self) -> dict[str, Any]:
        """The choices as plain values, for files."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Protocol:
        """The protocol that `to_dict` wrote.

        Raises:
            SamplingError: an unknown choice.
        """
        unknown = sorted(set(plain) - set(get_type_hints(cls)))
        if unknown or "name" not in plain:
            raise SamplingError(f"no protocol: {'unknown ' + ', '.join(unknown) if unknown else 'it has no name'}")
        values: dict[str, Any] = {key: tuple(part) if isinstance(part, list) else part for key, part in plain.items()}
        return cls(**values)


OURS = Protocol(name="ours")
"""The default: good practice."""

PAPER = Protocol(
    name="paper",
    exclude="asked",
    sizes="independent",
    shared_ids="first",
    missing="counted",
    neighbours_see="all_others",
)
"""What the published code does, but drawn by the keyed hash, since the code sets no seed."""

PROTOCOLS = (OURS, PAPER)


def named_protocol(name: str) -> Protocol:
    """One of the named protocols.

    Raises:
        SamplingError: there is no such protocol.
    """
    for protocol in PROTOCOLS:
        if protocol.name == name:
            return protocol
    raise SamplingError(f"no protocol {name!r}; there are {' and '.join(p.name for p in PROTOCOLS)}")


def protocol_of(name: str | None, seed: int | None, **changes: Any) -> Callable[[Protocol], Protocol]:
    """Makes the protocol that options ask for from a dataset's own.

    Args:
        name: one of the named ones; None for the dataset's own.
        seed: None for that of the protocol so far.
        changes: other choices, made differently.

    Raises:
        SamplingError: an unknown protocol or choice, at once or when called.
    """
    base = None if name is None else named_protocol(name)

    def of(own: Protocol) -> Protocol:
        chosen = own if base is None else base
        return chosen.vary(**changes, **({} if seed is None else {"seed": seed}))

    return of
