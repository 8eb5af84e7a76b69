"""How a language model is fine-tuned: one flat YAML file under a schema."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, Literal

import yaml

from indievaluecatalog.catalog.files import read_yaml
from indievaluecatalog.errors import ReasonerError

PACKAGE = "indievaluecatalog.reasoners.language.finetuning"
FREE = (
    *(
        "out",
        "workers",
        "save_every",
        "log_every",
        "download",
        "evaluate_persons",
        "evaluate_setups",
        "evaluate_splits",
    ),
    *("evaluate_demonstrations", "evaluate_shown"),
)
"""Settings that may be changed while a training is under way, since they change nothing of it."""


@dataclass(frozen=True, slots=True)
class FinetuneConfig:
    """All choices of a fine-tuning. Which values each may have stands in `finetune.schema.json`.

    Attributes:
        model: a folder, a GGUF file, or an id of the Hugging Face hub that is in its cache.
        out: folder of what comes of it.
        dataset: folder of a build; None for the default one.
        mixture: name of a mixture or unit, or names of several units.
        units_file: further units and mixtures; a relative path starts at the config file's folder.
        persons: persons an item in every unit; None for what the units say.
        hold_out: items that are never asked: a share of each category or ids.
        too_few: what becomes of items with fewer persons.
        data: folder of training data that was written before, instead of `mixture`.
        rows: use the first so many rows, which are a fair sample; None for all.
        gguf_file, revision, download: of the model, as for `LocalModel`.
        chat: "template", "plain" or "auto".
        attention: "auto", or an implementation of transformers such as "sdpa" or "flash_attention_2".
        method: "lora" or "full".
        lora_rank, lora_alpha, lora_dropout, lora_targets: of LoRA; targets are names of layers or "all-linear".
        length: most tokens of a row, and of a packed sequence.
        too_long: what becomes of longer rows: "error" or "leave_out". A row is never cut, which would lose its answer.
        packing: several rows in one sequence, none of which sees another.
        epochs: over all rows; not used where `steps` is given.
        steps: of the optimizer.
        batch: rows, or packed sequences, a device takes at once.
        accumulation: batches before a step of the optimizer.
        learning_rate, schedule, warmup, weight_decay: of the optimizer; warmup below 1 is a share of the steps.
        precision: "auto" is bf16 where the hardware has it; "bf16" or "float32".
        checkpointing: compute activations again rather than keep them: less memory, a third more time.
        save_every, log_every: steps.
        workers: processes that tokenise.
        seed: of weights and order.
        evaluate_persons: how many are asked before and after; 0 for no evaluation, None for all.
        evaluate_demonstrations, evaluate_shown, evaluate_setups, evaluate_splits: of that evaluation.
    """

    model: str
    out: str
    dataset: str | None = None
    mixture: str | tuple[str, ...] = "quick"
    units_file: str | None = None
    persons: int | None = None
    hold_out: float | tuple[str, ...] = ()
    too_few: Literal["error", "fewer"] = "error"
    data: str | None = None
    rows: int | None = None
    gguf_file: str | None = None
    revision: str | None = None
    download: bool = False
    chat: Literal["auto", "template", "plain"] = "auto"
    attention: str = "auto"
    method: Literal["lora", "full"] = "lora"
    lora_rank: int = 16
    lora_alpha: int = 32
    lora_dropout: float = 0.05
    lora_targets: str | tuple[str, ...] = "all-linear"
    length: int = 4_096
    too_long: Literal["error", "leave_out"] = "error"
    packing: bool = True
    epochs: float = 1.0
    steps: int | None = None
    batch: int = 1
    accumulation: int = 8
    learning_rate: float = 2e-4
    schedule: str = "cosine"
    warmup: float = 0.03
    weight_decay: float = 0.0
    precision: Literal["auto", "bf16", "float32"] = "auto"
    checkpointing: bool = False
    save_every: int = 100
    log_every: int = 10
    workers: int = 1
    seed: int = 0
    evaluate_persons: int | None = 40
    evaluate_demonstrations: int | None = None
    evaluate_shown: Literal["none", "statements", "demographics", "both"] = "statements"
    evaluate_setups: tuple[int, ...] = (0, 1, 2)
    evaluate_splits: tuple[str, ...] = ("validation",)

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of all that decides what is learned."""
        kept = {name: value for name, value in asdict(self).items() if name not in FREE}
        return hashlib.sha256(json.dumps(kept, sort_keys=True).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for files."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    def changed(self, **changes: Any) -> FinetuneConfig:
        """With some values changed and checked; None changes nothing, which suits a command's options.

        Raises:
            ReasonerError: a value that the schema does not allow.
        """
        told = {name: value for name, value in changes.items() if value is not None}
        return make_config(self.to_dict() | told)


def make_config(plain: Mapping[str, Any], where: str = "the config of a fine-tuning") -> FinetuneConfig:
    """A config from plain values.

    Raises:
        ReasonerError: names every value that does not follow the schema, up to five.
    """
    from jsonschema import Draft202012Validator

    listed = {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}
    errors = Draft202012Validator(_schema()).iter_errors(listed)
    problems = sorted(f"{'.'.join(map(str, error.absolute_path)) or 'it'}: {error.message}" for error in errors)
    if problems:
        raise ReasonerError(f"{where}: " + "; ".join(problems[:5]))
    values: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in listed.items()}
    return FinetuneConfig(**values)


