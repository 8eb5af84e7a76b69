"""The command line: each command parses, calls one library function, and prints."""

from indievaluecatalog.cli.main import app, main

__all__ = ["app", "main"]
