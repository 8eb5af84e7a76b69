"""The datasheet beside the card: the usual questions, answered from the build, and unknown called unknown."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from indievaluecatalog.catalog.load import load_catalog, waves
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset import card_files
from indievaluecatalog.dataset.build import Build
from indievaluecatalog.dataset.card import is_shipped
from indievaluecatalog.dataset.card_files import WaveNotes, changes_that_hold, wave_notes
from indievaluecatalog.dataset.load import load
from indievaluecatalog.dataset.manifest import check_build
from indievaluecatalog.errors import BuildError
from indievaluecatalog.publish.parcel import pack
from indievaluecatalog.sampling.protocol import named_protocol

SECTIONS = ("Motivation", "Composition", "Collection", "Preprocessing", "Uses", "Distribution", "Maintenance")


def datasheet(folder: Path) -> str:
    return (folder / "DATASHEET.md").read_text("utf-8")


def test_it_has_the_usual_sections_in_order(build: Build) -> None:
    headings = [line.removeprefix("## ") for line in datasheet(build.path).splitlines() if line.startswith("## ")]
    assert tuple(headings) == SECTIONS


def test_every_question_stands_at_the_start_of_a_paragraph(build: Build) -> None:
    for line in datasheet(build.path).splitlines():
        assert "?** " not in line or line.startswith("**"), line
    paragraphs = datasheet(build.path).split("\n\n")
    assert all("\n**" not in paragraph.strip() for paragraph in paragraphs)


def test_it_says_what_the_manifest_says(build: Build) -> None:
    text = datasheet(build.path)
    counts = build.manifest["counts"]
    assert f"{counts['persons']:,} synthetic persons" in text
    assert f"`dont_know` {counts['item_cells_by_reason']['dont_know']:,}" in text
    assert build.manifest["answers_digest"][:12] in text
    assert "unknown" in text


def test_synthetic_persons_are_called_synthetic_and_nobody_is_said_to_be_in_it(build: Build) -> None:
    text = datasheet(build.path)
    assert "The persons of this build are synthetic" in text
    assert "none of them estimated from respondents" in text


def test_it_goes_with_a_push_and_is_in_both_manifests(build: Build) -> None:
    assert "DATASHEET.md" in {entry["path"] for entry in check_build(build.path)["files"]}
    sent = pack(build.path, "org/values", "https://hub.example")
    assert "DATASHEET.md" in {file.path for file in sent.files}
    statements = pack(build.path, "org/values", "https://hub.example", catalog_only=True)
    assert "DATASHEET.md" not in {file.path for file in statements.files}


def test_a_build_from_before_there_were_datasheets_verifies_loads_and_goes_up(build: Build, tmp_path: Path) -> None:
    old = Path(shutil.copytree(build.path, tmp_path / "old"))
    (old / "DATASHEET.md").unlink()
    manifest = json.loads((old / "manifest.json").read_text("utf-8"))
    manifest["files"] = [entry for entry in manifest["files"] if entry["path"] != "DATASHEET.md"]
    manifest["dataset_digest"] = hashlib.sha256(json.dumps(manifest["files"], sort_keys=True).encode()).hexdigest()
    (old / "manifest.json").write_text(json.dumps(manifest), "utf-8")
    check_build(old)
    assert len(load("questions", split="train", path=old)) == 284
    assert "DATASHEET.md" not in {file.path for file in pack(old, "org/values", "https://hub.example").files}


@pytest.mark.parametrize("wave", waves())
def test_every_shipped_wave_has_notes_that_fit_its_catalog(wave: str) -> None:
    notes, catalog = wave_notes(wave), load_catalog(wave)
    assert set(notes.weights) == set(catalog.wave.weights)
    assert notes.survey
    assert notes.sources
    assert notes.licence_name != WaveNotes().licence_name
    protocol = named_protocol("ours").to_dict()
    assert {name for change in notes.changes for name in change.when} <= set(protocol)


def test_changes_are_told_where_they_are_true_only() -> None:
    notes = wave_notes("wvs7")
    ours = {change.what for change in changes_that_hold(notes, named_protocol("ours").to_dict(), shipped=True)}
    paper = {change.what for change in changes_that_hold(notes, named_protocol("paper").to_dict(), shipped=True)}
    theirs = {change.what for change in changes_that_hold(notes, named_protocol("ours").to_dict(), shipped=False)}
    assert ours == {change.what for change in notes.changes}
    assert ours - paper == {"Rows that share an interview id", "Which probes are shown", "Sizes of demonstrations"}
    assert ours - theirs == {"Statements"}


def test_a_wave_without_notes_has_empty_ones() -> None:
    assert wave_notes("nosuchwave") == WaveNotes()


@pytest.mark.parametrize(
    ("text", "problem"),
    [("colour: red", "nothing reads colour"), ("survey: [{question: Who}]", "not whole: 'answer'")],
)
def test_notes_that_nothing_can_use_are_named(
    text: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "odd.yaml"
    path.write_text(text, "utf-8")
    monkeypatch.setattr(card_files, "card_file", lambda *names: path)
    with pytest.raises(BuildError, match=rf"odd\.yaml.*{problem}"):
        wave_notes("odd")


def test_a_catalog_is_the_shipped_one_word_for_word_or_not(catalog: Catalog) -> None:
    assert is_shipped(catalog, catalog.digest)
    assert not is_shipped(catalog, "0" * 64)
