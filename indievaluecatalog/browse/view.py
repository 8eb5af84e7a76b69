"""What a view hands to its template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class View:
    """A page to be made: its template, what stands in the window's title, and what it shows."""

    template: str
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
