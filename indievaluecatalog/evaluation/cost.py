"""What a run will cost, before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import islice

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.possible_specs import answered_specs, possible_specs
from indievaluecatalog.evaluation.prompt_size import prompt_size
from indievaluecatalog.evaluation.request import Model, ModelSpec, Request, request_key
from indievaluecatalog.evaluation.store import RunStore

CHARACTERS_PER_TOKEN = 4
ANSWER_TOKENS = {"joint": 7, "single": 2}
"""Of each probe: `"P07": "A",` in the joint form, a letter and the end in the single one."""

SAMPLED = 40
_BATCH = 64


@dataclass(frozen=True, slots=True)
class Prices:
    """Money for a million tokens, in any currency.

    Attributes:
        prompt: of prompts.
        completion: of answers; what a model thinks before it answers is counted among these.
        cached: of prompt tokens that the server had kept; None where they cost the same.
    """

    prompt: float
    completion: float
    cached: float | None = None

    def __post_init__(self) -> None:
        if any(not price >= 0 for price in (self.prompt, self.completion, self.cached or 0)):
            raise EvaluationError("prices cannot be negative")

    def cost(self, prompt_tokens: float, completion_tokens: float, cached_tokens: float = 0) -> float:
        """Money for so many tokens; the cached ones are among those of the prompts."""
        cached = self.prompt if self.cached is None else self.cached
        fresh = prompt_tokens - cached_tokens
        return (fresh * self.prompt + cached_tokens * cached + completion_tokens * self.completion) / 1e6


@dataclass(frozen=True, slots=True)
class Plan:
    """What `ask` would send.

    Attributes:
        requests: how many there are, repeats counted once.
        already: of these, in the store.
        to_send: the others; all further figures are of these.
        probes: asked in them.
        characters: of their prompts.
        longest: characters of the longest prompt.
        prompt_tokens, completion_tokens: estimates, the latter of the answers alone without any reasoning.
        cached_tokens: estimate of the prompt tokens that a server which keeps prefixes need not read again.
        tokens_by: how tokens were estimated.
        cost: estimate with nothing cached; None without prices.
        cost_cached: the same with all of `cached_tokens` cached.
    """

    requests: int
    already: int
    to_send: int
    probes: int
    characters: int
    longest: int
    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int
    tokens_by: str
    cost: float | None
    cost_cached: float | None


def dry_run(
    requests: Iterable[Request], model: Model, store: RunStore | None = None, prices: Prices | None = None
) -> Plan:
    """Count, and send nothing: not even the question by which a model learns what its server can do.

    Where the model's identity is not known before that, requests answered under any of those possible count as
    answered.
    """
    specs = possible_specs(model)
    adapted = tuple(getattr(model, "adapted_specs", ()))
    seen: set[str] = set()
    sample: list[Request] = []
    answer_tokens = 0

    def lacking() -> Iterator[Request]:
        nonlocal answer_tokens, specs, adapted
        left = iter(requests)
        while batch := list(islice(left, _BATCH)):
            keyed = {request_key(request, specs[0]): request for request in batch}
            new = {key: request for key, request in keyed.items() if key not in seen}
            seen.update(new)
            if store and adapted:
                # Runs ask in order: an identity with no answer among the first has none further on.
                specs, adapted = (*specs, *answered_specs(model, batch, store, adapted)), ()
            for request in _unanswered(new, specs, store):
                if len(sample) < SAMPLED:
                    sample.append(request)
                answer_tokens += ANSWER_TOKENS[request.form] * len(request.slots)
                yield request

    size = prompt_size(lacking())
    per_token, tokens_by = _characters_per_token(specs[0].name, sample)
    prompt_tokens = round(size.characters / per_token)
    cached = round(size.repeated / per_token)
    return Plan(
        requests=len(seen),
        already=len(seen) - size.requests,
        to_send=size.requests,
        probes=size.slots,
        characters=size.characters,
        longest=size.longest,
        prompt_tokens=prompt_tokens,
        completion_tokens=answer_tokens,
        cached_tokens=cached,
        tokens_by=tokens_by,
        cost=prices.cost(prompt_tokens, answer_tokens) if prices else None,
        cost_cached=prices.cost(prompt_tokens, answer_tokens, cached) if prices else None,
    )


def _unanswered(
    requests: dict[str, Request], specs: tuple[ModelSpec, ...], store: RunStore | None
) -> Iterable[Request]:
    """Those without an answer under any of the identities; keys are by the first."""
    left = requests
    for at, spec in enumerate(specs if store else ()):
        keys = {key if at == 0 else request_key(request, spec): key for key, request in left.items()}
        left = {keys[key]: left[keys[key]] for key in store.missing(keys)} if store else left
    return left.values()


def _characters_per_token(name: str, sample: list[Request]) -> tuple[float, str]:
    """Measured where `tiktoken` is installed and has the model's tokens at hand, otherwise the usual rule of thumb."""
    rule = (float(CHARACTERS_PER_TOKEN), f"estimate: {CHARACTERS_PER_TOKEN} characters a token")
    try:
        encoding = import_module("tiktoken").encoding_for_model(name)
    # It knows only some models (KeyError), and may have to download the list of tokens, with whatever that raises.
    except Exception:
        return rule
    texts = [request.plain() for request in sample]
    tokens = sum(len(encoding.encode(text, disallowed_special=())) for text in texts)
    if not tokens:
        return rule
    characters = prompt_size(sample).characters
    return characters / tokens, f"estimate: tiktoken {encoding.name} on {len(texts)} prompts"
