"""Work on persons in blocks, on all processors: numpy lets go of the interpreter while it computes."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def in_blocks(n: int, size: int, work: Callable[[slice], Result]) -> list[Result]:
    """`work` of each slice of at most `size` of n persons, in order; no slice where n is 0.

    Each processor holds one block at a time, so memory grows with `size` and the processors, not with n.
    """
    slices = [slice(start, min(start + size, n)) for start in range(0, n, size)]
    with ThreadPoolExecutor(max_workers=min(os.cpu_count() or 1, 8)) as pool:
        return list(pool.map(work, slices))
