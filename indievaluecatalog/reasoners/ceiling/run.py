"""Running the ceiling: the tasks that every predictor is set, answered by one who knows the true model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indievaluecatalog.baselines.given import most_probable
from indievaluecatalog.baselines.run import blanked
from indievaluecatalog.baselines.traits_match import candidates, check_fit
from indievaluecatalog.baselines.truth import option_probabilities
from indievaluecatalog.catalog.model import GRANULARITIES
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.people import People, polar_of_refined
from indievaluecatalog.dataset.sample import draw_setups
from indievaluecatalog.dataset.splits import SPLITS, shown_by_default
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.keyed_hash import keyed_hash
from indievaluecatalog.reasoners.ceiling.answering import make_answering
from indievaluecatalog.reasoners.ceiling.posterior import Samples, World, draw_samples, likely_places
from indievaluecatalog.reasoners.ceiling.predict import predict_options
from indievaluecatalog.reasoners.ceiling.prior import fit_prior
from indievaluecatalog.sampling.protocol import Protocol, chosen_protocol
from indievaluecatalog.sampling.tasks import Tasks, TooFew
from indievaluecatalog.scoring.results import Results, prediction_table
from indievaluecatalog.scoring.run import Run
from indievaluecatalog.survey.synthetic import TrueModel, read_traits

Progress = Callable[[str, float], None]
Options = NDArray[np.int8]
VERSION = 1
"""Enters every result; another one may give other figures."""
SEES_ALSO = "the true model of the synthetic population: its items and how traits are spread, not the person's own"
BLOCK = 64
"""Persons at a time."""
UNKNOWN = -1


def make_world(traits: TrueModel, people: People) -> World:
    """The population that a ceiling is computed for.

    Raises:
        ReasonerError: the model is of another catalog.
    """
    answering = make_answering(traits.model, people.catalog)
    prior, spread = fit_prior(traits.traits, len(traits.model.country_codes))
    return World(answering, prior, (answering.pooled(prior.shares), prior.pooled(spread)))


def run_ceiling(
    people: People,
    traits: TrueModel | str | Path,
    *,
    n_demonstrations: int | None = None,
    setups: Sequence[int] = SETUPS,
    splits: Sequence[str] = ("validation", "test"),
    protocol: Protocol | str | None = None,
    too_few: TooFew = "error",
    samples: int = 256,
    seed: int = 0,
    progress: Progress | None = None,
) -> Results:
    """The best possible prediction of synthetic persons, given their demonstrated answers and nothing else of them.

    It knows how every item is answered given traits, and how traits are spread over the population; of a person it
    knows the refined demonstrations, not the traits, the country or any demographic. No predictor that is shown the
    same can be right more often, but for chance and for what the samples leave to it.

    The same dataset, protocol, samples and seed give the same results.

    Args:
        people: the persons to predict; nobody is learned from.
        traits: the true traits of all persons of the survey file, or their file.
        n_demonstrations: how many answers of each person are shown; None for as many as the dataset was built for.
        setups: which of 0, 1, 2.
        splits: whose persons are predicted.
        protocol: how demonstrations are drawn; None for the one the dataset was built by.
        too_few: what becomes of persons with fewer answers: "error", "leave_out", or "fewer".
        samples: draws of each person's traits, an even number.
        seed: of the draws.
        progress: called with the stage's name and the fraction done, 0 to 1.

    Raises:
        ReasonerError: real persons, a protocol that shows some probes (exclude="asked"), a model of another catalog,
            no persons, an odd number of samples, unknown splits or setups.
        SamplingError: traits of others, or a person with too few answers.
        SurveyError: a file of traits that cannot be read.
    """
    tell = progress or (lambda stage, done: None)
    drawing = chosen_protocol(protocol, people.protocol)
    _check(people, drawing, setups, splits, samples)
    known = read_traits(traits) if isinstance(traits, str | Path) else traits
    tell("model", 0.0)
    world = make_world(known, people)
    rows = people.rows_of(*splits)
    if not len(rows):
        raise ReasonerError(f"there are no persons of the split {' or '.join(splits)} to predict")
    evaluation = people.take(rows)
    _check_traits(evaluation, known)
    size = shown_by_default(people.catalog) if n_demonstrations is None else n_demonstrations
    run = Run(
        model="ceiling",
        dataset=people.identity,
        n_demonstrations=size,
        settings={"samples": samples, "seed": seed, "version": VERSION},
        protocol=drawing,
        shown="statements",
        sees_also=SEES_ALSO,
        splits=tuple(splits),
        setups=tuple(setups),
    )
    tables = []
    for at, setup in enumerate(setups):
        tasks = draw_setups(people, rows, (setup,), size, drawing, too_few)[0]
        shown = blanked(evaluation.take(tasks.rows), tasks)

        def inner(done: float, at: int = at, setup: int = setup) -> None:
            tell(f"ceiling, setup {setup}", (at + done) / len(setups))

        refined = predict_tasks(world, shown, tasks, samples, seed, inner)
        tables += _tables(shown, tasks, refined)
    tell("done", 1.0)
    return Results(run=run, table=pa.concat_tables(tables).unify_dictionaries())


def _check(people: People, protocol: Protocol, setups: Sequence[int], splits: Sequence[str], samples: int) -> None:
    if not people.identity.synthetic:
        raise ReasonerError(
            "the ceiling is for synthetic persons: of real ones nobody knows the true model. For those there is an "
            "extrapolated limit"
        )
    if protocol.exclude == "asked":
        raise ReasonerError(
            "the ceiling is computed with all probes of a setup hidden: use a protocol with exclude='setup'"
        )
    if isinstance(setups, int | str) or not setups or any(setup not in SETUPS for setup in setups):
        raise ReasonerError(f"setups are some of {', '.join(map(str, SETUPS))} in a tuple or list, not {setups!r}")
    if isinstance(splits, str) or not splits or any(split not in SPLITS for split in splits):
        raise ReasonerError(f"splits are some of {', '.join(SPLITS)} in a tuple or list, not {splits!r}")
    if isinstance(samples, bool) or not isinstance(samples, int) or samples < 2 or samples % 2:
        raise ReasonerError(f"the number of samples is even and 2 or more, not {samples!r}")


def _check_traits(evaluation: People, traits: TrueModel) -> None:
    rows = candidates(evaluation, traits)
    alone = np.array([len(found) == 1 for found in rows], dtype=np.bool_)
    own = traits.take(np.array([found[0] for found in rows], dtype=np.intp)[alone])
    items = tuple(evaluation.catalog.items.values())
    check_fit(option_probabilities(own, items, "refined"), evaluation.refined[:, alone])


def heard_answers(people: People, tasks: Tasks) -> Options:
    """The refined answers that each person of the tasks is shown, UNKNOWN elsewhere, shape (n, items).

    `people` are the persons of the tasks, in their order.
    """
    found = np.full((len(tasks), len(people.catalog.items)), UNKNOWN, np.int8)
    person, place = np.nonzero(tasks.demonstrations >= 0)
    item = tasks.demonstrations[person, place]
    found[person, item] = people.refined[item, person]
    return found


def predict_tasks(
    world: World,
    people: People,
    tasks: Tasks,
    samples: int,
    seed: int,
    progress: Callable[[float], None] = lambda done: None,
) -> NDArray[np.float64]:
    """Probabilities (n, p, o) of the refined options of every probe, for the n persons of the tasks.

    Args:
        world: the population.
        people: the persons of the tasks, in their order.
        tasks: what each is shown and asked.
        samples: draws a person.
        seed: of the draws.
        progress: called with the fraction done.
    """
    answers = heard_answers(people, tasks)
    probes = [int(at) for at in tasks.probes]
    width = max(len(item.refined) for item in people.catalog.items.values())
    if not tasks.n_demonstrations:
        # Nobody said anything: one prediction for all, with the draws of everybody.
        drawn = sample_persons(world, answers[:1], ["everybody"], samples * 32, seed)
        everybody = predict_options(world.answering, answers[:1], drawn, probes, width)
        return np.repeat(everybody, len(tasks), axis=0)
    found = np.empty((len(tasks), len(probes), width))
    for start in range(0, len(tasks), BLOCK):
        rows = slice(start, start + BLOCK)
        keys = [f"{key}/{tasks.setup}" for key in people.person_ids[rows].tolist()]
        drawn = sample_persons(world, answers[rows], keys, samples, seed)
        found[rows] = predict_options(world.answering, answers[rows], drawn, probes, width)
        progress(min(start + BLOCK, len(tasks)) / len(tasks))
    return found


def sample_persons(world: World, answers: Options, keys: Sequence[str], samples: int, seed: int) -> Samples:
    """Weighted samples of each person's traits given the answers (n, items), drawn by a key a person."""
    q = world.prior.means.shape[1]
    normals = np.empty((len(answers), samples // 2, q), np.float32)
    starts = np.empty(len(answers))
    for at, number in enumerate(keyed_hash(seed, "ceiling", keys).tolist()):
        rng = np.random.default_rng(number)
        normals[at] = rng.standard_normal((samples // 2, q), dtype=np.float32)
        starts[at] = rng.random()
    return draw_samples(world, answers, likely_places(world, answers), normals, starts)


def _tables(people: People, tasks: Tasks, refined: NDArray[np.float64]) -> list[pa.Table]:
    items = list(people.catalog.items.values())
    probes = [items[at] for at in tasks.probes]
    coarser = polar_of_refined(people.catalog)
    polar = np.zeros((*refined.shape[:2], max(len(item.polar) for item in items)))
    for at, place in enumerate(tasks.probes):
        for option in range(len(items[place].refined)):
            polar[:, at, coarser[place, option]] += refined[:, at, option]
    tables = []
    for granularity, probabilities in zip(GRANULARITIES, (refined, polar), strict=True):
        made = most_probable(probabilities)
        sizes = np.array([len(item.options(granularity)) for item in probes])
        names = [item.id for item in probes]
        tables.append(
            prediction_table(
                people.person_ids,
                tasks.setup,
                names,
                granularity,
                tasks.asked,
                made.options,
                made.probabilities,
                sizes,
            )
        )
    return tables
