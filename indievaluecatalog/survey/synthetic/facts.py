"""What the generator is told about a wave: countries, traits, levels of agreement, who was not asked.

A wave that ships with the package keeps these facts in `synthetic.yaml` beside its catalog. Any other catalog
gets plain defaults: a factor a battery and a category, levels by seed, demographics by equal shares.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from indievaluecatalog.catalog.files import read_yaml
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import CatalogError


@dataclass(frozen=True, slots=True)
class Country:
    """A country of the made-up population; shares need not add up to one, population is in millions."""

    code: int
    alpha: str
    year: int
    persons: int
    population: float = 10.0
    culture: tuple[float, float] = (0.0, 0.0)
    schooling: float = 0.0
    children: float = 2.3
    abroad: float = 0.02
    religions: Mapping[int, float] = field(default_factory=dict)
    languages: Mapping[int, float] = field(default_factory=dict)
    ethnic: Mapping[int, float] = field(default_factory=dict)
    origins: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Factor:
    """A latent trait: its pull from culture, from a person's life, and from what factors share."""

    country: Mapping[str, float] = field(default_factory=dict)
    person: Mapping[str, float] = field(default_factory=dict)
    shared: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PickGroup:
    """Items of one battery of which a person picks at most so many; `picked` is the code of a pick."""

    battery: str
    picked: int
    most: int


@dataclass(frozen=True, slots=True)
class Tuning:
    """Shares of variance on a unit scale, and the size of response styles.

    Attributes:
        country_share: of a trait's variance that lies between countries, by chance and by culture.
        item_country_variance: of an item's that lies between countries beyond the traits.
        shared_variance: of an item's that the traits explain; what is left is noise.
        shared_pull: multiplies how much factors have in common within persons.
        cross_loading: size of every item's small chance leanings on all traits.
        sharpness: multiplies how far the levels lie from the middle.
        step_width: multiplies how far apart the steps of a scale lie.
        acquiescence, extremeness: size of a person's lean to agree, and to the ends of a scale.
        nonresponse_spread: of persons' readiness to leave an answer out, on the log scale.
    """

    country_share: float = 0.35
    item_country_variance: float = 0.1
    shared_variance: float = 0.45
    shared_pull: float = 1.6
    cross_loading: float = 0.08
    sharpness: float = 1.02
    step_width: float = 0.95
    acquiescence: float = 0.05
    extremeness: float = 0.5
    nonresponse_spread: float = 1.0


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the generator is told about one wave; items and batteries it does not name get defaults."""

    countries: tuple[Country, ...]
    factors: Mapping[str, Factor]
    loads: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    item_loads: Mapping[str, Mapping[Any, Any]] = field(default_factory=dict)
    levels: Mapping[str, Sequence[float]] = field(default_factory=dict)
    off_scale: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    shared: tuple[str, ...] = ()
    roles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    extra_roles: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    technical: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    weights: Mapping[str, str] = field(default_factory=dict)
    layout: Mapping[str, Any] = field(default_factory=dict)
    shared_interview_ids: Mapping[int, int] = field(default_factory=dict)
    always_present: tuple[int, ...] = ()
    pick_at_most: tuple[PickGroup, ...] = ()
    second_choices: Mapping[str, str] = field(default_factory=dict)
    dont_know: Mapping[str, float] = field(default_factory=dict)
    item_dont_know: Mapping[str, float] = field(default_factory=dict)
    no_answer: Mapping[str, float] = field(default_factory=dict)
    dont_know_otherwise: float = 2.0
    no_answer_otherwise: float = 0.5
    unknown: float = 0.05
    not_asked: Mapping[int, frozenset[str]] = field(default_factory=dict)
    tuning: Tuning = field(default_factory=Tuning)

    def load_of(self, item_id: str, battery: str) -> Mapping[Any, Any]:
        """What an item leans on: its own entry, or else its battery's."""
        return self.item_loads.get(item_id, self.loads.get(battery, {}))


