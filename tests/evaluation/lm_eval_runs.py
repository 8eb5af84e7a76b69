"""What `lm_eval --log_samples --output_path` writes, made up: results_DATE.json and samples_TASK_DATE.jsonl."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from indievaluecatalog.evaluation.lm_eval_export import Exported
from indievaluecatalog.evaluation.lm_eval_files import Variant, task_name


def logs_of(name: str, options: int) -> list[float]:
    """Log-likelihoods of the options of a document: any, and the same each time."""
    return [-5 * byte / 256 for byte in hashlib.sha256(name.encode()).digest()[:options]]


def write_run(
    output: Path,
    exported: Exported,
    *,
    variant: Variant = "letter",
    granularities: Sequence[str] = ("refined", "polar"),
    text: str = "A",
    limit: int | None = None,
    sent: str = "{prompt}",
    document: dict[str, Any] | None = None,
    twice: bool = False,
    samples: bool = True,
    cut: bool = False,
    task: str = "",
    template: str | None = None,
    arguments: dict[str, Any] | None = None,
    date: str = "2026-01-01T00-00-00.000000",
) -> Path:
    """The output folder; further runs of the same date add their tasks."""
    folder = output / "__models__tiny"
    folder.mkdir(parents=True, exist_ok=True)
    names = {granularity: task or task_name(granularity, variant) for granularity in granularities}
    results = folder / f"results_{date}.json"
    there = json.loads(results.read_text("utf-8"))["configs"] if results.exists() else {}
    content = {
        "configs": {**there, **{name: {} for name in names.values()}},
        "config": {"model": "hf", "model_args": arguments or {"pretrained": "/models/tiny"}},
        "model_name": "/models/tiny",
        "lm_eval_version": "0.4.13",
        "chat_template": template,
    }
    results.write_text(json.dumps(content), "utf-8")
    for granularity, name in names.items():
        lines = []
        for line in (exported.folder / f"{granularity}.jsonl").read_text("utf-8").splitlines()[:limit]:
            found = {**json.loads(line), **(document or {})}
            prompt = sent.replace("{}", "{prompt}")
            for key in ("system", "prompt"):
                prompt = prompt.replace("{" + key + "}", found.get(key, ""))
            logs = logs_of(found["id"], len(found["options"]))
            answers = [[text]] if variant == "generate" else [[[str(log), "False"]] for log in logs]
            sample = {"doc": found, "arguments": {"gen_args_0": {"arg_0": prompt, "arg_1": " A"}}, "resps": answers}
            lines += [json.dumps(sample, ensure_ascii=False)] * (2 if twice else 1)
        if samples:
            whole = "\n".join(lines) + "\n"
            (folder / f"samples_{name}_{date}.jsonl").write_text(whole[:-30] if cut else whole, "utf-8")
    return output
