"""A reasoner as a folder: `model.safetensors`, `reasoner.json`, and a card; nothing in it can run code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.model_folder import check_model_folder, write_model_folder
from indievaluecatalog.reasoners.statistical.autoencoder import AutoencoderModel
from indievaluecatalog.reasoners.statistical.card import model_card
from indievaluecatalog.reasoners.statistical.columns import Layout
from indievaluecatalog.reasoners.statistical.ensemble import EnsembleModel
from indievaluecatalog.reasoners.statistical.linear import LinearModel
from indievaluecatalog.reasoners.statistical.loss import Model
from indievaluecatalog.reasoners.statistical.reasoner import Origin, Reasoner

FORMAT = 1
WEIGHTS, FACTS, CARD = "model.safetensors", "reasoner.json", "README.md"


def save_reasoner(reasoner: Reasoner, folder: str | Path) -> Path:
    """Write a reasoner; the folder appears when it is whole, in place of an earlier reasoner.

    Raises:
        ReasonerError: the folder holds something else, or cannot be written.
    """
    from safetensors.numpy import save

    target = Path(folder)
    check_folder(target)
    weights = save({name: np.ascontiguousarray(value) for name, value in reasoner.model.tensors().items()})
    facts = {
        "format": FORMAT,
        "kind": reasoner.model.kind,
        "digest": reasoner.digest,
        "weights_sha256": hashlib.sha256(weights).hexdigest(),
        "origin": reasoner.origin.to_dict(),
        "layout": reasoner.model.layout.to_dict(),
    }
    contents = {
        FACTS: (json.dumps(facts, indent=1, sort_keys=True) + "\n").encode(),
        WEIGHTS: weights,
        CARD: model_card(reasoner).encode(),
    }
    write_model_folder(target, contents)
    return target


def read_reasoner(folder: str | Path) -> Reasoner:
    """Read a reasoner that `save_reasoner` wrote.

    Raises:
        ReasonerError: no reasoner there, of another format, or changed since it was written.
        MissingExtraError: a model that needs torch, where it is not installed.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    place = Path(folder)
    try:
        facts = json.loads((place / FACTS).read_text("utf-8"))
        weights = (place / WEIGHTS).read_bytes()
    except (OSError, ValueError) as error:
        raise ReasonerError(
            f"{place}: holds no reasoner ({error}); make one with `indievaluecatalog reasoner train`"
        ) from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT:
        raise ReasonerError(f"{place / FACTS}: of another version of this package; train the reasoner again")
    if hashlib.sha256(weights).hexdigest() != facts.get("weights_sha256"):
        raise ReasonerError(f"{place / WEIGHTS}: not as it was written (its SHA-256 differs); train the reasoner again")
    try:
        layout = Layout.from_dict(facts["layout"])
        model = _reader(facts["kind"])(layout, load(weights))
        return Reasoner(model, Origin.from_dict(facts["origin"]))
    except (KeyError, TypeError, ValueError, SafetensorError) as error:
        raise ReasonerError(f"{place}: cannot be read as a reasoner: {error}") from error


def _reader(kind: str) -> Callable[[Layout, Mapping[str, NDArray[Any]]], Model]:
    kinds: tuple[type[LinearModel | AutoencoderModel | EnsembleModel], ...] = (
        LinearModel,
        AutoencoderModel,
        EnsembleModel,
    )
    for each in kinds:
        if kind == each.kind:
            return each.of_tensors
    raise ValueError(f"no kind of reasoner {kind!r}")


def check_folder(target: Path) -> None:
    """Say at once whether a reasoner can be written to a folder.

    Raises:
        ReasonerError: a file, or a folder that holds something else.
    """
    check_model_folder(target, (FACTS, WEIGHTS, CARD), "reasoner")
