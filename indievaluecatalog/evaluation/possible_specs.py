"""Which identities a model may turn out to have, and under which of them a store holds answers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from indievaluecatalog.evaluation.request import Model, ModelSpec, Request, request_key
from indievaluecatalog.evaluation.store import RunStore

_BATCH = 256


def possible_specs(model: Model) -> tuple[ModelSpec, ...]:
    """What the model's `spec` may be, as far as that is known without asking its server; the likeliest first."""
    return getattr(model, "possible_specs", None) or (model.spec,)


def answered_specs(
    model: Model, requests: Iterable[Request], store: RunStore, among: Iterable[ModelSpec] | None = None
) -> tuple[ModelSpec, ...]:
    """Under which identities a store holds answers to some of these requests; the one with most of them first.

    Args:
        model: who was asked.
        requests: some or all of a run.
        store: the answers.
        among: identities; all that the model may have if None.
    """
    specs = (*possible_specs(model), *getattr(model, "adapted_specs", ())) if among is None else tuple(among)
    counts = dict.fromkeys(range(len(specs)), 0)
    left = iter(requests)
    # Some at a time: where every probe has a context of its own, the prompts of a whole run fill the memory.
    while some := list(islice(left, _BATCH)):
        for at, spec in enumerate(specs):
            counts[at] += len(some) - len(store.missing(request_key(one, spec) for one in some))
    return tuple(specs[at] for at in sorted(counts, key=lambda at: (-counts[at], at)) if counts[at])
