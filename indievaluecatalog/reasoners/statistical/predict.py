"""Predicting tasks and single persons with a reasoner."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.people import People, polar_of_refined
from indievaluecatalog.dataset.sample import draw_setups
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS, shown_by_default
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.statistical.columns import NO_COLUMN, columns_of
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner
from indievaluecatalog.sampling.protocol import Protocol, chosen_protocol
from indievaluecatalog.sampling.tasks import NOT_SHOWN, Tasks, TooFew
from indievaluecatalog.scoring.results import Results, prediction_table
from indievaluecatalog.scoring.run import Run, Shown

Progress = Callable[[str, float], None]


def predict_tasks(
    reasoner: Reasoner,
    people: People,
    *,
    n_demonstrations: int | None = None,
    shown: Shown = "statements",
    splits: Sequence[str] = EVALUATION_SPLITS,
    setups: Sequence[int] = SETUPS,
    protocol: Protocol | str | None = None,
    too_few: TooFew = "error",
    progress: Progress | None = None,
) -> Results:
    """Predict every task of some splits, at both granularities; some seconds for 800 persons in three setups.

    Args:
        reasoner: trained on the same catalog.
        people: the persons asked.
        n_demonstrations: how many statements are shown; None for as many as the dataset was built for.
        shown: "none", "statements", "demographics" or "both".
        splits: whose tasks.
        setups: which of 0, 1, 2.
        protocol: how demonstrations are drawn; None for the one the dataset was built by.
        too_few: what becomes of persons with fewer answers: "error", "leave_out" or "fewer".
        progress: called with a stage's name and the share done.

    Raises:
        ReasonerError: another catalog, or persons the reasoner has learned from.
        SamplingError: no such split, setup or protocol, nobody to predict, or a person with too few answers.
    """
    tell = progress or (lambda stage, done: None)
    if "train" in splits:
        raise ReasonerError("persons of the split train are learned from and cannot be predicted too")
    drawing = chosen_protocol(protocol, people.protocol)
    size = shown_by_default(people.catalog) if n_demonstrations is None else n_demonstrations
    size = size if shown in ("statements", "both") else 0
    rows = people.rows_of(*splits)
    if not len(rows):
        raise ReasonerError(f"there are no persons of the split {' or '.join(splits)} to predict")
    columns = columns_of(people.take(rows), reasoner.model.layout)
    tables = []
    for at, tasks in enumerate(draw_setups(people, rows, setups, size, drawing, too_few)):
        tell(f"setup {tasks.setup}", at / len(setups))
        tables += _tables(reasoner, people, rows, columns, tasks, shown)
    tell("done", 1.0)
    run = Run(
        model=reasoner.name,
        dataset=people.identity,
        n_demonstrations=size,
        settings={
            "reasoner": reasoner.digest,
            "trained_on": reasoner.origin.dataset.digest,
            "n_training": reasoner.origin.n_training,
            "seed": reasoner.origin.seed,
        },
        protocol=drawing,
        shown=shown,
        splits=tuple(splits),
        setups=tuple(setups),
    )
    return Results(run=run, table=pa.concat_tables(tables).unify_dictionaries())


def _tables(
    reasoner: Reasoner,
    people: People,
    rows: NDArray[np.intp],
    columns: NDArray[np.int16],
    tasks: Tasks,
    shown: Shown,
) -> list[pa.Table]:
    catalog, layout = people.catalog, reasoner.model.layout
    own = columns[tasks.rows]
    if tasks.protocol.exclude == "asked" and tasks.n_demonstrations:
        refined = np.zeros((len(tasks), len(tasks.probes), max(layout.sizes)), np.float32)
        for probe in range(len(tasks.probes)):
            visible = shown_answers(tasks.shown_to(probe), layout.n_items, own.shape[1], shown)
            _never_shown(visible, tasks.probes[probe : probe + 1])
            found = reasoner.model.probabilities(own, visible)
            refined[:, probe] = by_item(found, reasoner, tasks.probes[probe : probe + 1])[:, 0]
    else:
        visible = shown_answers(tasks.shown_to(0), layout.n_items, own.shape[1], shown)
        _never_shown(visible, tasks.probes)
        refined = by_item(reasoner.model.probabilities(own, visible), reasoner, tasks.probes)
    items = [list(catalog.items.values())[at] for at in tasks.probes]
    made = []
    for granularity in GRANULARITIES:
        found = refined if granularity == "refined" else polar_sums(refined, catalog, tasks.probes)
        made.append(
            prediction_table(
                people.person_ids[rows[tasks.rows]],
                tasks.setup,
                [item.id for item in items],
                granularity,
                tasks.asked,
                found.argmax(axis=2).astype(np.int8),
                found,
                np.array([len(item.options(granularity)) for item in items]),
            )
        )
    return made


def shown_answers(demonstrations: NDArray[np.int16], n_items: int, n_variables: int, shown: Shown) -> NDArray[np.bool_]:
    """Which answers a reasoner may use, shape (n, n_variables), from item positions of shape (n, d)."""
    found = np.zeros((len(demonstrations), n_variables), np.bool_)
    person, place = np.nonzero(demonstrations != NOT_SHOWN)
    found[person, demonstrations[person, place]] = shown in ("statements", "both")
    found[:, n_items:] = shown in ("demographics", "both")
    return found


def _never_shown(visible: NDArray[np.bool_], probes: NDArray[np.int16]) -> None:
    if visible[:, probes].any():
        raise ReasonerError("a probe is among its own demonstrations")


def by_item(found: NDArray[np.float32], reasoner: Reasoner, items: NDArray[np.integer]) -> NDArray[np.float32]:
    """Probabilities of some items, shape (n, items, k), 0 beyond an item's options, from (n, item columns)."""
    layout = reasoner.model.layout
    offsets = layout.offsets
    width = max(layout.sizes)
    made = np.zeros((len(found), len(items), width), np.float32)
    for at, item in enumerate(items):
        made[:, at, : layout.sizes[item]] = found[:, offsets[item] : offsets[item + 1]]
    return made


