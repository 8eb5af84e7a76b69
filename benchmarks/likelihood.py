"""Options by likelihood: what computing the start that a person's prompts share only once is worth.

    python -m benchmarks.likelihood [--model PATH_OR_GGUF] [--persons 1] [--threads 1]

Without `--model` a tiny random Llama (2 layers, hidden size 64), made on the spot: its figures tell of the code around
a model. Prompts are those of the package, single form, statements of synthetic persons; loading is not counted.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

FOLDER = Path("build/bench")
DEMONSTRATIONS = (0, 50, 200)
WINDOW = 8_192


def requests(persons: int, demonstrations: int, folder: Path) -> list[tuple[str, Any]]:
    from indievaluecatalog.dataset.people import read_people
    from indievaluecatalog.dataset.sample import draw_setups
    from indievaluecatalog.evaluation.prompt_spec import PromptSpec
    from indievaluecatalog.evaluation.render import requests_for

    people = read_people(folder)
    rows = people.rows_of("test")[:persons]
    (tasks,) = draw_setups(people, rows, (0,), demonstrations)
    made = requests_for(people.take(rows), tasks, PromptSpec(form="single", probes="polar"))
    return [(str(at), request) for at, request in enumerate(made)]


def measured(model: Path, asked: list[tuple[str, Any]], answer: Any, share: bool, device: str) -> dict[str, Any]:
    from indievaluecatalog.evaluation.local_model import LocalModel

    local = LocalModel(model, answer=answer, share_prefix=share, device=device)
    # Loads the weights and warms up, with a prompt that is no part of the measurement.
    list(local.answer(asked[-1:]))
    assert local.shares_prefix is share
    start = time.perf_counter()
    done = {response.key: response for response in local.answer(asked)}
    seconds = time.perf_counter() - start
    errors = [response.error for response in done.values() if response.error]
    if errors:
        raise SystemExit(errors[0])
    return {
        "seconds": seconds,
        "prompt_tokens": sum(response.prompt_tokens for response in done.values()) / len(done),
        "probabilities": {key: response.probabilities[0] for key, response in done.items()},
    }


def compared(model: Path, persons: int, demonstrations: int, answer: str, data: Path, device: str) -> dict[str, Any]:
    asked = requests(persons, demonstrations, data)
    shared, apart = (measured(model, asked, answer, share, device) for share in (True, False))
    largest = max(
        abs(left - right)
        for key, values in shared["probabilities"].items()
        for left, right in zip(values, apart["probabilities"][key], strict=True)
    )
    return {
        "answer": answer,
        "demonstrations": demonstrations,
        "questions": len(asked),
        "prompt_tokens": round(shared["prompt_tokens"]),
        "shared_ms": round(1000 * shared["seconds"] / len(asked), 1),
        "apart_ms": round(1000 * apart["seconds"] / len(asked), 1),
        "ratio": round(apart["seconds"] / shared["seconds"], 1),
        "largest_difference": float(f"{largest:.1e}"),
    }


def main() -> None:
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--data", type=Path, help="a dataset that is there already")
    parser.add_argument("--persons", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--demonstrations", type=int, nargs="*", default=DEMONSTRATIONS)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        data = wanted.data or synthetic(Path(scratch) / "data")
        model = wanted.model or tiny(Path(scratch) / "tiny")
        torch.set_num_threads(wanted.threads)
        report = []
        for answer in ("letter", "statement"):
            for demonstrations in wanted.demonstrations:
                report.append(compared(model, wanted.persons, demonstrations, answer, data, wanted.device))
                print(json.dumps(report[-1]), flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "likelihood.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
    print(
        "\n| answer | statements shown | tokens a prompt | shared ms a question | apart ms | ratio | most they differ |"
        "\n|---|---:|---:|---:|---:|---:|---:|"
    )
    for e in report:
        print(
            f"| {e['answer']} | {e['demonstrations']} | {e['prompt_tokens']} | {e['shared_ms']} | {e['apart_ms']} "
            f"| {e['ratio']} | {e['largest_difference']} |"
        )


def tiny(folder: Path) -> Path:
    from indievaluecatalog.catalog.load import load_catalog
    from tests.evaluation.tiny_model import save_tiny_model, statements

    return save_tiny_model(folder, statements(load_catalog("wvs7")), window=WINDOW, vocabulary=4_000)


def synthetic(folder: Path, persons: int = 1_000) -> Path:
    from indievaluecatalog.catalog.load import load_catalog
    from indievaluecatalog.dataset.build import build_dataset
    from indievaluecatalog.survey.synthetic import synthesize, write_survey

    file = folder.with_suffix(".sav")
    write_survey(synthesize(load_catalog("wvs7"), persons, seed=0), file)
    build_dataset(file, folder, register=False)
    return folder


if __name__ == "__main__":
    main()
