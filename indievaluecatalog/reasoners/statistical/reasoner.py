"""A trained reasoner: a model, and what it was trained on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from indievaluecatalog.dataset.people import DatasetIdentity
from indievaluecatalog.reasoners.statistical.loss import Model


@dataclass(frozen=True, slots=True)
class Origin:
    """What a reasoner was trained on and how.

    Attributes:
        dataset: whose persons.
        n_training: persons it learned from.
        n_held_out: persons of the split train that were kept back to choose by.
        held_out_loss: nats an answer on those, over 25 to 200 shown statements.
        settings: all choices, plain values.
        seed: of masks, order and first weights.
        package_version: of the package that trained it.
    """

    dataset: DatasetIdentity
    n_training: int
    n_held_out: int
    held_out_loss: float
    settings: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    package_version: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for files."""
        return asdict(self) | {"dataset": self.dataset.to_dict(), "settings": dict(self.settings)}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Origin:
        """The origin that `to_dict` wrote. Raises KeyError or TypeError for anything else."""
        return cls(**(dict(plain) | {"dataset": DatasetIdentity(**plain["dataset"])}))


@dataclass(frozen=True, slots=True, eq=False)
class Reasoner:
    """A model with its origin; made by `train_reasoner`, kept by `save_reasoner` and `read_reasoner`."""

    model: Model
    origin: Origin

    @property
    def name(self) -> str:
        """How tables call it."""
        return f"reasoner-{self.model.kind}"

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the origin, which tells this training from another."""
        text = json.dumps([self.model.kind, self.origin.to_dict()], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
