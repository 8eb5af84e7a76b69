"""The loop that trains a model over statements. Imported only where torch is there."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import accelerate
import numpy as np
import torch
import transformers
from numpy.typing import NDArray

from indievaluecatalog.dataset.people import People
from indievaluecatalog.reasoners.language.checkpoint import Checkpoint, read_checkpoint, remove_checkpoint
from indievaluecatalog.reasoners.language.network import StatementNetwork, answer_loss, make_llama
from indievaluecatalog.reasoners.language.sequences import Steps, epoch_order, training_steps
from indievaluecatalog.reasoners.language.small_settings import SmallSettings
from indievaluecatalog.reasoners.language.speed import Speed, measured, operations_a_token
from indievaluecatalog.reasoners.language.vocabulary import Vocabulary
from indievaluecatalog.reasoners.training_data.drawing import Drawing

Tell = Callable[[str, float], None]
WATCH_AT_ONCE = 64
BETAS = (0.9, 0.95)
CLIP = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """A training that came to its end.

    Attributes:
        llama: with the best weights.
        weights: how many there are.
        losses: of the persons watched, by step, in nats an answer; of the last batch where nobody was.
        best_step: whose weights these are.
        speed: of what was done since training was last begun.
        versions: of the libraries.
        main: whether this process is the one that writes.
        clean_up: removes the checkpoint once the model is written.
    """

    llama: Any
    weights: int
    losses: dict[str, float]
    best_step: int
    speed: Speed
    versions: dict[str, str]
    main: bool
    clean_up: Callable[[], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Data:
    """Batches of persons by step, the same in every process and after every restart."""

    people: People
    vocabulary: Vocabulary
    settings: SmallSettings
    learned: NDArray[np.intp]

    def steps_of(self, rows: NDArray[np.intp], epoch: int) -> Steps:
        drawing, settings = Drawing(self.people.protocol), self.settings
        length = settings.length or None
        return training_steps(
            self.people, self.vocabulary, drawing, rows, epoch=epoch, said=settings.said, length=length
        )

    def batches(self, first: int, share: tuple[int, int]) -> Any:
        """From a step on: this process's parts of each batch, each small enough for memory."""
        size = min(self.settings.batch, len(self.learned))
        an_epoch = len(self.learned) // size
        for step in range(first, self.settings.steps):
            epoch, at = divmod(step, an_epoch)
            if step == first or not at:
                order = epoch_order(self.people, self.learned, self.settings.seed, epoch)
            own = order[at * size : (at + 1) * size][share[0] :: share[1]]
            most = self.settings.at_once or max(len(own), 1)
            yield step, [self.steps_of(own[start : start + most], epoch) for start in range(0, len(own), most)]


