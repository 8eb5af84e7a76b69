"""The words that the matcher knows, from the data file beside this module."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from indievaluecatalog.catalog.files import read_yaml
from indievaluecatalog.errors import CatalogError

_KEYS = {
    **dict.fromkeys(("missing", "forms", "grades", "negated", "technical", "other_names"), dict),
    **dict.fromkeys(("light", "contrasts", "negations", "derived", "fieldwork"), list),
    "country_specific": str,
}


@dataclass(frozen=True, slots=True)
class Words:
    """Vocabulary, by use; `words.yaml` says what each list is."""

    missing: re.Pattern[str]
    light: frozenset[str]
    forms: Mapping[str, str]
    grades: Mapping[str, str]
    contrasts: tuple[frozenset[str], ...]
    negations: frozenset[str]
    negated: Mapping[str, str]
    derived: re.Pattern[str]
    fieldwork: re.Pattern[str]
    country_specific: re.Pattern[str]
    technical: Mapping[str, tuple[str, ...]]
    other_names: Mapping[str, tuple[str, ...]]


@lru_cache(maxsize=1)
def words() -> Words:
    """The vocabulary that ships with the package.

    Raises:
        CatalogError: the file lacks a list, or holds one that is not known.
    """
    problems: list[str] = []
    data = read_yaml(files("indievaluecatalog.waves").joinpath("words.yaml"), problems)
    problems += _wrong(data) if isinstance(data, dict) else []
    if problems:
        raise CatalogError(problems)
    return Words(
        missing=re.compile("|".join(f"(?:{one})" for ones in data["missing"].values() for one in ones)),
        light=frozenset(str(word) for word in data["light"]),
        forms={str(word): str(form) for word, form in data["forms"].items()},
        grades={str(word): str(form) for form, ones in data["grades"].items() for word in ones},
        contrasts=tuple(frozenset(str(word) for word in group) for group in data["contrasts"]),
        negations=frozenset(str(word) for word in data["negations"]),
        negated={str(word): str(form) for word, form in data["negated"].items()},
        derived=_any_of(data["derived"]),
        fieldwork=_any_of(data["fieldwork"]),
        country_specific=re.compile(data["country_specific"]),
        technical={str(fact): tuple(str(name) for name in names) for fact, names in data["technical"].items()},
        other_names={str(label): tuple(str(name) for name in names) for label, names in data["other_names"].items()},
    )


def _any_of(listed: list[str]) -> re.Pattern[str]:
    return re.compile(r"(?<!\w)(?:" + "|".join(re.escape(str(word)) for word in listed) + r")(?!\w)")


def _wrong(data: dict[str, Any]) -> list[str]:
    found = [f"words.yaml: [missing-key] {key} is missing" for key in _KEYS if key not in data]
    found += [f"words.yaml: [unknown-key] {key}" for key in data if key not in _KEYS]
    found += [
        f"words.yaml: [type] {key} must be a {kind.__name__}"
        for key, kind in _KEYS.items()
        if key in data and not isinstance(data[key], kind)
    ]
    found += [
        f"words.yaml: [type] {key}: {word!r} is no word; put it in quotes"
        for key, kind in _KEYS.items()
        if isinstance(data.get(key), kind)
        for word in _flat(data[key])
        if not isinstance(word, str)
    ]
    return found


def _flat(data: Any) -> list[Any]:
    """Every word in a list of lists or a mapping, keys included: YAML takes a bare no for false."""
    if isinstance(data, dict):
        return [one for key, value in data.items() for one in (key, *_flat(value))]
    return [one for value in data for one in _flat(value)] if isinstance(data, list) else [data]
