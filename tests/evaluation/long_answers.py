"""What long answers may be made of, for a reader that must not slow down on any of them."""

from __future__ import annotations

STARTS = ("", '{"P01": "')

UNITS = (
    # Brackets, quotes and comments.
    *("{", "[", '{"a":', '{"P01":{', "{}", '"', "{'", "\\", '\\"', "/*", "{,/*", "{//", "(", '("', "{ ", "[\n"),
    *('{"P01": "A"} x ', '["P01","A"],', '"x', '{"x",y', '{"\\u0041', '",  ', '" ', "', ", "{x-", '{"x": -'),
    # Ids, and what may stand around them.
    *("P01", "P01:", "P01, ", "P01: A\n", "P01 | A |", "P 0", "P01-", "probe ", "P01 is A ", "P1.", "P02 (", "<P01>"),
    # Words that lead to an answer, and answers.
    *(
        "A\n",
        "(A) ",
        "A)",
        "**A** ",
        '"A" ',
        "answer: A ",
        "answer is\n",
        "final answer ",
        "I ",
        "i cannot",
        "not ",
        "A or ",
    ),
    # Tags, turns and reasoning.
    *("<think>", "</think>", "<think", "x<think>y</think>", "< ", "<answer>", "<answer ", "<b ", "user:\n", "<|end|>x"),
    *("<|channel|>final<|message|>", "[think]"),
    # Characters.
    *(
        "x\n",
        " ",
        "\n",
        "\u0301\u0323",
        "\ufdfa",
        "a",
        "1",
        "\ud800",
        "|",
        "-",
        "_-",
        "&quot;",
        "&amp",
        "\\n",
        "{\\n",
        ",",
    ),
)

NESTED = (
    ("[", '"A",', "]"),
    ('{"P01":[', '"A",', "]}"),
    ('["A",', '"A",', "]"),
    ('{"answer":', '{"x":1},', "}"),
    ('{"P01":{"answer":["A",', '"B",', "]}}"),
    ("<think>", "A ", "</think>"),
    ("(", '"P01",', ")"),
)
"""What opens, what stands within and what closes, each many times in turn."""


def repeated(start: str, unit: str, length: int) -> str:
    """A start, and then a unit as often as fits a length in characters."""
    return start + unit * (length // len(unit))


def nested(opening: str, within: str, closing: str, length: int) -> str:
    """Openings, what stands within, and closings, of a length in characters."""
    times = length // (len(opening) + len(within) + len(closing))
    return opening * times + within * times + closing * times
