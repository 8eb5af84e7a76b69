"""How the codes of a variable stand to known ones: what is turned round is never called the same."""

from __future__ import annotations

import pytest

from indievaluecatalog.waves.relation import compare_codes
from indievaluecatalog.waves.values import ValueLabels, interval
from indievaluecatalog.waves.words import words

pytest.importorskip("rapidfuzz")
pytest.importorskip("scipy")

AGREE4 = {1: "Agree strongly", 2: "Agree", 3: "Disagree", 4: "Strongly disagree"}
AGREE5 = {1: "Agree strongly", 2: "Agree", 3: "Neither agree nor disagree", 4: "Disagree", 5: "Disagree strongly"}
HEALTH5 = {1: "Very good", 2: "Good", 3: "Fair", 4: "Poor", 5: "Very poor"}
MENTIONED = {1: "Mentioned", 2: "Not mentioned"}


def ends(low: str, high: str, codes: range = range(1, 11)) -> dict[int, str]:
    return {code: {codes[0]: low, codes[-1]: high}.get(code, str(code)) for code in codes}


LEFT = ends("Left", "Right")
ESSENTIAL = ends("Not essential", "Essential")
AGES = {1: "16-29 years", 2: "30-39", 3: "40-49", 4: "50 or more"}


def kind(values: dict[int, str], known: dict[int, str]) -> str:
    return compare_codes(values, known, ValueLabels(words())).relation.kind


@pytest.mark.parametrize(
    ("values", "known", "expected"),
    [
        (AGREE4, AGREE4, "same"),
        ({1: "Completely agree", 2: "Agree", 3: "Disagree", 4: "Completely disagree"}, AGREE4, "same"),
        ({1: "Quite happy", 2: "Not very happy"}, {1: "Rather happy", 2: "Not very happy"}, "same"),
        (dict(zip(AGREE4, reversed(AGREE4.values()), strict=True)), AGREE4, "reversed"),
        ({0: "Strongly disagree", 1: "Disagree", 2: "Agree", 3: "Agree strongly"}, AGREE4, "reversed"),
        ({1: "Not mentioned", 2: "Mentioned"}, MENTIONED, "reversed"),
        ({1: "Immigrant", 2: "Not an immigrant"}, {1: "Not an immigrant", 2: "Immigrant"}, "reversed"),
        ({1: "Satisfied", 2: "Dissatisfied"}, {1: "Dissatisfied", 2: "Satisfied"}, "reversed"),
        ({1: "Important", 2: "Unimportant"}, {1: "Unimportant", 2: "Important"}, "reversed"),
        (ends("Right", "Left"), LEFT, "reversed"),
        (LEFT, LEFT, "same"),
        (ends("A great deal of choice", "No choice at all"), ends("None at all", "A great deal"), "reversed"),
        (ESSENTIAL, {0: "Against (spontaneous)", **ESSENTIAL}, "reduced"),
        (ends("Left", "Right", range(11)), LEFT, "regrouped"),
        ({1: "Yes", 5: "No"}, {1: "Yes", 2: "No"}, "renumbered"),
        ({0: "Agree strongly", 1: "Agree", 2: "Disagree", 3: "Strongly disagree"}, AGREE4, "renumbered"),
        ({1: "Agree", 2: "Neither", 3: "Disagree"}, AGREE5, "regrouped"),
        (AGREE5, {1: "Agree", 2: "Neither", 3: "Disagree"}, "regrouped"),
        ({1: "Very good", 2: "Good", 3: "Fair", 4: "Poor"}, HEALTH5, "reduced"),
        (HEALTH5, {1: "Very good", 2: "Good", 3: "Fair", 4: "Poor"}, "extended"),
        ({1: "16-29 years", 2: "30-49", 3: "50 and over"}, AGES, "regrouped"),
        ({1: "Daily", 2: "Weekly", 3: "Never"}, AGREE4, "different"),
        ({}, AGREE4, "unknown"),
        ({1: "1", 2: "2", 3: "3", 4: "4"}, AGREE4, "unknown"),
    ],
)  # fmt: skip
def test_codes_are_told_apart(values: dict[int, str], known: dict[int, str], expected: str) -> None:
    assert kind(values, known) == expected


def test_a_reversed_scale_with_labelled_ends_maps_every_step() -> None:
    found = compare_codes(ends("Right", "Left"), LEFT, ValueLabels(words())).relation
    assert found.mapping == {code: 11 - code for code in range(1, 11)}


def test_a_coarser_scale_names_the_known_codes_it_puts_together() -> None:
    found = compare_codes({1: "Agree", 2: "Neither", 3: "Disagree"}, AGREE5, ValueLabels(words())).relation
    assert found.groups == {1: (1, 2), 2: (3,), 3: (4, 5)}
    assert found.mapping == {2: 3}


def test_a_finer_scale_maps_several_codes_to_one() -> None:
    found = compare_codes(AGREE5, {1: "Agree", 2: "Neither", 3: "Disagree"}, ValueLabels(words())).relation
    assert found.mapping == {1: 1, 2: 1, 3: 2, 4: 3, 5: 3}


def test_other_numbers_are_mapped_by_what_they_mean() -> None:
    found = compare_codes({1: "Yes", 5: "No"}, {1: "Yes", 2: "No"}, ValueLabels(words())).relation
    assert found.mapping == {1: 1, 5: 2}
    assert "5 is the known 2" in found.says


def test_codes_that_occur_without_a_label_are_said() -> None:
    found = compare_codes(AGREE4, AGREE4, ValueLabels(words()), (1, 2, 3, 4, 7)).relation
    assert found.kind == "extended"
    assert "7" in found.says


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("16-24 years", (16, 24)),
        ("65 and over", (65, float("inf"))),
        ("Under 2,000", (0, 1999)),
        ("No children", (0, 0)),
        ("7 or more", (7, float("inf"))),
        ("Very important", None),
    ],
)
def test_ranges_of_numbers_are_read(label: str, expected: object) -> None:
    assert interval(label) == expected


def test_turned_groups_of_numbers_are_said_to_be() -> None:
    turned = {1: "50 and over", 2: "30-49", 3: "16-29 years"}
    assert "other way" in compare_codes(turned, AGES, ValueLabels(words())).relation.says
