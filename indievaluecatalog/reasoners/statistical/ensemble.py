"""Members whose probabilities are multiplied, each to a power of its own that held-out persons have chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.statistical.autoencoder import AutoencoderModel, AutoencoderSettings, fit_autoencoder
from indievaluecatalog.reasoners.statistical.columns import Layout
from indievaluecatalog.reasoners.statistical.heads import grouped_softmax
from indievaluecatalog.reasoners.statistical.linear import LinearModel, LinearSettings, fit_linear
from indievaluecatalog.reasoners.statistical.loss import Model, loss_of

Progress = Callable[[str, float], None]
POWERS = "powers"
LEAST = 1e-7
SHARES = np.linspace(0, 1, 21)
"""Of the second of two members, to try; 0 and 1 are one member alone, so that none is better than both."""
SHARPNESS = np.round(np.arange(0.8, 1.301, 0.02), 2)
"""Sums of the powers to try: above 1 what the members agree on counts for more than either says."""


@dataclass(frozen=True, slots=True, eq=False)
class EnsembleModel:
    """Members of one layout; see `fit_ensemble`.

    Attributes:
        layout: of the columns.
        members: of different kinds.
        powers: float32, one for each member: what its log probabilities are multiplied with before they are added.
    """

    kind: ClassVar[str] = "ensemble"
    layout: Layout
    members: tuple[Model, ...]
    powers: NDArray[np.float32]

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Everything learned: the members' tensors under their kinds, in the members' order, and the powers."""
        found: dict[str, NDArray[Any]] = {POWERS: self.powers}
        for member in self.members:
            found |= {f"{member.kind}.{name}": value for name, value in member.tensors().items()}
        return found

    @classmethod
    def of_tensors(cls, layout: Layout, tensors: Mapping[str, NDArray[Any]]) -> EnsembleModel:
        """The model that `tensors` came from.

        Raises:
            KeyError: one lacks.
            MissingExtraError: a member needs torch, and it is not installed.
        """
        members = []
        for kind in (LinearModel, AutoencoderModel):
            start = f"{kind.kind}."
            own = {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}
            members.append(kind.of_tensors(layout, own))
        return cls(layout, tuple(members), tensors[POWERS])

    def probabilities(self, columns: NDArray[np.int16], shown: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Probability of every refined option given the shown answers, shape (n, item columns).

        Args:
            columns: shape (n, variables), as `columns_of` makes them.
            shown: shape (n, variables): which answers may be used.
        """
        found = [member.probabilities(columns, shown) for member in self.members]
        return pooled(found, self.powers, self.layout)


@dataclass(frozen=True, slots=True)
class EnsembleSettings:
    """Choices of the ensemble: those of its two members."""

    linear: LinearSettings = field(default_factory=LinearSettings)
    autoencoder: AutoencoderSettings = field(default_factory=AutoencoderSettings)


def pooled(
    probabilities: Sequence[NDArray[np.float32]], powers: NDArray[np.floating[Any]], layout: Layout
) -> NDArray[np.float32]:
    """The product of the members' probabilities to their powers, adding up to one over each item's options."""
    logits = np.zeros_like(probabilities[0])
    for each, power in zip(probabilities, powers, strict=True):
        if power:
            logits += np.float32(power) * np.log(np.maximum(each, LEAST))
    return grouped_softmax(logits, layout.offsets[: layout.n_items + 1])


def choose_powers(
    probabilities: Sequence[NDArray[np.float32]],
    columns: NDArray[np.int16],
    shown: NDArray[np.bool_],
    layout: Layout,
) -> NDArray[np.float32]:
    """The powers of two members with the least loss on held-out persons: their shares first, then the sum.

    Args:
        probabilities: of each member, shape (n, item columns).
        columns: the persons' answers, shape (n, variables).
        shown: which of them the members were shown.
        layout: of the columns.
    """
    if len(probabilities) != 2:
        raise ReasonerError(f"powers are chosen for two members, not {len(probabilities)}")

    def loss(powers: NDArray[np.float32]) -> float:
        return loss_of(pooled(probabilities, powers, layout), columns, shown, layout)

    best = min((np.array([1 - share, share], np.float32) for share in SHARES), key=loss)
    return min((best * np.float32(total) for total in SHARPNESS), key=loss)


def fit_ensemble(
    layout: Layout,
    training: NDArray[np.int16],
    held_out: NDArray[np.int16],
    tests: NDArray[np.bool_],
    settings: EnsembleSettings,
    seed: int,
    device: str,
    tell: Progress,
) -> EnsembleModel:
    """Fit the linear model and the masked autoencoder, and mix them by what held-out persons say.

    Args:
        layout: of the columns.
        training: answers of n persons, shape (n, variables).
        held_out: answers of m other persons, by whom the members stop and the powers are chosen.
        tests: shape (m, variables): what is shown of them.
        settings: choices.
        seed: of masks, order and first weights.
        device: of the autoencoder: "cpu", "cuda", or "auto".
        tell: called with a stage and the share of it done.

    Raises:
        MissingExtraError: torch is not installed.
        ReasonerError: no such device.
    """
    autoencoder = fit_autoencoder(layout, training, held_out, tests, settings.autoencoder, seed, device, tell)
    linear = fit_linear(layout, training, held_out, tests, settings.linear, seed, tell)
    members: tuple[Model, ...] = (linear, autoencoder)
    tell("what each member counts for", 0.0)
    said = [member.probabilities(held_out, tests) for member in members]
    return EnsembleModel(layout, members, choose_powers(said, held_out, tests, layout))
