"""What holds for every answer: it reads back, whatever its style; no probe gets another's; nothing raises."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.evaluation.reading import OUTCOMES, read_answer, read_with_extra
from indievaluecatalog.evaluation.request import LETTERS, Response, Slot
from tests.evaluation.answer_styles import JOINT, SINGLE, asked, catalog_slots

CATALOG = load_catalog("wvs7")
SLOTS = catalog_slots(CATALOG, 39)
FEW = catalog_slots(CATALOG, 6, first=60)


def respond(text: str, finish: str = "stop") -> Response:
    return Response(key="k", text=text, finish_reason=finish)


def choices(slots: tuple[Slot, ...]) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*(st.integers(0, len(slot.options) - 1) for slot in slots))


def in_catalog(slots: tuple[Slot, ...], shown: tuple[int, ...]) -> list[int]:
    return [slot.order[at] for slot, at in zip(slots, shown, strict=True)]


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


@pytest.mark.parametrize("style", JOINT.values(), ids=JOINT)
@settings(max_examples=2)
@given(shown=choices(FEW))
def test_cut_off_anywhere_an_answer_reads_right_or_not_at_all(style: Any, shown: Any) -> None:
    text = style(list(zip(FEW, shown, strict=True)))
    expected = in_catalog(FEW, shown)
    for end in range(len(text)):
        for reading, right in zip(read_answer(asked(FEW), respond(text[:end], "length")), expected, strict=True):
            assert reading.choice == right or reading.outcome in ("cut_off", "conflicting"), text[:end]


@pytest.mark.parametrize("style", SINGLE.values(), ids=SINGLE)
@pytest.mark.parametrize("slot", catalog_slots(CATALOG, 253)[::9], ids=lambda slot: slot.item)
def test_one_probe_reads_back_in_every_style(slot: Slot, style: Any) -> None:
    for at, statement in enumerate(slot.options):
        text = style(LETTERS[at], statement)
        reading = read_answer(asked((slot,), "single"), respond(text))[0]
        assert reading.choice == slot.order[at], text


@pytest.mark.parametrize("style", set(SINGLE) - {"thought", "final"})
def test_one_probe_cut_off_anywhere_reads_right_or_not_at_all(style: str) -> None:
    for slot in catalog_slots(CATALOG, 12):
        text = SINGLE[style](LETTERS[1], slot.options[1])
        # One letter alone is what a limit of one token leaves of an answer: it is read.
        for end in (end for end in range(len(text) + 1) if len(text[:end].strip(" (*")) != 1):
            reading = read_answer(asked((slot,), "single"), respond(text[:end], "length"))[0]
            assert reading.choice == slot.order[1] or reading.outcome == "cut_off", text[:end]


def check_anything(text: str) -> None:
    for request in (asked(FEW), asked(FEW[2:3], "single")):
        for finish in ("stop", "length"):
            readings, extra = read_with_extra(request, respond(text, finish))
            assert [reading.slot for reading in readings] == [slot.id for slot in request.slots]
            assert extra >= 0
            for reading, slot in zip(readings, request.slots, strict=True):
                assert reading.outcome in OUTCOMES
                assert (reading.choice is not None) == (reading.outcome == "read")
                assert reading.choice is None or 0 <= reading.choice < len(slot.options)


PIECES = st.sampled_from(
    [
        *"{}[]():,;\"'\\\n\t |*`<>/=-.#ABCI\0\ud800\u200b\u0301\uff21",
        *(
            "P01",
            '"P02"',
            "P3",
            "P 04",
            "probe 5",
            "P06",
            "P77",
            '"A"',
            "answer",
            "choice",
            "reason",
            "<think>",
            "</think>",
        ),
        *(
            "The answer is ",
            "final answer",
            "```json",
            "null",
            "//",
            "/*",
            "*/",
            "->",
            "=>",
            "\\u00",
            '\\"',
            "9" * 5000,
        ),
    ]
)


@settings(max_examples=300)
@given(st.one_of(st.text(), st.text(st.characters()), st.lists(PIECES, max_size=60).map("".join)))
@example('\ud800\udc00{"P01": "\\ud800"}')
@example('{"P' + "9" * 5000 + '": "A"}')
def test_no_text_makes_reading_fail(text: str) -> None:
    check_anything(text)


@settings(max_examples=200)
@given(data=st.data())
def test_no_damaged_answer_makes_reading_fail(data: st.DataObject) -> None:
    style = data.draw(st.sampled_from(sorted(JOINT)))
    text = JOINT[style](list(zip(FEW, data.draw(choices(FEW)), strict=True)))
    for _ in range(data.draw(st.integers(1, 6))):
        at, gone = data.draw(st.integers(0, len(text))), data.draw(st.integers(0, 4))
        text = text[:at] + data.draw(st.one_of(PIECES, st.text(max_size=2))) + text[at + gone :]
    check_anything(text)


@given(
    value=st.recursive(
        st.none() | st.booleans() | st.floats() | st.text("ABP012 "),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["P01", "P02", "choice", "id", "x"]), inner),
    )
)
def test_no_json_makes_reading_fail(value: Any) -> None:
    check_anything(json.dumps(value))
