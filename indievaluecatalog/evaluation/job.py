"""What a model is to be asked: persons, setups and prompts, before any model is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog, Granularity
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.people import People, read_people
from indievaluecatalog.dataset.sample import draw_setups
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS, SPLITS, shown_by_default
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.prompt_spec import PromptSpec
from indievaluecatalog.evaluation.reader_identity import reader_digest
from indievaluecatalog.evaluation.render import requests_for
from indievaluecatalog.evaluation.request import ModelSpec, Request
from indievaluecatalog.keyed_hash import keyed_hash
from indievaluecatalog.sampling.protocol import Protocol, chosen_protocol
from indievaluecatalog.sampling.tasks import Tasks, TooFew
from indievaluecatalog.scoring.run import Run


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """Everything about what is asked.

    Attributes:
        people: the evaluation persons.
        persons: positions in `people` of those asked; the others are left to other shards, or left out.
        tasks: of the setups, of all of `people` with enough answers.
        prompts: by granularity of the probes.
        splits, n_demonstrations, protocol: as in a run.
    """

    people: People
    persons: NDArray[np.intp]
    tasks: tuple[Tasks, ...]
    prompts: Mapping[Granularity, PromptSpec]
    splits: tuple[str, ...]
    n_demonstrations: int
    protocol: Protocol

    def requests(self, attempt: int = 0) -> Iterator[Request]:
        """All requests, by setup, then person by person, so that what a server has read of one is used again."""
        for tasks in self.tasks:
            here = np.flatnonzero(np.isin(tasks.rows, self.persons))
            streams = [
                groupby(requests_for(self.people, tasks, prompt, attempt=attempt, persons=here), _person)
                for prompt in self.prompts.values()
            ]
            for groups in zip(*streams, strict=True):
                for _, requests in groups:
                    yield from requests

    def run(self, model: ModelSpec, attempts: int = 1) -> Run:
        """The identity of results of a model."""
        first = next(iter(self.prompts.values()))
        choices = {name: value for name, value in first.to_dict().items() if name not in ("probes", "digest")}
        return Run(
            model=model.name,
            dataset=self.people.identity,
            n_demonstrations=self.n_demonstrations,
            settings={"kind": model.kind, **model.settings, "attempts": attempts},
            protocol=self.protocol,
            shown=first.shown,
            prompt={
                **choices,
                "digests": {name: prompt.digest for name, prompt in self.prompts.items()},
                "reader": reader_digest(),
            },
            splits=self.splits,
            setups=tuple(tasks.setup for tasks in self.tasks),
            granularities=tuple(self.prompts),
        )


def _person(request: Request) -> str:
    return request.person_id


def prepare(
    dataset: People | str | Path | None = None,
    *,
    prompt: PromptSpec | None = None,
    granularities: Sequence[Granularity] = GRANULARITIES,
    n_demonstrations: int | None = None,
    setups: Sequence[int] = SETUPS,
    splits: Sequence[str] = EVALUATION_SPLITS,
    protocol: Protocol | str | None = None,
    changes: Mapping[str, Any] = MappingProxyType({}),
    persons: int | None = None,
    too_few: TooFew = "error",
    catalog: Catalog | str | Path | None = None,
) -> Job:
    """Decide what is asked.

    Args:
        dataset: a build's folder, None for the default one, or people read from one.
        prompt: its choices; None for the default ones. Its `probes` is set by `granularities`.
        granularities: at which the probes are asked.
        n_demonstrations: statements shown; None for as many as every evaluation person has (200 in wave 7). Counts
            as 0 where none are shown.
        setups, splits: which tasks.
        protocol: as for `sample_tasks`; None for the one the dataset was built by.
        changes: choices of the protocol made differently.
        persons: how many of the persons; None for all. The first 20 are among the first 50.
        too_few: what becomes of persons with fewer answers to show.
        catalog: the catalog the dataset was built with, where that is not a shipped one.

    Raises:
        EvaluationError: nobody or nothing to ask.
        SamplingError, BuildError: as `sample_tasks` does.
    """
    unknown = [split for split in splits if split not in SPLITS]
    if unknown or not splits or not setups or not granularities:
        raise EvaluationError(
            f"no split {unknown[0]!r}; there are {', '.join(SPLITS)}" if unknown else "nothing was asked for"
        )
    if persons is not None and persons < 1:
        raise EvaluationError(f"the number of persons is at least 1, not {persons}")
    chosen = prompt or PromptSpec()
    people = dataset if isinstance(dataset, People) else read_people(dataset, catalog=catalog)
    drawing = chosen_protocol(protocol, people.protocol, **changes)
    wanted = shown_by_default(people.catalog) if n_demonstrations is None else n_demonstrations
    size = wanted if chosen.shown in ("statements", "both") else 0
    if not size:
        drawing = replace(drawing, order="keyed")
    rows = people.rows_of(*splits)
    tasks = draw_setups(people, rows, tuple(dict.fromkeys(setups)), size, drawing, too_few)
    asked = people.take(rows)
    keep = np.arange(len(asked))
    if persons is not None:
        order = np.argsort(keyed_hash(drawing.seed, "evaluated persons", asked.person_ids.tolist()), kind="stable")
        keep = np.sort(order[:persons])
    if not len(keep):
        raise EvaluationError(f"there is nobody to ask in the split {' or '.join(splits)}")
    return Job(
        people=asked,
        persons=keep,
        tasks=tasks,
        prompts={granularity: replace(chosen, probes=granularity) for granularity in dict.fromkeys(granularities)},
        splits=tuple(splits),
        n_demonstrations=size,
        protocol=drawing,
    )
