"""The declared columns of every config: what `datasets` and the Hub viewer are told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog, Granularity, Option
from indievaluecatalog.survey.answers import REASONS

if TYPE_CHECKING:
    from datasets import Features

CONFIGS = ("refined", "polar", "statements", "demographics", "reasons", "tasks", "questions", "options")
PERSON_CONFIGS = CONFIGS[:5]
DEFAULT_CONFIG = "refined"


def unique_names(texts: Sequence[str], owners: Sequence[str]) -> list[str]:
    """The texts, each that occurs twice marked with its owner, so that class names are unique."""
    often = Counter(texts)
    names = [text if often[text] == 1 else f"{text} [{owner}]" for text, owner in zip(texts, owners, strict=True)]
    often = Counter(names)
    return [name if often[name] == 1 else f"{name} ({place})" for place, name in enumerate(names)]


def option_names(options: Sequence[Option]) -> list[str]:
    """Class names of one item's column: its statements."""
    return unique_names([option.statement for option in options], [option.label for option in options])


def statement_names(catalog: Catalog, granularity: Granularity) -> list[str]:
    """Class names of the list column of all statements, in catalog order; the index is the `class_id`."""
    found = list(catalog.statements(granularity))
    return unique_names([option.statement for _, _, option in found], [item.id for item, _, _ in found])


def demographic_statement_names(catalog: Catalog) -> list[str]:
    """Class names of the list column of all demographic statements, in catalog order."""
    pairs = [(option.statement, d.id) for d in catalog.demographics.values() for option in d.options]
    return unique_names([text for text, _ in pairs], [owner for _, owner in pairs])


def config_features(catalog: Catalog, config: str, weights: Sequence[str]) -> Features:
    """The `Features` of one config.

    In `tasks` the lists `demonstrations`, `demonstrations_refined` and `demonstrations_polar` go together place by
    place, and so do `probes`, `answers_refined` and `answers_polar`.

    Args:
        catalog: decides the item and demographic columns and their class names.
        config: one of CONFIGS.
        weights: names of the weight columns the survey file has.

    Raises:
        ValueError: an unknown config.
    """
    from datasets import ClassLabel, Features, List, Value

    text, number, real = partial(Value, "string"), partial(Value, "int64"), partial(Value, "float64")
    person: dict[str, Any] = {
        "person_id": text(),
        "wave": text(),
        "synthetic": Value("bool"),
        "country": text(),
        "continent": text(),
        "year": number(),
    }
    full_person = {
        **person,
        "survey_version": text(),
        **{weight: real() for weight in weights},
        "n_answers": number(),
    }
    if config in GRANULARITIES:
        granularity: Granularity = "refined" if config == "refined" else "polar"
        return Features(
            {
                **full_person,
                **{d.id: ClassLabel(names=[o.label for o in d.options]) for d in catalog.demographics.values()},
                **{i.id: ClassLabel(names=option_names(i.options(granularity))) for i in catalog.items.values()},
            }
        )
    if config == "statements":
        lists: dict[str, Any] = {g: List(ClassLabel(names=statement_names(catalog, g))) for g in GRANULARITIES}
        return Features({**full_person, **lists})
    if config == "demographics":
        names = demographic_statement_names(catalog)
        return Features({**full_person, "statements": List(ClassLabel(names=names))})
    if config == "reasons":
        reason = ClassLabel(names=list(REASONS[1:]))
        columns = [*catalog.demographics, *catalog.items]
        return Features({**person, **dict.fromkeys(columns, reason)})
    if config == "tasks":
        items = List(ClassLabel(names=list(catalog.items)))
        said = {g: List(ClassLabel(names=statement_names(catalog, g))) for g in GRANULARITIES}
        who = {name: feature for name, feature in person.items() if name != "year"}
        return Features(
            {
                **who,
                "setup": number(),
                "protocol": text(),
                "n_demonstrations": number(),
                "demonstrations": items,
                **{f"demonstrations_{granularity}": said[granularity] for granularity in GRANULARITIES},
                "probes": items,
                **{f"answers_{granularity}": said[granularity] for granularity in GRANULARITIES},
            }
        )
    if config == "questions":
        return Features(
            {
                "id": text(),
                "kind": text(),
                "concept": text(),
                "category": text(),
                "battery": text(),
                "label": text(),
                "variable": text(),
                "measurement": text(),
                "attribute": text(),
                "higher_code_means": text(),
                "codes": List({"code": number(), "label": text()}),
                "uncovered_codes": List(number()),
                "n_refined": number(),
                "n_polar": number(),
                "refined": List(text()),
                "polar": List(text()),
                "note": text(),
            }
        )
    if config == "options":
        return Features(
            {
                "id": text(),
                "kind": text(),
                "concept": text(),
                "granularity": text(),
                "option": number(),
                "class_id": number(),
                "codes": List(number()),
                "label": text(),
                "statement": text(),
            }
        )
    raise ValueError(f"no config {config!r}; there are {', '.join(CONFIGS)}")
