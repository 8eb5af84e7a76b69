"""The probe game: from a few statements of a person, which others does this person hold?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.browse.collection import Collection
from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.splits import SPLITS, TRAIN
from indievaluecatalog.keyed_hash import keyed_pairs
from indievaluecatalog.sampling.protocol import OURS
from indievaluecatalog.sampling.tasks import NOT_SHOWN, draw_tasks

SHOWN = 20
ASKED = 10


@dataclass(frozen=True, slots=True)
class Round:
    """One round: a person by position, what is shown and what is asked, as positions of items."""

    number: int
    row: int
    setup: int
    shown: tuple[int, ...]
    asked: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Rival:
    """Somebody else's guesses: item -> option position or None, and whose they are."""

    name: str
    guesses: Mapping[int, int | None]


def play(collection: Collection, number: int) -> Round:
    """Round 1, 2, ... of as many as there are persons: the same person, statements and questions every time.

    The sampler of the project draws the statements, and leaves all probes of the round's setup out of them.
    Of the probes the person answered some are asked.
    """
    people, catalog = collection.people, collection.catalog
    row = int(collection.order[number - 1])
    setup = SETUPS[number % len(SETUPS)]
    tasks = draw_tasks(
        catalog,
        people.answered[:, [row]],
        people.person_ids[[row]],
        setup=setup,
        n_demonstrations=SHOWN,
        # Informative and asked-only draws need more than one person; the game keeps to the plain draw.
        protocol=replace(OURS, seed=people.protocol.seed),
        too_few="fewer",
    )
    shown = tuple(int(at) for at in tasks.demonstrations[0] if at != NOT_SHOWN)
    probes = tasks.probes[tasks.asked[0]]
    names = [collection.items[at].id for at in probes.tolist()]
    drawn = keyed_pairs(people.protocol.seed, "game", [str(people.person_ids[row])], names)[0]
    asked = np.sort(probes[np.argsort(drawn, kind="stable")[:ASKED]])
    return Round(number, row, setup, shown, tuple(int(at) for at in asked))


def _others(collection: Collection, row: int) -> NDArray[np.intp]:
    """Training persons but this one; everybody else where there are none."""
    rows = collection.people.rows_of(SPLITS[TRAIN])
    rows = rows[rows != row]
    return rows if len(rows) else np.flatnonzero(np.arange(len(collection.people)) != row)


def majority(collection: Collection, game: Round, granularity: Granularity) -> Rival:
    """The most frequent answer of the training persons, each counted once; of equal ones the first."""
    others = _others(collection, game.row)
    guesses: dict[int, int | None] = {}
    for at in game.asked:
        codes = collection.people.of(granularity)[at][others]
        counts = np.bincount(codes[codes != NO_OPTION], minlength=1)
        guesses[at] = int(np.argmax(counts)) if counts.any() else None
    return Rival("The majority", guesses)


def nearest(collection: Collection, game: Round, granularity: Granularity) -> tuple[Rival, int | None, int]:
    """The answers of the training person who shares most of the shown statements.

    Of equally near ones the one who answered most of the questions, then the first in keyed order.

    Returns:
        The guesses, the person's position (None where there is nobody else), and how many statements are shared.
    """
    others = _others(collection, game.row)
    if not len(others):
        return Rival("The most similar person", dict.fromkeys(game.asked)), None, 0
    refined, people = collection.people.refined, collection.people
    shared = np.zeros(len(others), np.int64)
    for at in game.shown:
        shared += refined[at][others] == refined[at, game.row]
    answered = np.zeros(len(others), np.int64)
    for at in game.asked:
        answered += refined[at][others] != NO_OPTION
    near = np.flatnonzero(shared == shared.max())
    best = near[np.lexsort((collection.places[others[near]], -answered[near]))[0]]
    who = int(others[best])
    codes = people.of(granularity)[:, who]
    guesses = {at: None if codes[at] == NO_OPTION else int(codes[at]) for at in game.asked}
    return Rival("The most similar person", guesses), who, int(shared[best])


def score(collection: Collection, game: Round, granularity: Granularity, guesses: Mapping[int, int | None]) -> int:
    """How many questions are answered right; one without an answer is not."""
    truth = collection.people.of(granularity)[:, game.row]
    return sum(guesses.get(at) is not None and guesses[at] == int(truth[at]) for at in game.asked)


def by_chance(collection: Collection, game: Round, granularity: Granularity) -> float:
    """How many a guesser who knows nothing gets right on average."""
    return sum(1 / len(collection.items[at].options(granularity)) for at in game.asked)
