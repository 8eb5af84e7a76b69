"""Reading takes work in proportion to the length of the answer, whatever it is made of.

Work is counted in lines of Python that ran, so that the count is the same on every machine, busy or not. What regular
expressions do within one call is not seen here: `python -m benchmarks.reading` measures that, in seconds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from indievaluecatalog.evaluation.reading import read_answer
from indievaluecatalog.evaluation.request import Request, Response, Slot
from tests.evaluation.long_answers import NESTED, STARTS, UNITS, nested, repeated

SLOTS = tuple(Slot(f"P{at:02}", f"Q{at}", ("A man agrees.", "I do not.", "It depends."), (2, 0, 1)) for at in (1, 2, 3))
REQUESTS = tuple(
    Request("p", 0, "polar", form, slots, "", "", "")
    for form, slots in (("joint", SLOTS), ("single", SLOTS[:1]))  # type: ignore[arg-type]
)
SHORT, LONG = 500, 4_000


def lines_run(work: Callable[[], object]) -> int:
    """How many lines of Python run."""
    count = 0

    def trace(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def lines_to_read(text: str) -> int:
    responses = [Response(key="k", text=text, finish_reason="length")]
    return lines_run(lambda: [read_answer(request, one) for request in REQUESTS for one in responses])


@pytest.fixture(scope="module", autouse=True)
def _patterns_made() -> None:
    """Patterns are made once; that is no part of reading an answer."""
    lines_to_read("P01: A")
    lines_to_read("I cannot say.")


@pytest.mark.parametrize("start", STARTS, ids=["", "in a value"])
@pytest.mark.parametrize("unit", UNITS)
def test_eight_times_the_length_is_at_most_eight_times_the_work(unit: str, start: str) -> None:
    short, long = (lines_to_read(repeated(start, unit, length)) for length in (SHORT, LONG))
    assert long <= 8.5 * short


@pytest.mark.parametrize("shape", NESTED)
def test_eight_times_as_deep_is_at_most_eight_times_the_work(shape: tuple[str, str, str]) -> None:
    short, long = (lines_to_read(nested(*shape, length)) for length in (SHORT, LONG))
    assert long <= 8.5 * short


def test_the_count_would_show_work_that_grows_with_the_square() -> None:
    def pairs(length: int) -> int:
        return lines_run(lambda: [(one, two) for one in range(length) for two in range(length)])

    assert pairs(400) > 30 * pairs(50)
