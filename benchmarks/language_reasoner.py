"""The small language model beside baselines: training, prediction and accuracy by number of statements shown.

    python -m benchmarks.language_reasoner --dataset DATASET [--model MODEL] [--threads 1] [--steps 1000]

DATASET is a built dataset of synthetic persons; MODEL an earlier model, instead of training one. Needs the extra
"reasoner". Baselines are run on the same tasks.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import time
from pathlib import Path
from typing import Any

from indievaluecatalog.baselines.run import run_baseline
from indievaluecatalog.dataset.people import People, read_people
from indievaluecatalog.reasoners.language.small.folder import read_small
from indievaluecatalog.reasoners.language.small.predict import predict_small
from indievaluecatalog.reasoners.language.small.settings import SmallSettings
from indievaluecatalog.reasoners.language.small.train import train_small
from indievaluecatalog.scoring.results import Results
from indievaluecatalog.scoring.score import score

FOLDER = Path("build/bench")
SHOWN = (0, 50, 100, 150, 200)


def figures(results: Results, people: People) -> dict[str, Any]:
    """Accuracy in percent and log loss."""
    scores = score(results, people, resamples=0, permutations=1)
    made = {name: round(100 * one.strict.value, 2) for name, one in scores.accuracy.items()}
    return made | {f"{name}_log_loss": round(one.log_loss.value, 4) for name, one in scores.probability.items()}


def train(people: People, folder: Path, settings: SmallSettings) -> dict[str, Any]:
    start, cpu = time.perf_counter(), time.process_time()
    facts = train_small(people, folder, settings, resume=False)
    assert facts is not None
    return {
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "weights": facts["weights"],
        "persons": facts["n_training"],
        "losses": facts["losses"],
    }


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dataset", default="build/indievaluecatalog")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--steps", type=int, default=SmallSettings().steps)
    wanted = parser.parse_args()
    torch.set_num_threads(wanted.threads)
    people = read_people(wanted.dataset)
    folder = wanted.model or FOLDER / "small-lm"
    content: dict[str, Any] = {"synthetic": people.identity.synthetic}
    if wanted.model is None:
        content["training"] = train(people, folder, SmallSettings(steps=wanted.steps))
        print(json.dumps(content["training"], indent=1), flush=True)
    model = read_small(folder, people.catalog)
    rows: dict[str, dict[str, Any]] = {"majority": {"0": figures(run_baseline("majority", people), people)}}
    for shown in SHOWN:
        start = time.perf_counter()
        made = predict_small(model, people, n_demonstrations=shown)
        seconds = time.perf_counter() - start
        rows.setdefault("small-lm", {})[str(shown)] = figures(made, people) | {"seconds": round(seconds, 2)}
        if shown:
            near = run_baseline("resemblance-k", people, n_demonstrations=shown)
            rows.setdefault("resemblance-k", {})[str(shown)] = figures(near, people)
    content["accuracy"] = rows
    print(f"load when it ended: {os.getloadavg()[0]:.1f} of {os.cpu_count()} processors")
    for name, parts in rows.items():
        for size, values in parts.items():
            print(f"{name:14} {size:>4}  {json.dumps(values)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "language_reasoner.json").write_text(json.dumps(content, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
