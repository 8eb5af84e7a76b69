"""Commands about the task itself: sample, baseline, score."""

from __future__ import annotations

import typer

app = typer.Typer()
