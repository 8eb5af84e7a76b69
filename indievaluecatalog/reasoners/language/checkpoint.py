"""Checkpoints of a small training: all that is needed to go on as if nothing had happened.

Imported only where torch is there. Read with `weights_only`, so that a file can run no code.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.small_settings import SmallSettings
from indievaluecatalog.whole_file import whole_file

FILE = "state.pt"
FREE = ("at_once",)
"""Settings that may be changed on the way, since they change no result but by rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Begun:
    """How far a training is."""

    step: int
    losses: dict[str, float]
    best: dict[str, Any] | None
    best_step: int


@dataclass(frozen=True, slots=True, eq=False)
class Checkpoint:
    """Where a training keeps its state, and which training it is."""

    folder: Path
    people: People
    settings: SmallSettings

    @property
    def identity(self) -> str:
        """Of people and settings."""
        kept = {name: value for name, value in self.settings.to_dict().items() if name not in FREE}
        text = json.dumps([self.people.identity.to_dict(), self.people.protocol.to_dict(), kept], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def write(
        self, network: Any, optimizer: Any, step: int, losses: dict[str, float], best: Any, best_step: int
    ) -> None:
        """Write the state; a cut-off write leaves the one before."""
        state = {
            "identity": self.identity,
            "step": step,
            "losses": losses,
            "best_step": best_step,
            "best": best,
            "network": network.state_dict(),
            "optimizer": optimizer.state_dict(),
        }
        with whole_file(self.folder / FILE, ReasonerError) as beside:
            torch.save(state, beside)


def read_checkpoint(checkpoint: Checkpoint, network: Any, optimizer: Any, device: Any) -> Begun | None:
    """Put a training's state back, if there is one.

    Raises:
        ReasonerError: it cannot be read, or is that of another training.
    """
    path = checkpoint.folder / FILE
    if not path.is_file():
        return None
    try:
        state = torch.load(path, map_location=device, weights_only=True)
        identity = state["identity"]
    except (OSError, RuntimeError, KeyError, EOFError, ValueError, TypeError) as error:
        raise ReasonerError(f"{path}: the checkpoint cannot be read ({error}); delete it to begin anew") from error
    if identity != checkpoint.identity:
        raise ReasonerError(
            f"{path}: the checkpoint of a training with other settings or persons. Name another folder, or begin anew "
            "(resume=False)"
        )
    network.load_state_dict(state["network"])
    optimizer.load_state_dict(state["optimizer"])
    return Begun(state["step"], state["losses"], state["best"], state["best_step"])


def remove_checkpoint(folder: Path, main: bool) -> None:
    """Remove the state of a training that is done."""
    if main:
        shutil.rmtree(folder, ignore_errors=True)
