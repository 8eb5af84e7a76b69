"""What an inspect task asks, from plain parameters that its log keeps: the same for task, scorer, provider and reader.

Nothing here needs `inspect_ai`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from indievaluecatalog.catalog.model import GRANULARITIES, Granularity
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.job import Job, prepare
from indievaluecatalog.evaluation.prompt_spec import OptionOrder, PromptSpec
from indievaluecatalog.evaluation.request import Form, Request
from indievaluecatalog.sampling.tasks import TooFew
from indievaluecatalog.scoring.run import Shown

Several = str | int | Sequence[str | int]
"""A parameter as a command line gives it: one value, "a,b", or a list."""


@dataclass(frozen=True, slots=True)
class Choices:
    """The parameters of the task; see `individual_values`. Plain and hashable."""

    dataset: str | None = None
    form: Form = "joint"
    shown: Shown = "statements"
    demonstrations: int | None = None
    show: Granularity = "refined"
    setups: tuple[int, ...] = SETUPS
    splits: tuple[str, ...] = EVALUATION_SPLITS
    persons: int | None = None
    granularities: tuple[Granularity, ...] = GRANULARITIES
    option_order: OptionOrder = "coded"
    protocol: str | None = None
    too_few: TooFew = "error"
    catalog: str | None = None
    structured: bool = False
    logprobs: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for logs."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Choices:
        """Choices from what `to_dict` made, or from parameters as a command line gives them.

        Raises:
            EvaluationError: an unknown parameter, or a setup that is no number.
        """
        unknown = sorted(set(plain) - {one.name for one in fields(cls)})
        if unknown:
            raise EvaluationError(f"the task has no parameter {', '.join(unknown)}")
        values = dict(plain)
        for name in ("setups", "splits", "granularities"):
            if name in values:
                values[name] = _several(values[name])
        try:
            values["setups"] = tuple(int(one) for one in values.get("setups", SETUPS))
        except ValueError:
            raise EvaluationError(f"setups are some of {', '.join(map(str, SETUPS))}") from None
        if values.get("granularities") == ("both",):
            values["granularities"] = GRANULARITIES
        unknown = [one for one in values.get("granularities", ()) if one not in GRANULARITIES]
        if unknown:
            raise EvaluationError(f"granularities are some of {', '.join(GRANULARITIES)}, not {unknown[0]!r}")
        form = values.get("form", "joint")
        if values.get("structured") and form != "joint":
            raise EvaluationError("structured output is for the joint form; the single form asks for one letter")
        if values.get("logprobs") and form != "single":
            raise EvaluationError("logprobs give probabilities of options in the single form: use form=single")
        for name in ("dataset", "catalog"):
            values[name] = None if values.get(name) is None else str(values[name])
        return cls(**values)


def _several(given: Several) -> tuple[str | int, ...]:
    if isinstance(given, str):
        return tuple(part.strip() for part in given.split(",") if part.strip())
    return (given,) if isinstance(given, int) else tuple(given)


@dataclass(frozen=True, slots=True, eq=False)
class Asking:
    """A job and its requests by person, in the order they are sent."""

    choices: Choices
    job: Job
    requests: Mapping[str, tuple[Request, ...]]

    def demographics(self, person_id: str) -> dict[str, str]:
        """The person's groups in the dimensions of the inequity index: label of the option by demographic id."""
        people, catalog = self.job.people, self.job.people.catalog
        at = _positions(self)[person_id]
        found = {}
        for name in catalog.evaluation.dimensions:
            option = int(people.demographic(name)[at])
            if option >= 0:
                found[name] = catalog.demographics[name].options[option].label
        return found


@lru_cache(maxsize=2)
def asking(choices: Choices) -> Asking:
    """The job of some choices; the last ones are kept, since task, solver, scorer and provider all want it.

    Raises:
        EvaluationError, SamplingError, BuildError: as `prepare` does.
    """
    job = prepare(
        choices.dataset,
        prompt=PromptSpec(
            form=choices.form,
            shown=choices.shown,
            demonstrations=choices.show,
            option_order=choices.option_order,
        ),
        granularities=choices.granularities,
        n_demonstrations=choices.demonstrations,
        setups=choices.setups,
        splits=choices.splits,
        protocol=choices.protocol,
        persons=choices.persons,
        too_few=choices.too_few,
        catalog=choices.catalog,
    )
    by_person: dict[str, list[Request]] = defaultdict(list)
    for request in job.requests():
        by_person[request.person_id].append(request)
    order = [one for one in job.people.person_ids[job.persons].tolist() if one in by_person]
    return Asking(choices, job, MappingProxyType({one: tuple(by_person[one]) for one in order}))


def answer_key(request: Request) -> str:
    """What a person's answers are kept under in a log, such as "0/polar", or "0/polar/P07" in the single form."""
    place = f"{request.setup}/{request.granularity}"
    return f"{place}/{request.slots[0].id}" if request.form == "single" else place


def right_letters(asked: Asking, request: Request) -> dict[str, str]:
    """For each slot of a request the letter of what the person said."""
    people = asked.job.people
    order = {item: at for at, item in enumerate(people.catalog.items)}
    at = _positions(asked)[request.person_id]
    answers = people.of(request.granularity)[:, at]
    return {slot.id: slot.letters[slot.order.index(int(answers[order[slot.item]]))] for slot in request.slots}


@lru_cache(maxsize=2)
def _positions(asked: Asking) -> Mapping[str, int]:
    return MappingProxyType({name: at for at, name in enumerate(asked.job.people.person_ids.tolist())})