def run_loop(
    people: People,
    learned: NDArray[np.intp],
    watched: NDArray[np.intp],
    settings: SmallSettings,
    folder: Path,
    *,
    resume: bool,
    stop_after: int | None,
    tell: Tell,
) -> Done | None:
    """Train; None where it was left off before the end. See `train_small`."""
    bf16 = torch.cuda.is_available() and torch.cuda.is_bf16_supported(including_emulation=False)
    accelerator = accelerate.Accelerator(mixed_precision="bf16" if bf16 else "no")
    vocabulary = Vocabulary.of(people.catalog)
    data = _Data(people, vocabulary, settings, learned)
    network = StatementNetwork(make_llama(vocabulary, settings), vocabulary.first_answer, vocabulary.widest)
    optimizer = torch.optim.AdamW(
        network.parameters(), lr=settings.learning_rate, betas=BETAS, weight_decay=settings.weight_decay
    )
    prepared, optimizer = accelerator.prepare(network, optimizer)
    state = Checkpoint(folder, people, settings)
    begun = read_checkpoint(state, network, optimizer, accelerator.device) if resume else None
    first, losses, best = (begun.step, begun.losses, begun.best) if begun else (0, {}, None)
    best_step = begun.best_step if begun else 0
    # Dropout draws from here on; each start has its own numbers.
    torch.manual_seed(settings.seed + first)
    spent, tokens, loss = 0.0, 0, math.nan
    share = (accelerator.process_index, accelerator.num_processes)
    for step, parts in data.batches(first, share):
        began = time.perf_counter()
        for group in optimizer.param_groups:
            group["lr"] = settings.learning_rate * rate_at(step, settings)
        answers = sum(part.answers for part in parts)
        everyone = int(accelerator.reduce(torch.tensor(answers, device=accelerator.device)).item())
        loss = _learn(accelerator, prepared, parts, everyone)
        accelerator.clip_grad_norm_(prepared.parameters(), CLIP)
        optimizer.step()
        optimizer.zero_grad()
        spent, tokens = spent + time.perf_counter() - began, tokens + everyone
        done = step + 1
        tell(f"step {done} of {settings.steps}, loss {loss:.3f}", done / settings.steps)
        last = done == settings.steps or done == stop_after
        if last or done % settings.watch_every == 0:
            found = _watch(accelerator, network, data, watched) if len(watched) else loss
            if best is None or found <= min(losses.values()):
                best_step = done
                best = {name: value.detach().cpu().clone() for name, value in network.state_dict().items()}
            losses[str(done)] = round(found, 6)
            tell(f"step {done} of {settings.steps}, loss of persons held out {found:.3f}", done / settings.steps)
            if accelerator.is_main_process:
                state.write(network, optimizer, done, losses, best, best_step)
        if done == stop_after and done < settings.steps:
            return None
    if best is not None:
        network.load_state_dict(best)
    accelerator.wait_for_everyone()
    length = tokens / max((settings.steps - first) * settings.batch, 1)
    weights = sum(value.numel() for value in network.parameters())
    embeddings = network.llama.get_input_embeddings().weight.numel()
    speed = measured(
        torch,
        seconds=spent,
        tokens=tokens,
        operations=operations_a_token(weights - embeddings, settings.layers, settings.width, length),
        devices=accelerator.num_processes,
    )
    versions = {library.__name__: library.__version__ for library in (torch, transformers, accelerate)}
    main = accelerator.is_main_process
    return Done(
        network.llama.cpu(), weights, losses, best_step, speed, versions, main, lambda: remove_checkpoint(folder, main)
    )


def rate_at(step: int, settings: SmallSettings) -> float:
    """Share of the highest learning rate: up in a line, then down along a cosine."""
    if step < settings.warmup:
        return (step + 1) / settings.warmup
    done = (step - settings.warmup) / max(settings.steps - settings.warmup, 1)
    return 0.5 * (1 + math.cos(math.pi * done))


def _learn(accelerator: Any, prepared: Any, parts: list[Steps], everyone: int) -> float:
    """Gradients of a batch, each answer of which counts the same whatever part and process it is in."""
    total = 0.0
    for part in parts:
        found = prepared(*_inputs(part, accelerator.device))
        answer = torch.from_numpy(part.answer).to(accelerator.device)
        loss = answer_loss(found, answer)
        # Gradients are averaged over processes, so that what is a sum has to be multiplied by their number.
        weight = part.answers * accelerator.num_processes / everyone
        accelerator.backward(loss * weight)
        total += loss.detach().item() * part.answers
    own = sum(part.answers for part in parts)
    return total / own if own else math.nan


def _watch(accelerator: Any, network: Any, data: _Data, watched: NDArray[np.intp]) -> float:
    """Loss of the persons held out, in the order of the first epoch."""
    network.eval()
    total, count = 0.0, 0
    with torch.no_grad(), accelerator.autocast():
        for start in range(0, len(watched), WATCH_AT_ONCE):
            part = data.steps_of(watched[start : start + WATCH_AT_ONCE], 0)
            answer = torch.from_numpy(part.answer).to(accelerator.device)
            found = network(*_inputs(part, accelerator.device))
            total += float(answer_loss(found, answer)) * part.answers
            count += part.answers
    network.train()
    return total / count


def _inputs(part: Steps, device: Any) -> list[Any]:
    return [torch.from_numpy(one).to(device) for one in (part.before, part.asked, part.first, part.options)]
