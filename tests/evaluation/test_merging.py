"""Parts of a run put together: what is missing is named, what is doubled told, what contradicts refused."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.evaluate import evaluate
from indievaluecatalog.evaluation.job import Job, prepare
from indievaluecatalog.evaluation.merging import merge
from indievaluecatalog.evaluation.request import ModelSpec, Request, Response
from indievaluecatalog.evaluation.shards import shard
from indievaluecatalog.evaluation.store import RunStore
from indievaluecatalog.scoring.results import write_results
from tests.people import random_answers
from tests.scoring.conftest import people_from

PERSONS = 9
PARTS = 3


@dataclass
class Steady:
    """Always the first letter, or another; fails where it is told to."""

    letter: str = "A"
    failing: Callable[[Request], bool] = lambda request: False
    spec: ModelSpec = field(default_factory=lambda: ModelSpec("steady", "test", {"server": "one"}))
    asked: int = 0

    def answer(self, requests: Iterable[tuple[str, Request]]) -> Iterator[Response]:
        for key, request in requests:
            self.asked += 1
            if self.failing(request):
                yield Response(key, finish_reason="error", error="HTTP 500")
            else:
                yield Response(key, json.dumps({slot.id: self.letter for slot in request.slots}))


@pytest.fixture(scope="module")
def persons(catalog: Catalog) -> People:
    return people_from(random_answers(catalog, PERSONS, seed=4), catalog, split="test")


@pytest.fixture(scope="module")
def job(persons: People) -> Job:
    return prepare(persons, n_demonstrations=3, splits=["test"], setups=[0])


def asked(
    folder: Path, job: Job, parts: Sequence[int] = range(1, PARTS + 1), model: Steady | None = None
) -> list[Path]:
    paths = [folder / f"part{part}" for part in parts]
    for part, path in zip(parts, paths, strict=True):
        evaluate(model or Steady(), job, store=path, part=(part, PARTS))
    return paths


def test_parts_of_all_persons_are_the_whole(job: Job, tmp_path: Path) -> None:
    merged = merge(asked(tmp_path, job), tmp_path / "whole")
    assert (merged.answers, merged.runs, merged.doubled, merged.lacking) == (2 * PERSONS, 1, (), ())
    model = Steady()
    done = evaluate(model, job, store=tmp_path / "whole")
    assert (model.asked, done.complete) == (0, True)
    write_results(done.results, tmp_path / "merged.parquet")
    write_results(evaluate(Steady(), job, store=tmp_path / "once").results, tmp_path / "once.parquet")
    assert (tmp_path / "merged.parquet").read_bytes() == (tmp_path / "once.parquet").read_bytes()


def test_a_part_that_is_missing_is_named(job: Job, tmp_path: Path) -> None:
    stores = asked(tmp_path, job, [1, 3])
    with pytest.raises(EvaluationError, match="no store is for part 2/3"):
        merge(stores, tmp_path / "whole")
    assert not (tmp_path / "whole").exists()
    merged = merge(stores, tmp_path / "some", partial=True)
    assert merged.lacking == ("no store is for part 2/3",)
    # What was put together says what it is for, and can be put together with the rest.
    rest = asked(tmp_path, job, [2])
    assert merge([tmp_path / "some", *rest], tmp_path / "whole").answers == 2 * PERSONS


def test_parts_begun_before_an_update_of_the_reader_go_with_those_after_it(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading is no asking: the answers are the same."""
    with monkeypatch.context() as before:
        before.setattr("indievaluecatalog.evaluation.job.reader_digest", lambda: "an older one")
        asked(tmp_path, job, [1])
    merged = merge(asked(tmp_path, job), tmp_path / "whole")
    assert (merged.runs, merged.lacking) == (1, ())


