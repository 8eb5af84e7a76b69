"""The commands that ask refuse what would be passed over, and their help is in parts."""

from __future__ import annotations

import re

import pytest
from typer.testing import CliRunner

from indievaluecatalog.cli.main import app
from indievaluecatalog.errors import EvaluationError

SERVER = ("--base-url", "http://127.0.0.1:1/v1")


@pytest.mark.parametrize("command", [("evaluate", "m"), ("study", "shown", "m")])
@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((*SERVER, "--mode", "generate"), "--mode: only for a model on this machine; add --local"),
        ((*SERVER, "--device", "cpu", "--gguf-file", "x"), "--device, --gguf-file: only for a model on this machine"),
        (("--local", *SERVER), "--base-url: only for a model behind a server; leave it or --local out"),
        (("--local", "--extra-body", "{}", "--timeout", "9"), "--extra-body, --timeout: only for a model behind"),
    ],
)
def test_options_that_would_do_nothing_are_refused(
    command: tuple[str, ...], words: tuple[str, ...], message: str
) -> None:
    done = CliRunner().invoke(app, [*command, *words, "--dry-run"])
    assert isinstance(done.exception, EvaluationError)
    assert message in str(done.exception)


def test_probabilities_of_a_letter_need_one_letter_an_answer() -> None:
    done = CliRunner().invoke(app, ["evaluate", "m", *SERVER, "--logprobs", "--form", "joint", "--dry-run"])
    assert isinstance(done.exception, EvaluationError)
    assert "use --form single" in str(done.exception)


@pytest.mark.parametrize("command", ["evaluate", "requests", "study"])
def test_help_is_in_parts(command: str) -> None:
    text = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "120"}).output
    heads = re.findall(r"╭─ (.+?) ─+╮", text)
    assert heads[:2] == ["Arguments", "Options"]
    assert {"A model behind a server: what it is sent", "A model on this machine"} - set(heads) == (
        {"A model on this machine"} if command == "requests" else set()
    )
    assert sum(head.startswith("What is asked, and of whom") for head in heads) == 1
