"""The optional libraries of training, imported when they are first needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from indievaluecatalog.errors import MissingExtraError

EXTRA = "train"


def library(name: str, purpose: str) -> Any:
    """A library of the extra "train".

    Args:
        name: as it is imported; its package on PyPI is of the same name.
        purpose: what needs it, the subject of a sentence.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        if error.name and error.name.split(".")[0] != name:
            raise MissingExtraError(error.name.split(".")[0], EXTRA, purpose) from error
        raise MissingExtraError(name, EXTRA, purpose) from error


def need(purpose: str, *names: str) -> None:
    """Say at once which library is lacking, before any work is done.

    Raises:
        MissingExtraError: one is not installed.
    """
    for name in names:
        library(name, purpose)
