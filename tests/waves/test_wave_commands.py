"""The commands of a new wave: what they print, what they refuse, and what a CSV needs."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyreadstat
import pytest
from typer.testing import CliRunner, Result

from indievaluecatalog.cli.waves import app
from tests.waves.town import fill, write_town


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_town(tmp_path_factory.mktemp("survey") / "town.sav")


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def as_csv(town: Path, folder: Path) -> tuple[Path, Path]:
    """The survey as CSV, and the codebook that lies beside it."""
    frame, meta = pyreadstat.read_sav(str(town))
    frame.astype(int).to_csv(folder / "town.csv", index=False)
    with (folder / "book.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["variable", "label", "code", "value_label", "missing"])
        for name, label in meta.column_names_to_labels.items():
            out.writerow([name, label, "", "", ""])
            for code, text in meta.variable_value_labels.get(name, {}).items():
                out.writerow([name, "", int(code), text, "yes" if code == 9 and name[0] == "a" else ""])
    return folder / "town.csv", folder / "book.csv"


def test_a_draft_is_made_again_with_decisions(town: Path, tmp_path: Path) -> None:
    first = run("draft", town, "--out", tmp_path / "one", "--id", "town")
    assert first.exit_code == 0, first.output
    assert "15 items and 2 demographics" in first.output
    told = tmp_path / "told.yaml"
    told.write_text("age: {known: X003R, why: years}\nt2: {known: left out}\n", "utf-8")
    second = run("draft", town, "--out", tmp_path / "two", "--id", "town", "--decisions", told)
    assert second.exit_code == 0, second.output
    assert "14 items and 2 demographics" in second.output
    page = (tmp_path / "two" / "decisions.html").read_text("utf-8")
    assert "decided by a person: years" in page
    told.write_text("zz: {known: none}\n", "utf-8")
    wrong = run("draft", town, "--out", tmp_path / "three", "--id", "town", "--decisions", told)
    assert "has no such variable" in str(wrong.exception)
    assert not (tmp_path / "three").exists()


def test_the_page_shows_every_variable_the_doubtful_first_and_no_markup_of_labels(town: Path, tmp_path: Path) -> None:
    from indievaluecatalog.waves.decisions_page import decisions_page

    run("draft", town, "--out", tmp_path / "draft", "--id", "town")
    content = json.loads((tmp_path / "draft" / "decisions.json").read_text("utf-8"))
    order = [one["status"] for one in content["decisions"]]
    assert order.index("new") > order.index("doubtful")
    content["decisions"][0]["label"] = "<b>Trust & more</b>"
    content["notes"] = ["codes <unknown>"]
    page = decisions_page(content)
    assert "&lt;b&gt;Trust &amp; more&lt;/b&gt;" in page
    assert "codes &lt;unknown&gt;" in page
    assert all(f'<th scope="row">{one["variable"]}<' in page for one in content["decisions"])


def test_a_check_ends_in_status_1_until_nothing_is_left(town: Path, tmp_path: Path) -> None:
    run("draft", town, "--out", tmp_path / "draft", "--id", "town")
    before = run("check", tmp_path / "draft", town)
    assert before.exit_code == 1
    assert "[todo]" in before.output
    fill(tmp_path / "draft")
    after = run("check", tmp_path / "draft", town, "--json")
    assert after.exit_code == 0, after.output
    assert (json.loads(after.output)["errors"], json.loads(after.output)["items"]) == (0, 15)


def test_a_csv_is_drafted_and_checked_with_its_codebook(town: Path, tmp_path: Path) -> None:
    data, book = as_csv(town, tmp_path)
    made = run("draft", data, "--codebook", book, "--out", tmp_path / "draft", "--id", "town")
    assert made.exit_code == 0, made.output
    assert "15 items" in made.output
    assert f"--codebook {book}" in made.output
    fill(tmp_path / "draft")
    file = tmp_path / "draft" / "99_new_agree.yaml"
    file.write_text(file.read_text("utf-8").replace("    missing: {9: Don't know}\n", ""), "utf-8")
    bare = run("check", tmp_path / "draft", data)
    named = run("check", tmp_path / "draft", data, "--codebook", book)
    assert bare.exit_code == named.exit_code == 1
    assert "code 9 (no label)" in bare.output
    assert "code 9 (Don't know)" in named.output
    nothing = run("draft", data, "--out", tmp_path / "none")
    assert "--codebook" in str(nothing.exception)
