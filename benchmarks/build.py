"""From .sav, .dta and .csv to a finished dataset at full size, beside the plain way and beside reading the bytes.

    python -m benchmarks.build [--persons 97220] [--plain-rows 500]

Walls on a shared machine are noisy; the ratios of one run are what to compare.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.plain import convert
from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.survey.synthetic import synthesize, write_survey

FOLDER = Path("build/bench")
RUNS = (
    ("sav", "fast"),
    ("sav", "pyreadstat"),
    ("dta", "auto"),
    ("csv", "auto"),
)


def files(persons: int) -> dict[str, Path]:
    """The same synthetic persons in each format, some 600 columns; written once."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    paths = {ending: FOLDER / f"full_{persons}.{ending}" for ending in ("sav", "dta", "csv")}
    if not all(path.is_file() for path in paths.values()):
        population = synthesize(load_catalog("wvs7"), persons, seed=0)
        for path in paths.values():
            print(f"writing {path}", file=sys.stderr)
            write_survey(population, path, layout="full")
    return paths


def byte_seconds(path: Path) -> float:
    """Seconds to read the file's bytes once, after a first read that fills the page cache."""
    for _ in range(2):
        start = time.perf_counter()
        with path.open("rb", buffering=0) as stream:
            while stream.read(1 << 22):
                pass
        seconds = time.perf_counter() - start
    return seconds


def build(path: Path, engine: str, register: bool) -> dict[str, Any]:
    """One build in its own process, with caches of its own."""
    home = (FOLDER / "home").absolute()
    environment = {**os.environ, "HF_HOME": str(home), "XDG_CACHE_HOME": str(home)}
    command = [sys.executable, "-m", "benchmarks.one_build", str(path), str(FOLDER / "out"), engine]
    command.append("register" if register else "no")
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=97_220)
    parser.add_argument("--plain-rows", type=int, default=500)
    wanted = parser.parse_args()
    paths = files(wanted.persons)
    results = []
    plain: dict[str, float] = {}
    for ending, engine in RUNS:
        path = paths[ending]
        if ending not in plain:
            done, seconds = convert(path, wanted.plain_rows, FOLDER / "plain.jsonl")
            plain[ending] = seconds / done * wanted.persons
        entry = {"file": path.name, "file_mb": round(path.stat().st_size / 1e6), "engine": engine}
        entry |= build(path, engine, register=False)
        entry["bytes_s"] = round(byte_seconds(path), 3)
        entry["times_bytes"] = round(entry["wall_s"] / entry["bytes_s"])
        entry["plain_s_extrapolated"] = round(plain[ending])
        entry["times_faster_than_plain"] = round(plain[ending] / entry["wall_s"], 1)
        results.append(entry)
        print(json.dumps(entry), flush=True)
    registered = build(paths["csv"], "auto", register=True)
    print(json.dumps({"with registration": registered}), flush=True)
    report = {
        "persons": wanted.persons,
        "plain_rows": wanted.plain_rows,
        "runs": results,
        "registered": registered,
    }
    (FOLDER / "build.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    digests = {entry["dataset_digest"] for entry in results}
    print(f"{len(digests)} different dataset digest(s) over {len(results)} runs")
    print(
        "\n| file | engine | wall s | CPU s | peak MB | x bytes | x faster than plain |\n|---|---|---|---|---|---|---|"
    )
    for entry in results:
        print(
            f"| {entry['file']} ({entry['file_mb']} MB) | {entry['engine']} | {entry['wall_s']} | {entry['cpu_s']} "
            f"| {entry['peak_mb']} | {entry['times_bytes']} | {entry['times_faster_than_plain']} |"
        )


if __name__ == "__main__":
    main()
