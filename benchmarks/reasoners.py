"""The statistical reasoners trained and asked, beside resemblance-k in the same run.

    python -m benchmarks.reasoners [DATASET] [--models linear autoencoder ensemble] [--device auto]

DATASET is a built dataset of synthetic persons; without one, 97,220 persons are made as for the baselines. Each model
trains in a process of its own and then predicts 800 persons in three setups at both granularities; resemblance-k, which
does not train, predicts the same. Models that need torch are left out where it is not installed. Peak memory is given
after reading the persons, after training and at the end. Walls on a shared machine are noisy, and CPU seconds of many
threads grow where other work takes the cores from them; the ratios to resemblance-k are what to compare.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.baselines import FOLDER, apart, data
from indievaluecatalog.dataset.people import People, read_people
from indievaluecatalog.reasoners.statistical.columns import columns_of
from indievaluecatalog.reasoners.statistical.ensemble import EnsembleModel
from indievaluecatalog.reasoners.statistical.loss import answer_loss
from indievaluecatalog.reasoners.statistical.predict import predict_tasks
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner
from indievaluecatalog.reasoners.statistical.train import held_out_masks, train_reasoner, training_rows
from indievaluecatalog.scoring.score import score

MODELS = ("linear", "autoencoder", "ensemble")
DEMONSTRATIONS = (10, 50, 100, 150, 200)
TIMED = 200


def peak_mb() -> int:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def accuracies(reasoner: Reasoner, people: People) -> dict[str, float]:
    """Mean of polar and refined accuracy in percent, by demonstrations."""
    found = {}
    for n in DEMONSTRATIONS:
        by_granularity = score(predict_tasks(reasoner, people, n_demonstrations=n), people).accuracy.values()
        found[str(n)] = round(100 * float(np.mean([each.strict.value for each in by_granularity])), 2)
    return found


def one(model: str, folder: str, device: str) -> dict[str, Any]:
    """One model in this process."""
    people = read_people(folder)
    read = peak_mb()
    wall, cpu = time.perf_counter(), time.process_time()

    def tell(stage: str, done: float) -> None:
        print(
            f"{time.perf_counter() - wall:7.1f} s, {time.process_time() - cpu:7.1f} CPU s: {stage} {done:.0%}",
            file=sys.stderr,
            flush=True,
        )

    reasoner = train_reasoner(people, model=model, device=device, progress=tell)  # type: ignore[arg-type]
    trained = time.perf_counter() - wall, time.process_time() - cpu, peak_mb()
    start, before = time.perf_counter(), time.process_time()
    predict_tasks(reasoner, people, n_demonstrations=TIMED)
    asked = time.perf_counter() - start, time.process_time() - before
    found: dict[str, Any] = {
        "model": model,
        "training_persons": reasoner.origin.n_training,
        "train_s": round(trained[0], 1),
        "train_cpu_s": round(trained[1], 1),
        "predict_s": round(asked[0], 2),
        "predict_cpu_s": round(asked[1], 2),
        "read_peak_mb": read,
        "train_peak_mb": trained[2],
        "held_out_loss": round(reasoner.origin.held_out_loss, 4),
        "accuracy": accuracies(reasoner, people),
    }
    if isinstance(reasoner.model, EnsembleModel):
        columns = columns_of(people.take(training_rows(people, None, 0)[1]), reasoner.model.layout)
        tests = held_out_masks(len(columns), reasoner.model.layout.n_items, columns.shape[1], 0)
        found["members"] = {
            member.kind: {
                "power": round(float(power), 3),
                "held_out_loss": round(answer_loss(member, columns, tests), 4),
                "accuracy": accuracies(Reasoner(member, reasoner.origin), people),
            }
            for member, power in zip(reasoner.model.members, reasoner.model.powers, strict=True)
        }
    return found | {"peak_mb": peak_mb()}


def main() -> None:
    if sys.argv[1:2] == ["one"]:
        print(json.dumps(one(*sys.argv[2:])))
        return
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dataset", type=Path, nargs="?", help="a dataset of synthetic persons that is there already")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    wanted = parser.parse_args()
    folder = wanted.dataset or data(97_220)[0]
    models = [model for model in wanted.models if model == "linear" or find_spec("torch")]
    for model in set(wanted.models) - set(models):
        print(f"{model}: left out, since torch is not installed", file=sys.stderr)
    yardstick = apart("benchmarks.baselines", "one", "resemblance-k", folder, "", TIMED, sys.maxsize)
    found = [apart("benchmarks.reasoners", "one", model, folder, wanted.device) for model in models]
    FOLDER.mkdir(parents=True, exist_ok=True)
    report = {"resemblance-k": yardstick, "reasoners": found}
    (FOLDER / "reasoners.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    shown = " | ".join(f"{n} shown" for n in DEMONSTRATIONS)
    print(
        f"\n| model | trained s | CPU s | x resemblance-k's CPU s | predicted s | CPU s | x resemblance-k's CPU s "
        f"| peak MB (after reading) | {shown} |\n|---|{'---:|' * (7 + len(DEMONSTRATIONS))}"
    )
    for e in found:
        print(
            f"| {e['model']} | {e['train_s']} | {e['train_cpu_s']} | {e['train_cpu_s'] / yardstick['cpu_s']:.1f} "
            f"| {e['predict_s']} | {e['predict_cpu_s']} | {e['predict_cpu_s'] / yardstick['cpu_s']:.2f} "
            f"| {e['train_peak_mb']} ({e['read_peak_mb']}) | {' | '.join(str(v) for v in e['accuracy'].values())} |"
        )
    empty = " | ".join(str(yardstick["mean"]) if n == TIMED else "" for n in DEMONSTRATIONS)
    print(
        f"| resemblance-k | | | | {yardstick['wall_s']} | {yardstick['cpu_s']} | 1.00 "
        f"| {yardstick['peak_mb']} ({yardstick['read_peak_mb']}) | {empty} |"
    )


if __name__ == "__main__":
    main()
