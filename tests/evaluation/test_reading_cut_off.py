"""An answer that the length limit cuts off reads right or not at all, wherever it is cut."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.evaluation.reading import read_answer
from indievaluecatalog.evaluation.request import LETTERS
from tests.evaluation.answer_styles import JOINT, SINGLE, asked, catalog_slots, choices, in_catalog, respond

CATALOG = load_catalog("wvs7")
FEW = catalog_slots(CATALOG, 4, first=60)


@pytest.mark.parametrize("style", JOINT.values(), ids=JOINT)
@settings(max_examples=1)
@given(shown=choices(FEW))
def test_cut_off_anywhere_an_answer_reads_right_or_not_at_all(style: Any, shown: Any) -> None:
    text = style(list(zip(FEW, shown, strict=True)))
    expected = in_catalog(FEW, shown)
    for end in range(len(text)):
        for reading, right in zip(read_answer(asked(FEW), respond(text[:end], "length")), expected, strict=True):
            assert reading.choice == right or reading.outcome in ("cut_off", "conflicting"), text[:end]


@pytest.mark.parametrize("style", sorted(set(SINGLE) - {"thought", "final"}))
def test_one_probe_cut_off_anywhere_reads_right_or_not_at_all(style: str) -> None:
    for slot in catalog_slots(CATALOG, 8):
        text = SINGLE[style](LETTERS[1], slot.options[1])
        # One letter alone is what a limit of one token leaves of an answer: it is read.
        for end in (end for end in range(len(text) + 1) if len(text[:end].strip(" (*")) != 1):
            reading = read_answer(asked((slot,), "single"), respond(text[:end], "length"))[0]
            assert reading.choice == slot.order[1] or reading.outcome == "cut_off", text[:end]
