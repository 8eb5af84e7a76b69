"""What a file says about itself before its rows are read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Header:
    """Names and labels of a file.

    Attributes:
        names: its columns, in order, as it spells them.
        rows: how many rows it says it has; None where it does not say.
        labels: how many of its variables carry a label.
        declares_missing: whether it declares some codes of some variable as user-missing.
        title: the label of the file itself; empty where it has none.
    """

    names: tuple[str, ...]
    rows: int | None
    labels: int
    declares_missing: bool = False
    title: str = ""