def read_config(file: str | Path | Traversable | None = None, **changes: Any) -> FinetuneConfig:
    """The config of a YAML file, or the shipped one of a name such as "paper-best".

    Args:
        file: a path, or the name of a shipped config; None for the defaults, which leave model and out to say.
        changes: values set differently; None changes nothing.

    Raises:
        ReasonerError: no such file, no valid YAML, or a value that does not follow the schema.
    """
    if file is None:
        return make_config({name: value for name, value in changes.items() if value is not None})
    path: Any = Path(file) if isinstance(file, str) else file
    if isinstance(file, str) and file in shipped_configs():
        path = files(PACKAGE).joinpath("configs", f"{file}.yaml")
    if not path.is_file():
        raise ReasonerError(f"{file}: there is no such config file, and none of that name among those shipped: "
                            f"{', '.join(shipped_configs())}")  # fmt: skip
    problems: list[str] = []
    data = read_yaml(path, problems)
    if problems or not isinstance(data, dict):
        raise ReasonerError("; ".join(problems) or f"{path.name}: a config is a list of names and values")
    told = {name: value for name, value in changes.items() if value is not None}
    made = make_config(data | told, path.name)
    if made.units_file and "units_file" not in told:
        # A config and its units go together, wherever they are called from.
        made = replace(made, units_file=str(path.parent / made.units_file))
    return made


def read_changes(words: Sequence[str]) -> dict[str, Any]:
    """Settings from words such as "batch=4", whose values are read as YAML.

    Raises:
        ReasonerError: a word without "=", or a value that is no YAML.
    """
    found = {}
    for word in words:
        name, mark, value = word.partition("=")
        if not mark or not name:
            raise ReasonerError(f"a setting is given as NAME=VALUE, such as batch=4, not {word!r}")
        try:
            found[name.strip()] = yaml.safe_load(value)
        except yaml.YAMLError as error:
            raise ReasonerError(f"the value of {name} cannot be read: {error}") from error
    return found


def shipped_configs() -> tuple[str, ...]:
    """Names of the configs that ship with the package."""
    found = (path.name for path in files(PACKAGE).joinpath("configs").iterdir())
    return tuple(sorted(name.removesuffix(".yaml") for name in found if name.endswith(".yaml")))


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(files(PACKAGE).joinpath("finetune.schema.json").read_text("utf-8"))
    return loaded


def setting_names() -> tuple[str, ...]:
    """Names of all settings, in order."""
    return tuple(one.name for one in fields(FinetuneConfig))
