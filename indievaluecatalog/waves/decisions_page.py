"""The decisions as one HTML page that a person reads from the top until nothing is left in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from indievaluecatalog import __version__


def decisions_page(content: Mapping[str, Any]) -> str:
    """One HTML file that holds all it shows.

    Args:
        content: as in decisions.json.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    template = files("indievaluecatalog.waves").joinpath("decisions.html.j2").read_text("utf-8")
    counts = Counter(one["status"] for one in content["decisions"])
    return environment.from_string(template).render(**content, counts=counts, version=__version__)
