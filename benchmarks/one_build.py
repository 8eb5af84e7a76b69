"""One build in a process of its own, so that its peak memory is its own. Prints one JSON line."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from indievaluecatalog.dataset.build import build_dataset


def main() -> None:
    file, out, engine, register = sys.argv[1:5]
    stages: list[tuple[str, float]] = []
    start = time.perf_counter()
    made = build_dataset(
        file,
        out,
        engine=engine,
        register=register == "register",
        progress=lambda stage, done: stages.append((stage, time.perf_counter() - start)),
    )
    wall = time.perf_counter() - start
    usage = resource.getrusage(resource.RUSAGE_SELF)
    ends = [at for _, at in stages[1:]] + [wall]
    seconds: dict[str, float] = {}
    for (stage, begin), end in zip(stages, ends, strict=True):
        seconds[stage] = seconds.get(stage, 0.0) + end - begin
    size = sum(path.stat().st_size for path in Path(out).rglob("*") if path.is_file())
    print(
        json.dumps(
            {
                "persons": made.manifest["counts"]["persons"],
                "wall_s": round(wall, 2),
                "cpu_s": round(usage.ru_utime + usage.ru_stime, 2),
                "peak_mb": round(usage.ru_maxrss / 1024),
                "dataset_mb": round(size / 1e6, 1),
                "dataset_digest": made.manifest["dataset_digest"],
                "stages_s": {stage: round(value, 2) for stage, value in seconds.items() if value >= 0.005},
            }
        )
    )


if __name__ == "__main__":
    main()
