"""Checkpoints of a training: all that is needed to go on as if nothing had happened.

Imported only where torch is there. Read with `weights_only`, so that a file can run no code.
"""

from __future__ import annotations

import hashlib
import json
import pickle
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.small.settings import SmallSettings
from indievaluecatalog.whole_file import whole_file

FILE = "state.pt"


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """How far a training is.

    Attributes:
        step: steps done.
        losses: of the persons held out, by step.
        best_step: whose weights are the best.
        best: those weights.
    """

    step: int
    losses: dict[str, float]
    best_step: int
    best: dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """Where a training keeps its state, and which training it is."""

    folder: Path
    people: People
    settings: SmallSettings

    @property
    def identity(self) -> str:
        """Of people and settings."""
        parts = [self.people.identity.to_dict(), self.people.protocol.to_dict(), self.settings.to_dict()]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()

    def write(self, state: State, network: Any, optimizers: list[Any]) -> None:
        """Write the state; a write that is cut off leaves the one before."""
        whole = {
            "identity": self.identity,
            "step": state.step,
            "losses": state.losses,
            "best_step": state.best_step,
            "best": state.best,
            "network": network.state_dict(),
            "optimizers": [one.state_dict() for one in optimizers],
        }
        with whole_file(self.folder / FILE, ReasonerError) as beside:
            torch.save(whole, beside)

    def read(self, network: Any, optimizers: list[Any], device: str) -> State | None:
        """Put a training's state back, if there is one.

        Raises:
            ReasonerError: it cannot be read, or is that of another training.
        """
        path = self.folder / FILE
        if not path.is_file():
            return None
        try:
            whole = torch.load(path, map_location=device, weights_only=True)
            identity = whole["identity"]
        except (OSError, RuntimeError, KeyError, EOFError, ValueError, TypeError, pickle.UnpicklingError) as error:
            raise ReasonerError(f"{path}: the checkpoint cannot be read; delete it to begin anew") from error
        if identity != self.identity:
            raise ReasonerError(
                f"{path}: the checkpoint of a training with other settings or persons. Name another folder, or begin "
                "anew (resume=False)"
            )
        network.load_state_dict(whole["network"])
        for one, kept in zip(optimizers, whole["optimizers"], strict=True):
            one.load_state_dict(kept)
        return State(whole["step"], whole["losses"], whole["best_step"], whole["best"])

    def remove(self) -> None:
        """Remove the state of a training that is done."""
        shutil.rmtree(self.folder, ignore_errors=True)
