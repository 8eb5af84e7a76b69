"""Resemblance as one would first write it: a dictionary a person, loops, sorting. The reference for the fast one."""

from __future__ import annotations

from collections import Counter

import numpy as np

from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.dataset.people import People
from indievaluecatalog.sampling.tasks import Tasks
from indievaluecatalog.scoring.results import UNREAD

MISSING = "missing"
Person = dict[str, int | str]


def persons_of(people: People, granularity: Granularity, with_missing: bool) -> list[Person]:
    table = people.of(granularity)
    found: list[Person] = []
    for column in range(len(people)):
        said = {item: int(table[row, column]) for row, item in enumerate(people.catalog.items)}
        found.append({i: (MISSING if o < 0 else o) for i, o in said.items() if o >= 0 or with_missing})
    return found


def resemblance(
    training: People, evaluation: People, tasks: Tasks, granularity: Granularity, k: int, *, ring: bool = False
) -> np.ndarray:
    """Option positions, shape (n, p). `ring`: everyone as near as the k-th, with votes by nearness."""
    counted = tasks.protocol.missing == "counted"
    items = list(training.catalog.items)
    everyone = persons_of(training, granularity, counted)
    probes = [items[at] for at in tasks.probes]
    made = np.empty((len(tasks), len(probes)), np.int8)
    for n, person in enumerate(persons_of(evaluation, granularity, counted)):
        if tasks.protocol.neighbours_see == "all_others":
            shown = [item for item in items if item not in probes]
        else:
            shown = [items[at] for at in tasks.demonstrations[n] if at >= 0]
        alike = [sum(item in person and person[item] == other.get(item) for item in shown) for other in everyone]
        order = sorted((at for at in range(len(everyone)) if alike[at]), key=lambda at: (-alike[at], at))
        lowest = alike[order[k - 1]] if len(order) >= k else 1
        voters = [at for at in order if alike[at] >= lowest] if ring else order[:k]
        for p, probe in enumerate(probes):
            said = Counter(other[probe] for other in everyone if probe in other)
            votes: Counter[int | str] = Counter()
            for at in voters:
                if probe in everyone[at]:
                    votes[everyone[at][probe]] += alike[at] - lowest + 1 if ring else 1
            options: list[int | str] = list(range(len(training.catalog.items[probe].options(granularity))))
            options += [MISSING] if counted else []
            best = max(options, key=lambda option: (votes[option], said[option], -options.index(option)))
            made[n, p] = UNREAD if best == MISSING else best
    return made
