"""Repeated items whose codes changed: a known statement stands only for what it stood for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyreadstat
import pytest
import yaml

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.waves.codebook import Codebook, Variable
from indievaluecatalog.waves.draft import draft_wave
from indievaluecatalog.waves.match import match_codebook
from indievaluecatalog.waves.matching import Match
from indievaluecatalog.waves.read_codebook import read_codebook
from indievaluecatalog.waves.relation import compare_codes
from indievaluecatalog.waves.values import ValueLabels
from indievaluecatalog.waves.words import words

LEFT = {0: "Left", **{step: str(step) for step in range(1, 10)}, 10: "Right"}
HEALTH = {1: "Very good", 2: "Good", 3: "Fair", 4: "Poor", 5: "Very poor"}


def drafted(folder: Path, asked: dict[str, tuple[str, dict[int, str]]], n: int = 60) -> dict[str, dict[str, Any]]:
    """Write a file of these variables, draft it, and give its items and demographics by id."""
    rng = np.random.default_rng(3)
    columns = {name: rng.choice(sorted(codes), n) for name, (_, codes) in asked.items()}
    pyreadstat.write_sav(
        pd.DataFrame(columns),
        str(folder / "new.sav"),
        column_labels={name: label for name, (label, _) in asked.items()},
        variable_value_labels={name: codes for name, (_, codes) in asked.items()},
    )
    matching = match_codebook(read_codebook(folder / "new.sav"), load_catalog("wvs7"))
    draft = draft_wave(matching, "wvs7", folder / "draft", wave_id="new", title="New")
    found: dict[str, dict[str, Any]] = {"wave": yaml.safe_load((draft.path / "wave.yaml").read_text("utf-8"))}
    for file in draft.path.glob("*.yaml"):
        data = yaml.safe_load(file.read_text("utf-8"))
        for battery in data.get("batteries", ()):
            found |= {item["id"]: {**battery, **item} for item in battery["items"]}
        found |= {entry["id"]: entry for entry in data.get("demographics", ())}
    return found


def matched(label: str, *more: str, values: dict[int, str], kind: str = "coded") -> Match:
    """The match of the first of some variables with these labels and one set of value labels."""
    variables = [
        Variable(f"x{place}", text, place, values, {}, dict.fromkeys(values, 5), kind)  # type: ignore[arg-type]
        for place, text in enumerate((label, *more))
    ]
    return match_codebook(Codebook("new.sav", "sav", 5, tuple(variables)), load_catalog("wvs7")).matches[0]


def test_codes_for_no_answer_are_kept_where_the_answers_stayed_the_same(tmp_path: Path) -> None:
    asked = {"health": ("State of health (subjective)", HEALTH | {8: "Don't know", 9: "No answer"})}
    item = drafted(tmp_path, asked)["health"]
    assert item["concept"] == "wvs7/Q47"
    assert item["missing"] == {8: "Don't know", 9: "No answer"}


def test_a_statement_for_three_steps_is_not_kept_for_one(tmp_path: Path) -> None:
    item = drafted(tmp_path, {"lr": ("Left-right political scale", LEFT), "health": ("Health", HEALTH)})["lr"]
    # Eleven steps in place of ten: drafted anew, in whole parts, not as a known item with its ends alone.
    assert "concept" not in item
    assert sorted(code for option in item["refined"] for code in option["codes"]) == list(range(11))
    assert "Q240" in item["note"]


def test_grades_put_together_keep_the_halves_and_ask_for_the_grades(tmp_path: Path) -> None:
    label = "Jobs scarce: Men have priority over women"
    item = drafted(tmp_path, {"jobs": (label, {1: "Agree", 2: "Disagree", 3: "Neither agree nor disagree"})})["jobs"]
    assert item["concept"] == "wvs7/Q33"
    halves = [(option["codes"], "statement" in option) for option in item["polar"]]
    assert halves == [([1], False), ([3], False), ([2], False)]
    asked = [option["codes"] for option in item["refined"] if "TODO" in option.get("statement", "")]
    assert sorted(asked) == [[1], [2]]


def test_countries_of_one_continent_make_no_question_of_it_and_the_rule_names_no_other(tmp_path: Path) -> None:
    asked = {"cntry": ("Country", {1: "Germany", 2: "France", 3: "Poland"}), "health": ("Health", HEALTH)}
    found = drafted(tmp_path, asked)
    assert "B_COUNTRY" in found
    assert "B_COUNTRY_to_continent" not in found
    assert "continent_demographic" not in found["wave"]["wave"]
    assert found["wave"]["evaluation"]["whole_continents"] == []


def test_what_everybody_has_is_no_item(tmp_path: Path) -> None:
    columns = {"study": np.full(30, 2.0), "health": np.arange(30) % 5 + 1.0}
    pyreadstat.write_sav(
        pd.DataFrame(columns),
        str(tmp_path / "new.sav"),
        column_labels={"study": "Study", "health": "Bicycle repair: Own skill"},
        variable_value_labels={"study": {1: "EVS", 2: "WVS"}, "health": HEALTH},
    )
    matching = match_codebook(read_codebook(tmp_path / "new.sav"), load_catalog("wvs7"))
    decisions = draft_wave(matching, "wvs7", tmp_path / "draft", wave_id="new").decisions
    told = next(one["done"] for one in decisions if one["variable"] == "study")
    assert told == "left out: everybody has the code 2"


@pytest.mark.parametrize("known", [{1: "Yes, religious", 2: "Not religious"}, {1: "Religious", 2: "Not", 3: "Other"}])
def test_the_ends_of_eleven_steps_are_no_few_answers_turned_round(known: dict[int, str]) -> None:
    steps = {0: "Not religious", **{step: str(step) for step in range(1, 10)}, 10: "Religious"}
    assert compare_codes(steps, known, ValueLabels(words())).relation.kind == "different"


def test_an_acronym_is_no_list_of_countries_where_the_known_label_has_it_too() -> None:
    match = matched("Confidence: The World Bank (WB)", values=dict(load_catalog("wvs7").items["Q87"].codes))
    assert (match.status, match.known and match.known.id) == ("sure", "Q87")


def test_labels_to_the_letter_have_no_rival_in_what_is_only_like_them() -> None:
    labels = ("Victim of crime past year: Respondent", "Victim of crime past year: Respondent's family")
    yes = {1: "Yes", 2: "No"}
    assert matched(*labels, values=yes).status == "sure"
    # The same label twice is another thing.
    assert matched(labels[0], labels[0], values=yes).status == "doubtful"


def test_a_weight_is_expected_to_be_about_the_survey() -> None:
    match = matched("Weight", "State of health (subjective)", values={}, kind="number")
    assert (match.status, match.known and match.known.id) == ("sure", "weights")


def test_groups_made_of_ages_are_proposed_before_the_years_and_left_to_a_person() -> None:
    groups = {
        1: "16-24 years",
        2: "25-34 years",
        3: "35-44 years",
        4: "45-54 years",
        5: "55-64 years",
        6: "65 and over",
    }
    variables = (
        Variable("Q262", "Age", 0, {}, {}, dict.fromkeys(range(18, 90), 5), "number"),
        Variable("X003R", "Age recoded (6 intervals)", 1, groups, {}, dict.fromkeys(groups, 60), "coded"),
    )
    years, made = match_codebook(Codebook("new.sav", "sav", 360, variables), load_catalog("wvs7")).matches
    assert (made.status, made.known and made.known.id) == ("doubtful", "X003R")
    assert years.known is None


def test_gender_is_another_name_of_sex_and_no_item() -> None:
    match = matched("Gender", values={1: "Male", 2: "Female"})
    assert (match.status, match.known and match.known.id) == ("sure", "Q260")


def test_questions_between_a_number_and_the_sex_of_persons_are_questions_still(tmp_path: Path) -> None:
    agree = {1: "Strongly agree", 2: "Agree", 3: "Disagree", 4: "Strongly disagree"}
    claims = {f"c{at}": (f"Statement: {text}", agree) for at, text in enumerate(("Trams are slow", "Rain is good"), 1)}
    asked = {"sex": ("Sex", {1: "Male", 2: "Female"}), **claims}
    asked |= {f"d{at}": (f"Leisure: {text}", agree) for at, text in enumerate(("Chess is fun", "Jazz is loud"), 1)}
    asked |= {"class": ("Social class (subjective)", dict(load_catalog("wvs7").demographics["Q287"].codes))}
    found = drafted(tmp_path, asked)
    assert {"c1", "c2", "d1", "d2"} <= set(found)


def test_a_doubtful_reversal_is_told_in_its_note(tmp_path: Path) -> None:
    left = {code: label for code, label in LEFT.items() if code} | {1: "Right", 10: "Left"}
    item = drafted(tmp_path, {"lr": ("Self positioning in political scale", left), "health": ("Health", HEALTH)})["lr"]
    assert item["concept"] == "wvs7/Q240"
    assert "counted the other way" in item["note"]


@pytest.mark.parametrize(
    ("item", "answers", "mapping"),
    [
        ("Q46", ("Very unhappy", "Fairly unhappy", "Fairly happy", "Very happy"), {1: 4, 2: 3, 3: 2, 4: 1}),
        ("Q131", ("Very secure", "Secure", "Insecure", "Very insecure"), {1: 1, 2: 2, 3: 3, 4: 4}),
        ("Q46", ("Very happy", "Pretty happy", "Not too happy"), {1: 1, 2: 2}),
    ],
)
def test_grades_that_words_alone_would_cross_stand_by_their_place_and_are_doubtful(
    item: str, answers: tuple[str, ...], mapping: dict[int, int]
) -> None:
    known = load_catalog("wvs7").items[item]
    values = dict(enumerate(answers, 1))
    assert dict(compare_codes(values, known.codes, ValueLabels(words())).relation.mapping) == mapping
    assert matched(known.label, values=values).status == "doubtful"
