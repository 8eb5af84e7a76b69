"""Sphinx builds the site from these pages and the package's docstrings: `make docs`, into build/docs."""

from __future__ import annotations

import re

import indievaluecatalog

project = "indievaluecatalog"
version = release = indievaluecatalog.__version__
author = "the indievaluecatalog contributors"
project_copyright = author

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_static"]
myst_enable_extensions = ["attrs_block", "colon_fence", "deflist"]
myst_heading_anchors = 3

# Docstrings write code between single backticks.
default_role = "code"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autoclass_content = "both"
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 76
# One entry for several names ("first, second: ..."), as the docstrings have it.
napoleon_use_param = False
napoleon_use_rtype = False
napoleon_custom_sections = [("Attributes", "params_style")]

html_theme = "furo"
html_title = f"{project} {release}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_theme_options = {"navigation_with_keys": True}


def shorter(app, what, name, obj, options, signature, returned):  # type: ignore[no-untyped-def]
    """Signatures as a reader would write them: the default protocol by its name, arrays as in the docstrings."""
    return tuple(None if text is None else _short(text) for text in (signature, returned))


def _short(text: str) -> str:
    text = re.sub(r"Protocol\(seed=0, exclude='setup'.*?neighbours_see='demonstrations'\)", "OURS", text)
    text = text.replace("<factory>", "...").replace("mappingproxy({})", "{}")
    return re.sub(r"ndarray\[tuple\[Any, \.\.\.\], dtype\[(\w+)\]\]", r"NDArray[\1]", text)


def setup(app):  # type: ignore[no-untyped-def]
    """Called by Sphinx."""
    app.connect("autodoc-process-signature", shorter)
