"""Numbers and names as people read them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from indievaluecatalog.scoring.compare import run_names
from indievaluecatalog.scoring.run import Run, Shown
from indievaluecatalog.scoring.scores import Figure, Part, Scores

NONE = "–"
"""Where there is no figure."""

SYNTHETIC = "synthetic persons"
DIGEST_SHOWN = 12
GRANULARITY_KEYS = ("polar", "refined", "mean")


def percent(value: float | None) -> str:
    """A share of one as percent with two decimals: 0.64957 is 64.96."""
    return NONE if value is None or not math.isfinite(value) else f"{100 * value:.2f}"


def percent_figure(figure: Figure | None) -> str:
    """A share of one in percent, and on a second line its interval where there is one."""
    return scaled_figure(figure, 100, 2)


def points_figure(figure: Figure | None) -> str:
    """A value in points, and on a second line its interval where there is one."""
    return scaled_figure(figure, 1, 2)


def scaled_figure(figure: Figure | None, factor: float, decimals: int, sign: str = "") -> str:
    """A figure times a factor; its interval stands on a second line."""
    if figure is None or not math.isfinite(figure.value):
        return NONE
    form = f"{sign}.{decimals}f"
    text = f"{factor * figure.value:{form}}"
    if figure.low is None or figure.high is None:
        return text
    return f"{text}\n[{factor * figure.low:{form}}, {factor * figure.high:{form}}]"


def decimal(value: float | None, decimals: int = 3) -> str:
    """A plain number."""
    return NONE if value is None or not math.isfinite(value) else f"{value:.{decimals}f}"


def chance(value: float | None) -> str:
    """A p-value; very small ones as a bound, since resampling cannot tell them from each other."""
    if value is None:
        return NONE
    return "<0.001" if value < 0.001 else f"{value:.3f}"


def clean(text: str) -> str:
    """The text without characters that move the cursor, break lines or cannot be seen."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split()) or "(no name)"


def short(text: str, most: int) -> str:
    """The text cut to `most` characters, with an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


def shown_words(shown: Shown, statements: int | None) -> str:
    """What a predictor was shown of a person."""
    count = "statements" if statements is None else f"{statements} statement{'' if statements == 1 else 's'}"
    return {
        "none": "nothing",
        "statements": count,
        "demographics": "demographics",
        "both": f"demographics and {count}",
    }[shown]


def inputs(run: Run) -> str:
    """What a run's predictor was shown of a person, and what it sees beyond that."""
    beyond = f"; sees also {clean(run.sees_also)}" if run.sees_also else ""
    return shown_words(run.shown, run.n_demonstrations) + beyond


def synthetic_note(scores: Sequence[Scores]) -> str:
    """What stands on every plot of runs about synthetic persons, of all or some of them; else empty."""
    found = [entry.run.dataset.synthetic for entry in scores]
    if not any(found):
        return ""
    return SYNTHETIC if all(found) else f"some {SYNTHETIC}"


def main_key(found: Mapping[str, Any]) -> str | None:
    """Which of polar, refined and mean stands for the whole run: the mean, or else the only one there is."""
    return next((key for key in reversed(GRANULARITY_KEYS) if key in found), None)


def part_main(part: Part) -> Figure | None:
    """The accuracy that stands for a part."""
    return part.mean or part.polar or part.refined


def keys_of(found: Sequence[Mapping[str, Any]]) -> list[str]:
    """Which of polar, refined and mean any of them has, in this order."""
    return [key for key in GRANULARITY_KEYS if any(key in mapping for mapping in found)]


def run_labels(scores: Sequence[Scores]) -> list[str]:
    """A name for each run that no other has: that of comparisons, and a number where results are given twice."""
    seen: dict[str, int] = {}
    unique = []
    for label in map(clean, run_names([entry.run for entry in scores])):
        seen[label] = seen.get(label, 0) + 1
        unique.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return unique


def best_place(scores: Sequence[Scores]) -> int | None:
    """Place of the most accurate run among those that see no more than a model is shown, or of all if none do.

    Only figures of one kind have an order: runs with a mean come before those with one granularity alone.
    """
    plain = [at for at, entry in enumerate(scores) if not entry.run.sees_also] or range(len(scores))
    for kind in ("mean", "polar", "refined"):
        there = [at for at in plain if main_key(scores[at].accuracy) == kind]
        if there:
            return max(there, key=lambda at: scores[at].accuracy[kind].strict.value)
    return None


def task_marks(scores: Sequence[Scores]) -> list[list[str]]:
    """For each run which splits and setups it is about, where runs differ in them."""
    runs = [entry.run for entry in scores]
    splits = len({frozenset(run.splits) for run in runs}) > 1
    setups = len({frozenset(run.setups) for run in runs}) > 1
    return [
        [
            *([_counted("split", run.splits)] if splits else []),
            *([_counted("setup", sorted(run.setups))] if setups else []),
        ]
        for run in runs
    ]


def _counted(name: str, values: Sequence[object]) -> str:
    return f"{name}{'' if len(values) == 1 else 's'} {', '.join(map(str, values))}"
