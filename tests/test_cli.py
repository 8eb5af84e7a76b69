"""The command line as a newcomer meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

COMMANDS = ["", "catalog", "catalog check", "catalog show", "catalog import", "inspect", "synth", "build", "demo"]


def run(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from indievaluecatalog.cli import main; main()", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches(command: str) -> None:
    done = run(*command.split(), "--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout
    if command not in ("", "catalog", "demo", "catalog check"):
        assert "Example" in done.stdout


def test_version() -> None:
    from indievaluecatalog import __version__

    assert run("--version").stdout.strip() == f"indievaluecatalog {__version__}"


def test_catalog_check_and_show() -> None:
    done = run("catalog", "check")
    assert "929" in done.stdout
    assert "567" in done.stdout
    shown = run("catalog", "show", "Q1")
    assert "Family is very important in my life." in shown.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("catalog", "show", "Q1000"), "Q1000"),
        (("catalog", "check", "no-such-folder"), "no-such-folder"),
        (("inspect", "nothing.sav"), "nothing.sav"),
        (("build", "nothing.sav", "--out", "out"), "nothing.sav"),
        (("synth", "--persons", "10", "--out", "people.xls"), "people.xls"),
    ],
)
def test_errors_are_one_clean_message(words: tuple[str, ...], expected: str, tmp_path: Path) -> None:
    done = run(*words, folder=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert expected in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("out*"))


def test_demo_goes_the_whole_way(tmp_path: Path) -> None:
    done = run("demo", "--persons", "1000", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1,000 synthetic persons" in done.stdout
    assert "One of these synthetic persons says" in done.stdout
    manifest = json.loads((tmp_path / "build" / "indievaluecatalog" / "manifest.json").read_text("utf-8"))
    assert manifest["synthetic"] is True


def test_inspect_prints_json(tmp_path: Path) -> None:
    assert run("synth", "--persons", "700", "--out", "people.csv", folder=tmp_path).returncode == 0
    done = run("inspect", "people.csv", "--json", folder=tmp_path)
    assert json.loads(done.stdout)["rows"] == 700
