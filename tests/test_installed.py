"""The wheel in an environment that has what the package says it needs, and nothing of the checkout or of its tools."""

from __future__ import annotations

import json
import os
import subprocess
import venv
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest

from tests.test_packaging import PROJECT, build

pytestmark = pytest.mark.slow

EVERY_HELP = """
import json
from typer.main import get_command
from typer.testing import CliRunner
from indievaluecatalog.cli import app

def commands(command, words=()):
    yield words
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*words, name))

runner = CliRunner()
outcomes = {" ".join(words): runner.invoke(app, [*words, "--help"]) for words in commands(get_command(app))}
print(json.dumps({words: (done.exit_code, "Usage" in done.output) for words, done in outcomes.items()}))
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment with the wheel in it, and a folder to work in."""

    home: Path
    folder: Path

    def run(self, program: str, *words: str) -> subprocess.CompletedProcess[str]:
        """A program of the environment, as somebody who knows of no checkout runs it."""
        environment = {
            "PATH": os.defpath,
            "HOME": str(self.folder),
            "HF_HUB_OFFLINE": "1",
            "PYTHONDONTWRITEBYTECODE": "1",  # what is lent by the environment of the tests stays as it is
        }
        command = [str(self.home / "bin" / program), *words]
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)


def needed(names: list[str]) -> dict[str, Distribution]:
    """What is required by requirements, and by what those require, without any extra that nobody asks for."""
    requirements = pytest.importorskip("packaging.requirements")
    found: dict[str, Distribution] = {}
    waiting = [requirements.Requirement(name) for name in names]
    done = set()
    while waiting:
        one = waiting.pop()
        if str(one) in done:
            continue
        done.add(str(one))
        found[one.name] = distribution(one.name)
        for line in found[one.name].requires or []:
            below = requirements.Requirement(line)
            if below.marker is None or any(below.marker.evaluate({"extra": extra}) for extra in ("", *one.extras)):
                waiting.append(below)
    return found


def lend(one: Distribution, site: Path) -> None:
    """Link an installed distribution into another environment: the same files, and no download."""
    for top in {file.parts[0] for file in one.files or () if file.parts[0] not in ("..", "__pycache__")}:
        if not (site / top).exists():
            (site / top).symlink_to(Path(str(one.locate_file(top))))


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    place = tmp_path_factory.mktemp("installed")
    venv.create(place / "env", with_pip=True)
    site = next((place / "env" / "lib").glob("python*/site-packages"))
    for one in needed(PROJECT["dependencies"]).values():
        lend(one, site)
    (place / "work").mkdir()
    made = Installed(place / "env", place / "work")
    wheel = next(build(Path(__file__).parents[1], place / "dist", "wheel").glob("*.whl"))
    # Without an index pip ends in an error if anything that the wheel asks for is not there.
    done = made.run("python", "-m", "pip", "install", "--no-index", "--no-cache-dir", str(wheel))
    assert done.returncode == 0, done.stderr
    return made


def test_only_the_installed_package_is_there(installed: Installed) -> None:
    where = installed.run("python", "-c", "import indievaluecatalog; print(indievaluecatalog.__file__)").stdout
    assert where.startswith(str(installed.home))
    for absent in ("tests", "benchmarks", "pytest", "openai", "starlette", "scipy", "polars_readstat"):
        assert installed.run("python", "-c", f"import {absent}").returncode == 1, absent


def test_every_command_explains_itself(installed: Installed) -> None:
    done = installed.run("python", "-c", EVERY_HELP)
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    assert {"build", "demo", "evaluate", "push", "browse", "wave draft"} <= set(outcomes)
    assert {words for words, outcome in outcomes.items() if outcome != [0, True]} == set()
    assert "Usage" in installed.run("indievaluecatalog", "--help").stdout


def test_the_demo_goes_the_whole_way_and_every_missing_extra_names_its_install_line(installed: Installed) -> None:
    done = installed.run("indievaluecatalog", "demo", "--persons", "1000")
    assert done.returncode == 0, done.stderr
    assert "One of these synthetic persons says" in done.stdout
    assert (installed.folder / "build" / "report.html").is_file()
    assert installed.run("indievaluecatalog", "verify").returncode == 0
    file = str(next((installed.folder / "build").glob("*.sav")))
    (installed.folder / "model").mkdir()
    (installed.folder / "model" / "config.json").write_text("{}")
    (installed.folder / "some.eval").write_bytes(b"")
    asking = ("--persons", "2", "--demonstrations", "5")
    for extra, words in {
        "fast": ("build", file, "--engine", "fast", "--out", "again"),
        "evaluate": ("evaluate", "some-model", "--base-url", "http://127.0.0.1:9/v1", *asking),
        "local": ("evaluate", "model", "--local", *asking),
        "inspect": ("import-log", "some.eval", "--out", "some.parquet"),
        "waves": ("wave", "draft", file, "--like", "wvs7", "--out", "drafted"),
        "browse": ("browse",),
    }.items():
        done = installed.run("indievaluecatalog", *words)
        assert done.returncode == 1, (words, done.stdout)
        assert done.stderr.startswith("error: "), done.stderr
        assert f"pip install 'indievaluecatalog[{extra}]'" in " ".join(done.stderr.split())
        assert "Traceback" not in done.stderr
    named = {"fast", "evaluate", "local", "inspect", "waves", "browse", "reasoner", "train"}
    assert set(PROJECT["optional-dependencies"]) - {"dev", "docs"} == named
