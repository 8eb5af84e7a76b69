"""Which known question a variable repeats: sure where all agrees, doubtful where not, never by its name."""

from __future__ import annotations

import pytest

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.waves.batteries import runs_of
from indievaluecatalog.waves.codebook import Codebook, Variable
from indievaluecatalog.waves.known import known_of
from indievaluecatalog.waves.labels import read_label, without_number
from indievaluecatalog.waves.match import match_codebook
from indievaluecatalog.waves.matching import Match, Matching
from indievaluecatalog.waves.words import words

pytest.importorskip("rapidfuzz")
pytest.importorskip("scipy")

CATALOG = load_catalog("wvs7")
CONFIDENCE = {1: "A great deal", 2: "Quite a lot", 3: "Not very much", 4: "None at all"}
IMPORTANT = {1: "Very important", 2: "Rather important", 3: "Not very important", 4: "Not at all important"}
TEN = {1: "Never justifiable", 10: "Always justifiable"}
AGREE = {1: "Agree strongly", 2: "Agree", 3: "Disagree", 4: "Strongly disagree"}


def book(*rows: tuple[str, dict[int, str]], names: tuple[str, ...] = ()) -> Codebook:
    variables = [
        Variable(names[place] if names else f"X{place}", label, place, values, {-1: "Don't know"}, {})
        for place, (label, values) in enumerate(rows)
    ]
    return Codebook("test.sav", "sav", 0, tuple(variables))


def matched(*rows: tuple[str, dict[int, str]], names: tuple[str, ...] = ()) -> Matching:
    return match_codebook(book(*rows, names=names), CATALOG)


def one(label: str, values: dict[int, str]) -> Match:
    return matched((label, values)).matches[0]


def found(match: Match) -> tuple[str, str | None]:
    return match.status, match.known.id if match.known else None


def test_the_catalog_finds_itself_surely() -> None:
    rows = [(item.label, dict(item.codes)) for item in CATALOG.items.values()]
    matches = matched(*rows).matches
    for match, item in zip(matches, CATALOG.items.values(), strict=True):
        assert match.known is not None
        assert match.known.id == item.id
        assert match.relation is not None
        assert match.relation.kind == "same"


def test_names_are_no_evidence() -> None:
    rows = [("Confidence: Banks", CONFIDENCE), ("Important in life: Family", IMPORTANT)]
    plain = matched(*rows).matches
    misleading = matched(*rows, names=("Q1", "Q78")).matches
    assert [found(match) for match in plain] == [found(match) for match in misleading]
    assert found(misleading[0]) == ("sure", "Q78")


@pytest.mark.parametrize(
    ("label", "values", "known"),
    [
        ("V4.- Important in life: Family", IMPORTANT, "Q1"),
        ("(A001) Important in life: Family", IMPORTANT, "Q1"),
        ("Family important in life", IMPORTANT, "Q1"),
        ("Important in life - Family", IMPORTANT, "Q1"),
        ("CONFIDENCE: LABOUR UNIONS", CONFIDENCE, "Q68"),
        ("Q12: Confidence: The Armed Forces", CONFIDENCE, "Q65"),
        ("E069_02 Confidence: Armed Forces", CONFIDENCE, "Q65"),
        ("F120 Justifiable: Abortion", TEN, "Q184"),
        ("Justifiable: Euthanasia", TEN, "Q188"),
    ],
)
def test_one_question_under_other_spellings(label: str, values: dict[int, str], known: str) -> None:
    assert found(one(label, values)) == ("sure", known)


@pytest.mark.parametrize(
    ("label", "values", "not_known"),
    [
        ("Confidence: Chambers of commerce", CONFIDENCE, "Q64"),
        ("Confidence: The European Union", CONFIDENCE, "Q68"),
        ("Justifiable: Adultery", TEN, "Q185"),
        ("Gender: Women better political leaders", AGREE, "Q29"),
        ("Aims of country: Third choice", dict(CATALOG.items["Q152"].codes), "Q152"),
        ("Neighbors: Heavy smokers", {1: "Mentioned", 2: "Not mentioned"}, "Q24"),
        ("Immigrant status: Spouse", {1: "Not an immigrant", 2: "Immigrant"}, "Q264"),
        ("Political action recently done: Petition", {1: "Not at all", 2: "Once", 3: "Twice"}, "Q209"),
        ("Confidence: Banks (ES)", CONFIDENCE, "Q78"),
    ],
)
def test_a_sibling_is_never_sure(label: str, values: dict[int, str], not_known: str) -> None:
    assert one(label, values).status != "sure", not_known


def test_a_question_without_value_labels_is_doubtful() -> None:
    match = one("Important in life: Family", {})
    assert found(match) == ("doubtful", "Q1")
    assert match.relation is not None
    assert match.relation.kind == "unknown"


def test_turned_codes_are_flagged() -> None:
    matching = matched(("Confidence: Banks", dict(zip(CONFIDENCE, reversed(CONFIDENCE.values()), strict=True))))
    match = matching.matches[0]
    assert match.relation is not None
    assert (match.relation.kind, dict(match.relation.mapping)) == ("reversed", {1: 4, 2: 3, 3: 2, 4: 1})
    assert any("other way" in note for note in matching.notes)


