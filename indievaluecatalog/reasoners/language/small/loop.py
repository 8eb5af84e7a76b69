"""The loop that trains a model over statements. Imported only where torch is there."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.small.checkpoint import Checkpoint, State
from indievaluecatalog.reasoners.language.small.network import StatementNetwork, answer_loss
from indievaluecatalog.reasoners.language.small.sequences import Sequences, epoch_order, sequences_of
from indievaluecatalog.reasoners.language.small.settings import SmallSettings
from indievaluecatalog.reasoners.language.small.vocabulary import Vocabulary
from indievaluecatalog.reasoners.language.speed import Speed, measured

Tell = Callable[[str, float], None]
AT_ONCE = 8
"""Batches whose sequences are drawn together, since a draw has a cost of its own."""
WATCH_AT_ONCE = 200
MOMENTUM, BETAS, CLIP, ROUNDS = 0.9, (0.9, 0.98), 1.0, 3


@dataclass(frozen=True, slots=True, eq=False)
class Done:
    """A training that came to its end.

    Attributes:
        network: with the best weights.
        losses: of the persons held out, by step, in nats an answer; of the last batch where nobody was.
        best_step: whose weights these are.
        speed: of what was done since training was last begun.
    """

    network: Any
    losses: dict[str, float]
    best_step: int
    speed: Speed


def run_loop(
    people: People,
    learned: NDArray[np.intp],
    watched: NDArray[np.intp],
    settings: SmallSettings,
    checkpoint: Checkpoint,
    *,
    device: str,
    stop_after: int | None,
    tell: Tell,
) -> Done | None:
    """Train; None where it was left off before the end. See `train_small`."""
    vocabulary = Vocabulary.of(people.catalog)
    network = first_network(people, vocabulary, learned, settings).to(device)
    columns = torch.from_numpy(vocabulary.columns).to(device)
    optimizers = _optimizers(network, settings)
    state = checkpoint.read(network, optimizers, device) or State(0, {}, 0, {})
    first, spent, tokens, loss = state.step, 0.0, 0, math.nan
    for step, part in _batches(people, vocabulary, learned, settings, first):
        began = time.perf_counter()
        for one in optimizers:
            one.param_groups[0]["lr"] = settings.learning_rate * rate_at(step, settings)
            one.zero_grad()
        found = _loss(network, part, columns, device)
        found.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), CLIP)
        for one in optimizers:
            one.step()
        loss = found.item()
        spent, tokens = spent + time.perf_counter() - began, tokens + part.tokens.size
        done = step + 1
        tell(f"step {done} of {settings.steps}, loss {loss:.3f}", done / settings.steps)
        if done in (settings.steps, stop_after) or done % settings.watch_every == 0:
            state = _watched(people, vocabulary, watched, settings, network, columns, device, loss, done, state)
            tell(f"step {done} of {settings.steps}, held out {state.losses[str(done)]:.3f}", done / settings.steps)
            checkpoint.write(state, network, optimizers)
            if done == stop_after and done < settings.steps:
                return None
    network.load_state_dict(state.best)
    return Done(network.cpu(), state.losses, state.best_step, measured(torch, seconds=spent, tokens=tokens))


def first_network(people: People, vocabulary: Vocabulary, learned: NDArray[np.intp], settings: SmallSettings) -> Any:
    """A network with first weights by the seed, which says of everyone what the persons to learn from say."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(settings.seed)
        network = StatementNetwork(vocabulary, settings)
    shares = []
    for item, size in zip(people.refined, np.bincount(vocabulary.owners), strict=True):
        said = item[learned]
        counts = np.bincount(said[said >= 0], minlength=size) + 1.0
        shares.append(np.log(counts / counts.sum()))
    with torch.no_grad():
        network.often.copy_(torch.from_numpy(np.concatenate(shares)))
    return network


def rate_at(step: int, settings: SmallSettings) -> float:
    """Share of the highest learning rate: up in a line, then down along a cosine."""
    if step < settings.warmup:
        return (step + 1) / settings.warmup
    done = (step - settings.warmup) / max(settings.steps - settings.warmup, 1)
    return 0.5 * (1 + math.cos(math.pi * done))


def _optimizers(network: Any, settings: SmallSettings) -> list[Any]:
    """Muon for matrices, which gives rare and weak directions their share of each step, and AdamW for the rest."""
    if not hasattr(torch.optim, "Muon"):
        raise ReasonerError(f"training needs torch 2.9 or later, not {torch.__version__}: pip install -U torch")
    rate = settings.learning_rate
    matrices = [one for one in network.parameters() if one.ndim == 2]
    others = [one for one in network.parameters() if one.ndim != 2]
    return [
        torch.optim.Muon(
            matrices,
            lr=rate,
            weight_decay=settings.weight_decay,
            momentum=MOMENTUM,
            ns_steps=ROUNDS,
            adjust_lr_fn="match_rms_adamw",
        ),
        torch.optim.AdamW(others, lr=rate, betas=BETAS, weight_decay=0.0),
    ]


def _batches(
    people: People, vocabulary: Vocabulary, learned: NDArray[np.intp], settings: SmallSettings, first: int
) -> Iterator[tuple[int, Sequences]]:
    """From a step on, the batch of each; the same after every restart."""
    size = min(settings.batch, len(learned))
    an_epoch = len(learned) // size
    step = first
    while step < settings.steps:
        epoch, at = divmod(step, an_epoch)
        order = epoch_order(people, learned, settings.seed, epoch)
        while at < an_epoch and step < settings.steps:
            some = order[at * size : min(at + AT_ONCE, an_epoch) * size]
            drawn = _drawn(people, vocabulary, some, settings, epoch)
            for start in range(0, len(drawn), size):
                if step < settings.steps:
                    yield step, drawn.part(start, start + size)
                    step, at = step + 1, at + 1


def _drawn(
    people: People, vocabulary: Vocabulary, rows: NDArray[np.intp], settings: SmallSettings, epoch: int
) -> Sequences:
    return sequences_of(
        people, vocabulary, rows, epoch=epoch, length=settings.length, looks=settings.looks, said=settings.said
    )


def _loss(network: Any, part: Sequences, columns: Any, device: str) -> Any:
    told = [torch.from_numpy(one).to(device) for one in (part.tokens, part.steps, part.asked, part.answers)]
    bf16 = device.startswith("cuda") and torch.cuda.is_bf16_supported(including_emulation=False)
    with torch.autocast(device.partition(":")[0], torch.bfloat16, enabled=bf16):
        found = network(*told[:2])
    return answer_loss(found, columns, *told[2:])


def _watched(
    people: People,
    vocabulary: Vocabulary,
    watched: NDArray[np.intp],
    settings: SmallSettings,
    network: Any,
    columns: Any,
    device: str,
    loss: float,
    step: int,
    state: State,
) -> State:
    """The state with the loss of the persons held out, in the orders of the first epoch."""
    if len(watched):
        total = 0.0
        with torch.no_grad():
            for start in range(0, len(watched), WATCH_AT_ONCE):
                part = _drawn(people, vocabulary, watched[start : start + WATCH_AT_ONCE], settings, 0)
                total += _loss(network, part, columns, device).item() * len(part)
        loss = total / len(watched)
    losses = state.losses | {str(step): round(loss, 6)}
    if state.best and loss > min(state.losses.values()):
        return State(step, losses, state.best_step, state.best)
    best = {name: value.detach().cpu().clone() for name, value in network.state_dict().items()}
    return State(step, losses, step, best)
