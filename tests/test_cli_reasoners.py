"""The commands of the group `reasoner`, one after the other, as a newcomer uses them."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from indievaluecatalog.cli import main
from tests.once import made_once
from tests.test_cli import run


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a build of synthetic persons, their traits, and a reasoner that learned from them."""

    def make(folder: Path) -> None:
        for words in (
            ("synth", "--persons", "900", "--seed", "2", "--out", "people.csv", "--traits", "traits.parquet"),
            ("build", "people.csv", "--no-register"),
            ("reasoner", "train", "--out", "model"),
        ):
            done = run(*words, folder=folder)
            assert done.returncode == 0, done.stderr
        assert "synthetic persons" in done.stdout
        assert "Predict with it: indievaluecatalog reasoner predict model" in done.stdout

    # A copy, since each process of the tests writes into its own.
    mine = tmp_path_factory.mktemp("reasoners") / "place"
    shutil.copytree(made_once(tmp_path_factory, "reasoner_commands", make), mine)
    return mine


def test_predictions_are_files_that_score_reads(place: Path) -> None:
    sizes = ("--demonstrations", "0", "--demonstrations", "60")
    done = run("reasoner", "predict", "model", *sizes, "--out", "reasoned", folder=place)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (place / "reasoned").iterdir()) == [
        "reasoner-linear-0.parquet",
        "reasoner-linear-60.parquet",
    ]
    scored = run("score", "reasoned", "--resamples", "0", folder=place)
    assert scored.returncode == 0, scored.stderr
    assert "reasoner-linear" in scored.stdout


def test_what_is_known_is_part_of_the_name(place: Path) -> None:
    words = ("--shown", "both", "--demonstrations", "20", "--setup", "0", "--out", "both")
    assert run("reasoner", "predict", "model", *words, folder=place).returncode == 0
    assert [path.name for path in (place / "both").iterdir()] == ["reasoner-linear-20-both.parquet"]


def test_a_person_by_answers(place: Path) -> None:
    done = run("reasoner", "ask", "model", "--answer", "Q164=10", "--answer", "Q999=1", "--many", "3", folder=place)
    assert done.returncode == 0, done.stderr
    assert "synthetic persons: this says nothing about real people" in done.stdout
    assert "Ignored, as no item or demographic of this catalog: Q999" in done.stdout
    done = run("reasoner", "ask", "model", "--answer", "Q164=10", "--item", "Q171", folder=place)
    assert "Q171" in done.stdout


@pytest.mark.slow
def test_side_by_side_with_the_ceiling(place: Path) -> None:
    words = ("--traits", "traits.parquet", "--demonstrations", "30", "--baseline", "majority", "--resamples", "0")
    done = run("reasoner", "table", "model", *words, "--out", "table", folder=place)
    assert done.returncode == 0, done.stderr
    assert "synthetic persons, not survey data" in done.stdout
    names = {line.split("|")[1].strip() for line in done.stdout.splitlines() if line.startswith("| ")}
    assert {"majority", "reasoner-linear", "ceiling"} <= names
    made = {path.name for path in (place / "table").iterdir()}
    assert {"table.csv", "table.md", "table.svg", "ceiling-30.parquet", "majority.parquet"} <= made
    again = run("reasoner", "table", "model", *words, "--out", "table", folder=place)
    assert again.stdout == done.stdout


@pytest.mark.slow
def test_a_learning_curve_beneath_the_ceiling(place: Path) -> None:
    words = ("--traits", "traits.parquet", "--demonstrations", "30", "--out", "best", "--samples", "32")
    assert run("reasoner", "ceiling", *words, folder=place).returncode == 0
    words = ("--persons", "300", "--persons", "600", "--demonstrations", "30", "--ceiling", "best/ceiling-30.parquet")
    done = run("reasoner", "curve", *words, "--out", "curve", folder=place)
    assert done.returncode == 0, done.stderr
    lines = (place / "curve" / "curve.csv").read_text("utf-8").splitlines()
    assert [line.split(",")[:2] for line in lines[1:]] == [["300", "30"], ["600", "30"]]
    assert lines[1].endswith("True")
    assert "ceiling, 30 shown" in (place / "curve" / "curve.svg").read_text("utf-8")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("predict", "nowhere"), "nowhere: holds no reasoner"),
        (("predict", "model", "--split", "train"), "persons of the split train are learned from"),
        (("train", "--out", "people.csv"), "people.csv: is a file; name a folder"),
        (("train", "--out", "build"), "is no earlier reasoner; name another folder"),
        (("train", "--out", "x", "--persons", "30"), "needs 200 persons or more"),
        (("ask", "model", "--answer", "Q164"), "an answer is given as ID=CODE"),
        (("ask", "model", "--answer", "Q164=99"), "Q164 has no option for the code 99"),
        (("ask", "model", "--answer", "Q164=1", "--item", "Q164"), "Q164 is not predicted"),
        (("ceiling", "--traits", "people.csv"), "people.csv"),
        (("curve", "--persons", "999999"), "not 999,999"),
        (("explain", "model", "Q171"), "give either --person or --answer"),
        (("data",), "which mixture?"),
        (("finetune",), "name a config, or give --model and --out"),
    ],
)
def test_what_cannot_be_done_is_said(
    place: Path,
    words: tuple[str, ...],
    expected: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(place)
    monkeypatch.setattr(sys, "argv", ["indievaluecatalog", "reasoner", *words])
    with pytest.raises(SystemExit) as stop:
        main()
    assert stop.value.code == 1
    assert expected in " ".join(capsys.readouterr().err.split())


def test_units_and_configs_are_listed(place: Path) -> None:
    assert "paper-best" in run("reasoner", "data", "--list", folder=place).stdout
    assert run("reasoner", "finetune", "--list", folder=place).stdout.split()


def test_training_data_by_command(place: Path) -> None:
    done = run("reasoner", "data", "quick", "--persons", "2", "--too-few", "fewer", folder=place)
    assert done.returncode == 0, done.stderr
    assert "rows." in done.stdout
    (made,) = (path for path in (place / "build" / "training").iterdir() if not path.name.startswith("."))
    assert "synthetic" in made.name
