"""Files that say too little or too much of themselves: a note or an error, never a crash, never a silent match."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.todo import todos
from indievaluecatalog.errors import CatalogError
from indievaluecatalog.waves.draft import Draft, draft_wave
from indievaluecatalog.waves.match import match_codebook
from indievaluecatalog.waves.matching import Matching
from indievaluecatalog.waves.read_codebook import read_codebook
from tests.waves.town import AGREE, OFTEN

CONFIDENCE = {1: "A great deal", 2: "Quite a lot", 3: "Not very much", 4: "None at all"}
Columns = Mapping[str, tuple[str, Mapping[int, str]]]


def survey(folder: Path, columns: Columns, **more: np.ndarray) -> Matching:
    """A file of 60 persons with these labels, held against wave 7."""
    rng = np.random.default_rng(1)
    frame = {name: rng.integers(1, max(len(codes), 3), 60) for name, (_, codes) in columns.items()} | more
    path = folder / "survey.sav"
    pyreadstat.write_sav(
        pd.DataFrame(frame),
        str(path),
        column_labels={name: label for name, (label, _) in columns.items()},
        variable_value_labels={name: dict(codes) for name, (_, codes) in columns.items() if codes},
    )
    return match_codebook(read_codebook(path), load_catalog("wvs7"))


def draft(folder: Path, columns: Columns, **more: np.ndarray) -> tuple[Draft, str]:
    matching = survey(folder, columns, **more)
    made = draft_wave(matching, "wvs7", folder / "draft", wave_id="odd", title="Odd")
    return made, " / ".join((*matching.codebook.notes, *matching.notes))


def test_a_file_without_any_label_is_refused_with_what_to_do(tmp_path: Path) -> None:
    matching = survey(tmp_path, {f"Q{at}": ("", {}) for at in range(1, 9)})
    assert not any(match.known for match in matching.matches)
    assert "nothing is labelled" in " ".join(matching.codebook.notes)
    with pytest.raises(CatalogError, match=r"survey\.sav: .*--codebook FILE"):
        draft_wave(matching, "wvs7", tmp_path / "draft")
    assert not (tmp_path / "draft").exists()


def test_another_language_makes_new_items_and_says_so(tmp_path: Path) -> None:
    grades = {1: "sehr viel", 2: "ziemlich viel", 3: "nicht sehr viel", 4: "gar keins"}
    made, notes = draft(tmp_path, {f"v{at}": (f"Vertrauen: Einrichtung {at}", grades) for at in range(6)})
    assert "another language" in notes
    assert {one["status"] for one in made.decisions} == {"new"}
    assert "no known scale" in (made.path / "99_new_vertrauen.yaml").read_text("utf-8")
    assert len(todos(made.path)) >= made.items


def test_labels_in_a_wrong_encoding_are_mended_or_told(tmp_path: Path) -> None:
    matching = survey(tmp_path, {"v1": ("Bars: CafÃ©", OFTEN), "v2": ("Broken: \ufffd\ufffd", OFTEN)})
    assert matching.codebook.variables[0].label == "Bars: Café"
    assert any("broken letters" in note and "v2" in note for note in matching.codebook.notes)


def test_codes_without_a_label_are_told_and_left_to_a_person(tmp_path: Path) -> None:
    odd = np.array([1, 2, 3, 4, 5, 7] * 10)
    made, notes = draft(tmp_path, {"v1": ("Agree: Rents are fair", AGREE)}, v1=odd)
    assert "no value label explains: v1" in notes
    assert any("what does code 7 mean?" in todo.text for todo in todos(made.path))


def test_two_variables_with_one_label_are_both_a_question_to_a_person(tmp_path: Path) -> None:
    made, notes = draft(tmp_path, dict.fromkeys(("v1", "v2"), ("Confidence: The Police", CONFIDENCE)))
    assert "share their label" in notes
    assert all(one["status"] != "sure" for one in made.decisions)
    assert len([one for one in made.decisions if one["known"] == "Q69"]) <= 1


def test_a_battery_in_two_places_is_drafted_as_one(tmp_path: Path) -> None:
    columns = {f"h{at}": (f"How often: Do thing {at}", OFTEN) for at in range(3)}
    columns |= {f"x{at}": (f"Colour of object {at}", {1: "Red", 2: "Green", 3: "Blue"}) for at in range(5)}
    columns |= {f"k{at}": (f"How often: Do work {at}", OFTEN) for at in range(3)}
    made, _ = draft(tmp_path, columns)
    text = (made.path / "99_new_how_often.yaml").read_text("utf-8")
    assert text.count("- battery:") == 1
    assert text.count("- id:") == 6
    assert "stands in 2 places" in text


def test_a_file_of_several_waves_names_none(tmp_path: Path) -> None:
    waves = np.array([5, 6] * 30)
    columns = {"S002": ("Wave", {}), "v1": ("Confidence: The Police", CONFIDENCE)}
    made, notes = draft(tmp_path, columns, S002=waves)
    assert "several waves" in notes
    text = (made.path / "wave.yaml").read_text("utf-8")
    assert "wave_code" not in text.replace("wave_variable", "")


def test_names_of_a_time_series_are_found_by_their_labels(tmp_path: Path) -> None:
    columns = {"E069_06": ("Confidence: The Police", CONFIDENCE), "Q69": ("How often: Take the bus", OFTEN)}
    told = {match.variable.name: match for match in survey(tmp_path, columns).matches}
    assert told["E069_06"].known is not None
    assert told["E069_06"].known.concept == "wvs7/Q69"
    assert told["Q69"].known is None or told["Q69"].known.id != "Q69"
