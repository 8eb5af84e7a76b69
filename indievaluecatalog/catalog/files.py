"""Reading catalog files: YAML in, plain data out, checked against the JSON Schema.

YAML lets a mapping name a key twice and keeps the last; a code that is labelled twice would vanish
without a word, so the loader here refuses it and says at which line.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

_BaseLoader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BaseLoader):  # type: ignore[misc]
    """A safe YAML loader that refuses a key named twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(
                    None, None, "a key must be a plain word or number", key_node.start_mark
                )
            # As text, because 1 and "1" are one code.
            key = str(key_node.value)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key} stands twice", key_node.start_mark)
            seen.add(key)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return mapping


@lru_cache(maxsize=1)
def schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of catalog files that ships with the package."""
    text = files("indievaluecatalog.catalog").joinpath("schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@lru_cache(maxsize=8)
def _validator(kind: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    whole = schema()
    return Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": whole["$defs"]})


def read_yaml(path: Traversable, problems: list[str]) -> Any:
    """The data of one YAML file with text keys, or None after adding to `problems` why not."""
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        problems.append(f"{path.name}: [file-missing] no such file in the catalog folder")
        return None
    except (UnicodeDecodeError, OSError) as error:
        problems.append(f"{path.name}: [file-unreadable] cannot be read as UTF-8 text: {error}")
        return None
    try:
        data = _text_keys(yaml.load(text, Loader=_Loader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" at line {mark.line + 1}" if mark is not None else ""
        why = getattr(error, "problem", None) or str(error)
        problems.append(f"{path.name}: [yaml] no valid YAML{line}: {why}")
        return None
    if data is None:
        problems.append(f"{path.name}: [empty] the file holds nothing")
    return data


def _text_keys(value: Any) -> Any:
    """The same data with every key as text, as JSON (and so the schema) has it."""
    if isinstance(value, dict):
        return {str(key): _text_keys(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_text_keys(inner) for inner in value]
    return value


def schema_problems(kind: str, data: Any, file: str) -> list[str]:
    """What is wrong with one file's data by the schema, one line each, naming file, item and rule."""
    from jsonschema.exceptions import best_match

    problems = []
    for error in sorted(_validator(kind).iter_errors(data), key=lambda e: [str(p) for p in e.absolute_path]):
        deepest = best_match([error]) or error
        problems.append(f"{file}: {_place(data, error)}: [schema] {_say(deepest)}")
    return problems


def _place(data: Any, error: ValidationError) -> str:
    """Where in the file: the item or battery by its own name, then the path within it."""
    name, here = "", data
    rest: list[str] = []
    for step in error.absolute_path:
        here = here[step]
        if isinstance(here, dict) and ("id" in here or "battery" in here):
            name, rest = str(here.get("id") or here.get("battery")), []
        else:
            rest.append(str(step))
    return " ".join(part for part in (name, ".".join(rest)) if part) or "top level"


def _say(error: ValidationError) -> str:
    where = ".".join(str(step) for step in error.absolute_path)
    message = error.message if len(error.message) < 300 else error.message[:297] + "..."
    return f"{message} (at {where})" if where else message
