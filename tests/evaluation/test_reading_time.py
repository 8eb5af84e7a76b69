"""Reading takes time in proportion to the length of the answer, whatever it is made of."""

from __future__ import annotations

import time

import pytest

from indievaluecatalog.evaluation.reading import read_answer
from indievaluecatalog.evaluation.request import Request, Response, Slot

SLOTS = tuple(Slot(f"P{at:02}", f"Q{at}", ("A man agrees.", "I do not.", "It depends."), (2, 0, 1)) for at in (1, 2, 3))
REQUESTS = tuple(
    Request("p", 0, "polar", form, slots, "", "", "")
    for form, slots in (("joint", SLOTS), ("single", SLOTS[:1]))  # type: ignore[arg-type]
)

UNITS = (
    *(
        "{",
        "[",
        '{"a":',
        '{"P01":{',
        "{}",
        '"',
        "{'",
        "\\",
        '\\"',
        "/*",
        "{,/*",
        "{//",
        "P01",
        "P01:",
        "P01, ",
        "P01: A\n",
    ),
    *("A\n", "x\n", " ", "\n", "<think>", "</think>", "<think", "< ", "<answer>", "<answer ", "answer: A ", "i cannot"),
    *(
        "final answer ",
        "**A** ",
        "I ",
        "A)",
        "|",
        "P01 | A |",
        '{"P01": "A"} x ',
        '["P01","A"],',
        '"x',
        '{"x",y',
        "user:\n",
    ),
    *("{x-", "\u0301\u0323", "\ufdfa", "a", "1", '{"\\u0041', "\ud800", "probe ", "P 0", "-", '",  ', "(A) ", "_-"),
)


def seconds(text: str) -> float:
    begun = time.process_time()
    for request in REQUESTS:
        read_answer(request, Response(key="k", text=text, finish_reason="length"))
    return time.process_time() - begun


@pytest.mark.parametrize("start", ["", '{"P01": "'], ids=["", "in a value"])
@pytest.mark.parametrize("unit", UNITS)
def test_eight_times_the_length_takes_about_eight_times_as_long(unit: str, start: str) -> None:
    short, long = (start + unit * (length // len(unit)) for length in (1_000, 8_000))
    least = min(seconds(short) for _ in range(2))
    # Were it the square, it would take sixty-four times as long.
    assert seconds(long) < 30 * least + 0.05


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_a_million_characters_are_read_in_seconds(unit: str) -> None:
    assert seconds(unit * (1_000_000 // len(unit))) < 60
