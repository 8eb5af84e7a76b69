"""A catalog's data as YAML that a person edits: one line a small mapping, blank lines between batteries, comments."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import yaml

COMMENT = "__comment__"
"""A key whose text becomes comment lines above the mapping that holds it."""
WIDTH = 118
_FLOW = frozenset({"codes", "missing", "direction", "low_to_high", "slots", "uncovered", "weights"})
_TRUTH = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false"})
_PLAIN_KEY = re.compile(r"-?[A-Za-z0-9_]+")


def to_yaml(data: Mapping[str, Any]) -> str:
    """The text of one catalog file, ending in a newline."""
    return "\n".join(_block(data, 0)) + "\n"


def _scalar(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int):
        return str(value)
    text = str(value)
    safe = re.fullmatch(r"[A-Za-z(][A-Za-z0-9 _()./'-]*", text) and text == text.strip()
    if safe and yaml.safe_load(text) == text:
        return text
    return json.dumps(text, ensure_ascii=False)


def _key(key: Any) -> str:
    text = str(key)
    # YAML takes y, no or off for truth values.
    plain = _PLAIN_KEY.fullmatch(text) and isinstance(yaml.safe_load(text), (str, int)) and text.lower() not in _TRUTH
    return text if plain else json.dumps(text, ensure_ascii=False)


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    return _scalar(value)


def _comments(data: Mapping[str, Any], indent: int) -> list[str]:
    text = data.get(COMMENT, "")
    lines = text if isinstance(text, (list, tuple)) else [text]
    return [" " * indent + "# " + " ".join(str(line).split()) for line in lines if line]


def _block(data: Mapping[str, Any], indent: int) -> list[str]:
    pad = " " * indent
    lines: list[str] = []
    for key, value in data.items():
        if key == COMMENT:
            continue
        flat = isinstance(value, (Mapping, list, tuple))
        if not flat or key in _FLOW or not value:
            lines.append(f"{pad}{_key(key)}: {_flow(value)}")
        elif isinstance(value, Mapping):
            lines += [f"{pad}{_key(key)}:", *_comments(value, indent + 2), *_block(value, indent + 2)]
        else:
            lines += [f"{pad}{_key(key)}:", *_list(value, indent + 2)]
    return lines


def _list(values: Iterable[Any], indent: int) -> list[str]:
    pad = " " * indent
    lines: list[str] = []
    for value in values:
        if not isinstance(value, Mapping):
            lines.append(f"{pad}- {_flow(value)}")
            continue
        lines += _comments(value, indent)
        bare = {key: inner for key, inner in value.items() if key != COMMENT}
        simple = not any(key in bare for key in ("items", "refined", "options", "id"))
        if simple and len(_flow(bare)) + indent < 2 * WIDTH:
            lines.append(f"{pad}- {_flow(bare)}")
            continue
        inner = _block(bare, indent + 2)
        lines += [pad + "- " + inner[0].lstrip(), *inner[1:]]
        if "items" in bare or "options" in bare:
            lines.append("")
    return lines
