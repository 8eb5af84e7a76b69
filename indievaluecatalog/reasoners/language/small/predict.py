"""Predicting tasks with a small language model over statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES, Granularity
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.people import People, polar_of_refined
from indievaluecatalog.dataset.sample import draw_setups
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS, shown_by_default
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.small.folder import SmallModel, check_catalog
from indievaluecatalog.reasoners.language.small.vocabulary import START, Vocabulary
from indievaluecatalog.sampling.protocol import Protocol, chosen_protocol
from indievaluecatalog.sampling.tasks import NOT_SHOWN, Tasks, TooFew
from indievaluecatalog.scoring.results import Results, prediction_table
from indievaluecatalog.scoring.run import Run

Progress = Callable[[str, float], None]
BATCH = 100
NAME = "small-lm"


def predict_small(
    model: SmallModel,
    people: People,
    *,
    n_demonstrations: int | None = None,
    demonstrations: Granularity = "refined",
    splits: Sequence[str] = EVALUATION_SPLITS,
    setups: Sequence[int] = SETUPS,
    protocol: Protocol | str | None = None,
    too_few: TooFew = "error",
    batch: int = BATCH,
    progress: Progress | None = None,
) -> Results:
    """Predict every task of some splits at both granularities; polar probabilities are sums of refined ones.

    Args:
        model: trained on the same catalog.
        people: the persons asked.
        n_demonstrations: statements shown; None for as many as the dataset was built for.
        demonstrations: granularity of these; polar ones need a model trained with said="both".
        splits: whose tasks; train cannot be.
        setups: which of 0, 1, 2.
        protocol: how demonstrations are drawn; None for the one the dataset was built by.
        too_few: what becomes of persons with fewer answers: "error", "leave_out" or "fewer".
        batch: persons at a time.
        progress: called with a stage's name and the share done.

    Raises:
        ReasonerError: another catalog, nobody to predict, or a probe among its own demonstrations.
        SamplingError: no such setup or protocol, or a person with too few answers.
    """
    check_catalog(model.facts, people.catalog)
    if "train" in splits:
        raise ReasonerError("persons of the split train are learned from and cannot be predicted too")
    if demonstrations == "polar" and model.settings.said != "both":
        raise ReasonerError("the model has read refined statements alone: train it with said='both' to show polar ones")
    if batch < 1:
        raise ReasonerError(f"a batch has at least one person, not {batch}")
    rows = people.rows_of(*splits)
    if not len(rows):
        raise ReasonerError(f"there are no persons of the split {' or '.join(splits)} to predict")
    tell = progress or (lambda stage, done: None)
    drawing = chosen_protocol(protocol, people.protocol)
    size = shown_by_default(people.catalog) if n_demonstrations is None else n_demonstrations
    tables = []
    for at, tasks in enumerate(draw_setups(people, rows, setups, size, drawing, too_few)):
        tell(f"setup {tasks.setup}", at / len(setups))
        own = people.take(rows[tasks.rows])
        tables += _tables(own, tasks, predict_probes(model, own, tasks, demonstrations, batch=batch))
    tell("done", 1.0)
    run = Run(
        model=NAME,
        dataset=people.identity,
        n_demonstrations=size,
        settings={
            "weights": model.facts["weights_sha256"],
            "trained_on": model.facts["dataset"]["digest"],
            "n_training": model.facts["n_training"],
            "demonstrations": demonstrations,
        },
        protocol=drawing,
        splits=tuple(splits),
        setups=tuple(setups),
    )
    return Results(run=run, table=pa.concat_tables(tables).unify_dictionaries())


def predict_probes(
    model: SmallModel, people: People, tasks: Tasks, demonstrations: Granularity = "refined", *, batch: int = BATCH
) -> NDArray[np.float32]:
    """Probabilities of the refined options of every probe, shape (n, p, k), 0 beyond an item's options.

    Args:
        model: to ask.
        people: the n persons of the tasks, in their order.
        tasks: what each is shown and asked, p probes.
        demonstrations: granularity of what is shown.
        batch: persons at a time.

    Raises:
        ReasonerError: a probe is among its own demonstrations.
    """
    vocabulary, probes = model.vocabulary, tasks.probes
    sizes = vocabulary.sizes[GRANULARITIES.index("refined"), probes]
    found = np.zeros((len(tasks), len(probes), int(vocabulary.sizes.max())), np.float32)
    # Where each probe is shown other statements, each is asked by itself.
    apart = tasks.protocol.exclude == "asked" and tasks.n_demonstrations > 0
    for group in [[at] for at in range(len(probes))] if apart else [list(range(len(probes)))]:
        shown = tasks.shown_to(group[0])
        check_shown(shown, probes[group], people)
        tokens, counts = shown_tokens(vocabulary, people, shown, demonstrations)
        for start in range(0, len(tasks), batch):
            some = slice(start, start + batch)
            made = ask(model, tokens[some], counts[some])
            for at in group:
                first = vocabulary.columns[probes[at]]
                found[some, at, : sizes[at]] = made[:, first : first + sizes[at]]
    return found


def shown_tokens(
    vocabulary: Vocabulary, people: People, shown: NDArray[np.int16], demonstrations: Granularity
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """What n persons are shown, of shape (n, d), as tokens of shape (n, 1 + d), and how many statements each is."""
    there = shown != NOT_SHOWN
    items = np.where(there, shown, 0).astype(np.int64)
    options = people.of(demonstrations)[items, np.arange(len(shown))[:, None]].astype(np.int64)
    tokens = np.full((len(shown), 1 + shown.shape[1]), START, dtype=np.int64)
    tokens[:, 1:] = np.where(there, vocabulary.tokens(demonstrations, items, options), START)
    return tokens, there.sum(axis=1).astype(np.int64)


def ask(model: SmallModel, tokens: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.float32]:
    """Probability of every refined option after a person's statements, shape (n, refined options)."""
    import torch

    device = model.network.often.device
    with torch.no_grad():
        found = model.network.probabilities(
            torch.from_numpy(tokens).to(device), torch.from_numpy(counts[:, None]).to(device)
        )
    return np.asarray(found[:, 0].cpu().numpy(), dtype=np.float32)


def check_shown(shown: NDArray[np.int16], probes: NDArray[np.integer[Any]], people: People) -> None:
    """Refuse what would give an answer away.

    Raises:
        ReasonerError: names the item and the person.
    """
    found = np.argwhere(np.isin(shown, probes))
    if len(found):
        person, place = found[0]
        item = list(people.catalog.items)[shown[person, place]]
        raise ReasonerError(
            f"a probe is among its own demonstrations: person {people.person_ids[person]} is shown the answer to {item}"
        )


def _tables(people: People, tasks: Tasks, refined: NDArray[np.float32]) -> list[pa.Table]:
    items = list(people.catalog.items.values())
    probes = [items[at] for at in tasks.probes]
    coarser = polar_of_refined(people.catalog)
    polar = np.zeros_like(refined)
    for at, place in enumerate(tasks.probes):
        for option in range(len(items[place].refined)):
            polar[:, at, coarser[place, option]] += refined[:, at, option]
    return [
        prediction_table(
            people.person_ids,
            tasks.setup,
            [item.id for item in probes],
            granularity,
            tasks.asked,
            found.argmax(axis=2).astype(np.int8),
            found,
            np.array([len(item.options(granularity)) for item in probes]),
        )
        for granularity, found in zip(GRANULARITIES, (refined, polar), strict=True)
    ]
