"""A run in parts: which persons a part has."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.keyed_hash import keyed_hash


def shard(person_ids: Sequence[str] | NDArray[np.str_], part: int, parts: int) -> NDArray[np.bool_]:
    """Which persons belong to a part, shape (n,). Each belongs to one, whoever else there is.

    Parts are alike in size, but not equal: persons go where the hash of their key says.

    Args:
        person_ids: shape (n,).
        part: from 1 to parts.
        parts: how many there are.

    Raises:
        EvaluationError: no such part.
    """
    if not 1 <= part <= parts:
        raise EvaluationError(f"there is no part {part} of {parts}: parts are counted from 1")
    numbers = keyed_hash(0, "shard", map(str, person_ids))
    mine: NDArray[np.bool_] = numbers % np.uint64(parts) == np.uint64(part - 1)
    return mine


def parse_shard(text: str) -> tuple[int, int]:
    """Part and parts from "2/8".

    Raises:
        EvaluationError: it is not of that form, or there is no such part.
    """
    found = re.fullmatch(r"(\d+)/(\d+)", text.strip())
    if not found or not 1 <= int(found[1]) <= int(found[2]):
        raise EvaluationError(f"a part is given like 2/8, the second of eight, not {text!r}")
    return int(found[1]), int(found[2])
