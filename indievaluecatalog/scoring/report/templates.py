"""Pages from templates: one HTML file that holds all it shows, in the house's style."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from markupsafe import Markup

from indievaluecatalog import __version__

_PACKAGE = "indievaluecatalog.scoring.report"


def page(template: str, **values: Any) -> str:
    """Fill a template, which may import `macros.html.j2`; it also has `version` and `style`.

    Args:
        template: its text.
        values: what it shows; text is escaped.
    """
    from jinja2 import DictLoader, Environment, StrictUndefined

    environment = Environment(
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        loader=DictLoader({"macros.html.j2": files(_PACKAGE).joinpath("macros.html.j2").read_text("utf-8")}),
    )
    style = Markup(files(_PACKAGE).joinpath("style.css").read_text("utf-8"))
    return environment.from_string(template).render(version=__version__, style=style, **values)
