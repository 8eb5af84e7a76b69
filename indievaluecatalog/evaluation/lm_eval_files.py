"""The folder that lm-evaluation-harness runs: its tasks' names, and what it says about itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal, get_args

from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.errors import ResultsError, SamplingError
from indievaluecatalog.scoring.run import Run

Variant = Literal["letter", "statement", "generate"]
"""How a model answers: the likeliest letter, the likeliest statement, or a letter that it writes."""

VARIANTS: tuple[Variant, ...] = get_args(Variant)
NAME = "indievaluecatalog"
IDENTITY = "identity.json"
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Identity:
    """What a folder holds.

    Attributes:
        run: the tasks; its model is a place-holder.
        chat: whether prompts are messages of a chat.
        persons: how many.
        rows: by granularity the number of documents.
        digest: SHA-256 (hex) of each file of documents, by granularity.
    """

    run: Run
    chat: bool
    persons: int
    rows: Mapping[Granularity, int]
    digest: Mapping[Granularity, str]

    def to_text(self) -> str:
        """JSON, for the folder."""
        content = {
            "format": FORMAT,
            "run": self.run.to_dict(),
            "chat": self.chat,
            "persons": self.persons,
            "rows": dict(self.rows),
            "digest": dict(self.digest),
        }
        return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def read_identity(folder: Path) -> Identity:
    """What an exported folder says about itself.

    Raises:
        ResultsError: no such folder, or one of another version.
    """
    path = folder / IDENTITY
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["format"] != FORMAT:
            raise ResultsError(f"{path}: format {content['format']!r}, but this version reads {FORMAT}")
        run = Run.from_dict(content["run"])
        return Identity(run, bool(content["chat"]), int(content["persons"]), content["rows"], content["digest"])
    except OSError:
        raise ResultsError(f"{folder}: no folder that `export-lm-eval` made: it has no {IDENTITY}") from None
    except (ValueError, KeyError, TypeError, SamplingError) as error:
        raise ResultsError(f"{path}: no identity of an exported folder: {error!r}") from error


def group_name(variant: Variant) -> str:
    """What `lm_eval --tasks` is given."""
    return NAME if variant == "letter" else f"{NAME}_{variant}"


def task_name(granularity: str, variant: Variant) -> str:
    """Of one task of a group."""
    return f"{NAME}_{granularity}" if variant == "letter" else f"{NAME}_{granularity}_{variant}"


def documents_name(granularity: str) -> str:
    """The file of documents of a granularity, in the folder."""
    return f"{granularity}.jsonl"


def filled(template: str, **values: Any) -> str:
    """The text of a file of the folder."""
    from jinja2 import Environment, StrictUndefined

    source = files("indievaluecatalog.evaluation").joinpath("lm_eval_folder", template).read_text("utf-8")
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True, autoescape=False
    )
    return environment.from_string(source).render(values)
