"""Which of a file's columns stand for which variables of a catalog, and what it lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from indievaluecatalog.catalog.model import Catalog, Demographic, Item

ABSENT_SHARE = 0.2
"""A file that lacks more than this share of the items is taken for another one."""


@dataclass(frozen=True, slots=True)
class Layout:
    """A file's columns, matched to a catalog.

    Attributes:
        names: variable -> the file's own spelling, for those it has.
        absent_items, absent_demographics: ids whose variable the file lacks.
        absent_optional: weights and optional variables it lacks.
        problems: why it cannot be read as a file of this wave; empty where it can.
    """

    names: Mapping[str, str]
    absent_items: tuple[str, ...]
    absent_demographics: tuple[str, ...]
    absent_optional: tuple[str, ...]
    problems: tuple[str, ...]


def wanted_variables(catalog: Catalog) -> tuple[str, ...]:
    """Every variable of a file that answers are made of, each once."""
    wave = catalog.wave
    facts = (wave.wave_variable, wave.person_variable, wave.country_variable, wave.year_variable, wave.version_variable)
    technical = [variable for variable in facts if variable]
    entries: list[Item | Demographic] = [*catalog.items.values(), *catalog.demographics.values()]
    return tuple(dict.fromkeys((*technical, *wave.weights, *(entry.variable for entry in entries))))


def match_layout(columns: Sequence[str], catalog: Catalog) -> Layout:
    """Find the catalog's variables among a file's columns, whatever the case of their letters."""
    wave = catalog.wave
    asked = dict.fromkeys((*wanted_variables(catalog), *wave.optional_variables))
    spellings: dict[str, list[str]] = {}
    for column in columns:
        spellings.setdefault(column.casefold(), []).append(column)
    names, problems = {}, []
    for variable in asked:
        alike = spellings.get(variable.casefold(), [])
        exact = [column for column in alike if column == variable] or alike
        if len(exact) > 1:
            problems.append(f"variable {variable} stands in it {len(exact)} times ({', '.join(exact)}); keep one")
        if exact:
            names[variable] = exact[0]
    items = tuple(item.id for item in catalog.items.values() if item.variable not in names)
    demographics = tuple(one.id for one in catalog.demographics.values() if one.variable not in names)
    optional = dict.fromkeys((*wave.weights, *wave.optional_variables))
    return Layout(
        names=names,
        absent_items=items,
        absent_demographics=demographics,
        absent_optional=tuple(variable for variable in optional if variable not in names),
        problems=tuple(problems + _lacks(columns, names, items, catalog)),
    )


def _lacks(columns: Sequence[str], names: Mapping[str, str], items: Sequence[str], catalog: Catalog) -> list[str]:
    wave = catalog.wave
    problems = []
    if len(items) > ABSENT_SHARE * len(catalog.items):
        shown = ", ".join(items[:30]) + (f" and {len(items) - 30} more" if len(items) > 30 else "")
        start = ", ".join(columns[:5])
        problems.append(
            f"lacks {len(items)} of the {len(catalog.items)} items of {wave.title}: {shown}."
            f" It has {len(columns)} columns, starting with {start}; give the whole file of that wave"
        )
    for variable, what in ((wave.person_variable, "interview id"), (wave.country_variable, "country")):
        if variable and variable not in names:
            problems.append(f"lacks the variable {variable} ({what}), without which nothing can be made of it")
    return problems
