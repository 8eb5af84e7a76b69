"""What a file says of itself: labels, missing codes, counts, and notes where it says too little."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from indievaluecatalog.errors import SurveyError
from indievaluecatalog.waves.answers import says_missing, split_codes
from indievaluecatalog.waves.codebook import Codebook
from indievaluecatalog.waves.codebook_notes import mended
from indievaluecatalog.waves.read_codebook import read_codebook
from indievaluecatalog.waves.words import words

FRAME = pd.DataFrame({"V1": [1.0, 2, 2, -1, 8], "AGE": [20.5, 30, 40, 50, 60], "NAME": ["a", "b", "c", "d", "e"]})
LABELS = ["Important in life: Family", "Age", "Name"]
VALUES = {"V1": {1: "Very important", 2: "Not important", 8: "Don't know", -1: "Refused"}}


def sav(path: Path, frame: pd.DataFrame = FRAME, **options: object) -> Path:
    pyreadstat.write_sav(frame, str(path), **options)
    return path


def described(folder: Path, data: object) -> Codebook:
    path = folder / "book.json"
    path.write_text(json.dumps(data), "utf-8")
    return read_codebook(path)


@pytest.mark.parametrize("ending", [".sav", ".zsav", ".dta"])
def test_labelled_files_speak_for_themselves(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"survey{ending}"
    if ending == ".dta":
        pyreadstat.write_dta(FRAME, str(path), column_labels=LABELS, variable_value_labels=VALUES)
    else:
        sav(path, column_labels=LABELS, variable_value_labels=VALUES)
    book = read_codebook(path)
    first, age, name = book.variables
    assert (book.rows, first.label, first.kind) == (5, LABELS[0], "coded")
    assert first.values == {1: "Very important", 2: "Not important"}  # noqa: PD011
    assert set(first.missing) == {8, -1}
    assert first.counts == {-1: 1, 1: 1, 2: 2, 8: 1}
    assert (age.kind, name.kind) == ("number", "text")


def test_a_zip_is_opened_and_counting_can_be_left_out(tmp_path: Path) -> None:
    inner = sav(tmp_path / "survey.sav", column_labels=LABELS, variable_value_labels=VALUES)
    with zipfile.ZipFile(tmp_path / "survey.zip", "w") as archive:
        archive.write(inner, "survey.sav")
    book = read_codebook(tmp_path / "survey.zip", count=False)
    assert book.variables[0].label == LABELS[0]
    assert not book.variables[0].counts


def test_codes_declared_missing_are_missing_whatever_their_label(tmp_path: Path) -> None:
    values = {"V1": {1: "Yes", 2: "No", 8: "Purple"}}
    path = sav(tmp_path / "a.sav", variable_value_labels=values, missing_ranges={"V1": [{"lo": 8, "hi": 9}]})
    assert read_codebook(path).variables[0].missing[8] == "Purple"


@pytest.mark.parametrize(
    "label",
    ["Don't know", "DON´T KNOW", "No answer", "Not asked in this country", "Not applicable", "Refused", "Inap", "DK/NA",
     "No answer; BH: Refused", "No sabe", "No contesta", "NS/NC", "Sans réponse", "Ne sait pas", "Weiß nicht",
     "Keine Angabe", "Missing; Not available", "Not applicable (Not first choice){Not applicable}"],
)  # fmt: skip
def test_labels_that_say_there_is_no_answer(label: str) -> None:
    assert says_missing(label, words())


@pytest.mark.parametrize(
    "label",
    ["All", "None", "None at all", "No", "No religion", "Never",
     "Not important", "Not at all", "Neither", "Hard to say", "Other answer", "Don't mind",
     "Don't know what a computer is", "Nada", "Keine", "Not a member", "No children"],
)  # fmt: skip
def test_labels_that_are_answers(label: str) -> None:
    assert not says_missing(label, words())


def test_high_codes_are_missing_by_label_only() -> None:
    answers, missing = split_codes({1: "None", 8: "Most", 9: "All", 98: "No answer", -3: ""}, (), words())
    assert (set(answers), set(missing)) == ({1, 8, 9}, {98, -3})


def test_a_csv_file_takes_its_labels_from_a_codebook_beside_it(tmp_path: Path) -> None:
    data = tmp_path / "survey.csv"
    data.write_text("v1,v2\n1,3\n2,3\n9,4\n", "utf-8")
    book = tmp_path / "book.csv"
    book.write_text(
        "variable,label,code,value_label,missing\nV1,Trust,1,Yes,\nV1,,2,No,\nV1,,9,Purple,yes\nV7,Gone,,,\n", "utf-8"
    )
    found = read_codebook(data, book)
    assert found.variables[0].label == "Trust"
    assert (found.variables[0].values, found.variables[0].missing) == ({1: "Yes", 2: "No"}, {9: "Purple"})  # noqa: PD011
    assert any("lacks" in note and "V7" in note for note in found.notes)
    alone = read_codebook(book)
    assert (alone.rows, len(alone.variables)) == (0, 2)
    bare = read_codebook(data)
    assert any("carries no labels" in note for note in bare.notes)
    assert any("nothing is labelled" in note for note in bare.notes)


def test_notes_name_what_is_wrong_with_labels(tmp_path: Path) -> None:
    long = "x" * 80
    book = described(
        tmp_path,
        {
            "variables": {
                "A": {"label": "Trust", "codes": {"1": "SÃ­", "2": "No"}},
                "a": {"label": "trust", "codes": {"1": "Yes"}},
                "B": {"label": long, "codes": {}},
            }
        },
    )
    notes = " / ".join(book.notes)
    assert "broken letters" in notes
    assert "share their label" in notes
    assert "by case only" in notes
    assert "80 signs" in notes


def test_codes_without_a_label_and_several_waves_are_noted(tmp_path: Path) -> None:
    frame = pd.DataFrame({"W": [5.0, 6, 6], "Q": [1.0, 2, 3]})
    path = sav(
        tmp_path / "a.sav", frame, column_labels=["Wave", "Trust"], variable_value_labels={"Q": {1: "Yes", 2: "No"}}
    )
    notes = " / ".join(read_codebook(path).notes)
    assert "several waves (W: 5, 6)" in notes
    assert "no value label explains: Q" in notes


def test_broken_letters_are_mended_where_that_is_plain() -> None:
    assert mended("SÃ­") == "Sí"
    assert mended("Größe") == "Größe"


def test_fractional_codes_make_a_number(tmp_path: Path) -> None:
    book = described(tmp_path, {"I": {"label": "Index", "codes": {"0": "Low", "0.5": "Mid", "1": "High"}}})
    assert book.variables[0].kind == "number"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("a.json", "{", "is no JSON"),
        ("a.json", "[]", "holds no variables"),
        ("a.json", '{"V1": 3}', "variable V1"),
        ("a.json", '{"V1": {"codes": {"x": "Yes"}}}', "'x' is no number"),
        ("a.csv", "variable,label,code,value_label\n,Trust,1,Yes\n", "line 2: names no variable"),
        ("a.csv", "variable,label,code,value_label\nV1,Trust,one,Yes\n", "line 2: the code 'one'"),
    ],
)
def test_a_codebook_that_cannot_be_read_names_the_place(tmp_path: Path, name: str, text: str, says: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(SurveyError, match=says) as error:
        read_codebook(path)
    assert name in str(error.value)


def test_a_codebook_that_is_not_there(tmp_path: Path) -> None:
    data = tmp_path / "a.csv"
    data.write_text("v1\n1\n", "utf-8")
    with pytest.raises(SurveyError, match=r"gone\.json: the codebook cannot be opened"):
        read_codebook(data, tmp_path / "gone.json")
