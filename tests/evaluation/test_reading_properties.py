"""What holds for every answer: it reads back, whatever its style, and no probe gets the answer of another."""

from __future__ import annotations

from collections.abc import Callable
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
