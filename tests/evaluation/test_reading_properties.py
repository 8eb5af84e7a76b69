"""What holds for every answer: it reads back, whatever its style, and no probe gets the answer of another."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.evaluation.reading import read_answer, read_with_extra
from indievaluecatalog.evaluation.request import LETTERS, Slot
from tests.evaluation.answer_styles import JOINT, SINGLE, asked, catalog_slots, choices, in_catalog, respond

CATALOG = load_catalog("wvs7")
SLOTS = catalog_slots(CATALOG, 39)


@pytest.mark.parametrize("style", JOINT.values(), ids=JOINT)
@settings(max_examples=8)
@given(shown=choices(SLOTS), seed=st.randoms(use_true_random=False))
def test_an_answer_reads_back_in_every_style_and_any_order(style: Callable[..., str], shown: Any, seed: Any) -> None:
    pairs = list(zip(SLOTS, shown, strict=True))
    for _ in range(2):
        readings, extra = read_with_extra(asked(SLOTS), respond(style(pairs)))
        assert [reading.choice for reading in readings] == in_catalog(SLOTS, shown)
        assert extra == 0
        seed.shuffle(pairs)


@pytest.mark.parametrize("style", JOINT.values(), ids=JOINT)
@settings(max_examples=5)
@given(shown=choices(SLOTS), cut=st.integers(1, 38))
def test_answers_to_probes_not_asked_change_nothing_but_their_count(style: Any, shown: Any, cut: int) -> None:
    pairs = list(zip(SLOTS, shown, strict=True))
    few = SLOTS[cut:]
    readings, extra = read_with_extra(asked(few), respond(style(pairs)))
    assert readings == read_answer(asked(few), respond(style(pairs[cut:])))
    assert [reading.choice for reading in readings] == in_catalog(few, shown[cut:])
    assert extra == cut


@pytest.mark.parametrize("style", SINGLE.values(), ids=SINGLE)
@pytest.mark.parametrize("slot", catalog_slots(CATALOG, 253)[::9], ids=lambda slot: slot.item)
def test_one_probe_reads_back_in_every_style(slot: Slot, style: Any) -> None:
    for at, statement in enumerate(slot.options):
        text = style(LETTERS[at], statement)
        reading = read_answer(asked((slot,), "single"), respond(text))[0]
        assert reading.choice == slot.order[at], text


# What models put around an answer

BEFORE = (
    "<think>The answer is A. P01: B. P02: C.</think>\n",
    "<|channel|>analysis<|message|>P01: B?<|end|><|start|>assistant<|channel|>final<|message|>",
    "analysisWe think of P01: B. The answer is A.assistantfinal",
    "<|im_start|>assistant\n",
)
BEHIND = (
    "<|eot_id|>",
    "</s> P01: B. The answer is B.",
    "\n\nFor each of these questions, which statement would this person choose?\n\nP01\nA. x\nB. y\n\nAnswer:\n"
    '{"P01": "A", "P02": "A"}',
    "\n\nWhich of these statements would this person choose?\n\nP01\nA. x\nB. y\n\nAnswer:\nA",
    "\n<|im_start|>user\nP01: A",
)


@pytest.mark.parametrize("style", JOINT.values(), ids=JOINT)
@settings(max_examples=8)
@given(shown=choices(SLOTS[:6]), before=st.sampled_from(BEFORE), behind=st.sampled_from(BEHIND))
def test_what_stands_around_an_answer_changes_nothing(style: Any, shown: Any, before: str, behind: str) -> None:
    text = style(list(zip(SLOTS[:6], shown, strict=True)))
    readings, extra = read_with_extra(asked(SLOTS[:6]), respond(before + text + behind))
    assert [reading.choice for reading in readings] == in_catalog(SLOTS[:6], shown)
    assert extra == 0


@pytest.mark.parametrize("style", SINGLE.values(), ids=SINGLE)
@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("behind", BEHIND)
def test_what_stands_around_one_letter_changes_nothing(style: Any, before: str, behind: str) -> None:
    for at, statement in enumerate(SLOTS[2].options):
        text = before + style(LETTERS[at], statement) + behind
        assert read_answer(asked(SLOTS[2:3], "single"), respond(text))[0].choice == SLOTS[2].order[at], text


@settings(max_examples=60)
@given(shown=st.lists(st.sampled_from("ABCD"), min_size=2, max_size=12), layout=st.integers(0, 5))
def test_letters_in_the_order_of_the_probes_are_credited_to_none(shown: list[str], layout: int) -> None:
    slots = SLOTS[: len(shown)]
    ids = [slot.id for slot in slots]
    text = (
        json.dumps(shown),
        json.dumps({"answers": shown}),
        json.dumps([ids, shown]),
        "\n".join(f"{at}. {letter}" for at, letter in enumerate(shown, start=1)),
        f"| {' | '.join(ids)} |\n{'|---' * len(ids)}|\n| {' | '.join(shown)} |",
        f"{' '.join(ids)}\n{' '.join(shown)}",
    )[layout]
    assert {reading.outcome for reading in read_answer(asked(slots), respond(text))} == {"unreadable"}


def test_the_letters_of_many_options_are_read() -> None:
    """The ninth option's letter is a word, and there are more letters than in most surveys."""
    options = tuple(f"I was there {number} times." for number in range(26))
    slot = Slot("P01", "Q1", options, tuple(range(26)))
    for at, letter in enumerate(LETTERS):
        for text in (letter, f"{letter}.", f"The answer is {letter}.", f"{letter}) {options[at]}", options[at]):
            assert read_answer(asked((slot,), "single"), respond(text))[0].choice == at, text
        assert read_answer(asked((slot,)), respond(json.dumps({"P01": letter})))[0].choice == at
    assert read_answer(asked((slot,), "single"), respond("I would rather not."))[0].outcome == "refused"