def test_two_variables_with_one_label_are_not_guessed_between() -> None:
    matches = matched(("Confidence: Banks", CONFIDENCE), ("Confidence: Banks", CONFIDENCE)).matches
    assert all(match.status != "sure" for match in matches)
    assert sum(match.known is not None for match in matches) == 1


def test_a_coarse_variant_does_not_take_the_place_of_the_question() -> None:
    item = CATALOG.items["Q33"]
    matches = matched(
        (f"{item.label} (3 categories)", {1: "Agree", 2: "Disagree", 3: "Neither agree nor disagree"}),
        (item.label, dict(item.codes)),
    ).matches
    assert matches[1].known is not None
    assert matches[1].known.id == "Q33"
    assert matches[0].status != "sure"


@pytest.mark.parametrize(
    ("label", "values"),
    [
        ("Autonomy Index", {0: "Low", 1: "High"}),
        ("Confidence: Banks (recoded)", CONFIDENCE),
        ("Interviewer: sex", {1: "Male", 2: "Female"}),
        ("Party you would vote for", {code: f"Party {code}" for code in range(1, 60)}),
    ],
)
def test_what_is_no_question_is_left_out_with_a_reason(label: str, values: dict[int, str]) -> None:
    match = one(label, values)
    assert match.status != "sure"
    assert any(reason.says for reason in match.reasons)


def test_every_known_thing_goes_to_one_variable_and_the_rest_are_lost() -> None:
    matching = matched(("Confidence: Banks", CONFIDENCE), ("Confidence: Parliament", CONFIDENCE))
    taken = [match.known.id for match in matching.matches if match.known]
    assert taken == ["Q78", "Q73"]
    assert {known.id for known in matching.lost} == {known.id for known in known_of(CATALOG)} - set(taken)


SCALE = {0: "No trust at all", 10: "Complete trust"}
OTHER_SURVEY = (
    ("News about politics, watching, minutes per day", {}),
    (
        "Most people can be trusted or you can't be too careful",
        {0: "You can't be too careful", 10: "Most can be trusted"},
    ),
    ("Trust in country's parliament", SCALE),
    ("Trust in the police", SCALE),
    ("Trust in politicians", SCALE),
    ("Placement on left right scale", {0: "Left", 10: "Right"}),
    ("How satisfied with life as a whole", {0: "Extremely dissatisfied", 10: "Extremely satisfied"}),
    (
        "Gays and lesbians free to live life as they wish",
        {1: "Agree strongly", 2: "Agree", 3: "Neither", 4: "Disagree"},
    ),
    ("Allow many immigrants of same race as majority", {1: "Allow many", 2: "Allow some", 3: "Allow a few", 4: "None"}),
    ("How happy are you", {0: "Extremely unhappy", 10: "Extremely happy"}),
    ("Feeling of safety walking alone after dark", {1: "Very safe", 2: "Safe", 3: "Unsafe", 4: "Very unsafe"}),
    ("How emotionally attached to country", {0: "Not at all attached", 10: "Very attached"}),
    ("Worried about climate change", {1: "Not at all worried", 2: "Not very worried", 3: "Very worried"}),
    ("Important to be rich, have money and expensive things", {1: "Very much like me", 2: "Like me", 3: "Not like me"}),
    ("Taking part in lawful public demonstration last 12 months", {1: "Yes", 2: "No"}),
)


def test_another_survey_has_nothing_that_is_sure() -> None:
    matching = matched(*OTHER_SURVEY)
    assert [match.variable.label for match in matching.matches if match.status == "sure"] == []


def test_labels_in_another_language_match_nothing_and_that_is_said() -> None:
    rows = [("Vertrauen: Kirche", {1: "Sehr viel", 2: "Ziemlich viel"}), ("Lebenszufriedenheit", {1: "Gering"})] * 30
    matching = matched(*rows)
    assert not any(match.known for match in matching.matches)
    assert any("another language" in note for note in matching.notes)


def test_no_labels_at_all_is_said() -> None:
    assert any("no variable has a label" in note for note in matched(("", {}), ("", {})).notes)


def test_a_file_without_variables_loses_everything() -> None:
    matching = matched()
    assert not matching.matches
    assert len(matching.lost) == len(known_of(CATALOG))


def test_one_variable_in_between_ends_no_battery() -> None:
    interrupted = book(("Confidence: Banks", CONFIDENCE), ("Age", {}), ("Confidence: Press", CONFIDENCE))
    assert runs_of(interrupted) == ((0, 2),)


@pytest.mark.parametrize("number", ["V4.- ", "Q1: ", "(E012) ", "A001 ", "12. ", "Q12a) ", "[F034] "])
def test_question_numbers_are_no_part_of_a_label(number: str) -> None:
    assert without_number(f"{number}Trust: Your family") == "Trust: Your family"


@pytest.mark.parametrize("label", ["TV news", "S&T make lives easier", "AIDS sufferers", "12-item index", "UN"])
def test_words_that_look_like_numbers_of_questions_stay(label: str) -> None:
    assert without_number(label) == label


def test_a_label_is_taken_apart() -> None:
    label = read_label("Q3: Neighbours: People of a different race (ES)", words())
    assert "neighbor" in label.stem[0]
    assert label.countries


def test_a_turned_meaning_is_seen() -> None:
    assert read_label("Country not governed fairly", words()).negated
    assert not read_label("Country governed fairly", words()).negated
