"""Majority and resemblance the plain way, for comparison: a dictionary a person, loops, counters.

Written here for that purpose only. Run as `python -m benchmarks.plain_baselines DATASET PERSONS EVALUATED`; prints
one JSON line for one setup at one granularity, on a fraction of the persons, with what it would take for all.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter

import numpy as np

from indievaluecatalog.dataset.people import People, read_people
from indievaluecatalog.sampling.tasks import Tasks, draw_tasks

Person = dict[str, str]


def persons_of(people: People) -> list[Person]:
    """What each person said, statement by item, refined."""
    items = list(people.catalog.items.values())
    return [
        {item.id: item.refined[option].statement for item, option in zip(items, column, strict=True) if option >= 0}
        for column in people.refined.T.tolist()
    ]


def majority(training: list[Person], probes: list[str]) -> dict[str, str]:
    """The most frequent statement of each probe."""
    return {probe: Counter(p[probe] for p in training if probe in p).most_common(1)[0][0] for probe in probes}


def resemblance(training: list[Person], person: Person, shown: list[str], probes: list[str], k: int) -> Person:
    """What most of the k training persons said who share most of the shown statements."""
    alike = [sum(1 for item in shown if other.get(item) == person[item]) for other in training]
    order = sorted(range(len(training)), key=lambda at: -alike[at])[:k]
    said = {probe: Counter(training[at][probe] for at in order if probe in training[at]) for probe in probes}
    return {probe: votes.most_common(1)[0][0] for probe, votes in said.items() if votes}


def main() -> None:
    folder, wanted, evaluated = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    people = read_people(folder)
    rows = people.rows_of("train")
    chosen = people.take(people.rows_of("validation", "test"))
    everyone, pairs = len(rows), len(rows) * len(chosen)
    tasks: Tasks = draw_tasks(people.catalog, chosen.answered, chosen.person_ids)
    items = list(people.catalog.items)
    probes = [items[at] for at in tasks.probes]
    some = people.take(rows[:: max(len(rows) // wanted, 1)][:wanted])
    asked = persons_of(chosen.take(np.arange(evaluated)))
    training = persons_of(some)
    # The dictionaries alone: the statements are shared, and a process's peak is that of reading.
    size_mb = sum(map(sys.getsizeof, training)) / 1e6
    start = time.perf_counter()
    majority(training, probes)
    majority_s = time.perf_counter() - start
    start = time.perf_counter()
    for at, person in enumerate(asked):
        resemblance(training, person, [items[i] for i in tasks.demonstrations[at]], probes, 50)
    resemblance_s = time.perf_counter() - start
    print(
        json.dumps(
            {
                "training_persons": len(training),
                "evaluated": len(asked),
                "majority_s": round(majority_s, 3),
                "resemblance_s": round(resemblance_s, 3),
                "dictionaries_mb": round(size_mb),
                "fraction_of_pairs": round(len(training) * len(asked) / pairs, 6),
                # Three setups, two granularities.
                "majority_s_extrapolated": round(6 * majority_s * everyone / len(training), 1),
                "resemblance_s_extrapolated": round(6 * resemblance_s * pairs / (len(training) * len(asked))),
                "dictionaries_mb_extrapolated": round(size_mb * everyone / len(training)),
            }
        )
    )


if __name__ == "__main__":
    main()
