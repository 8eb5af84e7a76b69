"""Reading answers: how long a million characters take, and whether time grows faster than length.

    python -m benchmarks.reading [--length 1000000] [--rounds 3]

The texts are those on which `tests/evaluation/test_reading_time.py` counts lines; here the seconds of a joint and a
single request together are measured, which hold what regular expressions do. A reader whose time grows in proportion
to the length has a ratio of about 8 between a text and one of eight times its length, one that grows
with the square 64.
The collector of cyclic garbage is off while the clock runs: how often it runs depends on what ran before.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from pathlib import Path
from typing import Any

from indievaluecatalog.evaluation.reading import read_answer
from indievaluecatalog.evaluation.request import Request, Response, Slot
from tests.evaluation.long_answers import NESTED, STARTS, UNITS, nested, repeated

FOLDER = Path("build/bench")
OPTIONS = ("A man agrees.", "I do not.", "It depends.")
SLOTS = tuple(Slot(f"P{at:02}", f"Q{at}", OPTIONS, (2, 0, 1)) for at in range(1, 40))
REQUESTS = (
    Request("p", 0, "polar", "joint", SLOTS, "", "", ""),
    Request("p", 0, "polar", "single", SLOTS[:1], "", "", ""),
)
EIGHTH = 8


def seconds(text: str, rounds: int = 1) -> float:
    """Seconds of processor time, the least of several rounds."""
    response, least = Response(key="k", text=text, finish_reason="length"), float("inf")
    for _ in range(rounds):
        gc.collect()
        gc.disable()
        begun = time.process_time()
        for request in REQUESTS:
            read_answer(request, response)
        least = min(least, time.process_time() - begun)
        gc.enable()
    return least


def texts(length: int) -> dict[str, str]:
    """Every text of the test, by what it is made of."""
    made = {start + unit: repeated(start, unit, length) for start in STARTS for unit in UNITS}
    return made | {" ... ".join(shape): nested(*shape, length) for shape in NESTED}


def well_formed() -> float:
    """Seconds for an ordinary answer to 39 probes, for the ratio that matters day by day."""
    text = json.dumps({slot.id: "ABC"[at % 3] for at, slot in enumerate(SLOTS)})
    begun = time.process_time()
    for _ in range(200):
        read_answer(REQUESTS[0], Response(key="k", text=text, finish_reason="stop"))
    return (time.process_time() - begun) / 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--length", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    wanted = parser.parse_args()
    ordinary = well_formed()
    long, short = texts(wanted.length), texts(wanted.length // EIGHTH)
    rows: list[dict[str, Any]] = []
    for name, text in long.items():
        eighth, whole = seconds(short[name], wanted.rounds), seconds(text)
        rows.append({"made of": name, "eighth_s": eighth, "whole_s": whole, "ratio": whole / eighth})
    print(f"an ordinary answer to 39 probes: {1e3 * ordinary:.2f} ms")
    for title, key in (("time at 8 times the length over time at 1", "ratio"), ("longest", "whole_s")):
        print(f"\n{title}, of {len(rows)} texts of {wanted.length:,} characters, worst first:")
        for row in sorted(rows, key=lambda one: -one[key])[:10]:
            print(f"{row['ratio']:6.1f} x {row['whole_s']:8.2f} s  {row['made of']!r}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    report = {"length": wanted.length, "ordinary_ms": 1e3 * ordinary, "rows": rows}
    (FOLDER / "reading.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
