"""A draft says what it knows in known words, and leaves the rest to a person, marked."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from indievaluecatalog.catalog.concepts import shared_concepts
from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.build import build_dataset
from indievaluecatalog.errors import CatalogError
from indievaluecatalog.waves.check import check_wave
from indievaluecatalog.waves.codebook import Codebook, Variable
from indievaluecatalog.waves.draft import draft_wave
from indievaluecatalog.waves.match import match_codebook
from indievaluecatalog.waves.matching import Known, Match, Matching, Relation, RelationKind, Status
from indievaluecatalog.waves.read_codebook import read_codebook

AGREE = {1: "Strongly agree", 2: "Agree", 3: "Neither", 4: "Disagree", 5: "Strongly disagree", 9: "Don't know"}
GOOD = {1: "Very good", 2: "Good", 3: "Fair", 4: "Poor", 5: "Very poor"}


@pytest.fixture(scope="module")
def wvs7() -> Catalog:
    return load_catalog("wvs7")


def match(
    wvs7: Catalog,
    name: str,
    known: str,
    values: dict[int, str],
    kind: RelationKind,
    mapping: dict[int, int],
    status: Status = "sure",
) -> Match:
    item = wvs7.items[known]
    variable = Variable(name, item.label, int(name[1:]), values, {}, dict.fromkeys(values, 5))
    one = Known(known, "item", item.label, item.codes, item.missing, known, item.battery, 0, item.concept)
    return Match(variable, status, one, 0.9, Relation(kind, mapping, "as told"), (), ())


def draft(folder: Path, *matches: Match) -> Path:
    book = Codebook("new.sav", "sav", 100, tuple(one.variable for one in matches))
    return draft_wave(Matching(book, "wvs7", matches, ()), "wvs7", folder, wave_id="new", title="New").path


def finished(folder: Path) -> Catalog:
    """The draft as a person leaves it who writes anything at all in place of each TODO."""
    for file in folder.glob("*.yaml"):
        text = (
            re.sub(r'\n *note: "TODO[^\n]*', "", file.read_text("utf-8"))
            .replace("TODO_", "")
            .replace("TODO: name this category", "Claims")
        )
        parts = re.split(r"TODO[^\w\"]*", text)
        file.write_text("".join(f"{part}X{at} " if at < len(parts) - 1 else part for at, part in enumerate(parts)))
    return load_catalog(folder)


def test_same_codes_keep_every_statement_byte_for_byte(tmp_path: Path, wvs7: Catalog) -> None:
    codes = dict(wvs7.items["Q1"].codes)
    made = finished(draft(tmp_path / "new", match(wvs7, "V4", "Q1", codes, "same", {c: c for c in codes})))
    assert made.items["V4"].refined == wvs7.items["Q1"].refined
    assert made.items["V4"].polar == wvs7.items["Q1"].polar
    assert made.items["V4"].concept == "wvs7/Q1"


def test_reversed_codes_turn_options_and_direction_but_no_words(tmp_path: Path, wvs7: Catalog) -> None:
    known = wvs7.items["Q1"]
    turned = {5 - code: label for code, label in known.codes.items()}
    made = finished(draft(tmp_path / "new", match(wvs7, "V4", "Q1", turned, "reversed", {5 - c: c for c in turned})))
    item = made.items["V4"]
    assert [option.statement for option in item.refined] == [option.statement for option in known.refined]
    assert [option.codes for option in item.refined] == [(4,), (3,), (2,), (1,)]
    assert item.direction is not None
    assert item.direction.low_to_high == (1, 2, 3, 4)
    assert shared_concepts(wvs7, made)["wvs7/Q1"].options is not None


def test_a_grade_more_is_left_to_a_person_and_compares_with_nothing(tmp_path: Path, wvs7: Catalog) -> None:
    more = {**wvs7.items["Q1"].codes, 5: "Do not care"}
    folder = draft(tmp_path / "new", match(wvs7, "V4", "Q1", more, "extended", {c: c for c in (1, 2, 3, 4)}))
    with pytest.raises(CatalogError, match=r"line \d+: \[todo\] TODO: word the answer 'Do not care'"):
        load_catalog(folder)
    assert shared_concepts(wvs7, finished(folder))["wvs7/Q1"].options is None


def test_grades_put_together_are_no_certain_wording(tmp_path: Path, wvs7: Catalog) -> None:
    few = {1: "Important", 2: "Not important"}
    folder = draft(tmp_path / "new", match(wvs7, "V4", "Q1", few, "regrouped", {1: 1, 2: 3}))
    with pytest.raises(CatalogError, match="TODO"):
        load_catalog(folder)


def test_a_doubtful_match_stops_the_catalog_until_somebody_decides(tmp_path: Path, wvs7: Catalog) -> None:
    codes = dict(wvs7.items["Q1"].codes)
    folder = draft(tmp_path / "new", match(wvs7, "V4", "Q1", codes, "same", {c: c for c in codes}, "doubtful"))
    with pytest.raises(CatalogError, match="does it repeat Q1"):
        load_catalog(folder)


def test_a_draft_is_never_drawn_over_what_somebody_edited(tmp_path: Path, wvs7: Catalog) -> None:
    codes = dict(wvs7.items["Q1"].codes)
    one = match(wvs7, "V4", "Q1", codes, "same", {c: c for c in codes})
    folder = draft(tmp_path / "new", one)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    with pytest.raises(CatalogError, match="folder-in-use"):
        draft(folder, one)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["new"]


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A survey of 40 Likert items: no country, wave, religion or id, and codes above zero for no answer."""
    rng = np.random.default_rng(1)
    columns = {f"x{at}": rng.choice([1, 2, 3, 4, 5, 9], 400, p=[0.2, 0.3, 0.2, 0.15, 0.1, 0.05]) for at in range(40)}
    path = tmp_path_factory.mktemp("survey") / "likert.sav"
    pyreadstat.write_sav(
        pd.DataFrame(columns),
        path,
        file_label="SYNTHETIC respondents",
        column_labels={name: f"Widgets: claim number {at} about widgets" for at, name in enumerate(columns)},
        variable_value_labels=dict.fromkeys(columns, AGREE),
        missing_ranges={name: [9] for name in columns},
    )
    return path


