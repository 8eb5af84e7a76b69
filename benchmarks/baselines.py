"""Every baseline at full size, beside the plain way, and how cost grows with persons and demonstrations.

    python -m benchmarks.baselines [--persons 97220] [--data DATASET --traits FILE]

Each baseline runs in a process of its own: all three setups at both granularities. Peak memory is given after
reading the persons and at the end, since reading may be the higher of the two. Walls on a shared machine are noisy;
CPU seconds are less so.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from indievaluecatalog.baselines.listing import BASELINES
from indievaluecatalog.baselines.run import run_baseline, run_together
from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.dataset.build import build_dataset
from indievaluecatalog.dataset.people import read_people
from indievaluecatalog.scoring.cells import lay_out
from indievaluecatalog.survey.synthetic import synthesize, write_survey, write_traits

FOLDER = Path("build/bench")
GROWING = ("resemblance-k", "naive-bayes")
PERSONS = (12_000, 24_000, 48_000)
DEMONSTRATIONS = (50, 100, 150)
PLAIN_PERSONS, PLAIN_EVALUATED = 4_000, 4


def data(persons: int) -> tuple[Path, Path]:
    """A dataset of synthetic persons and their true traits; made once."""
    folder, traits = FOLDER / f"baselines_{persons}", FOLDER / f"baselines_{persons}_traits.parquet"
    if not folder.is_dir() or not traits.is_file():
        FOLDER.mkdir(parents=True, exist_ok=True)
        print(f"making {folder}", file=sys.stderr)
        population = synthesize(load_catalog("wvs7"), persons, seed=0)
        write_traits(population, traits)
        file = FOLDER / f"baselines_{persons}.sav"
        write_survey(population, file)
        build_dataset(file, folder, register=False)
    return folder, traits


def one(name: str, folder: str, traits: str, n_demonstrations: int, training: int) -> dict[str, Any]:
    """One baseline in this process."""
    start = time.perf_counter()
    people = read_people(folder)
    rows = people.rows_of("train")
    if training < len(rows):
        kept = rows[np.linspace(0, len(rows) - 1, training).astype(np.intp)]
        people = people.take(np.sort(np.concatenate([kept, people.rows_of("validation", "test")])))
    reading = time.perf_counter() - start
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    results = run_baseline(name, people, n_demonstrations=n_demonstrations, traits=traits if name == "truth" else None)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    cells = lay_out(results, people)
    found: dict[str, Any] = {
        "baseline": name,
        "training_persons": len(people.rows_of("train")),
        "evaluated": len(cells.people),
        "n_demonstrations": results.run.n_demonstrations,
        "read_s": round(reading, 2),
        "wall_s": round(wall, 2),
        "cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        "read_peak_mb": round(before.ru_maxrss / 1024),
        "peak_mb": round(after.ru_maxrss / 1024),
    }
    for at, granularity in enumerate(cells.run.granularities):
        right = cells.prediction[at] == cells.truth[at]
        if cells.run.decision == "expected" and cells.probabilities is not None:
            truth = np.maximum(cells.truth[at], 0)[..., None].astype(np.intp)
            right = np.take_along_axis(cells.probabilities[at], truth, axis=-1)[..., 0]
        found[granularity] = round(100 * float(right[cells.asked[at]].mean()), 2)
    found["mean"] = round((found["refined"] + found["polar"]) / 2, 2)
    return found


def together(folder: str, traits: str) -> dict[str, Any]:
    """All baselines in this process, one after the other, neighbours looked up once."""
    people = read_people(folder)
    before = resource.getrusage(resource.RUSAGE_SELF)
    start = time.perf_counter()
    run_together({baseline.name: None for baseline in BASELINES}, people, traits=traits)
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "wall_s": round(wall, 2),
        "cpu_s": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2),
        "read_peak_mb": round(before.ru_maxrss / 1024),
        "peak_mb": round(after.ru_maxrss / 1024),
    }


def apart(module: str, *arguments: object) -> dict[str, Any]:
    """The JSON line that a process of its own prints last."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    print(done.stdout.splitlines()[-1], flush=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    if sys.argv[1:2] == ["one"]:
        name, folder, traits, n_demonstrations, training = sys.argv[2:]
        print(json.dumps(one(name, folder, traits, int(n_demonstrations), int(training))))
        return
    if sys.argv[1:2] == ["together"]:
        print(json.dumps(together(*sys.argv[2:])))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=97_220)
    parser.add_argument("--data", type=Path, help="a dataset that is there already")
    parser.add_argument("--traits", type=Path, help="the true traits of its persons")
    wanted = parser.parse_args()
    if bool(wanted.data) != bool(wanted.traits):
        parser.error("--data and --traits go together")
    folder, traits = (wanted.data, wanted.traits) if wanted.data else data(wanted.persons)
    every = sys.maxsize
    here = "benchmarks.baselines"
    side = [apart(here, "one", b.name, folder, traits, 200, every) for b in BASELINES]
    all_of_them = apart(here, "together", folder, traits)
    persons = [apart(here, "one", name, folder, traits, 200, m) for name in GROWING for m in PERSONS]
    shown = [apart(here, "one", name, folder, traits, n, every) for name in GROWING for n in DEMONSTRATIONS]
    plain = apart("benchmarks.plain_baselines", folder, PLAIN_PERSONS, PLAIN_EVALUATED)
    report = {
        "baselines": side,
        "together": all_of_them,
        "by_persons": persons,
        "by_demonstrations": shown,
        "plain": plain,
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "baselines.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(
        "\n| baseline | persons | shown | polar | refined | mean | wall s | CPU s | peak MB (after reading) |"
        "\n|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    )
    for e in (*side, *persons, *shown):
        print(
            f"| {e['baseline']} | {e['training_persons']} | {e['n_demonstrations']} | {e['polar']} | {e['refined']} "
            f"| {e['mean']} | {e['wall_s']} | {e['cpu_s']} | {e['peak_mb']} ({e['read_peak_mb']}) |"
        )
    print(
        f"\nall in one process: {all_of_them['wall_s']} s, {all_of_them['cpu_s']} CPU s, {all_of_them['peak_mb']} MB "
        f"({all_of_them['read_peak_mb']} MB after reading)\nthe plain way, from {plain['fraction_of_pairs']:.4%} "
        f"of the pairs: majority {plain['majority_s_extrapolated']} s, "
        f"resemblance {plain['resemblance_s_extrapolated']} s, "
        f"{plain['dictionaries_mb_extrapolated']} MB of dictionaries"
    )


if __name__ == "__main__":
    main()
