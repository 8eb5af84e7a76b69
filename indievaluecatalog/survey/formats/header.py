"""What a file says about itself before its rows are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Header:
    """Names and labels of a file.

    Attributes:
        names: its columns, in order, as it spells them.
        rows: how many rows it says it has; None where it does not say.
        labels: how many of its variables carry a label.
        declares_missing: whether it declares some codes of some variable as user-missing.
        title: the label of the file itself; empty where it has none.
        value_labels: column -> code -> value label, of columns that have such.
    """

    names: tuple[str, ...]
    rows: int | None
    labels: int
    declares_missing: bool = False
    title: str = ""
    value_labels: Mapping[str, Mapping[int, str]] = field(default_factory=dict)


def whole_codes(labels: Mapping[str, Mapping[object, str]]) -> dict[str, dict[int, str]]:
    """Value labels of whole-number codes only, by column."""
    return {
        column: {
            int(code): label for code, label in codes.items() if isinstance(code, int | float) and code == int(code)
        }
        for column, codes in labels.items()
    }