def test_another_survey_becomes_a_dataset_after_the_blanks_are_filled(
    survey: Path, tmp_path: Path, wvs7: Catalog
) -> None:
    made = draft_wave(match_codebook(read_codebook(survey), wvs7), "wvs7", tmp_path / "likert", title="Widgets")
    assert made.items == 40
    told = json.loads((made.path / "decisions.json").read_text("utf-8"))["decisions"]
    assert {one["status"] for one in told} == {"new"}
    assert "agreement" in told[0]["done"]
    assert check_wave(made.path, survey).errors
    catalog = finished(made.path)
    assert not check_wave(made.path, survey).errors
    assert [option.codes for option in catalog.items["x0"].polar] == [(1, 2), (3,), (4, 5)]
    build = build_dataset(survey, tmp_path / "built", catalog=catalog, register=False)
    assert build.manifest["counts"]["item_cells_by_reason"]["dont_know"] > 0
    assert build.manifest["splits"]["chosen"] > 0


def test_a_check_names_codes_without_an_option(survey: Path, tmp_path: Path, wvs7: Catalog) -> None:
    made = draft_wave(match_codebook(read_codebook(survey), wvs7), "wvs7", tmp_path / "likert", title="Widgets")
    finished(made.path)
    file = made.path / "99_new_widgets.yaml"
    file.write_text(file.read_text("utf-8").replace("missing: {9: Don't know}", "", 1), "utf-8")
    found = check_wave(made.path, survey)
    first = next(one for one in found.findings if one.level == "error")
    assert (first.kind, first.where) == ("code without option", "x0")
