"""What a user chooses of a study, and what a condition makes of it: the job that is asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from indievaluecatalog.catalog.model import GRANULARITIES, Granularity
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS, shown_by_default
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.job import Job, prepare
from indievaluecatalog.evaluation.prompt_spec import PromptSpec
from indievaluecatalog.evaluation.request import Request
from indievaluecatalog.sampling.protocol import Protocol
from indievaluecatalog.sampling.tasks import TooFew
from indievaluecatalog.studies.listing import Condition, Study


@dataclass(frozen=True, slots=True)
class Choices:
    """All that the conditions of a study leave as it is; what a study varies is set by its conditions.

    Attributes:
        prompt: form, what is shown, granularities and order of options.
        granularities: at which the probes are asked.
        n_demonstrations: statements shown of each person; None for as many as the dataset was built for (200 of
            wave 7).
        setups: which of 0, 1, 2.
        splits: whose tasks: of validation and test.
        protocol: a `Protocol`, or "ours" or "paper"; None for the one the dataset was built by.
        changes: choices of the protocol made differently, such as {"order": "informative"}.
        persons: how many are asked; None for all. The first 20 are among the first 50.
        too_few: what becomes of persons with fewer answers to show: "error", "leave_out" or "fewer".
    """

    prompt: PromptSpec = field(default_factory=PromptSpec)
    granularities: tuple[Granularity, ...] = GRANULARITIES
    n_demonstrations: int | None = None
    setups: tuple[int, ...] = SETUPS
    splits: tuple[str, ...] = EVALUATION_SPLITS
    protocol: Protocol | str | None = None
    changes: Mapping[str, Any] = field(default_factory=dict)
    persons: int | None = None
    too_few: TooFew = "error"


def prompt_of(condition: Condition, choices: Choices) -> PromptSpec:
    """The prompt in a condition."""
    changes: dict[str, Any] = {
        "shown": condition.shown,
        "demonstrations": condition.show,
        "form": condition.form,
        "option_order": condition.option_order,
    }
    return replace(choices.prompt, **{name: value for name, value in changes.items() if value is not None})


def job_of(condition: Condition, people: People, choices: Choices) -> Job:
    """What is asked in a condition, of the same persons in all of them.

    Of a single category at most its items are shown, and fewer to those who answered fewer.

    Raises:
        EvaluationError, SamplingError: as `prepare` does.
    """
    usual = shown_by_default(people.catalog) if choices.n_demonstrations is None else choices.n_demonstrations
    size = usual if condition.demonstrations is None else condition.demonstrations
    changes, too_few = dict(choices.changes), choices.too_few
    if condition.category is not None:
        if changes.get("only_categories") or changes.get("without_categories"):
            raise EvaluationError("this study shows one category at a time: choose no categories beside")
        there = sum(item.category == condition.category for item in people.catalog.items.values())
        changes["only_categories"], size, too_few = (condition.category,), min(size, there), "fewer"
    return prepare(
        people,
        prompt=prompt_of(condition, choices),
        granularities=choices.granularities,
        n_demonstrations=size,
        setups=choices.setups,
        splits=choices.splits,
        protocol=choices.protocol,
        changes=changes,
        persons=choices.persons,
        too_few=too_few,
    )


def jobs_of(study: Study, people: People, choices: Choices) -> tuple[tuple[Condition, Job], ...]:
    """What is asked in each condition of a study.

    Raises:
        EvaluationError, SamplingError: as `prepare` does.
    """
    return tuple((one, job_of(one, people, choices)) for one in study.conditions(people.catalog))


def requests_of(jobs: Sequence[tuple[Condition, Job]]) -> Iterator[Request]:
    """All requests of all conditions; those that conditions share come again."""
    for _, job in jobs:
        yield from job.requests()
