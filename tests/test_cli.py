"""The command line as a newcomer meets it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from indievaluecatalog.cli import app

COMMANDS = [
    "",
    "catalog",
    "catalog check",
    "catalog show",
    "catalog import",
    "inspect",
    "synth",
    "build",
    "verify",
    "sample",
    "baseline",
    "score",
    "evaluate",
    "requests",
    "responses",
    "merge",
    "import-log",
    "study",
    "export-lm-eval",
    "import-lm-eval",
    "demo",
]


def run(*words: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from indievaluecatalog.cli import main; main()", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches(command: str) -> None:
    done = CliRunner().invoke(app, [*command.split(), "--help"])
    assert done.exit_code == 0
    assert "Usage" in done.output
    if command not in ("", "catalog", "demo", "catalog check"):
        assert "Example" in done.output


def test_the_installed_program_helps_too() -> None:
    done = run("--help")
    assert done.returncode == 0
    assert "Usage" in done.stdout


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


@pytest.mark.slow
def test_demo_goes_the_whole_way(tmp_path: Path) -> None:
    done = run("demo", "--persons", "1000", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1,000 synthetic persons" in done.stdout
    assert "One of these synthetic persons says" in done.stdout
    manifest = json.loads((tmp_path / "build" / "indievaluecatalog" / "manifest.json").read_text("utf-8"))
    assert manifest["synthetic"] is True
    verified = run("verify", folder=tmp_path)
    assert verified.stdout.strip().endswith(manifest["dataset_digest"])
    (tmp_path / "build" / "indievaluecatalog" / "README.md").write_text("changed")
    assert "README.md was changed" in run("verify", folder=tmp_path).stderr


def test_synth_does_not_replace_a_file_unasked(tmp_path: Path) -> None:
    (tmp_path / "wave7.sav").write_bytes(b"the real one")
    words = ("synth", "--persons", "50", "--out", "wave7.sav")
    done = run(*words, folder=tmp_path)
    assert done.returncode == 1
    assert "exists already" in done.stderr
    assert (tmp_path / "wave7.sav").read_bytes() == b"the real one"
    assert run(*words, "--force", folder=tmp_path).returncode == 0


def test_inspect_ends_with_status_1_for_a_file_that_cannot_be_built_from(tmp_path: Path) -> None:
    assert run("synth", "--persons", "50", "--out", "people.csv", folder=tmp_path).returncode == 0
    text = (tmp_path / "people.csv").read_text("utf-8").replace('"B_COUNTRY"', '"LAND"', 1)
    (tmp_path / "people.csv").write_text(text, "utf-8")
    done = run("inspect", "people.csv", folder=tmp_path)
    assert done.returncode == 1
    assert "B_COUNTRY" in done.stdout


def test_ctrl_c_says_what_is_left(tmp_path: Path) -> None:
    program = (
        "import indievaluecatalog.catalog.load as load\n"
        "def stop(name): raise KeyboardInterrupt\n"
        "load.load_catalog = stop\n"
        "from indievaluecatalog.cli import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "catalog", "check"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 130
    assert "nothing half-written was left" in done.stderr


def test_inspect_prints_json(tmp_path: Path) -> None:
    assert run("synth", "--persons", "700", "--out", "people.csv", folder=tmp_path).returncode == 0
    done = run("inspect", "people.csv", "--json", folder=tmp_path)
    assert json.loads(done.stdout)["rows"] == 700
