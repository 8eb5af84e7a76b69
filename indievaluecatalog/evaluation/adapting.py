"""What a server refuses of the usual settings, and how a model is asked without it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from indievaluecatalog.evaluation.request import ModelSpec

TOKENS_FIELDS = ("max_tokens", "max_completion_tokens")
USUAL = {"temperature": 0.0, "seed": 0}
"""Sent unless told otherwise, and left out where a server refuses them. Any other value was wished for, and stays."""

_REFUSALS = (
    r"""['"]param['"]: ?['"]{name}['"]""",
    r"""unsupported (?:parameter|value):? ['"`]?{name}\b""",
    r"""unknown (?:name|field|parameter):? \\?['"`]?{name}\b""",
    r"""['"]body['"], ?['"]{name}['"]""",
    r"""\b{name}\b['"`]? (?:is|are|does) not (?:be )?(?:supported|support|allowed|permitted|recognized)""",
)


def adapted(spec: ModelSpec, refusal: str) -> tuple[ModelSpec, str] | None:
    """The model asked without what a server refuses, and what is different, in words.

    Args:
        spec: as it was asked.
        refusal: what the server said.

    Returns:
        None where the server refuses nothing that can be left out or called by another name.
    """
    settings = dict(spec.settings)
    for name in TOKENS_FIELDS:
        other = next(field for field in TOKENS_FIELDS if field != name)
        if settings.get(name) is not None and _refused(name, refusal):
            settings |= {other: settings[name]}
            return replace(spec, settings=_without_new_nothing(settings, name)), f"{name} is sent as {other}"
    for name, usual in USUAL.items():
        if settings.get(name) == usual and settings[name] is not None and _refused(name, refusal):
            return replace(spec, settings=settings | {name: None}), f"no {name} is sent: the server refuses {usual:g}"
    return None


def adaptations(spec: ModelSpec) -> Iterator[ModelSpec]:
    """Everything that `adapted` may make of a model, itself left out."""
    settings = dict(spec.settings)
    tokens = next((name for name in TOKENS_FIELDS if settings.get(name) is not None), None)
    usual = [name for name, value in USUAL.items() if settings.get(name) == value]
    for renamed, *dropped in product((False, True), repeat=1 + len(usual)):
        changed = dict(settings)
        if renamed and tokens:
            other = next(field for field in TOKENS_FIELDS if field != tokens)
            changed = _without_new_nothing(changed | {other: changed[tokens]}, tokens)
        changed |= {name: None for name, gone in zip(usual, dropped, strict=True) if gone}
        if changed != settings and (tokens or not renamed):
            yield replace(spec, settings=changed)


def _without_new_nothing(settings: dict[str, object], name: str) -> dict[str, object]:
    """A model whose settings are named from the start has the same identity as one that was adapted to them."""
    if name == "max_tokens":
        return settings | {name: None}
    return {key: value for key, value in settings.items() if key != name}


def _refused(name: str, refusal: str) -> bool:
    return any(re.search(pattern.replace("{name}", name), refusal, re.IGNORECASE) for pattern in _REFUSALS)
