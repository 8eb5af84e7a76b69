"""The optional libraries of training, imported when they are first needed."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from indievaluecatalog.errors import MissingExtraError, ReasonerError

TRAIN, REASONER = "train", "reasoner"


def library(name: str, purpose: str, extra: str = TRAIN) -> Any:
    """An optional library.

    Args:
        name: as it is imported; its package on PyPI is of the same name.
        purpose: what needs it, the subject of a sentence.
        extra: of this package, that brings it.

    Raises:
        MissingExtraError: it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as error:
        if error.name and error.name.split(".")[0] != name:
            raise MissingExtraError(error.name.split(".")[0], extra, purpose) from error
        raise MissingExtraError(name, extra, purpose) from error


def need(purpose: str, *names: str, extra: str = TRAIN) -> None:
    """Say at once which library is lacking, before any work is done.

    Raises:
        MissingExtraError: one is not installed.
    """
    for name in names:
        library(name, purpose, extra)


def device_of(wanted: str) -> str:
    """Where torch computes: what was asked for, or for "auto" a graphics card if there is one.

    Raises:
        ReasonerError: there is no such device.
    """
    torch = library("torch", "a language model over statements", REASONER)
    if wanted == "auto":
        return "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        torch.zeros(1, device=wanted)
    except (RuntimeError, AssertionError) as error:
        raise ReasonerError(f"there is no device {wanted!r} here: {str(error).splitlines()[0]}") from error
    return wanted
