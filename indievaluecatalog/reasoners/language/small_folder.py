"""A trained small language model as a folder: a Llama of transformers, what its tokens mean, and a card."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.manifest import file_digest
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.cards import small_card
from indievaluecatalog.reasoners.language.libraries import need
from indievaluecatalog.reasoners.language.small_settings import SmallSettings
from indievaluecatalog.reasoners.language.vocabulary import Vocabulary

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


def save_small(llama: Any, facts: Mapping[str, Any], folder: str | Path) -> dict[str, Any]:
    """Write a model beside its place and move it there; an earlier model is replaced, anything else is not.

    Returns:
        The facts as they were written, with the digest of the weights.

    Raises:
        ReasonerError: the folder holds something else, or cannot be written.
    """
    target = Path(folder)
    check_folder(target)
    beside = target.with_name(f".{target.name}.part")
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(parents=True)
        llama.save_pretrained(beside)
        whole = {"format": FORMAT, "kind": KIND, **facts, "weights_sha256": file_digest(beside / WEIGHTS)}
        (beside / FACTS).write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n", "utf-8")
        (beside / CARD).write_text(small_card(whole), "utf-8")
        if target.exists():
            shutil.rmtree(target)
        beside.replace(target)
    except OSError as error:
        raise ReasonerError(f"{target}: cannot be written: {error.strerror or error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return whole


def check_folder(target: Path) -> None:
    """Say before a training that its model could not be put there.

    Raises:
        ReasonerError: the folder is a file, or holds something other than an earlier small model.
    """
    if target.exists() and not target.is_dir():
        raise ReasonerError(f"{target}: is a file; name a folder")
    if target.is_dir() and any(target.iterdir()) and not (target / FACTS).is_file():
        raise ReasonerError(f"{target}: holds files but no earlier small language model; name another folder")


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
        ReasonerError: no model, weights that were changed, or another catalog.
        MissingExtraError: torch or transformers is not installed.
        EvaluationError: there is no such device.
    """
    facts = read_small_facts(folder)
    check_catalog(facts, catalog)
    if file_digest(Path(folder) / WEIGHTS) != facts["weights_sha256"]:
        raise ReasonerError(f"{Path(folder) / WEIGHTS}: not as it was written. Train it again.")
    need(PURPOSE, "torch", "transformers")
    from transformers import LlamaForCausalLM

    from indievaluecatalog.evaluation.local_files import chosen_device
    from indievaluecatalog.reasoners.language.network import StatementNetwork

    vocabulary = Vocabulary.of(catalog)
    llama = LlamaForCausalLM.from_pretrained(Path(folder), local_files_only=True)
    network = StatementNetwork(llama, vocabulary.first_answer, vocabulary.widest)
    return SmallModel(network.to(chosen_device(device)).eval(), vocabulary, facts)
