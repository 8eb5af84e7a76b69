"""No text makes reading fail: anything at all, damaged answers, and JSON of any shape."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.evaluation.reading import OUTCOMES, read_with_extra
from tests.evaluation.answer_styles import JOINT, asked, catalog_slots, choices, respond

CATALOG = load_catalog("wvs7")
FEW = catalog_slots(CATALOG, 4, first=60)


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


@settings(max_examples=200)
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
