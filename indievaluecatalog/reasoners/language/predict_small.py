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
from indievaluecatalog.keyed_hash import keyed_pairs
from indievaluecatalog.reasoners.language.asking import Asking, asking_of
from indievaluecatalog.reasoners.language.small_folder import SmallModel, check_catalog
from indievaluecatalog.sampling.protocol import Protocol, chosen_protocol
from indievaluecatalog.sampling.tasks import NOT_SHOWN, Tasks, TooFew
from indievaluecatalog.scoring.results import Results, prediction_table
from indievaluecatalog.scoring.run import Run

Progress = Callable[[str, float], None]
BATCH = 64
ORDER = "small language model statements shown"
NAME = "small-lm"


def predict_small(
    model: SmallModel,
    people: People,
    *,
    n_demonstrations: int | None = None,
    demonstrations: Granularity = "refined",
    orders: int = 1,
    splits: Sequence[str] = EVALUATION_SPLITS,
    setups: Sequence[int] = SETUPS,
    protocol: Protocol | str | None = None,
    too_few: TooFew = "error",
    batch: int = BATCH,
    progress: Progress | None = None,
) -> Results:
    """Predict every task of some splits at both granularities; polar probabilities are sums of refined ones.

    All probes of a person are asked at once, and none of them sees another.

    Args:
        model: trained on the same catalog.
        people: the persons asked.
        n_demonstrations: statements shown; None for as many as the dataset was built for.
        demonstrations: granularity of these; polar ones need a model trained with said="both".
        orders: in how many orders the statements are shown; predictions are averaged. Costs as many times more.
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
        raise ReasonerError("the model has learned refined statements alone: train it with said='both' to show polar")
    if orders < 1 or batch < 1:
        raise ReasonerError("orders and batch are at least 1")
    rows = people.rows_of(*splits)
    if not len(rows):
        raise ReasonerError(f"there are no persons of the split {' or '.join(splits)} to predict")
    tell = progress or (lambda stage, done: None)
    drawing = chosen_protocol(protocol, people.protocol)
    size = shown_by_default(people.catalog) if n_demonstrations is None else n_demonstrations
    tables = []
    for at, tasks in enumerate(draw_setups(people, rows, setups, size, drawing, too_few)):

        def inner(done: float, at: int = at, setup: int = tasks.setup) -> None:
            tell(f"setup {setup}", (at + done) / len(setups))

        own = people.take(rows[tasks.rows])
        refined = predict_probes(model, own, tasks, demonstrations, orders=orders, batch=batch, tell=inner)
        tables += _tables(own, tasks, refined)
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
            "orders": orders,
        },
        protocol=drawing,
        splits=tuple(splits),
        setups=tuple(setups),
    )
    return Results(run=run, table=pa.concat_tables(tables).unify_dictionaries())


def predict_probes(
    model: SmallModel,
    people: People,
    tasks: Tasks,
    demonstrations: Granularity = "refined",
    *,
    orders: int = 1,
    batch: int = BATCH,
    tell: Callable[[float], None] = lambda done: None,
) -> NDArray[np.float32]:
    """Probabilities (n, p, k) of the refined options of every probe.

    Args:
        model: to ask.
        people: the n persons of the tasks, in their order.
        tasks: what each is shown and asked, p probes.
        demonstrations: granularity of what is shown.
        orders: see `predict_small`.
        batch: persons at a time.
        tell: called with the share done.

    Raises:
        ReasonerError: a probe is among its own demonstrations.
    """
    n, probes = len(tasks), tasks.probes
    found = np.zeros((n, len(probes), model.vocabulary.widest), np.float32)
    # Where each probe is shown other statements, each is asked by itself.
    apart = tasks.protocol.exclude == "asked" and tasks.n_demonstrations > 0
    groups = [probes[at : at + 1] for at in range(len(probes))] if apart else [probes]
    for order in range(orders):
        for at, group in enumerate(groups):
            shown = tasks.shown_to(at)
            check_shown(shown, group, people)
            shown = reordered(shown, people, order)
            for start in range(0, n, batch):
                some = np.arange(start, min(start + batch, n))
                asked = asking_of(model.vocabulary, people.take(some), shown[some], group, demonstrations)
                made = ask(model, asked)
                where = slice(at, at + 1) if apart else slice(None)
                found[some, where] += made / orders
                done = (order * len(groups) + at + (start + len(some)) / n) / (orders * len(groups))
                tell(done)
    return found


def ask(model: SmallModel, asked: Asking) -> NDArray[np.float32]:
    """Probabilities (n, p, widest) of a batch."""
    import torch

    device = next(model.network.parameters()).device
    parts = [torch.from_numpy(one).to(device) for one in asked.arrays()]
    bf16 = device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False)
    with torch.no_grad(), torch.autocast(device.type, torch.bfloat16, enabled=bf16):
        made = model.network(*parts)[:, -asked.probes :]
    return np.asarray(made.exp().float().cpu().numpy(), dtype=np.float32)


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


def reordered(shown: NDArray[np.int16], people: People, order: int) -> NDArray[np.int16]:
    """The statements shown in another order, drawn by person and item; the first order is the tasks' own."""
    if not order or not shown.shape[1]:
        return shown
    numbers = keyed_pairs(
        people.protocol.seed, f"{ORDER}\x1f{order}", people.person_ids.tolist(), list(people.catalog.items)
    )
    drawn = np.take_along_axis(numbers, np.where(shown == NOT_SHOWN, 0, shown).astype(np.intp), axis=1)
    drawn[shown == NOT_SHOWN] = np.iinfo(np.uint64).max
    return np.take_along_axis(shown, np.argsort(drawn, axis=1, kind="stable"), axis=1)


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
