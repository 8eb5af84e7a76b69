"""The commands that ask: options reach the server, parts and files come together, and every refusal says what to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from indievaluecatalog.cli.main import app
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.scoring.results import read_results
from tests.evaluation.scripted_server import ScriptedServer, by_schema

FEW = ["--persons", "6", "--demonstrations", "5", "--setup", "0", "--ask", "polar"]
Call = Callable[..., str]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedServer]:
    pytest.importorskip("openai")
    with ScriptedServer(answer=by_schema) as running:
        yield running


@pytest.fixture
def call(dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Run a command in an empty folder; what it prints, on either stream."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(*words: str, status: int = 0) -> str:
        data = ["--dataset", str(dataset)] if words[0] in ("evaluate", "requests") else []
        done = CliRunner().invoke(app, [*words, *data], env={"COLUMNS": "200"})
        if isinstance(done.exception, EvaluationError):
            raise done.exception
        assert done.exit_code == status, done.output
        return " ".join(done.output.split())

    return run


def test_settings_of_reasoning_models_reach_the_server_and_the_results(
    call: Call, server: ScriptedServer, tmp_path: Path
) -> None:
    words = ["--temperature", "none", "--sampling-seed", "none", "--reasoning-effort", "low", "--max-tokens", "900"]
    extra = {"chat_template_kwargs": {"enable_thinking": False}}
    more = ["--max-tokens-field", "max_completion_tokens", "--extra-body", json.dumps(extra), "--out", "r.parquet"]
    call("evaluate", "m", "--base-url", server.url, *words, *more, *FEW)
    sent = server.bodies[-1]
    assert not {"temperature", "seed", "max_tokens"} & sent.keys()
    assert (sent["reasoning_effort"], sent["max_completion_tokens"]) == ("low", 900)
    assert sent["chat_template_kwargs"] == extra["chat_template_kwargs"]
    settings = read_results(tmp_path / "r.parquet").run.settings
    assert (settings["temperature"], settings["reasoning_effort"], settings["extra"]) == (None, "low", extra)


def test_usual_settings_have_the_identity_they_always_had(call: Call, server: ScriptedServer, tmp_path: Path) -> None:
    """Or everybody's stores would be asked anew."""
    call("evaluate", "m", "--base-url", server.url, "--server", "s", "--out", "r.parquet", *FEW)
    settings: dict[str, Any] = dict(read_results(tmp_path / "r.parquet").run.settings)
    assert settings == {
        "kind": "openai",
        "server": "s",
        "chat": True,
        "structured": "schema",
        "temperature": 0.0,
        "max_tokens": None,
        "seed": 0,
        "reasoning_effort": None,
        "logprobs": False,
        "extra": {},
        "attempts": 1,
    }


def test_who_answered_is_printed_and_more_than_one_is_a_warning(call: Call, server: ScriptedServer) -> None:
    server.extend = lambda sent, answer: answer | {"model": "m-2026", "system_fingerprint": "fp_1"}
    told = call("evaluate", "m", "--base-url", server.url, "--server", "s", *FEW)
    assert "Answered by m-2026 (fp_1): 6." in told
    assert "warning" not in told
    server.extend = lambda sent, answer: answer | {"model": "m-2026", "system_fingerprint": "fp_2"}
    both = call("evaluate", "m", "--base-url", server.url, "--server", "s", *FEW, "--setup", "1")
    assert "Answered by m-2026 (fp_1): 6, m-2026 (fp_2): 6." in both
    assert "warning: not one and the same model answered" in both


def test_parts_are_asked_apart_and_put_together(call: Call, server: ScriptedServer, tmp_path: Path) -> None:
    for part in ("1/2", "2/2"):
        here = ["--shard", part, "--store", f"{part[0]}.sqlite"]
        call("evaluate", "m", "--base-url", server.url, "--server", "s", *here, *FEW)
    sent = len(server.bodies)
    with pytest.raises(EvaluationError, match="no store is for part 2/2"):
        call("merge", "1.sqlite", "--out", "whole.sqlite")
    assert "warning: not whole: no store is for part 2/2" in call("merge", "1.sqlite", "--out", "h.sqlite", "--partial")
    assert "The run is whole" in call("merge", "1.sqlite", "2.sqlite", "--out", "whole.sqlite")
    told = call("evaluate", "m", "--offline", "--server", "s", "--store", "whole.sqlite", "--out", "w.parquet", *FEW)
    assert "0 requests now, 6 were answered before" in told
    assert len(server.bodies) == sent
    # Parts of the same run do not overwrite each other's results.
    names = {path.name for path in (tmp_path / "build" / "results").glob("*.parquet")}
    assert names == {f"m-joint-statements-5-ask_polar-setup_0-6_persons-part_{n}_of_2.parquet" for n in (1, 2)}


def test_a_run_by_files(call: Call, tmp_path: Path) -> None:
    told = call("requests", "m", "--out", "out.jsonl", *FEW)
    assert "6 requests written, 0 were answered before: out.jsonl" in told
    assert "responses ANSWERS.jsonl ... --store build/results/m.sqlite" in told
    lines = []
    for text in (tmp_path / "out.jsonl").read_text("utf-8").splitlines():
        line = json.loads(text)
        body = {"choices": [{"message": {"content": by_schema(line["body"])}}]}
        lines.append(json.dumps({"custom_id": line["custom_id"], "response": {"status_code": 200, "body": body}}))
    (tmp_path / "in.jsonl").write_text("\n".join(lines[:5]), "utf-8")
    told = call("responses", "in.jsonl", "--store", "build/results/m.sqlite")
    assert "5 answers taken, 0 were there." in told
    assert "1 requests have no answer yet" in told
    assert "--partial" in call(
        "evaluate", "m", "--offline", "--out", "part.parquet", "--store", "build/results/m.sqlite", *FEW
    )
    assert "1 requests written, 5 were answered" in call("requests", "m", "--out", "more.jsonl", *FEW)
    (tmp_path / "in.jsonl").write_text("\n".join(lines), "utf-8")
    assert "1 answers taken, 5 were there." in call("responses", "in.jsonl", "--store", "build/results/m.sqlite")
    assert "--partial" in call("evaluate", "m", "--offline", *FEW)  # six of the persons are not all
    assert read_results(next((tmp_path / "build" / "results").glob("*.parquet"))).table.num_rows == 6 * 39


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--extra-body", '{"api_key": "very-secret"}'], "looks like a secret"),
        (["--extra-body", '{"temperature": 1}'], "set twice"),
        (["--dry-run", "--offline"], "leave one out"),
        (["--dry-run", "--price-prompt", "3"], "both --price-prompt and --price-completion"),
        (["--shard", "3/2"], "2/8"),
        (["--timeout", "0"], "timeout_s is more than 0"),
    ],
)
def test_what_cannot_be_says_so_before_anything_is_asked(
    call: Call, words: list[str], message: str, tmp_path: Path
) -> None:
    with pytest.raises(EvaluationError, match=message) as raised:
        call("evaluate", "m", *words, *FEW)
    assert "very-secret" not in str(raised.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--temperature", "warm"], "'warm' is neither a number nor none"),
        (["--sampling-seed", "0.5"], "neither a whole number nor none"),
        (["--extra-body", "[1]"], "no JSON object"),
        (["--extra-body", "{very-secret"], "no JSON:"),
    ],
)
def test_options_of_the_wrong_kind(call: Call, words: list[str], message: str) -> None:
    told = call("evaluate", "m", *words, status=2)
    assert message in told
    assert "very-secret" not in told
