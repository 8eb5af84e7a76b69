"""The store: what was answered is there, whatever happens to the process, and nothing else passes for a store."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.merging import merge
from indievaluecatalog.evaluation.request import ModelSpec, Response, request_key
from indievaluecatalog.evaluation.shards import parse_shard, shard
from indievaluecatalog.evaluation.store import RunStore
from tests.evaluation.asked import made_request, made_requests

SPEC = ModelSpec("m", "test")


def key_of(number: int) -> str:
    return request_key(made_request(number), SPEC)


def answered(path: Path, numbers: range, text: str = "{}") -> Path:
    with RunStore(path) as store:
        for number in numbers:
            store.add(Response(key_of(number), text=f"{text} {number}"), made_request(number))
    return path


def test_what_was_put_in_comes_out(tmp_path: Path) -> None:
    request = made_request(4, single=True, attempt=2)
    response = Response("k", "B – ja", "length", "", 7, None, 3, 2, ((0.25, 0.75),))
    with RunStore(tmp_path / "new" / "run.sqlite") as store:
        store.add(response, request)
    with RunStore(tmp_path / "new" / "run.sqlite", mode="read") as store:
        assert store.responses() == store.responses(["k", "other"]) == {"k": response}
        assert store.request("k") == request
        assert store.missing(["other", "k", "third"]) == ["other", "third"]
        with pytest.raises(EvaluationError, match="no request"):
            store.request("other")


def test_a_closed_store_is_one_file(tmp_path: Path) -> None:
    answered(tmp_path / "run.sqlite", range(3))
    assert [path.name for path in tmp_path.iterdir()] == ["run.sqlite"]


def test_more_keys_than_a_statement_may_name(tmp_path: Path) -> None:
    requests = made_requests(2_000)
    with RunStore(tmp_path / "run.sqlite") as store:
        store.add_all((Response(f"k{at}"), request) for at, request in enumerate(requests[:1_999]))
        keys = [f"k{at}" for at in range(2_000)]
        assert store.missing(keys) == ["k1999"]
        assert len(store.responses(keys)) == 1_999


def test_an_error_is_kept_but_is_no_answer(tmp_path: Path) -> None:
    failed = Response("k", finish_reason="error", error="HTTP 500", tries=6)
    with RunStore(tmp_path / "run.sqlite") as store:
        store.add(failed, made_request(0))
        assert store.missing(["k"]) == ["k"]
        assert store.errors() == [failed]
        store.add(Response("k", "A"), made_request(0))
        assert store.missing(["k"]) == []


def test_an_answer_is_never_replaced(tmp_path: Path) -> None:
    with RunStore(tmp_path / "run.sqlite") as store:
        store.add(Response("k", "A", tries=1), made_request(0))
        store.add(Response("k", "A", tries=3), made_request(0))
        with pytest.raises(EvaluationError, match="another answer"):
            store.add(Response("k", "B"), made_request(0))
        with pytest.raises(EvaluationError, match="another answer"):
            store.add_all([(Response("new"), made_request(1)), (Response("k", "C"), made_request(0))])
        assert store.responses() == {"k": Response("k", "A", tries=1)}


def test_the_same_prompt_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "run.sqlite"
    long = replace(made_request(0), context="".join(chr(97 + n * n % 26) for n in range(40_000)))
    with RunStore(path) as store:
        for attempt in range(50):
            store.add(Response(f"k{attempt}"), replace(long, attempt=attempt))
    assert path.stat().st_size < 60_000


def test_two_processes_cannot_have_it_at_once(tmp_path: Path) -> None:
    path = answered(tmp_path / "run.sqlite", range(1))
    program = (
        "import sys, time; from indievaluecatalog.evaluation.store import RunStore\n"
        "store = RunStore(sys.argv[1]); print('open', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", program, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        for mode in ("write", "read"):
            with pytest.raises(EvaluationError, match="another process is using this store"):
                RunStore(path, mode=mode)  # type: ignore[arg-type]
    finally:
        other.kill()
        other.communicate()
    with RunStore(path) as store:
        assert len(store.responses()) == 1


def test_what_was_added_outlives_a_killed_process(tmp_path: Path) -> None:
    path = tmp_path / "run.sqlite"
    program = (
        "import os, sys; sys.path.insert(0, sys.argv[2])\n"
        "from indievaluecatalog.evaluation.store import RunStore; from indievaluecatalog.evaluation.request import "
        "Response; from tests.evaluation.asked import made_request\n"
        "store = RunStore(sys.argv[1]); store.add(Response('k', 'A'), made_request(0)); os.kill(os.getpid(), 9)"
    )
    root = str(Path(__file__).parents[2])
    assert subprocess.run([sys.executable, "-c", program, str(path), root], check=False).returncode == -9
    with RunStore(path, mode="read") as store:
        assert store.responses() == {"k": Response("k", "A")}
    with RunStore(path) as store:
        assert store.request("k") == made_request(0)


def test_other_files_are_no_stores(tmp_path: Path) -> None:
    text, other, newer = tmp_path / "text", tmp_path / "other.sqlite", tmp_path / "newer.sqlite"
    text.write_text("person,answer\n" * 1_000)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    shutil.copy(answered(tmp_path / "run.sqlite", range(1)), newer)
    with sqlite3.connect(newer) as connection:
        connection.execute("PRAGMA user_version = 2")
    connection.close()
    for path, reason in ((text, "cannot be used as a store"), (other, "no store of answers"), (newer, "format 2")):
        before = path.read_bytes()
        for mode in ("read", "write"):
            with pytest.raises(EvaluationError, match=reason):
                RunStore(path, mode=mode)  # type: ignore[arg-type]
        assert path.read_bytes() == before
    with pytest.raises(EvaluationError, match="no such store"):
        RunStore(tmp_path / "none", mode="read")
    with pytest.raises(EvaluationError, match="is a folder"):
        RunStore(tmp_path)


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_file_cut_short_is_damaged(tmp_path: Path, share: float) -> None:
    path = answered(tmp_path / "run.sqlite", range(300))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(EvaluationError, match=r"damaged|cannot be used"):
        RunStore(path)


def test_every_person_is_in_one_shard_whoever_else_there_is() -> None:
    ids = np.array([f"p{n}" for n in range(4_000)])
    parts = np.array([shard(ids, part, 8) for part in range(1, 9)])
    assert (parts.sum(axis=0) == 1).all()
    assert 400 < parts.sum(axis=1).min() <= parts.sum(axis=1).max() < 600
    assert (shard(ids[::-7], 3, 8) == parts[2][::-7]).all()
    assert parse_shard("3/8") == (3, 8)
    for wrong in ("0/8", "9/8", "3", "3/8/9", "-1/8", "a/b", "1/0"):
        with pytest.raises(EvaluationError, match="part"):
            parse_shard(wrong)


def test_merging_puts_parts_together(tmp_path: Path) -> None:
    parts = [answered(tmp_path / "a", range(5)), answered(tmp_path / "b", range(3, 9))]
    assert merge(parts, tmp_path / "whole", {key_of(number) for number in range(9)}).answers == 9
    whole = answered(tmp_path / "at once", range(9))
    with RunStore(tmp_path / "whole", mode="read") as merged, RunStore(whole, mode="read") as expected:
        assert merged.responses() == expected.responses()
        assert [merged.request(key_of(n)) for n in range(9)] == made_requests(9)


def test_merging_refuses_what_does_not_fit(tmp_path: Path) -> None:
    a, b = answered(tmp_path / "a", range(5)), answered(tmp_path / "b", range(5, 8))
    other = answered(tmp_path / "other", range(4, 6), text="[]")
    out, keys = tmp_path / "out", [key_of(number) for number in range(10)]
    with pytest.raises(EvaluationError, match="different answers to 1 requests"):
        merge([a, other], out)
    with pytest.raises(EvaluationError, match="2 of 10 requests have no answer"):
        merge([a, b], out, keys)
    with pytest.raises(EvaluationError, match=r"1 answers are to requests of another run, in .*b"):
        merge([a, b], out, keys[:7])
    with pytest.raises(EvaluationError, match="no such store"):
        merge([a, tmp_path / "none"], out)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b", "other"]
    out.write_text("mine")
    with pytest.raises(EvaluationError, match="is there already"):
        merge([a, b], out)
    assert out.read_text() == "mine"
