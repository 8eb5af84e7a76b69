"""The masked autoencoder as a reasoner; needs torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.errors import MissingExtraError, ReasonerError
from indievaluecatalog.reasoners.statistical.columns import Layout
from indievaluecatalog.reasoners.statistical.factors import Factors, scores_of
from indievaluecatalog.reasoners.statistical.learn_heads import Learning
from indievaluecatalog.reasoners.statistical.linear import choose_factors
from indievaluecatalog.reasoners.statistical.loss import loss_of
from indievaluecatalog.reasoners.statistical.moments import moments_of

Progress = Callable[[str, float], None]
BLOCK = 2_048
DEVICES = ("auto", "cpu", "cuda")
FACTORS = ("loadings", "evidence", "roots")


@dataclass(frozen=True, slots=True, eq=False)
class AutoencoderModel:
    """Factors and the weights of the network over them; see `fit_autoencoder`.

    Attributes:
        layout: of the columns.
        factors: what the code starts from.
        weights: of the network, by name.
        network: the network with these weights, on the CPU.
    """

    kind: ClassVar[str] = "autoencoder"
    layout: Layout
    factors: Factors
    weights: Mapping[str, NDArray[np.float32]]
    network: Any = field(repr=False)

    def tensors(self) -> dict[str, NDArray[Any]]:
        """Everything learned, by name."""
        found = {f"factors.{name}": getattr(self.factors, name) for name in FACTORS}
        return found | {f"network.{name}": value for name, value in self.weights.items()}

    @classmethod
    def of_tensors(cls, layout: Layout, tensors: Mapping[str, NDArray[Any]]) -> AutoencoderModel:
        """The model that `tensors` came from.

        Raises:
            KeyError: one lacks.
            MissingExtraError: torch is not installed.
        """
        loadings, evidence, roots = (tensors[f"factors.{name}"] for name in FACTORS)
        start = "network."
        weights = {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}
        return _made(layout, Factors(loadings, evidence, roots, layout.widths), weights)

    def probabilities(self, columns: NDArray[np.int16], shown: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Probability of every refined option given the shown answers, shape (n, item columns).

        Args:
            columns: shape (n, variables), as `columns_of` makes them.
            shown: shape (n, variables): which answers may be used.
        """
        return _probabilities(self.network, self.factors, columns, shown, "cpu")


@dataclass(frozen=True, slots=True)
class AutoencoderSettings:
    """Choices of the autoencoder.

    Attributes:
        factors: numbers of factors to try in turn, as in the linear model.
        hidden: units of the hidden layer.
        rounds: how often the code is corrected by what it gets wrong.
        learning: how the network learns.
    """

    factors: tuple[int, ...] = (15, 30, 60, 120)
    hidden: int = 256
    rounds: int = 2
    learning: Learning = field(default_factory=lambda: Learning(steps=1_000, epochs=40, rate=4e-3, decay=1e-2))


def fit_autoencoder(
    layout: Layout,
    training: NDArray[np.int16],
    held_out: NDArray[np.int16],
    tests: NDArray[np.bool_],
    settings: AutoencoderSettings,
    seed: int,
    device: str,
    tell: Progress,
) -> AutoencoderModel:
    """Fit the masked autoencoder.

    Args:
        layout: of the columns.
        training: answers of n persons, shape (n, variables).
        held_out: answers of m other persons, by whom the number of factors and the moment to stop are chosen.
        tests: shape (m, variables): what is shown of them.
        settings: choices.
        seed: of masks, order and first weights.
        device: "cpu", "cuda", or "auto" for a GPU where there is one.
        tell: called with a stage and the share of it done.

    Raises:
        MissingExtraError: torch is not installed.
        ReasonerError: no such device.
    """
    _need_torch("train an autoencoder")
    from indievaluecatalog.reasoners.statistical.autoencoder_learning import learn_network
    from indievaluecatalog.reasoners.statistical.autoencoder_network import Network, first_weights, probabilities

    place = chosen_device(device)
    tell("how often answers go together", 0.0)
    moments = moments_of(training, layout)
    factors = choose_factors(moments, layout, held_out, tests, settings.factors, tell)
    first = first_weights(moments, layout, factors, settings.hidden, settings.rounds, seed)
    scores = scores_of(factors, held_out, tests)

    def asked(network: Network) -> float:
        parts = [slice(start, start + BLOCK) for start in range(0, len(held_out), BLOCK)]
        found = [probabilities(network, held_out[rows], tests[rows], scores[rows], place) for rows in parts]
        return loss_of(np.concatenate(found), held_out, tests, layout)

    weights, _ = learn_network(
        Network(layout, first).to(place),
        factors,
        layout,
        training,
        asked,
        settings.learning,
        seed,
        place,
        lambda done, loss: tell(f"codes corrected by their errors, {loss:.4f} nats an answer", done),
    )
    return _made(layout, factors, weights)


def chosen_device(device: str) -> str:
    """The device to use for a wish of DEVICES. Raises ReasonerError for any other, or a GPU that is not there."""
    import torch

    if device not in DEVICES:
        raise ReasonerError(f"there is no device {device!r}; choose from {', '.join(DEVICES)}")
    there = torch.cuda.is_available()
    if device == "cuda" and not there:
        raise ReasonerError('torch sees no GPU here; use the device "cpu", or "auto" for whatever there is')
    return "cuda" if there and device != "cpu" else "cpu"


def _made(layout: Layout, factors: Factors, weights: Mapping[str, NDArray[np.float32]]) -> AutoencoderModel:
    _need_torch("a reasoner that is an autoencoder")
    from indievaluecatalog.reasoners.statistical.autoencoder_network import Network

    return AutoencoderModel(layout, factors, dict(weights), Network(layout, weights))


def _probabilities(
    network: Any, factors: Factors, columns: NDArray[np.int16], shown: NDArray[np.bool_], device: str
) -> NDArray[np.float32]:
    from indievaluecatalog.reasoners.statistical.autoencoder_network import probabilities

    found = [np.zeros((0, network.n_item_columns), np.float32)]
    for start in range(0, len(columns), BLOCK):
        rows = slice(start, start + BLOCK)
        scores = scores_of(factors, columns[rows], shown[rows])
        found.append(probabilities(network, columns[rows], shown[rows], scores, device))
    return np.concatenate(found)


def _need_torch(purpose: str) -> None:
    try:
        import torch  # noqa: F401
    except ImportError as error:
        raise MissingExtraError("torch", "reasoner", purpose) from error
