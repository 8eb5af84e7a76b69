"""Training a small language model over statements, on a processor or on GPUs, with checkpoints to go on from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog import __version__
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.keyed_hash import keyed_hash
from indievaluecatalog.reasoners.language.libraries import need
from indievaluecatalog.reasoners.language.memory import memory_advice
from indievaluecatalog.reasoners.language.small_folder import check_folder, save_small
from indievaluecatalog.reasoners.language.small_settings import SmallSettings
from indievaluecatalog.reasoners.language.vocabulary import Vocabulary

Progress = Callable[[str, float], None]
PURPOSE = "training a language model over statements"
LIBRARIES = ("torch", "transformers", "accelerate")
HELD_OUT = "small language model held out"
ADVICE = (
    "a lower at_once (fewer persons in memory; the same result up to rounding)",
    "a lower length (fewer statements of each person)",
    "a lower width or fewer layers",
)


def train_small(
    people: People,
    out: str | Path,
    settings: SmallSettings | None = None,
    *,
    resume: bool = True,
    stop_after: int | None = None,
    progress: Progress | None = None,
) -> dict[str, Any] | None:
    """Train a model over statements on the training persons of a dataset, and write it to a folder.

    Persons of the splits validation and test are not looked at. Under `accelerate launch` each process takes its
    share of every batch. A training that was cut off goes on from its last checkpoint when it is called again with
    the same people and settings; on one device it ends with the same weights as one that was not.

    Args:
        people: of a dataset.
        out: folder of the model; checkpoints lie beside it until it is done, in `OUT.checkpoint`.
        settings: None for the small ones; `LARGE` for a GPU.
        resume: False begins anew.
        stop_after: steps after which to leave off, a checkpoint written; for trials.
        progress: called with a stage's name, such as the loss, and the share done.

    Returns:
        What the folder says of the model, among it `speed` and the losses of held-out persons; None where it was
        left off before the end.

    Raises:
        ReasonerError: nobody to train on, a folder that holds something else, a checkpoint of another training,
            or too little memory.
        MissingExtraError: a library of the extra "train" is not installed.
    """
    chosen = settings or SmallSettings()
    target = Path(out)
    check_folder(target)
    learned, watched = split_persons(people, chosen)
    need(PURPOSE, *LIBRARIES)
    from indievaluecatalog.reasoners.language.small_loop import run_loop

    with memory_advice(PURPOSE, ADVICE):
        done = run_loop(
            people,
            learned,
            watched,
            chosen,
            target.with_name(f"{target.name}.checkpoint"),
            resume=resume,
            stop_after=stop_after,
            tell=progress or (lambda stage, share: None),
        )
    if done is None:
        return None
    facts = {
        "package": {"indievaluecatalog": __version__, **done.versions},
        "settings": chosen.to_dict(),
        "dataset": people.identity.to_dict(),
        "protocol": people.protocol.to_dict(),
        "n_training": len(learned),
        "n_held_out": len(watched),
        "vocabulary": len(Vocabulary.of(people.catalog)),
        "weights": done.weights,
        "losses": done.losses,
        "best_step": done.best_step,
        "speed": done.speed.to_dict(),
    }
    written = save_small(done.llama, facts, target) if done.main else facts
    done.clean_up()
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


def small_settings(settings: SmallSettings, **changes: Any) -> SmallSettings:
    """Settings with some changed; None changes nothing, which suits a command's options."""
    return replace(settings, **{name: value for name, value in changes.items() if value is not None})
