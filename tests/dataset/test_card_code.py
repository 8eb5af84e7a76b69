"""Every block of code in the card runs against the build it belongs to."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indievaluecatalog.dataset.build import Build, BuildSettings, build_dataset
from indievaluecatalog.dataset.features import CONFIGS
from tests.waves.town import draft_town, fill, write_town


def blocks(folder: Path, language: str) -> list[str]:
    text = (folder / "README.md").read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The bare name is a folder of that name where one stands.
    monkeypatch.chdir(folder.parent)
    for block in blocks(folder, "python"):
        exec(compile(block, "card", "exec"), {"__name__": "card"})


def test_every_block_of_python_runs_by_itself(
    build: Build, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert len(blocks(build.path, "python")) == 7
    run(build.path, monkeypatch)
    said = capsys.readouterr().out
    assert "shown: [" in said
    assert "Weighted share who say: Family is important in my life." in said
    assert re.search(r"^Uruguay +[01]\.\d+$", said, re.MULTILINE)


def test_every_config_has_a_snippet_or_a_sentence(build: Build) -> None:
    code = "\n".join(blocks(build.path, "python") + blocks(build.path, "sql"))
    for config in CONFIGS:
        assert f'"{config}"' in code or f"data/{config}/" in code or config == "questions"
    assert "**`questions`, `options`**" in (build.path / "README.md").read_text("utf-8")


def test_the_weighted_share_is_the_one_that_the_weights_give(
    build: Build, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import numpy as np
    import pyarrow.parquet as pq

    table = pq.read_table(build.path / "data" / "polar", columns=["country", "Q1", "W_WEIGHT"]).to_pandas()
    table = table[(table["country"] == "Andorra") & table["Q1"].notna() & table["W_WEIGHT"].notna()]
    expected = np.average(table["Q1"] == 0, weights=table["W_WEIGHT"])
    monkeypatch.chdir(build.path.parent)
    exec(next(block for block in blocks(build.path, "python") if "W_WEIGHT" in block), {})
    found = re.search(r"^Andorra +([\d.]+)$", capsys.readouterr().out, re.MULTILINE)
    assert found
    assert float(found[1]) == pytest.approx(expected, abs=0.0006)


def test_the_sql_runs_where_the_files_are(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    duckdb = pytest.importorskip("duckdb")
    monkeypatch.chdir(build.path)
    (block,) = blocks(build.path, "sql")
    rows = duckdb.sql(block).fetchall()
    assert "Family is very important in my life." in {statement for statement, _ in rows}
    assert sum(count for _, count in rows) > 1_000


def test_a_build_with_nobody_to_evaluate_shows_no_tasks_and_its_code_runs(
    survey_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = BuildSettings(evaluation_persons=0)
    made = build_dataset(survey_file, tmp_path / "indievaluecatalog", settings=settings, register=False)
    assert not any('"tasks"' in block for block in blocks(made.path, "python"))
    assert "| `tasks` |" not in (made.path / "README.md").read_text("utf-8")
    run(made.path, monkeypatch)


def test_a_survey_without_countries_weights_or_religions_has_a_card_that_is_true_of_it_and_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drafted = draft_town(write_town(tmp_path / "town.sav"), tmp_path / "catalog").path
    fill(drafted)
    made = build_dataset(tmp_path / "town.sav", tmp_path / "indievaluecatalog", catalog=drafted, register=False)
    for name, told in (("README.md", "no country is known here"), ("DATASHEET.md", "The person's key, year,")):
        text = (made.path / name).read_text("utf-8")
        assert told in text
        for untrue in ("coverage table", "whole countries", "a country among", "each country", "balance is"):
            assert untrue not in text, (name, untrue)
    assert "| `tasks` |" in (made.path / "README.md").read_text("utf-8")
    run(made.path, monkeypatch)
