"""Which dataset, protocol and predictor a run is of: in short for a table, and in full."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from indievaluecatalog.scoring.report.grids import Grid
from indievaluecatalog.scoring.report.wording import DIGEST_SHOWN, NONE, clean, run_labels
from indievaluecatalog.scoring.scores import Scores


def identity_grid(scores: Sequence[Scores]) -> Grid:
    """A row a run, digests shortened."""
    rows = []
    for label, entry in zip(run_labels(scores), scores, strict=True):
        run, prompt = entry.run, entry.run.prompt or {}
        rows.append(
            (
                label,
                _named(run.dataset.name, run.dataset.digest),
                _named(run.protocol.name, run.protocol.digest),
                clean(str(prompt["name"])) if "name" in prompt else NONE,
                ", ".join(run.splits),
                ", ".join(map(str, run.setups)),
                run.digest[:DIGEST_SHOWN],
            )
        )
    columns = ("Run", "Dataset", "Protocol", "Prompt", "Splits", "Setups", "Digest of the run")
    return Grid("Identity of the runs", columns, tuple(rows), len(columns))


def run_facts(entry: Scores) -> list[tuple[str, str]]:
    """All that identifies a run, in full, with its coverage; nested values as "protocol.seed"."""
    plain = entry.run.to_dict()
    facts = [(name, clean(text) if text else NONE) for name, text in _flat(plain, "")]
    facts += [("protocol.digest", entry.run.protocol.digest), ("digest", entry.run.digest)]
    coverage = entry.coverage
    facts.append(("tasks predicted", f"{coverage.predicted:,} of {coverage.tasks:,}"))
    facts.append(("persons predicted", f"{coverage.persons_predicted:,} of {coverage.persons:,}"))
    return facts


def _named(name: str, digest: str) -> str:
    return f"{clean(name)}\n{digest[:DIGEST_SHOWN]}"


def _flat(values: Mapping[str, Any], start: str) -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        name = f"{start}{clean(str(key))}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{name}.")
        elif isinstance(value, str):
            yield name, value
        elif value is None:
            yield name, ""
        else:
            yield name, json.dumps(value, ensure_ascii=False, default=str)
