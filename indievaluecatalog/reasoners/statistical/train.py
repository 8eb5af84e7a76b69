"""Training a reasoner on the persons of the split train."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Literal

import numpy as np
from numpy.typing import NDArray

import indievaluecatalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.keyed_hash import keyed_hash
from indievaluecatalog.reasoners.statistical.autoencoder import AutoencoderSettings, fit_autoencoder
from indievaluecatalog.reasoners.statistical.columns import Layout, columns_of, layout_of
from indievaluecatalog.reasoners.statistical.ensemble import EnsembleSettings, fit_ensemble
from indievaluecatalog.reasoners.statistical.linear import LinearSettings, fit_linear
from indievaluecatalog.reasoners.statistical.loss import Model, answer_loss
from indievaluecatalog.reasoners.statistical.masks import testing_masks
from indievaluecatalog.reasoners.statistical.reasoner import Origin, Reasoner

Progress = Callable[[str, float], None]
ModelKind = Literal["linear", "autoencoder", "ensemble"]
Settings = LinearSettings | AutoencoderSettings | EnsembleSettings
HELD_OUT = 0.02
MOST_HELD_OUT = 2_000
FEWEST_HELD_OUT = 50
FEWEST_PERSONS = 200
TEST_SHARES = (0.1, 0.2, 0.4, 0.8)
"""Of the items: how many the held-out persons are shown, in turn; of 253 items 25, 50, 101 and 202."""


def train_reasoner(
    people: People,
    *,
    model: ModelKind = "linear",
    settings: Settings | None = None,
    device: str = "auto",
    persons: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Reasoner:
    """Train a reasoner on the persons of the split train; two to four minutes for 96,000 on two cores if it is linear.

    Two in a hundred of them (50 to 2,000) are kept back to choose the number of factors and the moment to stop, so that
    the splits validation and test are never looked at. The same dataset, settings, seed and numerical library give the
    same reasoner.

    Args:
        people: persons of a build, with the split train.
        model: "linear" needs numpy alone; "autoencoder", and "ensemble" of the two, need torch and take longer.
        settings: choices of the model, of its own kind; None for the usual ones.
        device: where torch learns: "cpu", "cuda", or "auto" for a GPU where there is one.
        persons: learn from no more than so many, chosen by keyed hash; None for all.
        seed: of that choice, of masks, order and first weights.
        progress: called with a stage's name and the share of it done, 0 to 1.

    Raises:
        ReasonerError: no or too few persons of the split train; no such model or device; settings of another model.
        MissingExtraError: a model that needs torch, where it is not installed.
    """
    tell = progress or (lambda stage, done: None)
    chosen = _settings(model, settings)
    training, held_out = training_rows(people, persons, seed)
    learners = people.take(training)
    layout = layout_of(learners)
    columns, others = columns_of(learners, layout), columns_of(people.take(held_out), layout)
    tests = held_out_masks(len(others), layout.n_items, others.shape[1], seed)
    fitted = _fit(layout, columns, others, tests, chosen, seed, device, tell)
    tell("done", 1.0)
    origin = Origin(
        dataset=people.identity,
        n_training=len(training),
        n_held_out=len(held_out),
        held_out_loss=answer_loss(fitted, others, tests),
        settings=json.loads(json.dumps(asdict(chosen))),
        seed=seed,
        package_version=indievaluecatalog.__version__,
    )
    return Reasoner(fitted, origin)


def _settings(model: str, settings: Settings | None) -> Settings:
    kinds: dict[str, type[Settings]] = {
        "linear": LinearSettings,
        "autoencoder": AutoencoderSettings,
        "ensemble": EnsembleSettings,
    }
    if model not in kinds:
        raise ReasonerError(f"there is no model {model!r}; choose from {', '.join(kinds)}")
    if settings is not None and not isinstance(settings, kinds[model]):
        raise ReasonerError(f"{type(settings).__name__} are not for the model {model!r}: give {kinds[model].__name__}")
    return settings or kinds[model]()


def _fit(
    layout: Layout,
    columns: NDArray[np.int16],
    others: NDArray[np.int16],
    tests: NDArray[np.bool_],
    settings: Settings,
    seed: int,
    device: str,
    tell: Progress,
) -> Model:
    if isinstance(settings, LinearSettings):
        return fit_linear(layout, columns, others, tests, settings, seed, tell)
    if isinstance(settings, AutoencoderSettings):
        return fit_autoencoder(layout, columns, others, tests, settings, seed, device, tell)
    return fit_ensemble(layout, columns, others, tests, settings, seed, device, tell)


def training_rows(people: People, persons: int | None, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows of the persons to learn from and of those held out, each in keyed order, whatever the dataset's order.

    Raises:
        ReasonerError: as `train_reasoner` does.
    """
    rows = people.rows_of("train")
    if persons is not None and persons < FEWEST_PERSONS:
        raise ReasonerError(f"a reasoner needs {FEWEST_PERSONS} persons or more to learn from, not {persons}")
    if len(rows) < FEWEST_PERSONS:
        raise ReasonerError(
            f"the dataset has {len(rows)} persons of the split train, and a reasoner needs {FEWEST_PERSONS} or more: "
            f"read it with all its splits, or build it from a larger file"
        )
    numbers = keyed_hash(seed, "persons of a reasoner", people.person_ids[rows].tolist())
    ordered = rows[np.argsort(numbers, kind="stable")]
    kept_back = int(np.clip(HELD_OUT * len(ordered), FEWEST_HELD_OUT, MOST_HELD_OUT))
    return ordered[kept_back:][:persons], ordered[:kept_back]


def held_out_masks(n: int, n_items: int, n_variables: int, seed: int) -> NDArray[np.bool_]:
    """What held-out persons show, shape (n, n_variables)."""
    sizes = tuple(max(round(share * n_items), 1) for share in TEST_SHARES)
    return testing_masks(n, n_items, n_variables, sizes, seed)
