"""Trained reasoners of any kind as predictors of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.figures.side_by_side import Predictor
from indievaluecatalog.reasoners.language.small.folder import FACTS, read_small
from indievaluecatalog.reasoners.statistical.columns import columns_of
from indievaluecatalog.reasoners.statistical.model_file import read_reasoner
from indievaluecatalog.reasoners.statistical.predict import predict_tasks


def read_predictors(folders: Sequence[str | Path], people: People) -> dict[str, Predictor]:
    """Predictors by name, from the folders of statistical reasoners and small language models.

    Raises:
        ReasonerError: a folder with neither, two of one name, or a model of another catalog.
        MissingExtraError: a model that needs torch, where it is not installed.
    """
    found: dict[str, Predictor] = {}
    for folder in folders:
        name, predictor = _small(folder, people) if (Path(folder) / FACTS).exists() else _statistical(folder, people)
        if name in found:
            raise ReasonerError(f"{folder}: a second reasoner called {name}; give one of each kind")
        found[name] = predictor
    return found


def _statistical(folder: str | Path, people: People) -> tuple[str, Predictor]:
    reasoner = read_reasoner(folder)
    columns_of(people.take(people.rows_of("test")[:1]), reasoner.model.layout)  # refuses another catalog at once
    return reasoner.name, lambda size: predict_tasks(reasoner, people, n_demonstrations=size)


def _small(folder: str | Path, people: People) -> tuple[str, Predictor]:
    from indievaluecatalog.reasoners.language.small.predict import NAME, predict_small

    model = read_small(folder, people.catalog)
    return NAME, lambda size: predict_small(model, people, n_demonstrations=size)
