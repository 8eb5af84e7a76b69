"""Supervised fine-tuning with TRL. Imported only where the libraries of the extra "train" are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import transformers
import trl

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.finetuning.config import FinetuneConfig
from indievaluecatalog.reasoners.language.speed import Speed, measured, operations_a_token

Tell = Callable[[str, float], None]
A_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of a training.

    Attributes:
        steps: of the optimizer.
        losses: mean loss of an answer's tokens, by step; as TRL logs it.
        weights, trained: how many there are, and how many of them were trained.
        speed: of what was done since training was last begun; None where nothing was left to do.
        resumed_at: step that training went on from; 0 for the start.
    """

    steps: int
    losses: dict[str, float]
    weights: int
    trained: int
    speed: Speed | None
    resumed_at: int


def has_bf16() -> bool:
    """Whether the hardware computes in bfloat16 by itself."""
    return bool(torch.cuda.is_available() and torch.cuda.is_bf16_supported(including_emulation=False))


def arguments(config: FinetuneConfig, folder: Path) -> Any:
    """Of TRL's trainer. Making them joins the processes of `accelerate launch`."""
    if config.precision == "bf16" and not has_bf16():
        raise ReasonerError("this hardware has no bfloat16: set precision to auto or float32")
    return trl.SFTConfig(
        output_dir=str(folder),
        per_device_train_batch_size=config.batch,
        gradient_accumulation_steps=config.accumulation,
        num_train_epochs=config.epochs,
        max_steps=config.steps or -1,
        learning_rate=config.learning_rate,
        lr_scheduler_type=config.schedule,
        warmup_steps=config.warmup if config.warmup < 1 else int(config.warmup),
        weight_decay=config.weight_decay,
        bf16=config.precision == "bf16" or (config.precision == "auto" and has_bf16()),
        gradient_checkpointing=config.checkpointing,
        packing=config.packing,
        max_length=config.length,
        logging_steps=config.log_every,
        save_steps=config.save_every,
        save_total_limit=2,
        enable_jit_checkpoint=True,
        seed=config.seed,
        data_seed=config.seed,
        report_to="none",
        disable_tqdm=True,
        ddp_timeout=A_DAY,
    )


def run_sft(
    config: FinetuneConfig, args: Any, model: Any, tokenizer: Any, rows: Any, *, adapter: Path, whole: Path, tell: Tell
) -> Trained:
    """Train, going on from the last checkpoint in `args.output_dir` if there is one, and save what came of it.

    Args:
        config: of the training.
        args: see `arguments`.
        model, tokenizer: the base.
        rows: dataset of `input_ids` and `labels`.
        adapter: folder of LoRA's weights.
        whole: folder of the whole model, where all of it is trained.
        tell: called with a stage's name and the share done.

    Raises:
        ReasonerError: the process was told to end (SIGTERM) before the last step.
    """
    if config.attention != "auto":
        model.set_attn_implementation(config.attention)
    model.config.use_cache = False
    weights = sum(value.numel() for value in model.parameters())
    torch.manual_seed(config.seed)
    trainer = trl.SFTTrainer(
        model=model,
        args=args,
        processing_class=tokenizer,
        train_dataset=rows,
        peft_config=_lora(config) if config.method == "lora" else None,
        callbacks=[_telling(tell)],
    )
    trained = sum(value.numel() for value in trainer.model.parameters() if value.requires_grad)
    last = transformers.trainer_utils.get_last_checkpoint(args.output_dir) if Path(args.output_dir).is_dir() else None
    begun = int(last.rsplit("-", 1)[1]) if last else 0
    done = trainer.train(resume_from_checkpoint=last)
    if trainer.state.global_step < trainer.state.max_steps:
        raise ReasonerError(
            f"the training was stopped at step {trainer.state.global_step} of {trainer.state.max_steps}, with a "
            "checkpoint: call it again to go on"
        )
    history = trainer.state.log_history
    losses = {str(entry["step"]): round(entry["loss"], 6) for entry in history if "loss" in entry}
    trainer.save_model(str(adapter if config.method == "lora" else whole))
    steps = int(trainer.state.global_step)
    speed = None
    tokens = int(max((entry.get("num_tokens", 0) for entry in history if entry["step"] > begun), default=0))
    if steps > begun and tokens:
        own = model.config.get_text_config()
        length = sum(map(len, rows["input_ids"][:1_000])) / min(len(rows), 1_000)
        table = model.get_input_embeddings().weight.numel()
        tied = bool(getattr(own, "tie_word_embeddings", False))
        operations = operations_a_token(
            weights if tied else weights - table,
            own.num_hidden_layers,
            own.hidden_size,
            length,
            trained=trained / (trained + weights) if config.method == "lora" else 1.0,
        )
        seconds = float(done.metrics["train_runtime"])
        speed = measured(torch, seconds=seconds, tokens=tokens, operations=operations, devices=args.world_size)
    return Trained(steps, losses, weights, trained, speed, begun)


def _lora(config: FinetuneConfig) -> Any:
    import peft

    targets = config.lora_targets
    return peft.LoraConfig(
        r=config.lora_rank,
        lora_alpha=config.lora_alpha,
        lora_dropout=config.lora_dropout,
        target_modules=targets if isinstance(targets, str) else list(targets),
        task_type="CAUSAL_LM",
    )


def _telling(tell: Tell) -> Any:
    class Telling(transformers.TrainerCallback):  # type: ignore[misc]
        """Hands on how far training is."""

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **more: Any) -> None:
            """After every few steps."""
            if logs and "loss" in logs and state.is_world_process_zero:
                tell(f"step {state.global_step} of {state.max_steps}, loss {float(logs['loss']):.3f}",
                     state.global_step / max(state.max_steps, 1))  # fmt: skip

    return Telling()
