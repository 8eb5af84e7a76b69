"""The studies there are, from `studies.yaml`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

from indievaluecatalog.catalog.files import read_yaml
from indievaluecatalog.catalog.model import Catalog, Granularity
from indievaluecatalog.dataset.splits import shown_by_default
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.prompt_spec import OptionOrder
from indievaluecatalog.evaluation.request import Form
from indievaluecatalog.scoring.run import Shown

FigureKind = Literal["curve", "rows", "map", "evenness"]


@dataclass(frozen=True, slots=True)
class Condition:
    """What one condition of a study sets; None leaves a choice to the user.

    Attributes:
        label: unique within the study.
        shown: what the predictor is told of a person.
        demonstrations: how many statements.
        show: granularity of the statements.
        form, option_order: of the prompt.
        category: the only one that statements come from.
    """

    label: str
    shown: Shown | None = None
    demonstrations: int | None = None
    show: Granularity | None = None
    form: Form | None = None
    option_order: OptionOrder | None = None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """Conditions that differ in one choice: one for each number of demonstrations, or each category of the catalog.

    Of the usual numbers those that persons of the catalog have too few answers for are left out.
    """

    each: Literal["demonstrations", "category"]
    template: Condition
    values: tuple[int, ...] = ()
    usual: bool = True

    def conditions(self, catalog: Catalog) -> tuple[Condition, ...]:
        """One for each value."""
        if self.each == "category":
            return tuple(replace(self.template, label=name, category=name) for name in catalog.categories)
        most = shown_by_default(catalog)
        sizes = [size for size in self.values if size <= most or not self.usual] or [most]
        return tuple(replace(self.template, label=str(size), demonstrations=size) for size in sizes)


@dataclass(frozen=True, slots=True)
class Study:
    """One thing that is changed, and how what comes of it is drawn.

    Attributes:
        name: how it is asked for.
        title, question: what it is about, for readers.
        figure: kind of the plot.
        reference: label of the condition that the others are compared with.
        parts: its conditions.
    """

    name: str
    title: str
    question: str
    figure: FigureKind
    reference: str
    parts: tuple[Condition | Repeated, ...]

    @property
    def counts_demonstrations(self) -> bool:
        """Whether it varies the number of demonstrations."""
        return any(isinstance(part, Repeated) and part.each == "demonstrations" for part in self.parts)

    @property
    def told(self) -> tuple[str, ...]:
        """Its conditions in words, those that a catalog decides as one."""
        found: list[str] = []
        for part in self.parts:
            if isinstance(part, Condition):
                found.append(part.label)
            else:
                found += map(str, part.values) if part.values else [f"each {part.each}"]
        return tuple(found)

    def with_sizes(self, sizes: Sequence[int]) -> Study:
        """The same with other numbers of demonstrations.

        Raises:
            EvaluationError: it varies something else, or a number is below 1.
        """
        if not self.counts_demonstrations:
            raise EvaluationError(f"the study {self.name} takes one number of demonstrations, not {len(sizes)}")
        if not sizes or min(sizes) < 1:
            raise EvaluationError("numbers of demonstrations are at least 1; nothing shown is in the study as it is")
        values = tuple(sorted(set(sizes)))
        parts = tuple(
            replace(part, values=values, usual=False)
            if isinstance(part, Repeated) and part.each == "demonstrations"
            else part
            for part in self.parts
        )
        return replace(self, parts=parts)

    def conditions(self, catalog: Catalog) -> tuple[Condition, ...]:
        """All conditions, in order."""
        return tuple(
            condition
            for part in self.parts
            for condition in ((part,) if isinstance(part, Condition) else part.conditions(catalog))
        )


def read_studies(path: Traversable | None = None) -> tuple[Study, ...]:
    """The studies in their order.

    Args:
        path: another file of the same form.

    Raises:
        EvaluationError: the file does not follow its schema, or says something twice.
    """
    file = files("indievaluecatalog.studies").joinpath("studies.yaml") if path is None else path
    problems: list[str] = []
    data = read_yaml(file, problems)
    problems = problems or _problems(data)
    if problems:
        raise EvaluationError(f"{file.name}: " + "; ".join(problems[:5]))
    return tuple(
        Study(
            entry["name"],
            entry["title"],
            entry["question"],
            entry["figure"],
            entry["reference"],
            tuple(map(_part, entry["conditions"])),
        )
        for entry in data
    )


def named_study(name: str) -> Study:
    """One of the studies.

    Raises:
        EvaluationError: there is no such study.
    """
    studies = {study.name: study for study in read_studies()}
    if name not in studies:
        raise EvaluationError(f"no study {name!r}; there are {', '.join(studies)}")
    return studies[name]


def _part(entry: dict[str, Any]) -> Condition | Repeated:
    values = {key: value for key, value in entry.items() if key not in ("each", "values", "label")}
    if "each" in entry:
        return Repeated(entry["each"], Condition("", **values), tuple(entry.get("values", ())))
    return Condition(entry["label"], **values)


def _problems(data: Any) -> list[str]:
    from jsonschema import Draft202012Validator

    text = files("indievaluecatalog.studies").joinpath("studies.schema.json").read_text("utf-8")
    errors = Draft202012Validator(json.loads(text)).iter_errors(data)
    found = sorted(f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in errors)
    if found:
        return found
    names = [entry["name"] for entry in data]
    found = [f"the study {name} is there twice" for name in sorted({n for n in names if names.count(n) > 1})]
    for entry in data:
        labels = [one["label"] for one in entry["conditions"] if "label" in one]
        if len(set(labels)) < len(labels):
            found.append(f"{entry['name']}: two conditions of one label")
        if entry["reference"] not in labels:
            found.append(f"{entry['name']}: no condition {entry['reference']!r} to compare with")
    return found