def polar_sums(refined: NDArray[np.float32], catalog: Catalog, items: NDArray[np.integer]) -> NDArray[np.float32]:
    """Probabilities of the polar options, shape (n, items, k): each the sum of its refined ones."""
    owners = polar_of_refined(catalog)
    listed = list(catalog.items.values())
    made = np.zeros_like(refined)
    for at, item in enumerate(items):
        for option in range(len(listed[item].refined)):
            made[:, at, owners[item, option]] += refined[:, at, option]
    return made


@dataclass(frozen=True, slots=True)
class PersonPrediction:
    """What a reasoner says of one person.

    Attributes:
        probabilities: by item and refined statement; items that were given as answers are left out.
        ignored: ids among the given answers that are no item or demographic of the reasoner.
    """

    probabilities: Mapping[str, Mapping[str, float]]
    ignored: tuple[str, ...]


def predict_person(reasoner: Reasoner, catalog: Catalog, answers: Mapping[str, int]) -> PersonPrediction:
    """What one person would say on every item not yet answered.

    Args:
        reasoner: trained on this catalog.
        catalog: for the statements.
        answers: item or demographic id -> code of the answer, as in the survey file.

    Raises:
        ReasonerError: another catalog, or a code that no option of the item covers.
    """
    layout = reasoner.model.layout
    if catalog.digest != layout.catalog_digest:
        raise ReasonerError(f"the reasoner was trained on another catalog than {catalog.wave.id} as it is here")
    columns = np.full((1, len(layout.widths)), NO_COLUMN, np.int16)
    ignored = []
    for name, code in answers.items():
        if name in catalog.items:
            options, at, places = catalog.items[name].refined, layout.items.index(name), None
        elif name in catalog.demographics:
            options, row = catalog.demographics[name].options, layout.demographics.index(name)
            at, places = layout.n_items + row, layout.pooled[row]
        else:
            ignored.append(name)
            continue
        position = next((index for index, option in enumerate(options) if code in option.codes), None)
        if position is None:
            known = ", ".join(str(code) for option in options for code in option.codes)
            raise ReasonerError(f"{name} has no option for the code {code!r}; it has {known}")
        place = position if places is None else places[position]
        columns[0, at] = NO_COLUMN if place == NO_COLUMN else layout.offsets[at] + place
    found = reasoner.model.probabilities(columns, columns >= 0)[0]
    return PersonPrediction(
        {
            name: {
                option.statement: float(found[layout.offsets[at] + index])
                for index, option in enumerate(catalog.items[name].refined)
            }
            for at, name in enumerate(layout.items)
            if name not in answers
        },
        tuple(ignored),
    )
