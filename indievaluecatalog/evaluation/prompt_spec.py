"""Which prompt: all choices that decide its text, as one object with an identity."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from importlib.resources import files
from typing import Any, Literal, get_args, get_type_hints

from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.request import Form
from indievaluecatalog.scoring.run import Shown

OptionOrder = Literal["coded", "reversed", "rotated"]
LATEST = "1"


@dataclass(frozen=True, slots=True)
class PromptSpec:
    """A prompt's choices.

    Attributes:
        form: "joint" asks all probes of a setup at once, "single" one a prompt.
        shown: what the model is told of the person.
        demonstrations: granularity of the statements shown.
        probes: granularity of the options asked.
        option_order: "coded" as in the catalog; "reversed"; "rotated" by a keyed hash of person and item.
        version: of the texts, a file of `prompts/`.
    """

    form: Form = "joint"
    shown: Shown = "statements"
    demonstrations: Granularity = "refined"
    probes: Granularity = "polar"
    option_order: OptionOrder = "coded"
    version: str = LATEST

    def __post_init__(self) -> None:
        for name, kind in get_type_hints(PromptSpec).items():
            known = get_args(kind)
            if known and getattr(self, name) not in known:
                raise EvaluationError(f"a prompt's {name} is one of {', '.join(known)}, not {getattr(self, name)!r}")
        if not self.version.isdigit() or not prompt_file(self.version).is_file():
            raise EvaluationError(f"there is no version {self.version!r} of the prompts")

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of the choices and the texts."""
        choices = json.dumps(asdict(self), sort_keys=True).encode()
        return hashlib.sha256(choices + prompt_file(self.version).read_bytes()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Plain values with the digest, for files."""
        return {"name": "indievaluecatalog", **asdict(self), "digest": self.digest}


def prompt_file(version: str) -> Any:
    """The file with the texts of one version."""
    return files("indievaluecatalog.evaluation").joinpath("prompts", f"v{version}.yaml")
