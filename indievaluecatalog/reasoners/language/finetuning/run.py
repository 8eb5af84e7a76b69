"""Fine-tuning a language model on a mixture of training data, from a config file to a model with its figures.

On several GPUs or nodes: `accelerate launch -m indievaluecatalog.reasoners.language.finetuning.run CONFIG`.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from indievaluecatalog import __version__
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People, read_people
from indievaluecatalog.errors import IndieValueCatalogError, ReasonerError
from indievaluecatalog.reasoners.language.cards import finetuned_card
from indievaluecatalog.reasoners.language.finetuning.before_after import ask_model, majority_of
from indievaluecatalog.reasoners.language.finetuning.config import FinetuneConfig, read_changes, read_config
from indievaluecatalog.reasoners.language.finetuning.folder import (
    ADAPTER,
    CARD,
    CHECKPOINTS,
    MODEL,
    PART,
    begin,
    read_record,
    write_record,
)
from indievaluecatalog.reasoners.language.finetuning.found_data import TrainingData, make_data
from indievaluecatalog.reasoners.language.libraries import library, need
from indievaluecatalog.reasoners.language.memory import memory_advice
from indievaluecatalog.whole_file import whole_file

Progress = Callable[[str, float], None]
PURPOSE = "fine-tuning a language model"
LIBRARIES = ("torch", "transformers", "trl", "peft", "accelerate")
ADVICE = (
    "a lower batch, with accumulation raised by as much (the same result)",
    "checkpointing: true",
    "method: lora, or a lower lora_rank",
    "a lower length, with a mixture that shows fewer statements",
    "more devices, with FSDP in the config of accelerate",
)


def finetune(
    config: FinetuneConfig | str | Path | None = None,
    people: People | None = None,
    *,
    catalog: Catalog | str | Path | None = None,
    progress: Progress | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Fine-tune a model and ask it before and after; called again after an interruption, it goes on.

    `config.out` then holds `model/` (for transformers, with a card), `adapter/` where LoRA was trained,
    `before.parquet` and `after.parquet` (results to score), and `finetune.json`, which says everything about it.

    Args:
        config: a config, a YAML file, or the name of a shipped config; None for the defaults, with `model` and `out`
            among the changes.
        people: of the dataset; None to read the one that the config names.
        catalog: the one it was built with, where that is not a shipped one.
        progress: called with a stage's name and the share done.
        changes: values of the config set differently; None changes nothing.

    Returns:
        What `finetune.json` holds.

    Raises:
        ReasonerError: a config, mixture or training data that does not fit, `out` of another training, rows that are
            too long, or too little memory (the message says what to lower).
        MissingExtraError: a library of the extra "train" is not installed.
        EvaluationError: no such model on this machine.
        BuildError: no such dataset, or another catalog.
    """
    chosen = config.changed(**changes) if isinstance(config, FinetuneConfig) else read_config(config, **changes)
    tell = progress or (lambda stage, done: None)
    out = Path(chosen.out)
    persons = people if people is not None else read_people(chosen.dataset, catalog=catalog)
    identity = {"config": chosen.digest, "dataset": persons.identity.digest}
    begin(out, identity)
    need(PURPOSE, *LIBRARIES)
    from indievaluecatalog.evaluation.local_files import find_files
    from indievaluecatalog.reasoners.language.finetuning import sft

    base = find_files(chosen.model, chosen.gguf_file, chosen.revision, chosen.download)
    args = sft.arguments(chosen, out / CHECKPOINTS)
    main = args.process_index == 0
    with args.main_process_first(local=False, desc="training data"):
        tell("training data", 0.0)
        data = make_data(chosen, persons)
    record = read_record(out)
    if "training" not in record:
        trained = _train(chosen, base, args, data, out, tell)
        if main:
            record = write_record(out, _described(chosen, persons, data, base, identity) | trained)
    if not main:
        return record
    if not (out / MODEL / CARD).is_file():
        _make_whole(chosen, base, out, record)
    record = _evaluated(chosen, persons, data, record, out, tell)
    tell("done", 1.0)
    return record