def facts_for(catalog: Catalog) -> Facts:
    """The facts that ship for the catalog's wave, or else plain defaults.

    Raises:
        CatalogError: the shipped file cannot be read.
    """
    return shipped_facts(catalog.wave.id) or default_facts(catalog)


@lru_cache(maxsize=4)
def shipped_facts(wave_id: str) -> Facts | None:
    """The facts of a wave that ships with the package; None where it has none.

    Raises:
        CatalogError: the file cannot be read, or says something the generator does not know.
    """
    folder = files("indievaluecatalog.catalog").joinpath("waves", wave_id)
    if not re.fullmatch(r"\w+", wave_id) or not folder.joinpath("synthetic.yaml").is_file():
        return None
    problems: list[str] = []
    data = read_yaml(folder.joinpath("synthetic.yaml"), problems)
    countries = read_yaml(folder.joinpath(data.pop("countries_file")), problems) if data else None
    layout = read_yaml(folder.joinpath(data.pop("layout_file")), problems) if data else None
    if problems or not data or not countries:
        raise CatalogError(problems or ["synthetic.yaml: [empty] nothing in it"])
    try:
        return _facts(data, countries["countries"], layout or {})
    except (KeyError, TypeError, ValueError) as error:
        raise CatalogError([f"synthetic.yaml: [facts] {error}"]) from error


def _numbers(mapping: Mapping[str, Any]) -> dict[int, Any]:
    return {int(key): value for key, value in mapping.items()}


def _facts(data: dict[str, Any], countries: list[dict[str, Any]], layout: dict[str, Any]) -> Facts:
    plain = dict(data)
    for entry in countries:
        entry |= {key: _numbers(entry[key]) for key in ("religions", "languages", "ethnic")}
        entry |= {"culture": tuple(entry["culture"]), "origins": tuple(entry["origins"])}
    plain["countries"] = tuple(sorted((Country(**entry) for entry in countries), key=lambda c: c.alpha))
    plain["factors"] = {name: Factor(**entry) for name, entry in data["factors"].items()}
    plain["levels"] = {
        name: tuple(value) if isinstance(value, list) else (value,) for name, value in data["levels"].items()
    }
    plain["off_scale"] = {name: _numbers(value) for name, value in data["off_scale"].items()}
    plain["shared_interview_ids"] = _numbers(data["shared_interview_ids"])
    plain["not_asked"] = {int(code): frozenset(items) for code, items in data["not_asked"].items()}
    plain["pick_at_most"] = tuple(PickGroup(**entry) for entry in data["pick_at_most"])
    plain["tuning"] = Tuning(**data["tuning"])
    for name in ("shared", "always_present"):
        plain[name] = tuple(data[name])
    return Facts(**plain, layout=layout)


def default_facts(catalog: Catalog) -> Facts:
    """Facts for a catalog nobody has written any for: nothing about the world, everything by seed."""
    year = int((re.findall(r"\d{4}", catalog.wave.period) or ["2000"])[0])
    named = next(
        (d.codes for d in catalog.demographics.values() if d.variable == catalog.wave.country_variable), {1: "One"}
    )
    letters = {code: re.sub(r"[^A-Z]", "", label.upper())[:3].ljust(3, "X") for code, label in named.items()}
    countries = tuple(Country(code, letters[code], year, 1000) for code in list(named)[:40])
    factors: dict[str, Factor] = {}
    loads: dict[str, dict[str, float]] = {}
    for item in catalog.items.values():
        factors |= {name: Factor(shared={"common": 0.3}) for name in (item.category, item.battery)}
        loads[item.battery] = {item.battery: 1.0, item.category: 0.5}
    facts = Facts(countries=countries, factors=factors, loads=loads, shared=("common",))
    off = {item.id: dict.fromkeys(item.uncovered, 2.0) for item in catalog.items.values() if item.uncovered}
    return replace(facts, off_scale=off)
