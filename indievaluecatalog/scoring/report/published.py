"""Figures others have published about a wave, from `published.yaml`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from indievaluecatalog.catalog.files import read_yaml
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.run import Shown

ROUNDING = 0.01
"""In points: how far a published mean may lie from that of its two figures, which are rounded themselves."""


@dataclass(frozen=True, slots=True)
class PublishedAccuracy:
    """One published row; accuracies are shares of one, as everywhere in scoring.

    Attributes:
        name: of the predictor.
        setting: what else tells this row from others of its name; often empty.
        shown: what the predictor was shown of a person.
        statements: how many statements; None where the source leaves it open.
        polar, refined, mean: accuracies.
    """

    name: str
    setting: str
    shown: Shown
    statements: int | None
    polar: float
    refined: float
    mean: float


@dataclass(frozen=True, slots=True)
class PublishedInequity:
    """A published Value Inequity Index, plain, in points."""

    name: str
    index: float


@dataclass(frozen=True, slots=True)
class Published:
    """All published figures of a wave: where they come from, what they are about, and what to bear in mind."""

    source: str
    about: str
    notes: tuple[str, ...]
    accuracy: tuple[PublishedAccuracy, ...]
    inequity: tuple[PublishedInequity, ...]


def published_figures(wave: str, path: Traversable | None = None) -> Published | None:
    """The published figures of a wave, or None where there are none.

    Args:
        wave: its id.
        path: another file of the same form.

    Raises:
        ResultsError: the file does not follow its schema, or a mean is not that of its two figures.
    """
    file = files("indievaluecatalog.scoring.report").joinpath("published.yaml") if path is None else path
    problems: list[str] = []
    data = read_yaml(file, problems)
    if not problems:
        problems = _problems(data)
    if problems:
        raise ResultsError(f"{file.name}: " + "; ".join(problems[:5]))
    return _published(data[wave]) if wave in data else None


def _problems(data: Any) -> list[str]:
    from jsonschema import Draft202012Validator

    text = files("indievaluecatalog.scoring.report").joinpath("published.schema.json").read_text("utf-8")
    errors = Draft202012Validator(json.loads(text)).iter_errors(data)
    found = sorted(f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in errors)
    if found:
        return found
    return [
        f"{wave}: {row['name']}: the mean of {row['polar']} and {row['refined']} is not {row['mean']}"
        for wave, entry in data.items()
        for row in entry["accuracy"]
        if abs((row["polar"] + row["refined"]) / 2 - row["mean"]) > ROUNDING
    ]


def _published(entry: Mapping[str, Any]) -> Published:
    source = entry["source"]
    return Published(
        source=f"{source['authors']}: {source['title']} {source['reference']}, {source['year']}",
        about=entry["about"],
        notes=tuple(entry["notes"]),
        accuracy=tuple(
            PublishedAccuracy(
                name=row["name"],
                setting=row.get("setting", ""),
                shown=row["shown"],
                statements=row.get("statements"),
                # Files hold percent, as printed in the source.
                polar=row["polar"] / 100,
                refined=row["refined"] / 100,
                mean=row["mean"] / 100,
            )
            for row in entry["accuracy"]
        ),
        inequity=tuple(PublishedInequity(row["name"], row["index"]) for row in entry["inequity"]),
    )
