"""What a file of predictions is about: dataset, protocol, prompt, model, and which tasks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

from indievaluecatalog.catalog.model import GRANULARITIES, Granularity
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.people import DatasetIdentity
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS, SPLITS
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.sampling.protocol import OURS, Protocol

Shown = Literal["none", "statements", "demographics", "both"]
Decision = Literal["option", "expected"]


@dataclass(frozen=True, slots=True)
class Run:
    """The identity of one file of predictions.

    Attributes:
        model: its name in tables.
        settings: all that tells this model from another of its name (version, k, smoothing, temperature, ...);
            plain values.
        dataset: which persons and answers.
        protocol: how demonstrations were drawn.
        n_demonstrations: how many statements the predictor was shown of a person.
        shown: what it was shown of a person.
        sees_also: what it sees beyond that, in words; empty for a predictor that sees what any model is shown.
        prompt: name, version and digest of the prompt; None where there is none.
        splits, setups, granularities: the tasks predicted: all persons of these splits, in these setups.
        decision: "option" where the predictor names one option; "expected" where it draws one at random by its
            probabilities, so that accuracy is the probability it gives to the right one.
    """

    model: str
    dataset: DatasetIdentity
    n_demonstrations: int
    settings: Mapping[str, Any] = field(default_factory=dict)
    protocol: Protocol = OURS
    shown: Shown = "statements"
    sees_also: str = ""
    prompt: Mapping[str, Any] | None = None
    splits: tuple[str, ...] = EVALUATION_SPLITS
    setups: tuple[int, ...] = SETUPS
    granularities: tuple[Granularity, ...] = GRANULARITIES
    decision: Decision = "option"

    def __post_init__(self) -> None:
        size = self.n_demonstrations
        for name, fits in (
            ("model", isinstance(self.model, str) and self.model.strip() != ""),
            ("n_demonstrations", isinstance(size, int) and not isinstance(size, bool) and size >= 0),
            ("settings", isinstance(self.settings, Mapping)),
            ("sees_also", isinstance(self.sees_also, str)),
            ("prompt", self.prompt is None or isinstance(self.prompt, Mapping)),
            *((name, isinstance(getattr(self, name), tuple)) for name in ("splits", "setups", "granularities")),
        ):
            if not fits:
                raise ResultsError(f"a run's {name} cannot be {getattr(self, name)!r}")
        for name, found, known in (
            ("shown", (self.shown,), get_args(Shown)),
            ("decision", (self.decision,), get_args(Decision)),
            ("splits", self.splits, SPLITS),
            ("setups", self.setups, SETUPS),
            ("granularities", self.granularities, GRANULARITIES),
        ):
            wrong = [value for value in found if value not in known]
            if wrong or not found or len(set(found)) != len(found):
                raise ResultsError(f"a run's {name} are some of {', '.join(map(str, known))}, not {list(found)}")

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything here."""
        text = json.dumps(self.to_dict(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for files."""
        plain: dict[str, Any] = {f.name: getattr(self, f.name) for f in fields(self)}
        for name in ("splits", "setups", "granularities"):
            plain[name] = list(plain[name])
        return plain | {
            "settings": dict(self.settings),
            "dataset": self.dataset.to_dict(),
            "protocol": self.protocol.to_dict(),
            "prompt": None if self.prompt is None else dict(self.prompt),
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Run:
        """The run that `to_dict` wrote.

        Raises:
            ResultsError, SamplingError: something is missing, unknown or of another kind.
        """
        try:
            values = {name: value for name, value in dict(plain).items() if name != "digest"}
            values["dataset"] = DatasetIdentity(**values["dataset"])
            values["protocol"] = Protocol.from_dict(values["protocol"])
            for name in ("splits", "setups", "granularities"):
                values[name] = tuple(values[name])
            return cls(**values)
        except (KeyError, TypeError, ValueError) as error:
            raise ResultsError(f"no identity of a run: {error}") from error
