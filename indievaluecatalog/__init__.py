"""World Values Survey answers as first-person statements, and as a Hugging Face dataset.

The public names are here; everything else may move.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__version__ = "0.1.0"

if TYPE_CHECKING:
    from indievaluecatalog.catalog.load import load_catalog
    from indievaluecatalog.catalog.probes import probe_setup
    from indievaluecatalog.dataset.build import BuildSettings, build_dataset
    from indievaluecatalog.dataset.load import load, person_statements
    from indievaluecatalog.survey.read import read_survey

__all__ = [
    "BuildSettings",
    "__version__",
    "build_dataset",
    "load",
    "load_catalog",
    "person_statements",
    "probe_setup",
    "read_survey",
]

_HOMES = {
    "BuildSettings": "indievaluecatalog.dataset.build",
    "build_dataset": "indievaluecatalog.dataset.build",
    "load": "indievaluecatalog.dataset.load",
    "load_catalog": "indievaluecatalog.catalog.load",
    "person_statements": "indievaluecatalog.dataset.load",
    "probe_setup": "indievaluecatalog.catalog.probes",
    "read_survey": "indievaluecatalog.survey.read",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that `import indievaluecatalog` stays quick."""
    if name not in _HOMES:
        raise AttributeError(f"module 'indievaluecatalog' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
