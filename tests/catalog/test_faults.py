"""A faulty catalog is refused, with a message that names file, item and rule."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from indievaluecatalog.catalog.load import find_catalog, load_catalog, passed_before, read_catalog, waves
from indievaluecatalog.errors import CatalogError

FIRST = "01_social_values.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with as_file(files("indievaluecatalog.catalog") / "waves" / "wvs7") as shipped:
        return Path(shutil.copytree(shipped, tmp_path / "mine"))


def edit(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")


Q1_OPTIONS = "      - {codes: [1], slots: {grade: very important}}"
Q1 = "      - id: Q1\n"
FAULTS = [
    ("code-in-two-options", FIRST, "Q1", Q1_OPTIONS, Q1_OPTIONS.replace("[1]", "[1, 2]")),
    ("code-in-no-option", FIRST, "Q1", "4: Not at all important}", "4: Not at all important, 5: Other}"),
    ("unknown-code", FIRST, "Q1", "{codes: [4], slots: {grade: not", "{codes: [9], slots: {grade: not"),
    ("polar-not-union", "02_happiness.yaml", "Q48", "{codes: [1, 2, 3, 4, 5]", "{codes: [1, 2, 3, 4]"),
    ("same-statement", FIRST, "Q1", "{grade: fairly important}", "{grade: very important}"),
    ("unfilled-slot", FIRST, "Q1", "{subject: Family, be: is}", "{subject: Family}"),
    ("unknown-slot", FIRST, "Q1", "{subject: Family, be: is}", "{subject: Family, be: is, colour: red}"),
    ("unknown-slot", FIRST, "Q1", "{grade: very important}", "{grade: very important, colour: red}"),
    ("template-syntax", FIRST, "Q1", "{grade} in my life.", "{grade in my life."),
    ("unknown-category", FIRST, FIRST, "category: Social Values, Attitudes & Stereotypes", "category: Other"),
    (
        "wrong-category",
        FIRST,
        FIRST,
        "category: Social Values, Attitudes & Stereotypes",
        "category: Security",
    ),
    ("statement-form", FIRST, "Q1", "in my life.", "in my life"),
    ("duplicate-item", FIRST, "Q1", "id: Q2\n", "id: Q1\n"),
    ("shared-statement", FIRST, "Q2", "{subject: Friends, be: are}", "{subject: Family, be: is}"),
    ("covered-and-uncovered", "04_economic_values.yaml", "Q111", "uncovered: [3]", "uncovered: [2, 3]"),
    ("code-also-missing", FIRST, "Q1", "missing: {-1:", "missing: {4: Strange, -1:"),
    ("direction", FIRST, "Q1", "low_to_high: [4, 3, 2, 1]", "low_to_high: [7, 3, 2, 1]"),
    ("schema", FIRST, "important_in_life", "measurement: ordinal", "measurement: loose"),
    ("schema", FIRST, "Q1", Q1, Q1 + "        colour: red\n"),
    ("schema", FIRST, "important_in_life", "codes: {1: Very important,", "codes: {1: Yes,"),
    ("incomplete", FIRST, "Q1", "    measurement: ordinal\n", ""),
    ("yaml", FIRST, "line 6", "codes: {1: Very important,", "codes: {1: Twice, 1: Very important,"),
    ("yaml", FIRST, "line 6", "codes: {1: Very important,", 'codes: {1: Very important, "1": Twice,'),
    ("yaml", FIRST, "line", "codes: {1: Very important,", "codes: {1: Very important"),
    ("yaml", FIRST, "line 6", "codes: {1: Very important,", "codes: {? [1, 2] : Very important,"),
    ("unknown-code-list", "demographics.yaml", "B_COUNTRY", "codes: countries", "codes: planets"),
    ("fold", "demographics.yaml", "Q270", "fold_above: 7", "fold_above: 12"),
    (
        "unknown-demographic",
        "wave.yaml",
        "Q289X",
        "religion_demographic: Q289",
        "religion_demographic: Q289X",
    ),
    ("unknown-label", "wave.yaml", "Muslims", "Muslim,", "Muslims,"),
    ("schema", "wave.yaml", "wave", "wave_code: 7", "wave_code: seven"),
    ("file-missing", "wave.yaml", "nowhere.yaml", f"file: {FIRST}", "file: nowhere.yaml"),
]


@pytest.mark.parametrize(("rule", "file", "named", "old", "new"), FAULTS)
def test_fault_is_named(folder: Path, rule: str, file: str, named: str, old: str, new: str) -> None:
    edit(folder, file, old, new)
    with pytest.raises(CatalogError) as caught:
        load_catalog(folder)
    lines = [line for line in caught.value.problems if f"[{rule}]" in line]
    assert lines, caught.value.problems
    assert any(named in line for line in lines), lines


def test_shipped_files_follow_the_schema() -> None:
    for wave in waves():
        catalog, problems = read_catalog(find_catalog(wave))
        assert problems == []
        assert catalog is not None
        assert catalog.digest == load_catalog(wave).digest
        assert passed_before(find_catalog(wave)), "after a change to a catalog: make golden"


def test_an_untouched_copy_is_the_same_catalog(folder: Path) -> None:
    assert load_catalog(folder).digest == load_catalog("wvs7").digest


def test_every_problem_is_listed_not_only_the_first(folder: Path) -> None:
    edit(folder, FIRST, "{subject: Family, be: is}", "{subject: Family}")
    edit(folder, "02_happiness.yaml", "{codes: [1, 2, 3, 4, 5]", "{codes: [1, 2, 3, 4]")
    with pytest.raises(CatalogError) as caught:
        load_catalog(folder)
    text = str(caught.value)
    assert FIRST in text
    assert "02_happiness.yaml" in text


def test_an_empty_file_is_no_category(folder: Path) -> None:
    (folder / FIRST).write_text("")
    with pytest.raises(CatalogError, match=rf"{FIRST}: \[empty\]"):
        load_catalog(folder)


def test_a_name_that_is_no_catalog(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="neither a shipped wave"):
        load_catalog(tmp_path / "nothing")


def test_a_file_that_is_not_text(folder: Path) -> None:
    (folder / FIRST).write_bytes(b"\xff\xfe\x00category")
    with pytest.raises(CatalogError, match="file-unreadable"):
        load_catalog(folder)
