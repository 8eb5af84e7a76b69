"""sample, baseline and score as a newcomer uses them, one after the other."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.test_cli import run


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a build of synthetic persons, their traits, and results of some baselines."""
    folder = tmp_path_factory.mktemp("place")
    for words in (
        ("synth", "--persons", "900", "--seed", "2", "--out", "people.csv", "--traits", "traits.parquet"),
        ("build", "people.csv", "--no-register"),
        ("baseline", "majority", "resemblance-k", "truth", "--traits", "traits.parquet", "--out", "results"),
    ):
        done = run(*words, folder=folder)
        assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("command", ["sample", "baseline", "score"])
def test_help_teaches(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert "Example" in done.stdout


def test_sample_writes_class_numbers_or_sentences(place: Path) -> None:
    done = run("sample", "--setup", "1", "--demonstrations", "10", "--out", "tasks.jsonl", folder=place)
    assert done.returncode == 0, done.stderr
    assert "synthetic persons" in done.stdout
    first = json.loads((place / "tasks.jsonl").read_text("utf-8").splitlines()[0])
    assert len(first["demonstrations"]) == 10
    assert len(first["probes"]) == 39
    assert first["demonstrations"][0]["refined"].endswith(".")
    probe = first["probes"][0]
    assert 0 <= probe["polar_answer"] < len(probe["polar_options"])
    done = run("sample", "--demonstrations", "10", "--no-answers", "--out", "open.jsonl", folder=place)
    assert "_answer" not in (place / "open.jsonl").read_text("utf-8")
    done = run("sample", "--demonstrations", "10", "--out", "tasks.parquet", "--split", "test", folder=place)
    assert done.returncode == 0, done.stderr
    assert set(pq.read_table(place / "tasks.parquet")["setup"].to_pylist()) == {0, 1, 2}
    assert [path.name for path in place.iterdir() if path.name.endswith(".part")] == []


def test_sample_by_category_and_informative(place: Path) -> None:
    words = ("--category", "Security", "--demonstrations", "30", "--too-few", "fewer", "--out", "security.jsonl")
    assert run("sample", "--setup", "0", *words, folder=place).returncode == 0
    first = json.loads((place / "security.jsonl").read_text("utf-8").splitlines()[0])
    assert 0 < len(first["demonstrations"]) <= 18
    words = ("--order", "informative", "--demonstrations", "5", "--siblings", "left_out", "--out", "most.jsonl")
    assert run("sample", "--setup", "0", *words, folder=place).returncode == 0
    tasks = [json.loads(line) for line in (place / "most.jsonl").read_text("utf-8").splitlines()]
    assert len({task["demonstrations"][0]["item"] for task in tasks}) <= 5


def test_baselines_are_listed_and_written(place: Path) -> None:
    listing = run("baseline", "--list").stdout
    for name in ("random", "majority", "resemblance-k", "naive-bayes", "truth"):
        assert name in listing
    assert sorted(path.name for path in (place / "results").iterdir()) == [
        "majority.parquet",
        "resemblance-k-200.parquet",
        "truth.parquet",
    ]


def test_score_prints_a_table_and_writes_json_and_a_report(place: Path) -> None:
    results = ["results/majority.parquet", "results/resemblance-k-200.parquet", "results/truth.parquet"]
    words = ("--resamples", "50", "--json", "scores.json", "--report", "report.html")
    done = run("score", *results, *words, folder=place)
    assert done.returncode == 0, done.stderr
    assert "resemblance-k" in done.stdout
    assert "ynthetic" in done.stdout
    assert "Published" in done.stdout
    sheet = json.loads((place / "scores.json").read_text("utf-8"))
    accuracy = [scores["accuracy"]["mean"]["strict"]["value"] for scores in sheet["scores"]]
    assert accuracy == sorted(accuracy)
    assert len(sheet["comparisons"]) == 9
    assert "</html>" in (place / "report.html").read_text("utf-8")


def test_paper_tasks_say_what_not_to_show(place: Path) -> None:
    done = run("sample", "--protocol", "paper", "--demonstrations", "50", "--out", "paper.jsonl", folder=place)
    assert "holds 51" in done.stdout
    assert "Protocol paper (shared_ids=kept)" in done.stdout
    for line in (place / "paper.jsonl").read_text("utf-8").splitlines()[:20]:
        task = json.loads(line)
        shown = [entry["item"] for entry in task["demonstrations"]]
        for probe in task["probes"]:
            left = [item for item in shown if item != probe["not_shown"]]
            assert len(left) == 50
            assert probe["item"] not in left


def test_a_baseline_on_one_setup_and_split_drawn_differently(place: Path) -> None:
    words = ("--setup", "1", "--split", "test", "--order", "informative", "--demonstrations", "5", "--out", "few")
    assert run("baseline", "majority", "naive-bayes", *words, folder=place).returncode == 0
    done = run("score", "few", "--resamples", "0", folder=place)
    assert done.returncode == 0, done.stderr
    assert "naive-bayes" in done.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("sample", "--setup", "3", "--out", "x.parquet"), "no setup 3"),
        (("sample", "--demonstrations", "250", "--out", "x.parquet"), "too few answers for 250 demonstrations"),
        (("sample", "--out", "x.txt"), "written as .parquet or .jsonl"),
        (("sample", "--category", "Cooking", "--out", "x.parquet"), "no category 'Cooking'"),
        (("sample", "--demonstrations", "252", "--too-few", "leave_out", "--out", "x.parquet"), "there is no task"),
        (("sample", "--split", "exam", "--out", "x.parquet"), "no split 'exam'"),
        (("baseline", "oracle"), "no baseline 'oracle'; there are random, majority"),
        (("baseline", "truth"), "traits"),
        (("baseline", "majority", "--dataset", "nowhere"), "no finished build"),
        (("score", "nothing.parquet"), "nothing.parquet"),
        (("score", "people.csv"), "people.csv"),
        (("score", "results/majority.parquet", "--report", "x.pdf", "--resamples", "0"), ".html"),
    ],
)
def test_errors_are_one_clear_line(place: Path, words: tuple[str, ...], expected: str) -> None:
    done = run(*words, folder=place)
    assert done.returncode == 1
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert expected in done.stderr
    assert not (place / "x.parquet").exists()


def test_partial_results_are_scored_only_when_asked_and_say_so_first(place: Path) -> None:
    table = pq.read_table(place / "results" / "majority.parquet")
    pq.write_table(table.slice(0, len(table) // 2), place / "half.parquet")
    done = run("score", "half.parquet", folder=place)
    assert done.returncode == 1
    assert "--partial" in done.stderr
    done = run("score", "half.parquet", "--partial", "--resamples", "0", folder=place)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Partial results: majority: ")
