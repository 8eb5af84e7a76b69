"""Running a baseline: tasks drawn, predictions made at both granularities, and one file of results."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indievaluecatalog.baselines.given import Given, Prediction
from indievaluecatalog.baselines.listing import Baseline, complete_settings, named_baseline
from indievaluecatalog.baselines.nearest import Near
from indievaluecatalog.baselines.resemblance import nearest_for
from indievaluecatalog.catalog.model import GRANULARITIES
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.sample import draw_setups
from indievaluecatalog.dataset.splits import SPLITS, shown_by_default
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.keyed_hash import keyed_hash
from indievaluecatalog.sampling.protocol import Protocol, chosen_protocol
from indievaluecatalog.sampling.tasks import Tasks, TooFew
from indievaluecatalog.scoring.results import Results, prediction_table
from indievaluecatalog.scoring.run import Run
from indievaluecatalog.survey.synthetic import TrueModel, read_traits

Progress = Callable[[str, float], None]


def run_baseline(
    name: str,
    people: People,
    *,
    n_demonstrations: int | None = None,
    splits: Sequence[str] = ("validation", "test"),
    setups: Sequence[int] = SETUPS,
    protocol: Protocol | str | None = None,
    too_few: TooFew = "error",
    settings: Mapping[str, Any] | None = None,
    traits: TrueModel | str | Path | None = None,
    progress: Progress | None = None,
) -> Results:
    """Predict every task of some splits with a baseline, at both granularities.

    The same dataset, protocol and settings give the same results, whatever the order of persons.

    Args:
        name: one of BASELINES.
        people: the persons to predict and those of the split train, who are learned from.
        n_demonstrations: how many answers of each person are shown; None for as many as the dataset was built for
            (200 of wave 7). Counts as 0 for a baseline that uses none.
        splits: whose persons are predicted; train cannot be.
        setups: which of 0, 1, 2.
        protocol: how demonstrations are drawn and neighbours compared; None for the one the dataset was built by.
        too_few: what becomes of persons with fewer answers to show: "error", "leave_out" (their tasks stay without
            a prediction), or "fewer".
        settings: those that differ from the baseline's own.
        traits: for `truth`: the file of true traits, or what `read_traits` made of it.
        progress: called with the stage's name and the fraction done, 0 to 1.

    Raises:
        SamplingError: no such baseline, setting, split or setup; nobody to learn from or to predict; a person
            with too few answers; a protocol that the baseline cannot follow; a survey without what it needs; traits
            missing or of others.
        SurveyError: a file of traits that cannot be read.
    """
    return run_together(
        {name: settings},
        people,
        n_demonstrations=n_demonstrations,
        splits=splits,
        setups=setups,
        protocol=protocol,
        too_few=too_few,
        traits=traits,
        progress=progress,
    )[0]


def run_together(
    wanted: Mapping[str, Mapping[str, Any] | None],
    people: People,
    *,
    n_demonstrations: int | None = None,
    splits: Sequence[str] = ("validation", "test"),
    setups: Sequence[int] = SETUPS,
    protocol: Protocol | str | None = None,
    too_few: TooFew = "error",
    traits: TrueModel | str | Path | None = None,
    progress: Progress | None = None,
) -> tuple[Results, ...]:
    """Run several baselines on the same tasks: the same results as one by one, but neighbours are looked up once.

    Args:
        wanted: settings by name of baseline, None for its own; results come in this order.
        people: as for `run_baseline`, as is all that follows.
        n_demonstrations: how many answers are shown; None as above.
        splits: whose persons are predicted.
        setups: which setups.
        protocol: how demonstrations are drawn.
        too_few: what becomes of persons with fewer answers.
        traits: for `truth`.
        progress: called with the stage's name and the fraction done, 0 to 1.

    Raises:
        SamplingError, SurveyError: as `run_baseline` does.
    """
    tell = progress or (lambda stage, done: None)
    chosen = [(one, complete_settings(one, part)) for one, part in ((named_baseline(n), s) for n, s in wanted.items())]
    unknown = [split for split in splits if split not in SPLITS] if not isinstance(splits, str) else [splits]
    if unknown or not splits:
        raise SamplingError(f"splits are some of {', '.join(SPLITS)} in a tuple or list, not {splits!r}")
    if isinstance(setups, int | str) or not setups or any(setup not in SETUPS for setup in setups):
        raise SamplingError(f"setups are some of {', '.join(map(str, SETUPS))} in a tuple or list, not {setups!r}")
    if "train" in splits:
        raise SamplingError("persons of the split train are learned from and cannot be predicted too")
    for baseline, _ in chosen:
        if why := baseline.cannot(people.catalog):
            raise SamplingError(f"the baseline {baseline.name} cannot be run: {why}")
    if n_demonstrations is None:
        n_demonstrations = shown_by_default(people.catalog)
    tell("persons", 0.0)
    drawing = chosen_protocol(protocol, people.protocol)
    training = training_people(people, drawing)
    rows = people.rows_of(*splits)
    evaluation = people.take(rows)
    if not len(evaluation):
        raise SamplingError(f"there are no persons of the split {' or '.join(splits)} to predict")
    runs = [
        Run(
            model=baseline.name,
            dataset=people.identity,
            n_demonstrations=n_demonstrations if baseline.needs_demonstrations else 0,
            settings=settings,
            protocol=drawing,
            shown=baseline.shown,
            sees_also=sees_also(baseline, drawing),
            splits=tuple(splits),
            setups=tuple(setups),
            decision=baseline.decision,
        )
        for baseline, settings in chosen
    ]
    known = read_traits(traits) if isinstance(traits, str | Path) else traits
    tables: list[list[pa.Table]] = [[] for _ in runs]
    steps, done = len(setups) * len(GRANULARITIES) * len(runs), 0
    for setup in setups:
        sizes = {run.n_demonstrations for run in runs}
        drawn = {size: draw_setups(people, rows, (setup,), size, drawing, too_few)[0] for size in sizes}
        for granularity in GRANULARITIES:
            near: dict[str, Near] = {}
            for at, (baseline, settings) in enumerate(chosen):
                tell(f"{baseline.name}, setup {setup}", done / steps)
                done += 1
                tasks = drawn[runs[at].n_demonstrations]
                visible = blanked(evaluation.take(tasks.rows), tasks)
                given = Given(training, visible, tasks, granularity, settings, known)
                if "k" in settings:
                    by = settings["demonstrations"]
                    if by not in near:
                        # For the one that looks furthest; the others take the first of these.
                        ks = [s["k"] for _, s in chosen if "k" in s and s["demonstrations"] == by]
                        near[by] = nearest_for(given, max(ks))
                    given = replace(given, near=near[by])
                tables[at].append(_table(given, baseline.predict(given)))
    tell("done", 1.0)
    return tuple(
        Results(run=run, table=pa.concat_tables(parts).unify_dictionaries())
        for run, parts in zip(runs, tables, strict=True)
    )


def _table(given: Given, made: Prediction) -> pa.Table:
    return prediction_table(
        given.evaluation.person_ids,
        given.tasks.setup,
        [item.id for item in given.probes],
        given.granularity,
        given.tasks.asked,
        made.options,
        made.probabilities,
        given.sizes,
    )


def training_people(people: People, protocol: Protocol) -> People:
    """The persons of the split train, ordered by keyed hash, which is what breaks ties between them.

    Raises:
        SamplingError: there are none.
    """
    rows = people.rows_of("train")
    if not len(rows):
        raise SamplingError(
            "there are no persons of the split train to learn from: read the dataset with all its splits"
        )
    order: NDArray[np.intp] = np.argsort(
        keyed_hash(protocol.seed, "training persons", people.person_ids[rows].tolist()), kind="stable"
    )
    return people.take(rows[order])


def blanked(evaluation: People, tasks: Tasks) -> People:
    """Persons without their answers to the setup's probes, so that no predictor can see them.

    With exclude="asked" the other probes may be demonstrations, and the predictor itself must leave out the one
    that is asked.
    """
    if tasks.protocol.exclude == "asked" and tasks.n_demonstrations:
        return evaluation
    refined, polar = evaluation.refined.copy(), evaluation.polar.copy()
    refined[tasks.probes] = NO_OPTION
    polar[tasks.probes] = NO_OPTION
    return replace(evaluation, refined=refined, polar=polar)


def sees_also(baseline: Baseline, protocol: Protocol) -> str:
    """What the baseline sees of a person under a protocol beyond what a model is shown; empty for nothing."""
    if baseline.name.startswith("resemblance") and protocol.neighbours_see == "all_others":
        return "all of the person's answers outside the setup's probes"
    return baseline.sees_also
