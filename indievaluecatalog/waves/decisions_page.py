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
    told = [{**one, "chief": _chief(one)} for one in content["decisions"]]
    shown = {**content, "decisions": told}
    return environment.from_string(template).render(**shown, counts=counts, version=__version__)


def _chief(one: Mapping[str, Any]) -> str:
    """The reason that a person wants first: of what is in doubt, the doubt."""
    against = [reason for reason in one["reasons"] if reason["strength"] < 0]
    first = against if against and one["status"] == "doubtful" else one["reasons"]
    return str(first[0]["says"]) if first else ""
