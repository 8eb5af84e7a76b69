"""Answers as a model reads them, of persons of a dataset or as they are given, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog, Granularity
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.keyed_hash import keyed_hash
from indievaluecatalog.reasoners.statistical.columns import NO_COLUMN
from indievaluecatalog.reasoners.statistical.loss import Model
from indievaluecatalog.reasoners.statistical.predict import by_item, polar_sums
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner

LEAST_CHANCE = 1e-6
"""Probabilities below it count as this, so that no logarithm is without end."""
ROWS = 4_096
"""Rows a model is asked about at a time, which bounds memory at some 50 MB."""


def item_position(catalog: Catalog, item: str) -> int:
    """Place of an item in the catalog.

    Raises:
        ReasonerError: no such item.
    """
    if item not in catalog.items:
        kind = "a demographic, not an item" if item in catalog.demographics else "no item"
        first = ", ".join(list(catalog.items)[:3])
        raise ReasonerError(f"{item!r} is {kind} of {catalog.wave.id}; items are {first}, ...")
    return list(catalog.items).index(item)


def given_columns(
    reasoner: Reasoner, catalog: Catalog, answers: Mapping[str, int]
) -> tuple[NDArray[np.int16], tuple[str, ...]]:
    """Columns (1, variables) of answers by code, as a survey file has them, and the ids that are not known.

    Raises:
        ReasonerError: another catalog, or a code that no option covers.
    """
    layout = reasoner.model.layout
    if catalog.digest != layout.catalog_digest:
        raise ReasonerError(f"the reasoner was trained on another catalog than {catalog.wave.id} as it is here")
    columns, ignored = np.full((1, len(layout.widths)), NO_COLUMN, np.int16), []
    for name, code in answers.items():
        if name in catalog.items:
            at, options, places = layout.items.index(name), catalog.items[name].refined, None
        elif name in catalog.demographics:
            row = layout.demographics.index(name)
            at, options, places = layout.n_items + row, catalog.demographics[name].options, layout.pooled[row]
        else:
            ignored.append(name)
            continue
        position = next((place for place, option in enumerate(options) if code in option.codes), None)
        if position is None:
            known = ", ".join(str(one) for option in options for one in option.codes)
            raise ReasonerError(f"{name} has no option for the code {code!r}; it has {known}")
        columns[0, at] = layout.offsets[at] + (position if places is None else places[position])
    return columns, tuple(ignored)


def option_chances(
    reasoner: Reasoner,
    catalog: Catalog,
    item: int,
    granularity: Granularity,
    columns: NDArray[np.int16],
    shown: NDArray[np.bool_],
) -> NDArray[np.float64]:
    """Probabilities of one item's options, shape (n, options), of n rows of columns and of what is shown of them."""
    at = np.array([item])
    refined = by_item(reasoner.model.probabilities(columns, shown), reasoner, at)
    found = refined if granularity == "refined" else polar_sums(refined, catalog, at)
    options = list(catalog.items.values())[item].options(granularity)
    return found[:, 0, : len(options)].astype(np.float64)


def log_scores(model: Model, columns: NDArray[np.int16], shown: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Log probability (nats) of each person's own answers, shown or not, shape (n, items); NaN without an answer."""
    n_items = model.layout.n_items
    found = np.empty((len(columns), n_items), np.float32)
    for start in range(0, len(columns), ROWS):
        rows = slice(start, start + ROWS)
        found[rows] = log_scores_of(model.probabilities(columns[rows], shown[rows]), columns[rows, :n_items])
    return found


def log_scores_of(chances: NDArray[np.float32], answers: NDArray[np.int16]) -> NDArray[np.float32]:
    """The same from probabilities (n, item columns) and the columns answered (n, items)."""
    own = np.take_along_axis(chances, np.maximum(answers, 0).astype(np.intp), axis=1)
    found: NDArray[np.float32] = np.log(np.maximum(own, LEAST_CHANCE))
    found[answers < 0] = np.nan
    return found


def asked_rows(people: People, splits: tuple[str, ...], persons: int | None, seed: int) -> NDArray[np.intp]:
    """Rows of the persons of some splits, no more than `persons` of them, chosen by keyed hash, in order.

    Raises:
        ReasonerError: persons a reasoner has learned from, or nobody.
    """
    if isinstance(splits, str) or not splits or any(split not in EVALUATION_SPLITS for split in splits):
        raise ReasonerError(
            f"splits are some of {', '.join(EVALUATION_SPLITS)} in a tuple, not {splits!r}: persons of the split "
            f"train are learned from"
        )
    if persons is not None and persons < 1:
        raise ReasonerError(f"the number of persons is 1 or more, not {persons}")
    rows = people.rows_of(*splits)
    if not len(rows):
        raise ReasonerError(
            f"there are no persons of the split {' or '.join(splits)}: build the dataset with evaluation persons"
        )
    order = np.argsort(keyed_hash(seed, "persons explained", people.person_ids[rows].tolist()), kind="stable")
    return np.sort(rows[order[:persons]])
