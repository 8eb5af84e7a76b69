"""What tests of the inspect task share: a small build, and running the task offline."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def run_task(
    folder: Path, dataset: Path, model: str = "ivc/majority", *, more: dict[str, Any] | None = None, **args: Any
) -> Any:
    """The log of the task on some persons; `more` are arguments of inspect's own `eval`."""
    from inspect_ai import eval

    from indievaluecatalog.evaluation.inspect_registry import individual_values

    asked = {"dataset": str(dataset), "persons": 5, "demonstrations": 20, **args}
    (log,) = eval(individual_values(**asked), model=model, log_dir=str(folder), display="none", **(more or {}))
    return log


def figures(log: Any) -> dict[str, float]:
    """Mean of each score of a log."""
    return {score.name: score.metrics["mean"].value for score in log.results.scores}
