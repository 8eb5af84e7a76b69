"""From a model to a file of results: what is asked, resumed, read and written."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.cli.main import app
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.evaluate import evaluate, evaluate_offline
from indievaluecatalog.evaluation.files import evaluate_to_file
from indievaluecatalog.evaluation.job import prepare
from indievaluecatalog.evaluation.job_parts import part_of
from indievaluecatalog.evaluation.prompt_spec import PromptSpec
from indievaluecatalog.evaluation.reader_identity import reader_digest
from indievaluecatalog.evaluation.request import ModelSpec, Request, Response
from indievaluecatalog.keyed_hash import keyed_hash
from indievaluecatalog.sampling.protocol import PAPER
from indievaluecatalog.scoring.cells import lay_out
from indievaluecatalog.scoring.hits import hits
from indievaluecatalog.scoring.results import read_results, write_results
from tests.evaluation.scripted_server import Fault, ScriptedServer, by_schema
from tests.people import random_answers
from tests.scoring.conftest import people_from

PERSONS = 6


@pytest.fixture(scope="module")
def persons(catalog: Catalog) -> People:
    return people_from(random_answers(catalog, PERSONS, seed=8), catalog, split="test")


@dataclass
class Knowing:
    """A model that knows the answers, but for some it cannot be read."""

    people: People
    spoiled: int = 0
    """Every so-manieth answer is spoiled; 0 for none."""
    heals: bool = False
    """Whether a second attempt is answered properly."""
    asked: list[Request] = field(default_factory=list)
    spec: ModelSpec = field(default_factory=lambda: ModelSpec("knowing", "test", {"temperature": 0}))

    def answer(self, requests: Iterable[tuple[str, Request]]) -> Iterator[Response]:
        rows = {name: at for at, name in enumerate(self.people.person_ids.tolist())}
        items = {item: at for at, item in enumerate(self.people.catalog.items)}
        for key, request in requests:
            self.asked.append(request)
            options = self.people.of(request.granularity)
            letters = {
                slot.id: slot.letters[slot.order.index(int(options[items[slot.item], rows[request.person_id]]))]
                for slot in request.slots
            }
            bad = self.spoiled and len(self.asked) % self.spoiled == 0 and not (self.heals and request.attempt)
            yield Response(key, "I had rather not say." if bad else json.dumps(letters))


@pytest.mark.parametrize("form", ["joint", "single"])
@pytest.mark.parametrize("order", ["coded", "reversed", "rotated"])
def test_who_knows_the_answers_is_right_everywhere(persons: People, tmp_path: Path, form: str, order: str) -> None:
    prompt = PromptSpec(form=form, option_order=order)  # type: ignore[arg-type]
    done = evaluate(
        Knowing(persons), persons, store=tmp_path / "s", prompt=prompt, n_demonstrations=20, splits=["test"]
    )
    cells = lay_out(done.results, persons)
    assert cells.coverage.complete
    assert (hits(cells)[cells.asked] == 1).all()
    assert done.outcomes["read"] == cells.coverage.tasks
    assert done.unanswered == 0


def test_the_same_again_asks_nothing_and_gives_the_same_bytes(persons: People, tmp_path: Path) -> None:
    job = prepare(persons, n_demonstrations=10, splits=["test"])
    files = []
    for name, count in (("a", 2 * 3 * PERSONS), ("b", 0)):
        model = Knowing(persons)
        done = evaluate(model, job, store=tmp_path / "store")
        assert len(model.asked) == done.asked.asked == count
        write_results(done.results, tmp_path / f"{name}.parquet")
        files.append((tmp_path / f"{name}.parquet").read_bytes())
    assert files[0] == files[1]


def test_what_cannot_be_read_counts_and_may_be_asked_again(persons: People, tmp_path: Path) -> None:
    choices: dict[str, Any] = {
        "n_demonstrations": 5,
        "splits": ["test"],
        "setups": [1],
        "granularities": ["polar"],
    }
    once = evaluate(Knowing(persons, spoiled=3), persons, store=tmp_path / "one", **choices)
    refused = once.outcomes["refused"] + once.outcomes["unreadable"]
    assert refused == pytest.approx(39 * PERSONS / 3, abs=10)
    cells = lay_out(once.results, persons)
    assert cells.coverage.complete
    assert (cells.prediction[cells.asked] == -1).sum() == refused
    twice = Knowing(persons, spoiled=3, heals=True)
    done = evaluate(twice, persons, store=tmp_path / "two", attempts=2, **choices)
    assert done.outcomes["read"] == lay_out(done.results, persons).coverage.tasks
    assert [request.attempt for request in twice.asked] == [0] * PERSONS + [1] * (PERSONS // 3)
    assert done.results.run.settings["attempts"] == 2
    assert (once.unrepeated, done.unrepeated) == (0, 0)


def test_attempts_that_were_cut_off_are_told_and_made_up_for(persons: People, tmp_path: Path) -> None:
    job = prepare(persons, n_demonstrations=5, splits=["test"], setups=[1], granularities=["polar"])

    class CutOff(Knowing):
        def answer(self, requests: Iterable[tuple[str, Request]]) -> Iterator[Response]:
            for key, request in requests:
                if request.attempt:
                    raise KeyboardInterrupt
                yield from super().answer([(key, request)])

    with pytest.raises(KeyboardInterrupt):
        evaluate(CutOff(persons, spoiled=3), job, store=tmp_path / "cut", attempts=2)
    found = evaluate_offline(Knowing(persons), job, store=tmp_path / "cut", attempts=2)
    assert found.complete
    assert found.unrepeated == found.results.table["prediction"].null_count > 39
    done = evaluate(Knowing(persons, spoiled=3, heals=True), job, store=tmp_path / "cut", attempts=2)
    whole = evaluate(Knowing(persons, spoiled=3, heals=True), job, store=tmp_path / "whole", attempts=2)
    assert done.unrepeated == 0
    assert done.results.table.equals(whole.results.table)


def test_shards_are_the_whole_and_some_persons_are_the_first_of_more(persons: People) -> None:
    def asked(part: tuple[int, int] = (1, 1), number: int | None = None) -> set[tuple[str, int, str]]:
        job = part_of(prepare(persons, n_demonstrations=5, splits=["test"], persons=number), part)
        return {(request.person_id, request.setup, request.granularity) for request in job.requests()}

    whole = asked()
    parts = [asked((one, 2)) for one in (1, 2)]
    assert parts[0] | parts[1] == whole
    assert not parts[0] & parts[1]
    assert asked(number=2) < asked(number=4) < whole


def test_a_run_says_what_was_shown_and_by_which_prompt(persons: People, tmp_path: Path) -> None:
    job = prepare(persons, prompt=PromptSpec(shown="demographics"), splits=["test"])
    run = evaluate(Knowing(persons), job, store=tmp_path / "s").results.run
    assert (run.shown, run.n_demonstrations, run.model) == ("demographics", 0, "knowing")
    assert run.prompt is not None
    assert set(run.prompt["digests"]) == {"polar", "refined"}
    assert run.prompt["reader"] == reader_digest()
    assert run.settings == {"kind": "test", "temperature": 0, "attempts": 1}


def test_results_of_other_runs_are_not_overwritten(
    persons: People, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def written(model: Knowing, **choices: Any) -> str:
        few: dict[str, Any] = {"n_demonstrations": 3, "splits": ["test"], "setups": [0], "granularities": ["polar"]}
        target, done = evaluate_to_file(model, prepare(persons, **(few | choices)))
        assert read_results(target).run == done.results.run
        return target.name

    usual = written(Knowing(persons))
    assert usual == "knowing-joint-statements-3-ask_polar-setup_0-test.parquet"
    assert written(Knowing(persons)) == usual
    warm = Knowing(persons, spec=ModelSpec("knowing", "test", {"temperature": 1}))
    names = {usual, written(warm), written(Knowing(persons), changes={"seed": 7})}
    names.add(written(Knowing(persons), splits=["validation", "test"]))
    assert len(names) == 4
    assert written(warm) in names
    with monkeypatch.context() as later:
        later.setattr("indievaluecatalog.evaluation.job.reader_digest", lambda: "a later one")
        assert written(Knowing(persons)) == usual


def test_bad_requests_say_what_is_wrong(persons: People, tmp_path: Path) -> None:
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"splits": ["exam"]}, "no split 'exam'"),
        ({"splits": ["train"]}, "nobody to ask"),
        ({"persons": 0, "splits": ["test"]}, "at least 1"),
        ({"setups": [], "splits": ["test"]}, "nothing was asked for"),
        ({"protocol": PAPER, "splits": ["test"], "n_demonstrations": 5}, "form 'single'"),
    )
    for choices, message in wrong:
        with pytest.raises(EvaluationError, match=message):
            evaluate(Knowing(persons), persons, store=tmp_path / "s", **choices)
    with pytest.raises(EvaluationError, match="at least 1, not 0"):
        evaluate(Knowing(persons), persons, store=tmp_path / "s", attempts=0)


def words(server: ScriptedServer, dataset: Path, out: Path) -> list[str]:
    few = ["--persons", "6", "--demonstrations", "20", "--concurrency", "2"]
    return ["evaluate", "scripted", "--base-url", server.url, *few, "--dataset", str(dataset), "--out", str(out)]


def started(server: ScriptedServer, dataset: Path, out: Path) -> subprocess.Popen[bytes]:
    """The command in a process of its own, which can be killed."""
    program = "from indievaluecatalog.cli import main; main()"
    return subprocess.Popen([sys.executable, "-c", program, *words(server, dataset, out)], stdout=subprocess.DEVNULL)


def finished(server: ScriptedServer, dataset: Path, out: Path) -> str:
    """The command to its end, here; what it prints."""
    done = CliRunner().invoke(app, words(server, dataset, out))
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.slow
def test_a_command_killed_three_times_ends_with_the_same_bytes(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed outright at random points; only what was under way is sent again, under the same idempotency key."""
    pytest.importorskip("openai")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    whole, killed = tmp_path / "a" / "results.parquet", tmp_path / "b" / "results.parquet"
    with ScriptedServer(answer=by_schema, script=lambda body, before: Fault(wait_s=0.02)) as server:
        # The server's address is part of a model's identity, so both runs have the same one.
        assert "36 requests now" in finished(server, dataset, whole)
        keys = set(server.received)
        server.received.clear()
        server._kept.clear()
        for number in keyed_hash(1, "kills", "abc"):
            process = started(server, dataset, killed)
            wanted = len(server.bodies) + 8 + int(number) % 3
            while len(server.bodies) < wanted and process.poll() is None:
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            process.wait()
            assert not killed.exists()
        finished(server, dataset, killed)
        assert set(server.received) == keys
        # At a kill two are under way and two more answers may wait to be kept; each of four starts asks one question.
        assert server.received.total() <= 36 + 3 * 2 * 2 + 4
    assert killed.read_bytes() == whole.read_bytes()
    table = pq.read_table(killed)
    assert len(table) == 36 * 39
    assert table["prediction"].null_count == 0
    assert read_results(killed).run.model == "scripted"