def _train(
    config: FinetuneConfig, base: Any, args: Any, data: TrainingData, out: Path, tell: Progress
) -> dict[str, Any]:
    from indievaluecatalog.reasoners.language.finetuning import sft
    from indievaluecatalog.reasoners.language.finetuning.base_model import load_trainable
    from indievaluecatalog.reasoners.language.finetuning.row_tokens import prompt_format, tokenised

    with memory_advice(PURPOSE, ADVICE):
        # What is trained whole stays in full precision, of which bf16 computes a copy.
        half = args.bf16 and config.method == "lora"
        model, tokenizer = load_trainable(base, "bfloat16" if half else "float32")
        form = prompt_format(tokenizer, data, config.chat)
        with args.main_process_first(desc="tokens"):
            tell("tokens", 0.0)
            rows, counts = tokenised(
                data,
                form,
                out / "cache",
                length=config.length,
                too_long=config.too_long,
                rows=config.rows,
                workers=config.workers,
            )
        found = sft.run_sft(config, args, model, tokenizer, rows, adapter=out / ADAPTER, whole=out / PART, tell=tell)
    said = {"chat": "template" if form.chat else "plain", "dtype": "bfloat16" if args.bf16 else "float32"}
    return {"tokens": asdict(counts), "training": asdict(found) | said}


def _make_whole(config: FinetuneConfig, base: Any, out: Path, record: dict[str, Any]) -> None:
    """The model as one folder that anything of transformers reads, with its card; LoRA's weights are added in."""
    from indievaluecatalog.reasoners.language.finetuning.base_model import load_trainable

    part = out / PART
    if config.method == "lora":
        shutil.rmtree(part, ignore_errors=True)
        peft = library("peft", PURPOSE)
        model, tokenizer = load_trainable(base, "float32")
        merged = peft.PeftModel.from_pretrained(model, str(out / ADAPTER)).merge_and_unload()
        merged.config.use_cache = True
        merged.to(getattr(library("torch", PURPOSE), record["training"]["dtype"])).save_pretrained(part)
        tokenizer.save_pretrained(part)
    (part / CARD).write_text(finetuned_card(record), "utf-8")
    shutil.rmtree(out / MODEL, ignore_errors=True)
    part.replace(out / MODEL)


def _evaluated(
    config: FinetuneConfig,
    people: People,
    data: TrainingData,
    record: dict[str, Any],
    out: Path,
    tell: Progress,
) -> dict[str, Any]:
    """The record with accuracies of before, after and the most frequent answers; what is known is not asked again."""
    if config.evaluate_persons == 0:
        return record
    from indievaluecatalog.evaluation.local_model import LocalModel

    asked = {name: value for name, value in config.to_dict().items() if name.startswith("evaluate_")}
    if record.get("evaluation", {}).get("asked") == asked:
        return record
    figures: dict[str, Any] = {"asked": asked, "synthetic": people.identity.synthetic}
    chat = record["training"]["chat"]
    own = LocalModel(config.model, gguf_file=config.gguf_file, revision=config.revision, chat=chat)
    for name, model in (("before", own), ("after", LocalModel(out / MODEL, chat=chat))):
        tell(f"evaluation {name}", 0.0)
        results, figures[name] = ask_model(model, people, config, data, out / f"{name}.parquet")
    figures["majority"] = majority_of(people, results)
    record = write_record(out, record | {"evaluation": figures})
    with whole_file(out / MODEL / CARD, ReasonerError) as beside:
        beside.write_text(finetuned_card(record), "utf-8")
    return record


def _described(
    config: FinetuneConfig, people: People, data: TrainingData, base: Any, identity: dict[str, Any]
) -> dict[str, Any]:
    manifest = data.manifest
    versions = {name: library(name, PURPOSE).__version__ for name in LIBRARIES}
    return {
        "identity": identity,
        "package": {"indievaluecatalog": __version__, **versions},
        "base": {"name": base.name, **base.identity()},
        # Paths are another thing on every machine, and may tell who somebody is.
        "config": {
            name: value
            for name, value in config.to_dict().items()
            if name not in ("model", "out", "dataset", "data", "units_file")
        },
        "dataset": people.identity.to_dict(),
        "data": {
            "name": manifest["name"],
            "digest": manifest["dataset_digest"],
            "rows": manifest["rows"],
            "persons": manifest["persons"],
            "mixture": manifest["mixture"],
            "held_out": manifest["drawing"]["held_out"],
            "prompt": dict(data.prompt),
        },
    }


def main(argv: Sequence[str] | None = None) -> int:
    """The door for `accelerate launch -m`; the command line of the package has its own."""
    parser = argparse.ArgumentParser(description="Fine-tune a language model by a config file.")
    parser.add_argument("config", help="a YAML file, or the name of a shipped config")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="set a value differently")
    told = parser.parse_args(argv)
    try:
        changes = read_changes(told.set)
        record = finetune(
            told.config, progress=lambda stage, done: print(f"{done:6.1%}  {stage}", flush=True), **changes
        )
    except IndieValueCatalogError as error:
        parser.exit(1, f"{error}\n")
    print(json.dumps(record.get("evaluation", record.get("training")), indent=1))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
