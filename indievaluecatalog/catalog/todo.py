"""What a draft leaves to a person: every TODO of a catalog folder, by file and line."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources.abc import Traversable

import yaml

MARK = "TODO"
"""A value that holds this word is not finished; in a comment it may stand."""

_BaseLoader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Todo:
    """One value that waits for a person; `line` counts from 1."""

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}: line {self.line}: [todo] {self.text}"


def todos(folder: Traversable) -> list[Todo]:
    """Every TODO in the values of a folder's YAML files, by file and line; none in a file that is no YAML."""
    found: list[Todo] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not entry.name.endswith(".yaml"):
            continue
        try:
            text = entry.read_text("utf-8")
            if MARK in text:
                found += _todos_of(entry.name, text)
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            continue  # whoever reads the file says what is wrong with it
    return found


def _todos_of(name: str, text: str) -> list[Todo]:
    return [
        Todo(name, token.start_mark.line + 1, " ".join(str(token.value).split())[:160])
        for token in yaml.scan(text, Loader=_BaseLoader)
        if isinstance(token, yaml.ScalarToken) and MARK in str(token.value)
    ]
