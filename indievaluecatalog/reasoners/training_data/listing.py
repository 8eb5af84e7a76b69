"""The units and mixtures there are, from `units.yaml`, `mixtures.yaml` and a user's own files of the same form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any

from indievaluecatalog.catalog.files import read_yaml
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.training_data.unit import Mixture, Unit

PACKAGE = "indievaluecatalog.reasoners.training_data"
CUSTOM = "own"
"""Name of a mixture made of several units asked for by name."""


@lru_cache(maxsize=1)
def list_units() -> Mapping[str, Unit]:
    """The units that ship with the package, by name."""
    return _shipped()[0]


@lru_cache(maxsize=1)
def list_mixtures() -> Mapping[str, Mixture]:
    """The mixtures that ship with the package, by name."""
    return _shipped()[1]


def read_declarations(
    file: str | Path | Traversable, units: Mapping[str, Unit] | None = None
) -> tuple[Mapping[str, Unit], Mapping[str, Mixture]]:
    """Units and mixtures of a YAML file of the form of `training.schema.json`.

    Args:
        file: the file.
        units: units that its mixtures may name besides its own; None for the shipped ones.

    Raises:
        ReasonerError: the file does not follow the schema, declares a unit anew that has another meaning, or a
            mixture of it names a unit that is nowhere.
    """
    path = Path(file) if isinstance(file, str) else file
    known = dict(list_units() if units is None else units)
    problems: list[str] = []
    data = read_yaml(path, problems)
    problems = problems or _schema_problems(path.name, data)
    if problems:
        raise ReasonerError("; ".join(problems[:5]))
    own = {name: _unit(name, entry) for name, entry in data.get("units", {}).items()}
    for name, unit in own.items():
        if name in known and known[name].digest != unit.digest:
            raise ReasonerError(f"{path.name}: a unit {name} of another meaning exists already; give it another name")
    mixtures = {}
    for name, entry in data.get("mixtures", {}).items():
        lacking = [unit for unit in entry["units"] if unit not in known and unit not in own]
        if lacking:
            raise ReasonerError(f"{path.name}: the mixture {name} names a unit {lacking[0]!r} that is nowhere declared")
        made = Mixture(name, tuple(own.get(unit) or known[unit] for unit in entry["units"]), entry["about"])
        mixtures[name] = made.with_persons(entry.get("persons"))
    return MappingProxyType(own), MappingProxyType(mixtures)


def find_mixture(
    wanted: str | Unit | Mixture | Sequence[str | Unit], *, file: str | Path | None = None, size: int | None = None
) -> Mixture:
    """The mixture asked for.

    Args:
        wanted: a mixture, a unit, the name of either, or several units or names of units.
        file: a user's file of units and mixtures, searched first.
        size: persons an item in every unit, instead of what they say.

    Raises:
        ReasonerError: no unit or mixture of that name, or the file is faulty.
    """
    units, mixtures = dict(list_units()), dict(list_mixtures())
    if file is not None:
        own_units, own_mixtures = read_declarations(file)
        units |= own_units
        mixtures |= own_mixtures
    if isinstance(wanted, Mixture):
        found = wanted
    elif isinstance(wanted, str) and wanted in mixtures:
        found = mixtures[wanted]
    elif isinstance(wanted, str | Unit):
        unit = _named(wanted, units, mixtures)
        found = Mixture(unit.name, (unit,), unit.about)
    else:
        found = Mixture(CUSTOM, tuple(_named(one, units, mixtures) for one in wanted))
    return found.with_persons(size)


def _named(wanted: str | Unit, units: Mapping[str, Unit], mixtures: Mapping[str, Mixture]) -> Unit:
    if isinstance(wanted, Unit):
        return wanted
    if wanted not in units:
        raise ReasonerError(
            f"no unit or mixture {wanted!r}; there are the mixtures {', '.join(mixtures)} "
            f"and the units {', '.join(units)}"
        )
    return units[wanted]


@lru_cache(maxsize=1)
def _shipped() -> tuple[Mapping[str, Unit], Mapping[str, Mixture]]:
    units, _ = read_declarations(files(PACKAGE).joinpath("units.yaml"), {})
    _, mixtures = read_declarations(files(PACKAGE).joinpath("mixtures.yaml"), units)
    return units, mixtures


def _unit(name: str, entry: Mapping[str, Any]) -> Unit:
    number = entry.get("number", 0)
    plain = Unit(
        name=name,
        shown=entry["shown"],
        demonstrations=entry.get("demonstrations", "refined"),
        probes=entry["probes"],
        number=(number, number) if isinstance(number, int) else tuple(number),
        continents=tuple(entry.get("continents", ())),
        demographics={key: tuple(labels) for key, labels in entry.get("demographics", {}).items()},
        about=entry.get("about", ""),
    )
    return replace(plain, persons=entry["persons"]) if "persons" in entry else plain


def _schema_problems(name: str, data: Any) -> list[str]:
    from jsonschema import Draft202012Validator

    text = files(PACKAGE).joinpath("training.schema.json").read_text("utf-8")
    errors = Draft202012Validator(json.loads(text)).iter_errors(data)
    return sorted(f"{name}: {'.'.join(map(str, error.absolute_path))}: {error.message}" for error in errors)
