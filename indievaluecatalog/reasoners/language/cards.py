"""The cards of trained language models."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from indievaluecatalog.dataset.card_files import wave_notes


def small_card(facts: Mapping[str, Any]) -> str:
    """README.md of a small model over statements, from what its folder says of it."""
    return _rendered("small", facts)


def finetuned_card(facts: Mapping[str, Any]) -> str:
    """README.md of a fine-tuned model, from its record."""
    return _rendered("finetuning", facts)


def _rendered(room: str, facts: Mapping[str, Any]) -> str:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
    text = files(f"indievaluecatalog.reasoners.language.{room}").joinpath("card.md.j2").read_text("utf-8")
    notes = wave_notes(facts["dataset"]["wave"])
    body = environment.from_string(text).render(facts=facts, notes=notes)
    while "\n\n\n" in body:
        body = body.replace("\n\n\n", "\n\n")
    return body.strip() + "\n"