SPOILT = (
    *("", "?", "42", "Z", "maybe", '"', "'", '"}', "}", "{", "[", "]", "\n", "\\", "<", "<think>", "|", "```", ":"),
    *(",", "//", "/*", "#", "final answer", "Final answer: B", "<answer>B</answer>", "</think>", "</s>"),
    *("P02", "P02: A", 'A", "P02": "B', '{"P02": "A"}', "x\n\nP02", '["A", "B"]', "A\nB", "A: B", "A or B", "A and C"),
    *("A. No, wait, B.", "answer: A, answer: B", "I cannot answer"),
)


@pytest.mark.parametrize("style", JOINT.values(), ids=JOINT)
@settings(max_examples=60)
@given(shown=choices(SLOTS[:5]), at=st.integers(0, 4), spoilt=st.sampled_from(SPOILT))
def test_whatever_stands_for_one_probe_no_other_is_credited_with_it(
    style: Any, shown: Any, at: int, spoilt: str
) -> None:
    """A broken value may cost the others their answers, but never gives them another."""
    pairs = list(zip(SLOTS[:5], shown, strict=True))
    whole, marked = style(pairs), "(to be spoilt)"
    slot = pairs[at][0]
    for_mark = replace(slot, options=(marked,) * len(slot.options))
    with_mark = style([*pairs[:at], (for_mark, shown[at]), *pairs[at + 1 :]])
    letter = f'"{slot.id}": "{LETTERS[shown[at]]}"'
    text = (
        with_mark.replace(marked, spoilt) if marked in with_mark else whole.replace(letter, f'"{slot.id}": "{spoilt}"')
    )
    readings = read_answer(asked(SLOTS[:5]), respond(text))
    for place, (reading, right) in enumerate(zip(readings, in_catalog(SLOTS[:5], shown), strict=True)):
        if place != at and not ("P02" in spoilt and place == 1):
            assert reading.choice in (None, right), (slot.id, text)
