"""Which identities a model may turn out to have, and under which of them a store holds answers."""

from __future__ import annotations

from collections.abc import Iterable

from indievaluecatalog.evaluation.request import Model, ModelSpec, Request, request_key
from indievaluecatalog.evaluation.store import RunStore


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
    some = list(requests)
    counts = {
        at: len(some) - len(store.missing(request_key(one, spec) for one in some)) for at, spec in enumerate(specs)
    }
    return tuple(specs[at] for at in sorted(counts, key=lambda at: (-counts[at], at)) if counts[at])
