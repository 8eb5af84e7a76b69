"""A key for each person: unique, and the same whatever the format and the order of rows."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray


def duplicate_ids(interview_ids: NDArray[np.int64]) -> dict[int, int]:
    """Interview ids that more than one row has, with the number of rows. Negative stands for no id."""
    ids, counts = np.unique(interview_ids, return_counts=True)
    return {int(one): int(count) for one, count in zip(ids, counts, strict=True) if count > 1 and one >= 0}


def person_keys(
    wave_id: str, interview_ids: NDArray[np.int64], answers: tuple[NDArray[np.integer], ...]
) -> NDArray[np.str_]:
    """One key for each row, shape (n,).

    A row whose interview id is its own is named by it. Rows that share an id are told apart by what they
    answered to the wave's key variables, so that a key means the same person in every copy of the file, in
    later versions that leave those answers as they were, and with any catalog that has those items. Rows that
    are alike in these answers too are numbered in the file's order: nothing else tells them apart.

    Args:
        wave_id: starts every key.
        interview_ids: shape (n,); negative where there is none.
        answers: tables of shape (variables, n), in catalog order.
    """
    _, inverse, counts = np.unique(interview_ids, return_inverse=True, return_counts=True)
    shared = np.flatnonzero((counts[inverse] > 1) | (interview_ids < 0))
    keys = [f"{wave_id}-{one}" for one in interview_ids.tolist()]
    # Little-endian bytes, a row after the other, are the same on every machine.
    tables = [
        np.ascontiguousarray(table[:, shared].T).astype(table.dtype.newbyteorder("<"), copy=False) for table in answers
    ]
    seen: dict[str, int] = {}
    for position, row in enumerate(shared.tolist()):
        digest = hashlib.blake2b(digest_size=5)
        for table in tables:
            digest.update(table[position].tobytes())
        who = str(interview_ids[row]) if interview_ids[row] >= 0 else "none"
        key = f"{wave_id}-{who}-{digest.hexdigest()}"
        seen[key] = seen.get(key, 0) + 1
        keys[row] = key if seen[key] == 1 else f"{key}.{seen[key]}"
    return np.array(keys, dtype=np.str_) if keys else np.empty(0, dtype="<U1")


def has_twin(keys: NDArray[np.str_]) -> NDArray[np.bool_]:
    """Which persons share an interview id and every key answer with another, shape (n,)."""
    bases = np.array([key.partition(".")[0] for key in keys.tolist()])
    _, inverse, counts = np.unique(bases, return_inverse=True, return_counts=True)
    twins: NDArray[np.bool_] = counts[inverse] > 1
    return twins


def interview_id_of(key: str, wave_id: str) -> str:
    """The interview id that a person's key starts with, as text; "none" for a row without one."""
    return key[len(wave_id) + 1 :].partition("-")[0]