def test_a_part_that_lacks_answers_is_named_with_its_store(job: Job, tmp_path: Path) -> None:
    first = next(request.person_id for request in job.requests())
    stores = asked(tmp_path, job, model=Steady(failing=lambda request: request.person_id == first))
    with pytest.raises(
        EvaluationError, match=r"part \d/3 lacks 2 of \d+ answers: run it again with its store, .*part\d"
    ):
        merge(stores, tmp_path / "whole")
    asked(tmp_path, job)
    assert merge(stores, tmp_path / "whole").lacking == ()


def test_a_part_asked_twice_alike_is_told_and_otherwise_refused(job: Job, tmp_path: Path) -> None:
    stores = asked(tmp_path, job)
    (tmp_path / "more").mkdir()
    again = asked(tmp_path / "more", job, [2])
    merged = merge([*stores, *again], tmp_path / "whole")
    assert merged.answers == 2 * PERSONS
    assert merged.doubled == (f"part 2/3 in {stores[1]}, {again[0]}",)
    (tmp_path / "other").mkdir()
    other = asked(tmp_path / "other", job, [2], Steady("B"))
    with pytest.raises(EvaluationError, match="different answers"):
        merge([*stores, *other], tmp_path / "conflict", partial=True)
    with pytest.raises(EvaluationError, match="named twice"):
        merge([*stores, stores[0]], tmp_path / "twice")
    with pytest.raises(EvaluationError, match="no stores"):
        merge([], tmp_path / "none")


def test_parts_of_different_runs_are_refused_and_their_difference_told(
    job: Job, persons: People, tmp_path: Path
) -> None:
    here = asked(tmp_path, job, [1])
    moved = asked(tmp_path, job, [2, 3], Steady(spec=ModelSpec("steady", "test", {"server": "two"})))
    with pytest.raises(EvaluationError, match=r'different runs, by model\.settings\.server: "one", "two"') as raised:
        merge([*here, *moved], tmp_path / "whole")
    assert "no store is for part 2/3, 3/3" in str(raised.value)
    fewer = prepare(persons, n_demonstrations=3, splits=["test"], setups=[0], persons=6)
    (tmp_path / "fewer").mkdir()
    with pytest.raises(EvaluationError, match=r"persons: 9, 6"):
        merge([*here, *asked(tmp_path / "fewer", fewer, [2, 3])], tmp_path / "whole")


def test_stores_of_several_whole_runs_go_together(job: Job, persons: People, tmp_path: Path) -> None:
    more = prepare(persons, n_demonstrations=5, splits=["test"], setups=[0])
    stores = asked(tmp_path, job)
    assert asked(tmp_path, more) == stores
    merged = merge(stores, tmp_path / "whole")
    assert (merged.answers, merged.runs, merged.lacking) == (4 * PERSONS, 2, ())


def test_a_part_without_persons_needs_no_store(persons: People, tmp_path: Path) -> None:
    few = prepare(persons, n_demonstrations=3, splits=["test"], setups=[0], persons=1)
    ids = few.people.person_ids[few.persons]
    full = [part for part in range(1, PARTS + 1) if shard(ids, part, PARTS).any()]
    stores = asked(tmp_path, few, full)
    for part in {1, 2, 3} - set(full):
        with pytest.raises(EvaluationError, match="nobody to ask in part"):
            evaluate(Steady(), few, store=tmp_path / "none", part=(part, PARTS))
    assert not (tmp_path / "none").exists()
    assert len(stores) == 1
    assert merge(stores, tmp_path / "whole").lacking == ()


def test_stores_from_before_parts_were_noted_are_put_together_unchecked(job: Job, tmp_path: Path) -> None:
    stores = asked(tmp_path, job, [1, 2])
    for path in stores:
        with RunStore(path) as store:
            store._connection.execute("DROP TABLE jobs")
    merged = merge(stores, tmp_path / "some")
    assert (merged.runs, merged.lacking) == (0, ())
    assert 0 < merged.answers < 2 * PERSONS
    # Going on with an old store notes what it is for.
    evaluate(Steady(), job, store=stores[0], part=(1, PARTS))
    with RunStore(stores[0], "read") as store:
        assert [record.name for record in store.jobs()] == ["part 1/3"]
