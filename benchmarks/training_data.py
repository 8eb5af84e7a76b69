"""Training rows drawn, rendered and written at full size, beside a plain way.

    python -m benchmarks.training_data --dataset DATASET [--all] [--plain-rows 400]

DATASET is a built dataset of synthetic persons. The plain way keeps each person as a dictionary, shuffles its answers
with `random`, renders the template for every row and writes lines of JSON; it runs on a stated number of rows and is
extrapolated. `--all` adds the largest mixture: 253 items x 800 persons x 8 units. Each measurement is a process of its
own, so that its peak memory is its own; the peak with the persons alone stands beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

FOLDER = Path("build/bench")


def peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def ours(dataset: str, mixture: str, text: str) -> dict[str, Any]:
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.reasoners.training_data.rows import training_rows
    from indievaluecatalog.reasoners.training_data.write import write_training_data

    people = read_people(dataset)
    before, start, cpu = peak_mb(), time.perf_counter(), time.process_time()
    rows = training_rows(people, mixture, size=800)
    drawn, drawn_cpu = time.perf_counter() - start, time.process_time() - cpu
    for _ in rows.blocks():
        pass
    sampled, sampled_cpu = time.perf_counter() - start, time.process_time() - cpu
    del rows
    out = FOLDER / "training"
    shutil.rmtree(out, ignore_errors=True)
    start, cpu = time.perf_counter(), time.process_time()
    written = write_training_data(people, mixture, out, size=800, text=text)  # type: ignore[arg-type]
    wrote, wrote_cpu = time.perf_counter() - start, time.process_time() - cpu
    files = sum(path.stat().st_size for path in (written.folder / "data").iterdir())
    unpacked = [line for line in (written.folder / "README.md").read_text().splitlines() if "dataset_size" in line]
    shutil.rmtree(out)
    return {
        "rows": written.manifest["rows"],
        "seconds_to_draw_persons": drawn,
        "cpu_to_draw_persons": drawn_cpu,
        "seconds_to_draw_all": sampled,
        "cpu_to_draw_all": sampled_cpu,
        "seconds_to_draw_render_and_write": wrote,
        "cpu_to_draw_render_and_write": wrote_cpu,
        "gb_of_text": int(unpacked[0].split()[-1]) / 1e9,
        "gb_on_disk": files / 1e9,
        "people_mb": before,
        "peak_mb": peak_mb(),
    }


def plain(dataset: str, count: int) -> dict[str, Any]:
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.evaluation.prompt_texts import prompt_texts
    from indievaluecatalog.evaluation.request import Slot

    read = read_people(dataset, splits=("train",))
    items = list(read.catalog.items.values())
    some = [
        {item.id: int(read.refined[at, person]) for at, item in enumerate(items) if read.refined[at, person] >= 0}
        for person in range(min(2_000, len(read)))
    ]
    texts, rng = prompt_texts("1"), random.Random(0)
    enough = [person for person in some if len(person) > 200]
    path = FOLDER / "plain.jsonl"
    FOLDER.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    with path.open("w", encoding="utf-8") as file:
        for _ in range(count):
            person = rng.choice(enough)
            asked = rng.choice(list(person))
            shown = [item for item in person if item != asked]
            rng.shuffle(shown)
            said = [read.catalog.items[item].refined[person[item]].statement for item in shown[:200]]
            options = tuple(option.statement for option in read.catalog.items[asked].refined)
            slot = Slot("P01", asked, options, tuple(range(len(options))))
            user = texts.known([], said) + "\n\n" + texts.single(slot, texts.probe(slot))
            system = {"role": "system", "content": texts.system["single"]}
            messages = [system, {"role": "user", "content": user}]
            answer = {"role": "assistant", "content": slot.letters[person[asked]]}
            file.write(json.dumps({"messages": [*messages, answer]}) + "\n")
    seconds = time.perf_counter() - start
    path.unlink()
    return {"rows": count, "seconds": seconds, "seconds_for_202400_extrapolated": seconds / count * 202_400}


def measure(*wanted: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.training_data", "--one", *wanted]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return {"way": wanted[0], "wanted": wanted[2:]} | json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="build/indievaluecatalog")
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--plain-rows", type=int, default=400)
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.one:
        way, dataset, *rest = wanted.one
        print(json.dumps(plain(dataset, int(rest[0])) if way == "plain" else ours(dataset, *rest)))
        return
    runs = [
        measure("ours", wanted.dataset, "refined-polar-200", "messages"),
        measure("ours", wanted.dataset, "refined-polar-200", "none"),
        measure("plain", wanted.dataset, str(wanted.plain_rows)),
    ]
    if wanted.all:
        runs.append(measure("ours", wanted.dataset, "paper-best", "messages"))
    print(f"load when it ended: {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors")
    for run in runs:
        print(json.dumps({key: round(value, 3) if isinstance(value, float) else value for key, value in run.items()}))
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "training_data.json").write_text(json.dumps({"runs": runs}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
