"""A protocol: every choice of the task that the published code and good practice make differently, as one object."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from types import MappingProxyType
from typing import Any, Literal, get_args, get_type_hints

from indievaluecatalog.errors import SamplingError


@dataclass(frozen=True, slots=True)
class Protocol:
    """How persons, demonstrations and votes are chosen. `OURS` and `PAPER` are the two named ones.

    Variations are made with `dataclasses.replace`; each is named after the nearest named one and what differs.

    Attributes:
        seed: enters every keyed hash of the draw.
        exclude: "setup" keeps all probes of a setup out of its demonstrations; "asked" only the one asked, so
            that most of the other probes stand among them.
        sizes: "nested" makes the first 50 of 100 demonstrations those of 50; "independent" draws each size anew.
        order: "keyed" is a uniform draw over the eligible items; "informative" takes those first that tell most
            about the probes (`sampling.informative`).
        siblings: whether items that give part of a probe's answer away may be shown (the catalog names them).
        only_categories, without_categories: categories that demonstrations come from, or do not.
        selection: "all" evaluates persons who answered every probe item; "answered" all who answered enough,
            and asks them only what they answered. Decided when a dataset is built.
        shared_ids: whether rows that share an interview id are all "kept", or the "first" only. Decided when a
            dataset is built.
        missing: "ignored", or "counted": a neighbour's missing answer votes and two missing ones agree.
        neighbours_see: what resemblance compares: the "demonstrations", or "all_others" (all but the probes).
    """

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
            value, known = getattr(self, field), get_args(kind)
            if field in ("only_categories", "without_categories"):
                if not isinstance(value, tuple) or not all(isinstance(one, str) for one in value):
                    raise SamplingError(f"a protocol's {field} are a tuple of names, not {value!r}")
            elif field == "seed":
                if isinstance(value, bool) or not isinstance(value, int):
                    raise SamplingError(f"a protocol's seed is a whole number, not {value!r}")
            elif value not in known:
                raise SamplingError(f"a protocol's {field} is one of {', '.join(known)}, not {value!r}")
        if self.order == "informative" and self.exclude == "asked":
            raise SamplingError("the informative order is made for a setup's probes: it needs exclude='setup'")

    @property
    def name(self) -> str:
        """ "ours" or "paper", whichever is nearer, and in brackets what differs from it."""
        differences = {name: _differences(self, base) for name, base in NAMED.items()}
        nearest = min(differences, key=lambda name: len(differences[name]))
        told = ", ".join(differences[nearest])
        return f"{nearest} ({told})" if told else nearest

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of every choice; the same on every machine."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def on(self, own: Protocol) -> Protocol:
        """The same for a dataset built by `own`: its persons were selected, and shared ids treated, by that one."""
        return replace(self, selection=own.selection, shared_ids=own.shared_ids)

    def to_dict(self) -> dict[str, Any]:
        """The choices as plain values, with name and digest for readers of files."""
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {"name": self.name, **plain, "digest": self.digest}

    @classmethod
    def from_dict(cls, plain: Any) -> Protocol:
        """The protocol that `to_dict` wrote.

        Raises:
            SamplingError: a choice that is missing, unknown or of another kind.
        """
        known = set(get_type_hints(cls))
        if not isinstance(plain, Mapping) or set(plain) - {"name", "digest"} != known:
            raise SamplingError(f"a protocol has the choices {', '.join(sorted(known))}, not {plain!r}")
        values: dict[str, Any] = {
            key: tuple(part) if isinstance(part, list) else part for key, part in plain.items() if key in known
        }
        return cls(**values)


def _differences(protocol: Protocol, base: Protocol) -> list[str]:
    """Choices that differ, as "name=value"."""
    mine, other = asdict(protocol), asdict(base)
    return [
        f"{name}={'+'.join(value) if isinstance(value, tuple) else value}"
        for name, value in mine.items()
        if value != other[name]
    ]


OURS = Protocol()
"""The default: good practice."""

PAPER = Protocol(
    exclude="asked",
    sizes="independent",
    shared_ids="first",
    missing="counted",
    neighbours_see="all_others",
)
"""What the published code does, but drawn by the keyed hash, since the code sets no seed."""

NAMED = MappingProxyType({"ours": OURS, "paper": PAPER})


def named_protocol(name: str) -> Protocol:
    """One of the named protocols.

    Raises:
        SamplingError: there is no such protocol.
    """
    if name not in NAMED:
        raise SamplingError(f"no protocol {name!r}; there are {' and '.join(NAMED)}")
    return NAMED[name]


def chosen_protocol(asked: Protocol | str | None, own: Protocol, **changes: Any) -> Protocol:
    """The protocol asked for, by itself or by name, on a dataset built by `own`; that one if none was.

    A name takes the dataset's seed with it.

    Args:
        asked: a protocol, the name of one, or None for the dataset's own.
        own: what the dataset was built by.
        changes: choices made differently; None leaves one as it is.

    Raises:
        SamplingError: there is no such protocol or choice.
    """
    unknown = sorted(set(changes) - set(get_type_hints(Protocol)))
    if unknown:
        raise SamplingError(f"a protocol has no {', '.join(unknown)}")
    base = replace(named_protocol(asked), seed=own.seed) if isinstance(asked, str) else asked or own
    return replace(base, **{name: value for name, value in changes.items() if value is not None}).on(own)
