"""What a store was meant to hold: which part of which run, by the keys of all its requests."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from indievaluecatalog.evaluation.request import ModelSpec


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One part of one run, as a store remembers it.

    Attributes:
        whole: SHA-256 (hex) of the run that it is a part of: the model, what is asked, and of whom.
        part, parts: 1 and 1 for a run in one piece.
        about: the model and the run in plain values, for messages.
        keys: of all first requests of this part, sorted.
    """

    whole: str
    part: int
    parts: int
    about: Mapping[str, Any]
    keys: tuple[str, ...]

    @property
    def name(self) -> str:
        """Such as "part 2/8"."""
        return f"part {self.part}/{self.parts}" if self.parts > 1 else "the whole"

    @property
    def model(self) -> ModelSpec:
        """Who was to be asked."""
        return ModelSpec(**self.about["model"])


def differences(records: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Where runs differ, as "name: a, b" lines; at most a few.

    Args:
        records: what the runs are about, by digest.
    """
    flat = [_flat(about, "") for about in records.values()]
    names = sorted({name for one in flat for name in one})
    told = []
    for name in names:
        values = list(dict.fromkeys(json.dumps(one.get(name)) for one in flat))
        # The run repeats the model; the digest of persons says nothing that a person can read.
        if len(values) > 1 and not name.startswith(("run.settings", "run.model", "who")):
            told.append(f"{name}: {', '.join(values)}")
    return told[:8]


def _flat(value: Mapping[str, Any], path: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, inside in value.items():
        where = f"{path}.{name}" if path else name
        if isinstance(inside, Mapping) and inside:
            found |= _flat(inside, where)
        else:
            found[where] = inside
    return found
