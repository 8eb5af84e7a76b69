"""What takes long to make and is only read afterwards is made once a run, by whichever process comes first."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """The folder of this name, filled by `make(folder)` by whoever asks first; the others wait for it.

    It is shared: a test that changes anything in it works on a copy.
    """
    base = factory.getbasetemp()
    # Every process of xdist has a folder of its own in the one of the run.
    place = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "made_once"
    place.mkdir(exist_ok=True)
    with FileLock(place / f"{name}.lock"):
        if not (place / name).exists():
            making = place / f"{name}.making"
            making.mkdir()  # a failed attempt is not taken for a finished one
            make(making)
            making.rename(place / name)
    return place / name
