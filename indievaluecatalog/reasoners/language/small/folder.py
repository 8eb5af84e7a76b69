"""A trained small language model as a folder: weights, what is known of it, and a card; nothing in it can run code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.cards import small_card
from indievaluecatalog.reasoners.language.libraries import REASONER, device_of, need
from indievaluecatalog.reasoners.language.small.settings import SmallSettings
from indievaluecatalog.reasoners.language.small.vocabulary import Vocabulary
from indievaluecatalog.reasoners.model_folder import check_model_folder, write_model_folder

FORMAT = 1
KIND = "small language model over statements"
FACTS, CARD, WEIGHTS = "statements.json", "README.md", "model.safetensors"
PURPOSE = "a language model over statements"


@dataclass(frozen=True, slots=True, eq=False)
class SmallModel:
    """A trained model.

    Attributes:
        network: a `StatementNetwork`, ready to predict.
        vocabulary: its tokens.
        facts: what its folder says of it: settings, dataset, training.
    """

    network: Any
    vocabulary: Vocabulary
    facts: Mapping[str, Any]

    @property
    def settings(self) -> SmallSettings:
        """How it was trained."""
        return SmallSettings.from_dict(self.facts["settings"])


def save_small(network: Any, facts: Mapping[str, Any], folder: str | Path) -> dict[str, Any]:
    """Write a model beside its place and move it there; an earlier model is replaced, anything else is not.

    Returns:
        The facts as they were written, with the digest of the weights.

    Raises:
        ReasonerError: the folder holds something else, or cannot be written.
    """
    from safetensors.torch import save

    target = Path(folder)
    check_folder(target)
    weights = save({name: value.contiguous() for name, value in network.state_dict().items()})
    whole = {"format": FORMAT, "kind": KIND, **facts, "weights_sha256": hashlib.sha256(weights).hexdigest()}
    contents = {
        FACTS: (json.dumps(whole, indent=1, sort_keys=True) + "\n").encode(),
        WEIGHTS: weights,
        CARD: small_card(whole).encode(),
    }
    write_model_folder(target, contents)
    return whole


def check_folder(target: Path) -> None:
    """Say before a training that its model could not be put there.

    Raises:
        ReasonerError: the folder is a file, or holds something other than an earlier small model.
    """
    check_model_folder(target, (FACTS, WEIGHTS, CARD), "small model")


def read_small_facts(folder: str | Path) -> dict[str, Any]:
    """What a folder says of its model; needs no optional library.

    Raises:
        ReasonerError: there is none, or it is of another format.
    """
    path = Path(folder) / FACTS
    try:
        facts = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        raise ReasonerError(f"{folder}: no small language model, it has no {FACTS} that can be read") from None
    if not isinstance(facts, dict) or facts.get("kind") != KIND:
        raise ReasonerError(f"{path}: is not about a small language model")
    if facts.get("format") != FORMAT:
        raise ReasonerError(f"{path}: format {facts.get('format')!r}, but this version reads {FORMAT}. Train it again.")
    return facts


def check_catalog(facts: Mapping[str, Any], catalog: Catalog) -> None:
    """Refuse a catalog whose statements are other tokens.

    Raises:
        ReasonerError: another catalog than the one the model was trained on.
    """
    trained = facts["dataset"]["catalog_digest"]
    if trained != catalog.digest:
        raise ReasonerError(
            f"the model was trained on another catalog than {catalog.wave.id} as it is here (digest {trained[:12]}, "
            f"not {catalog.digest[:12]}): train it again, or use the dataset it was trained on"
        )


def read_small(folder: str | Path, catalog: Catalog, *, device: str = "auto") -> SmallModel:
    """Read a model to predict with.

    Args:
        folder: that `train_small` wrote.
        catalog: the one it was trained on.
        device: "auto", "cpu", "cuda", "mps".

    Raises:
        ReasonerError: no model, weights that were changed, another catalog, or no such device.
        MissingExtraError: torch is not installed.
    """
    facts = read_small_facts(folder)
    check_catalog(facts, catalog)
    path = Path(folder) / WEIGHTS
    weights = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(weights).hexdigest() != facts["weights_sha256"]:
        raise ReasonerError(f"{path}: not as it was written, or not there. Train the model again.")
    need(PURPOSE, "torch", extra=REASONER)
    from safetensors.torch import load

    from indievaluecatalog.reasoners.language.small.network import StatementNetwork

    vocabulary = Vocabulary.of(catalog)
    network = StatementNetwork(vocabulary, SmallSettings.from_dict(facts["settings"]))
    network.load_state_dict(load(weights))
    return SmallModel(network.to(device_of(device)).eval(), vocabulary, facts)
