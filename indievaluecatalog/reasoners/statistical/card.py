"""The card of a trained reasoner."""

from __future__ import annotations

from importlib.resources import files

from indievaluecatalog.reasoners.statistical.reasoner import Reasoner


def model_card(reasoner: Reasoner) -> str:
    """Markdown with YAML before it, for the Hub and for people."""
    from jinja2 import Environment, StrictUndefined

    origin, layout = reasoner.origin, reasoner.model.layout
    text = files(__package__).joinpath("card.md.j2").read_text("utf-8")
    template = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
    ).from_string(text)
    return template.render(
        kind=reasoner.model.kind,
        origin=origin,
        synthetic=origin.dataset.synthetic,
        wave=origin.dataset.wave,
        n_items=layout.n_items,
        n_statements=layout.n_item_columns,
        n_parameters=sum(value.size for value in reasoner.model.tensors().values()),
        digest=reasoner.digest,
    )
