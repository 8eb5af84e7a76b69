"""Room for the note in the corner of a plot."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawing

NOTE = 0.2
"""Inches."""


def leave_top(figure: Drawing, height: float, note: str) -> None:
    """Leave the top of a figure of some inches to its note, if there is one."""
    rect = (0, 0, 1, 1 - (NOTE / height if note else 0))
    figure.get_layout_engine().set(rect=rect)  # type: ignore[union-attr,call-arg]
