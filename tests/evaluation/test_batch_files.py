"""A run by files: what is lacking goes out, what comes back goes to its request, and results need no server."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.batch_files import read_batch, write_batch
from indievaluecatalog.evaluation.evaluate import evaluate, evaluate_offline
from indievaluecatalog.evaluation.job import Job, prepare
from indievaluecatalog.evaluation.openai_model import OpenAIModel
from indievaluecatalog.evaluation.request import ModelSpec
from indievaluecatalog.evaluation.store import RunStore
from indievaluecatalog.scoring.results import write_results
from tests.evaluation.scripted_server import ScriptedServer, by_schema
from tests.people import random_answers
from tests.scoring.conftest import people_from

PERSONS = 5
SPEC = OpenAIModel("m", server="engine", structured="schema").spec


@pytest.fixture(scope="module")
def persons(catalog: Catalog) -> People:
    return people_from(random_answers(catalog, PERSONS, seed=6), catalog, split="test")


@pytest.fixture(scope="module")
def job(persons: People) -> Job:
    return prepare(persons, n_demonstrations=3, splits=["test"], setups=[0])


def engine(path: Path, out: Path, *, leave_out: Iterable[int] = (), **more: Any) -> Path:
    """Any engine that takes such files; answers in the opposite order."""
    lines = []
    for number, text in enumerate(path.read_text("utf-8").splitlines()):
        line = json.loads(text)
        if number in leave_out:
            continue
        choice = {"message": {"content": by_schema(line["body"])}, "finish_reason": "stop"}
        body = {"choices": [choice], "model": "m-1"}
        answer = {"custom_id": line["custom_id"], "response": {"status_code": 200, "body": body}, "error": None}
        lines.append(json.dumps(answer | more))
    out.write_text("\n".join(reversed(lines)) + "\n", "utf-8")
    return out


def test_there_and_back_gives_the_results_a_server_would_have_given(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("openai")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    store = tmp_path / "run.sqlite"
    written = write_batch(job, SPEC, tmp_path / "out.jsonl", store)
    assert (written.paths, written.requests, written.already) == ((tmp_path / "out.jsonl",), 2 * PERSONS, 0)
    received = read_batch([engine(tmp_path / "out.jsonl", tmp_path / "in.jsonl")], store)
    assert (received.stored, received.missing) == (2 * PERSONS, ())
    # Structured output need not be named again: the store knows what was asked for.
    done = evaluate_offline(OpenAIModel("m", server="engine"), job, store=store)
    assert done.complete
    assert done.served == {"m-1": 2 * PERSONS}
    assert done.asked.asked == 0
    with ScriptedServer(answer=by_schema) as server:
        model = OpenAIModel("m", base_url=server.url, server="engine", structured="schema")
        asked = evaluate(model, job, store=tmp_path / "asked.sqlite")
        assert [body["messages"] for body in server.bodies]
    write_results(done.results, tmp_path / "files.parquet")
    write_results(asked.results, tmp_path / "asked.parquet")
    assert (tmp_path / "files.parquet").read_bytes() == (tmp_path / "asked.parquet").read_bytes()


def test_what_did_not_come_back_is_written_again_and_nothing_else(job: Job, tmp_path: Path) -> None:
    store = tmp_path / "run.sqlite"
    write_batch(job, SPEC, tmp_path / "first.jsonl", store)
    lines = [json.loads(line) for line in (tmp_path / "first.jsonl").read_text("utf-8").splitlines()]
    received = read_batch([engine(tmp_path / "first.jsonl", tmp_path / "in.jsonl", leave_out=[2, 5])], store)
    assert set(received.missing) == {lines[2]["custom_id"], lines[5]["custom_id"]}
    partly = evaluate_offline(OpenAIModel("m", server="engine"), job, store=store)
    assert not partly.complete
    assert partly.unanswered > 0
    again = write_batch(job, SPEC, tmp_path / "second.jsonl", store)
    assert (again.requests, again.already) == (2, 2 * PERSONS - 2)
    assert [json.loads(line) for line in (tmp_path / "second.jsonl").read_text("utf-8").splitlines()] == [
        lines[2],
        lines[5],
    ]
    read_batch([engine(tmp_path / "second.jsonl", tmp_path / "in2.jsonl")], store)
    with pytest.raises(EvaluationError, match=f"all {2 * PERSONS} requests: nothing is left"):
        write_batch(job, SPEC, tmp_path / "third.jsonl", store)
    assert not (tmp_path / "third.jsonl").exists()


def test_no_file_is_larger_than_an_engine_takes(job: Job, tmp_path: Path) -> None:
    one = write_batch(job, SPEC, tmp_path / "one.jsonl", tmp_path / "a")
    whole = one.paths[0].read_bytes()
    by_count = write_batch(job, SPEC, tmp_path / "count.jsonl", tmp_path / "b", most_requests=4)
    assert [path.name for path in by_count.paths] == [f"count-00{n}.jsonl" for n in (1, 2, 3)]
    assert [path.read_bytes().count(b"\n") for path in by_count.paths] == [4, 4, 2]
    limit = len(whole) // 3
    by_size = write_batch(job, SPEC, tmp_path / "size.jsonl", tmp_path / "c", most_bytes=limit)
    assert all(path.stat().st_size <= limit for path in by_size.paths)
    for written in (by_count, by_size):
        assert b"".join(path.read_bytes() for path in written.paths) == whole
    tiny = write_batch(job, SPEC, tmp_path / "tiny.jsonl", tmp_path / "d", most_bytes=1)
    assert len(tiny.paths) == 2 * PERSONS
    answers = [engine(path, tmp_path / f"answers{at}") for at, path in enumerate(by_count.paths)]
    assert read_batch(reversed(answers), tmp_path / "b").missing == ()  # type: ignore[arg-type]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_files_that_may_be_under_way_are_not_overwritten(job: Job, tmp_path: Path) -> None:
    write_batch(job, SPEC, tmp_path / "out.jsonl", tmp_path / "store", most_requests=4)
    before = {path: path.read_bytes() for path in tmp_path.glob("*.jsonl")}
    with pytest.raises(EvaluationError, match=r"out-001\.jsonl: is there already"):
        write_batch(job, SPEC, tmp_path / "out.jsonl", tmp_path / "store")
    assert {path: path.read_bytes() for path in tmp_path.glob("*.jsonl")} == before
    with pytest.raises(EvaluationError, match=r"as \.jsonl"):
        write_batch(job, SPEC, tmp_path / "out.json", tmp_path / "other")
    with pytest.raises(EvaluationError, match="transformers"):
        write_batch(job, ModelSpec("m", "transformers"), tmp_path / "more.jsonl", tmp_path / "other")
    assert not list(tmp_path.glob("more*"))


def test_failures_doubles_and_strangers_are_told(job: Job, tmp_path: Path) -> None:
    store = tmp_path / "run.sqlite"
    write_batch(job, SPEC, tmp_path / "out.jsonl", store)
    good = engine(tmp_path / "out.jsonl", tmp_path / "good.jsonl", leave_out=[0, 1])
    gone = engine(
        tmp_path / "out.jsonl",
        tmp_path / "gone.jsonl",
        leave_out=range(1, 99),
        response=None,
        error={"code": "batch_expired", "message": "too late"},
    )
    foreign = tmp_path / "foreign.jsonl"
    foreign.write_text('{"custom_id": "request-1", "response": {"status_code": 200, "body": {}}}\nnonsense\n', "utf-8")
    received = read_batch([good, gone, foreign, good], store)
    assert received.stored == 2 * PERSONS - 2
    assert len(received.failed) == 1
    assert received.unknown == ("request-1",)
    assert len(received.doubled) == 2 * PERSONS - 2
    assert received.unreadable == (2,)
    assert len(received.missing) == 2
    with RunStore(store, "read") as kept:
        assert "batch_expired" in kept.errors()[0].error


def test_answers_that_contradict_are_refused_and_nothing_is_taken(job: Job, tmp_path: Path) -> None:
    store = tmp_path / "run.sqlite"
    write_batch(job, SPEC, tmp_path / "out.jsonl", store)
    one = engine(tmp_path / "out.jsonl", tmp_path / "one.jsonl")
    other = tmp_path / "other.jsonl"
    other.write_text(one.read_text("utf-8").replace('\\"A\\"', '\\"B\\"', 1), "utf-8")
    with pytest.raises(EvaluationError, match=r"one\.jsonl and .*other\.jsonl: two different answers"):
        read_batch([one, other], store)
    with RunStore(store, "read") as kept:
        assert kept.responses() == {}
    read_batch([one], store)
    with pytest.raises(EvaluationError, match=r"other\.jsonl: another answer"):
        read_batch([other], store)


def test_engines_that_leave_the_wrapping_out_are_understood(job: Job, tmp_path: Path) -> None:
    write_batch(job, SPEC, tmp_path / "out.jsonl", tmp_path / "store")
    wrapped = engine(tmp_path / "out.jsonl", tmp_path / "in.jsonl").read_text("utf-8").splitlines()
    bare = [json.loads(line) for line in wrapped]
    text = "\n".join(json.dumps(line | {"response": line["response"]["body"]}) for line in bare)
    (tmp_path / "bare.jsonl").write_text("\ufeff" + text, "utf-8")
    assert read_batch([tmp_path / "bare.jsonl"], tmp_path / "store").stored == 2 * PERSONS


def test_offline_says_what_the_store_is_for_instead(job: Job, tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="no such store"):
        evaluate_offline(OpenAIModel("m"), job, store=tmp_path / "none")
    with pytest.raises(EvaluationError, match="made when requests are written"):
        read_batch([], tmp_path / "none")
    write_batch(job, SPEC, tmp_path / "out.jsonl", tmp_path / "store")
    with pytest.raises(EvaluationError, match="holds no answer of m to this run"):
        evaluate_offline(OpenAIModel("m", server="engine"), job, store=tmp_path / "store")
    read_batch([engine(tmp_path / "out.jsonl", tmp_path / "in.jsonl")], tmp_path / "store")
    before = (tmp_path / "store").read_bytes()
    with pytest.raises(EvaluationError, match=r"no answer of other to this run.*made for runs of m"):
        evaluate_offline(OpenAIModel("other", server="engine"), job, store=tmp_path / "store")
    assert (tmp_path / "store").read_bytes() == before


def test_parts_can_go_by_files_too(job: Job, tmp_path: Path) -> None:
    counts = [
        write_batch(job, SPEC, tmp_path / f"part{part}.jsonl", tmp_path / f"s{part}", part=(part, 2)).requests
        for part in (1, 2)
    ]
    assert sum(counts) == 2 * PERSONS
    assert min(counts) > 0
