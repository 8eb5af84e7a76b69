"""A run in parts: which persons a part has, and putting the parts' stores together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.store import RunStore
from indievaluecatalog.evaluation.stored_response import said
from indievaluecatalog.keyed_hash import keyed_hash
from indievaluecatalog.whole_file import whole_file


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


def merge(stores: Iterable[str | Path], out: str | Path, expected: Iterable[str] | None = None) -> int:
    """Put stores together into a new one, which appears only when it is whole; how many answers it has.

    An answer that several stores hold is kept once. Errors are left behind.

    Args:
        stores: closed ones.
        out: path of the new one; must not be there yet.
        expected: keys of all requests of the whole run, to check that none is missing or too many; None to take
            what there is.

    Raises:
        EvaluationError: two stores hold different answers to one request, answers are missing or were not expected,
            `out` is there already, or a store cannot be read.
    """
    target = Path(out)
    if target.exists():
        raise EvaluationError(f"{target}: is there already; stores are put together into a new one")
    wanted = None if expected is None else set(expected)
    whole: dict[str, Path] = {}
    with whole_file(target, EvaluationError) as beside, RunStore(beside) as merged:
        for path in map(Path, stores):
            with RunStore(path, mode="read") as store:
                responses = store.responses()
                there = merged.responses(responses)
                clashes = [key for key in there if said(there[key]) != said(responses[key])]
                if clashes:
                    raise EvaluationError(
                        f"{path} and {whole[clashes[0]]} hold different answers to {len(clashes)} requests, the first "
                        f"of them {clashes[0][:12]}"
                    )
                merged.add_all(
                    (response, store.request(key)) for key, response in responses.items() if key not in there
                )
                whole |= dict.fromkeys(responses.keys() - whole.keys(), path)
        if wanted is not None and wanted != whole.keys():
            raise EvaluationError(_differences(wanted, whole))
    return len(whole)


def _differences(wanted: set[str], whole: dict[str, Path]) -> str:
    missing, more = wanted - whole.keys(), whole.keys() - wanted
    told = []
    if missing:
        told.append(f"{len(missing)} of {len(wanted)} requests have no answer in these stores: run their parts again")
    if more:
        places = sorted({str(whole[key]) for key in more})
        told.append(f"{len(more)} answers are to requests of another run, in {', '.join(places)}")
    return "; ".join(told)
