"""Giving freed memory back to the system after a big file was read."""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress


def give_back() -> None:
    """Ask the C library to return what it holds free; does nothing where there is no such call.

    Reading leaves hundreds of megabytes free but scattered, which glibc keeps; what follows would come on top.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL("libc.so.6").malloc_trim(0)
