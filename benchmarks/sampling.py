"""Drawing tasks from loaded arrays, beside the plain per-person way, and how the cost grows.

    python -m benchmarks.sampling [--persons 97220] [--plain-persons 400]

The plain way keeps each person as a dictionary and shuffles its answers with `random`, as the task's published code
does. It runs on a stated number of persons and is extrapolated. Each measurement is a process of its own, so that its
peak memory is its own; the peak before drawing (the arrays alone) stands beside it.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

FOLDER = Path("build/bench")
SETUPS = (0, 1, 2)


def peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def ours(persons: int, demonstrations: int, setups: int) -> dict[str, Any]:
    from indievaluecatalog.catalog.load import load_catalog
    from indievaluecatalog.sampling.tasks import draw_tasks

    catalog = load_catalog("wvs7")
    answered = np.random.default_rng(0).random((len(catalog.items), persons)) < 0.96
    ids = np.array([f"wvs7-{n:09d}" for n in range(persons)])
    before, start = peak_mb(), time.perf_counter()
    for setup in SETUPS[:setups]:
        draw_tasks(catalog, answered, ids, setup=setup, n_demonstrations=demonstrations, too_few="leave_out")
    return {"seconds": time.perf_counter() - start, "arrays_mb": before, "peak_mb": peak_mb()}


def plain(persons: int, demonstrations: int, setups: int) -> dict[str, Any]:
    from indievaluecatalog.catalog.load import load_catalog
    from indievaluecatalog.catalog.probes import probe_setup

    catalog = load_catalog("wvs7")
    rng = random.Random(0)
    people = [
        {"id": f"wvs7-{n:09d}", **{item: 0 if rng.random() < 0.96 else -99 for item in catalog.items}}
        for n in range(persons)
    ]
    before, start = peak_mb(), time.perf_counter()
    tasks = []
    for setup in SETUPS[:setups]:
        for person in people:
            probes = probe_setup(catalog, setup)
            shown = [item for item in catalog.items if item not in probes and person[item] != -99]
            rng.shuffle(shown)
            tasks.append({**person, "demonstrations": shown[:demonstrations], "probes": list(probes)})
    return {"seconds": time.perf_counter() - start, "arrays_mb": before, "peak_mb": peak_mb()}


def measure(way: str, persons: int, demonstrations: int, setups: int) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "benchmarks.sampling",
        "--one",
        way,
        str(persons),
        str(demonstrations),
        str(setups),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {"way": way, "persons": persons, "demonstrations": demonstrations, "setups": setups} | json.loads(
        done.stdout
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=97_220)
    parser.add_argument("--plain-persons", type=int, default=400)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.one:
        way, *numbers = wanted.one
        print(json.dumps((ours if way == "ours" else plain)(*map(int, numbers))))
        return
    evaluation = measure("ours", 800, 200, 3)
    slow = measure("plain", wanted.plain_persons, 200, 3)
    slow["seconds_for_800_extrapolated"] = slow["seconds"] / wanted.plain_persons * 800
    runs = [evaluation, slow]
    runs += [measure("ours", wanted.persons // part, 200, 1) for part in (8, 4, 2, 1)]
    runs += [measure("ours", wanted.persons, size, 1) for size in (10, 50, 100)]
    for run in runs:
        print(json.dumps({key: round(value, 3) if isinstance(value, float) else value for key, value in run.items()}))
    ratio = slow["seconds_for_800_extrapolated"] / evaluation["seconds"]
    print(f"800 persons x 3 setups x 200: {evaluation['seconds']:.3f} s, {ratio:.0f} times faster than the plain way")
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "sampling.json").write_text(json.dumps({"ratio": ratio, "runs": runs}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
