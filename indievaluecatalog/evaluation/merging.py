"""Stores of parts put together into one, which then holds the whole run, or says what is lacking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.job_record import JobRecord, differences
from indievaluecatalog.evaluation.store import RunStore
from indievaluecatalog.evaluation.stored_response import said
from indievaluecatalog.whole_file import whole_file

Part = tuple[str, int, int]
"""Digest of the whole run, part, parts."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of putting stores together.

    Attributes:
        answers: in the new store.
        runs: how many runs the stores say they are of; 0 where they are too old to say, and nothing was checked.
        doubled: parts that more than one store holds, such as "part 2/8 in a.sqlite, b.sqlite"; their answers agree.
        lacking: what the runs still lack, in words; empty where every run is whole.
    """

    answers: int
    runs: int
    doubled: tuple[str, ...]
    lacking: tuple[str, ...]


def merge(
    stores: Iterable[str | Path], out: str | Path, expected: Iterable[str] | None = None, *, partial: bool = False
) -> Merged:
    """Put stores together into a new one, which appears only when it is whole.

    Each store says which part of which run it is for. An answer that several stores hold is kept once. Errors are
    left behind.

    Args:
        stores: closed ones.
        out: path of the new one; must not be there yet.
        expected: keys of all requests of the whole run, where the stores do not say or are not to be believed.
        partial: whether to put together what does not make whole runs, or not one run.

    Raises:
        EvaluationError: two stores hold different answers to one request, parts or answers are missing or are of
            different runs, `out` is there already, or a store cannot be read or is named twice.
    """
    target, paths = Path(out), [Path(path) for path in stores]
    if target.exists():
        raise EvaluationError(f"{target}: is there already; stores are put together into a new one")
    if not paths:
        raise EvaluationError("there are no stores to put together")
    resolved = [path.resolve() for path in paths]
    twice = [path for at, path in enumerate(paths) if resolved[at] in resolved[:at]]
    if twice:
        raise EvaluationError(f"{twice[0]}: is named twice; each store is put in once")
    whole: dict[str, Path] = {}
    records: dict[Part, JobRecord] = {}
    places: dict[Part, list[Path]] = defaultdict(list)
    with whole_file(target, EvaluationError) as beside, RunStore(beside) as merged:
        for path in paths:
            with RunStore(path, mode="read") as store:
                _put_in(store, merged, whole)
                for record in store.jobs():
                    part = (record.whole, record.part, record.parts)
                    records[part] = record
                    places[part].append(path)
        for record in records.values():
            merged.note(record)
        lacking = _lacking(records, places, whole)
        if lacking and not partial:
            raise EvaluationError("; ".join(lacking))
        if expected is not None and (wanted := set(expected)) != whole.keys():
            raise EvaluationError(_unlike(wanted, whole))
    doubled = [
        f"{records[part].name} in {', '.join(map(str, where))}" for part, where in places.items() if len(where) > 1
    ]
    return Merged(len(whole), len({part[0] for part in records}), tuple(doubled), tuple(lacking))


def _put_in(store: RunStore, merged: RunStore, whole: dict[str, Path]) -> None:
    responses = store.responses()
    there = merged.responses(responses)
    clashes = [key for key in there if said(there[key]) != said(responses[key])]
    if clashes:
        raise EvaluationError(
            f"{store.path} and {whole[clashes[0]]} hold different answers to {len(clashes)} requests, the first "
            f"of them {clashes[0][:12]}"
        )
    merged.add_all((response, store.request(key)) for key, response in responses.items() if key not in there)
    whole |= dict.fromkeys(responses.keys() - whole.keys(), store.path)


def _lacking(
    records: Mapping[Part, JobRecord], places: Mapping[Part, list[Path]], whole: Mapping[str, Path]
) -> list[str]:
    """What each run lacks: parts that no store is for, and answers that their stores do not hold."""
    runs: dict[str, list[JobRecord]] = defaultdict(list)
    for record in records.values():
        runs[record.whole].append(record)
    told, unwhole = [], {}
    for digest, parts in runs.items():
        of_run = f" of {parts[0].about['model']['name']} ({digest[:8]})" if len(runs) > 1 else ""
        gaps = [
            f"{record.name}{of_run} lacks {missing:,} of {len(record.keys):,} answers: run it again with its store, "
            f"{', '.join(map(str, places[digest, record.part, record.parts]))}"
            for record in parts
            if (missing := sum(key not in whole for key in record.keys))
        ]
        gaps += _absent(parts, of_run)
        if gaps:
            told += gaps
            unwhole[digest] = parts[0].about
    if len(unwhole) > 1 and (unlike := differences(unwhole)):
        told.append(f"the stores are of different runs, by {'; '.join(unlike)}")
    return told


def _absent(parts: list[JobRecord], of_run: str) -> list[str]:
    """Parts that no store is for; none where the run was cut into parts in one way, and each is there."""
    cuts: dict[int, set[int]] = {}
    for record in parts:
        cuts.setdefault(record.parts, set(record.about["nobody_in"])).add(record.part)
    if any(len(there) == cut for cut, there in cuts.items()):
        return []
    told = []
    for cut, there in cuts.items():
        gone = [f"{one}/{cut}" for one in range(1, cut + 1) if one not in there]
        told.append(f"no store is for part {', '.join(gone[:20])}{', ...' if len(gone) > 20 else ''}{of_run}")
    return told


def _unlike(wanted: set[str], whole: Mapping[str, Path]) -> str:
    missing, more = wanted - whole.keys(), whole.keys() - wanted
    told = []
    if missing:
        told.append(f"{len(missing)} of {len(wanted)} requests have no answer in these stores: run their parts again")
    if more:
        places = sorted({str(whole[key]) for key in more})
        told.append(f"{len(more)} answers are to requests of another run, in {', '.join(places)}")
    return "; ".join(told)
