"""Training a small language model over statements, on a processor or a GPU, with checkpoints to go on from."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog import __version__
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.keyed_hash import keyed_hash
from indievaluecatalog.reasoners.language.libraries import REASONER, device_of, library, need
from indievaluecatalog.reasoners.language.memory import memory_advice
from indievaluecatalog.reasoners.language.small.folder import check_folder, save_small
from indievaluecatalog.reasoners.language.small.settings import SmallSettings
from indievaluecatalog.reasoners.language.small.vocabulary import Vocabulary

Progress = Callable[[str, float], None]
PURPOSE = "training a language model over statements"
HELD_OUT = "small language model held out"
ADVICE = (
    "a lower batch (fewer persons at once)",
    "fewer looks or a lower length",
    "a lower width or fewer layers",
)


def train_small(
    people: People,
    out: str | Path,
    settings: SmallSettings | None = None,
    *,
    device: str = "auto",
    resume: bool = True,
    stop_after: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Any] | None:
    """Train a model over statements on the training persons of a dataset, and write it to a folder.

    Persons of the splits validation and test are not looked at. A training that was cut off goes on from its last
    checkpoint when it is called again with the same people and settings, and ends with the same weights as one that
    was not, on the same kind of machine.

    Args:
        people: of a dataset.
        out: folder of the model; checkpoints lie beside it until it is done, in `OUT.checkpoint`.
        settings: None for the defaults, which train in minutes on a processor.
        device: "auto", "cpu", "cuda", "mps".
        resume: False begins anew.
        stop_after: steps after which to leave off, a checkpoint written; for trials.
        progress: called with a stage's name, such as the loss, and the share done.

    Returns:
        What the folder says of the model, among it `speed` and the losses of held-out persons; None where it was
        left off before the end.

    Raises:
        ReasonerError: nobody to train on, a folder that holds something else, a checkpoint of another training,
            no such device, or too little memory.
        MissingExtraError: torch is not installed.
    """
    chosen = settings or SmallSettings()
    target = Path(out)
    check_folder(target)
    learned, watched = split_persons(people, chosen)
    need(PURPOSE, "torch", extra=REASONER)
    from indievaluecatalog.reasoners.language.small.checkpoint import Checkpoint
    from indievaluecatalog.reasoners.language.small.loop import run_loop

    checkpoint = Checkpoint(target.with_name(f"{target.name}.checkpoint"), people, chosen)
    if not resume:
        checkpoint.remove()
    with memory_advice(PURPOSE, ADVICE):
        done = run_loop(
            people,
            learned,
            watched,
            chosen,
            checkpoint,
            device=device_of(device),
            stop_after=stop_after,
            tell=progress or (lambda stage, share: None),
        )
    if done is None:
        return None
    facts = {
        "package": {"indievaluecatalog": __version__, "torch": library("torch", PURPOSE, REASONER).__version__},
        "settings": chosen.to_dict(),
        "dataset": people.identity.to_dict(),
        "protocol": people.protocol.to_dict(),
        "n_training": len(learned),
        "n_held_out": len(watched),
        "vocabulary": len(Vocabulary.of(people.catalog)),
        "weights": sum(value.numel() for value in done.network.parameters()),
        "losses": done.losses,
        "best_step": done.best_step,
        "speed": done.speed.to_dict(),
    }
    written = save_small(done.network, facts, target)
    checkpoint.remove()
    return written


def split_persons(people: People, settings: SmallSettings) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Training persons to learn from and to watch, by keyed hash.

    Raises:
        ReasonerError: there are none to learn from.
    """
    training = people.rows_of("train")
    if not len(training):
        raise ReasonerError(
            "the dataset has no persons in its train split: evaluation persons are never trained on, so that a "
            "dataset with others is needed"
        )
    numbers = keyed_hash(settings.seed, HELD_OUT, people.person_ids[training].tolist())
    order = training[np.argsort(numbers, kind="stable")]
    watched = min(settings.held_out, len(order) // 10)
    return order[watched:], order[:watched]
