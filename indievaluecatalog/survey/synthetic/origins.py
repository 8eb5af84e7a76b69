"""Where people come from: birth countries of the family, citizenship, language, religion, ethnic group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.survey.synthetic.draws import choose
from indievaluecatalog.survey.synthetic.facts import Country, Facts

Codes = NDArray[np.int32]
NOT_ASKED = "not_asked"


def shares(named: Mapping[int, float], others: Sequence[int]) -> tuple[Codes, NDArray[np.float64]]:
    """Codes and shares: those named, and what is left of 100 spread over the others."""
    left = max(100.0 - sum(named.values()), 0.0)
    unnamed = [code for code in others if code not in named]
    codes = [*named, *unnamed] if left > 0 else list(named)
    values = [*named.values(), *([left / len(unnamed)] * len(unnamed) if left > 0 and unnamed else [])]
    return np.array(codes, dtype=np.int32), np.array(values, dtype=np.float64)


def country_groups(codes: Sequence[int], country: Country) -> list[int]:
    """The codes of a list that belong to a country: those that start with its code."""
    return [code for code in codes if code // 1000 == country.code]


def make_origins(
    facts: Facts, catalog: Catalog, country: NDArray[np.int16], rng: np.random.Generator, missing: Mapping[str, int]
) -> dict[str, Codes]:
    """Codes by role for n rows, each shape (n,); every role is made, whether the catalog asks for it or not."""
    n = len(country)
    abroad = np.array([entry.abroad for entry in facts.countries])[country]
    own = np.array([entry.code for entry in facts.countries], dtype=np.int32)[country]
    self_abroad = rng.random(n) < abroad
    # Who was born abroad mostly has parents born there; who was not, sometimes has one.
    mother_abroad = rng.random(n) < np.where(self_abroad, 0.93, abroad * 0.7 + 0.004)
    father_abroad = rng.random(n) < np.where(self_abroad | mother_abroad, 0.85, abroad * 0.4 + 0.004)
    roles: dict[str, Codes] = {}
    for prefix, moved in (("", self_abroad), ("mother_", mother_abroad), ("father_", father_abroad)):
        roles[f"{prefix}birth_country"] = np.where(moved, 0, own).astype(np.int32)
        codes = facts.roles.get(f"{prefix}immigrant", {}).get("codes", {"no": 1, "yes": 2})
        roles[f"{prefix}immigrant"] = np.where(moved, codes["yes"], codes["no"]).astype(np.int32)
    for name in ("religion", "language", "ethnic"):
        roles[name] = np.full(n, missing[NOT_ASKED], dtype=np.int32)
    known = {name: _known(facts, catalog, name) for name in ("birth_country", "language", "ethnic", "religion")}
    for index, entry in enumerate(facts.countries):
        rows = np.flatnonzero(country == index)
        if len(rows):
            _fill_country(entry, rows, roles, known, facts, rng)
    roles["citizen"] = _citizenship(facts, self_abroad, own, rng)
    for parent in ("mother", "father"):
        elsewhere = facts.roles.get(f"{parent}_immigrant", {}).get("elsewhere")
        if elsewhere is not None:
            stayed = (roles[f"{parent}_birth_country"] != own) & (rng.random(n) < 0.15)
            roles[f"{parent}_immigrant"][stayed] = elsewhere
    return roles


def _known(facts: Facts, catalog: Catalog, role: str) -> list[int]:
    variable = facts.roles.get(role, {}).get("variable")
    return next((list(d.codes) for d in catalog.demographics.values() if d.variable == variable), [])


def _fill_country(
    entry: Country,
    rows: NDArray[np.intp],
    roles: dict[str, Codes],
    known: Mapping[str, list[int]],
    facts: Facts,
    rng: np.random.Generator,
) -> None:
    other = facts.roles.get("birth_country", {}).get("other")
    origins = [code for code in entry.origins if code in known["birth_country"]]
    elsewhere = [code for code in known["birth_country"] if code not in (entry.code, other)]
    home = dict(zip(origins, np.linspace(30, 12, len(origins)), strict=True))
    home |= {other: 1.5} if other in known["birth_country"] else {}
    codes, weights = shares(home, elsewhere)
    if len(codes):
        for prefix in ("", "mother_", "father_"):
            born = roles[f"{prefix}birth_country"]
            moved = rows[born[rows] == 0]
            born[moved] = choose(rng, codes, weights, len(moved))
        # A parent of someone born abroad was mostly born in the same place.
        for prefix in ("mother_", "father_"):
            same = rows[
                (roles["birth_country"][rows] != entry.code)
                & (roles[f"{prefix}birth_country"][rows] != entry.code)
                & (rng.random(len(rows)) < 0.9)
            ]
            roles[f"{prefix}birth_country"][same] = roles["birth_country"][same]
    for name, named in (("religion", entry.religions), ("language", entry.languages), ("ethnic", entry.ethnic)):
        rest = facts.roles.get(name, {}).get("others", ())
        others = country_groups(known[name], entry) if rest == "of the country" else list(rest)
        kept = {code: share for code, share in named.items() if code in known[name]}
        if kept:
            roles[name][rows] = choose(rng, *shares(kept, others), len(rows))


def _citizenship(facts: Facts, abroad: NDArray[np.bool_], own: Codes, rng: np.random.Generator) -> Codes:
    role = facts.roles.get("citizen", {})
    codes = role.get("codes", {"yes": 1, "no": 2})
    draw = rng.random(len(own))
    citizen = np.where(abroad, draw < 0.5, draw < 0.992)
    result: Codes = np.where(citizen, codes["yes"], codes["no"]).astype(np.int32)
    if "pending" in codes:
        # Waiting for a decision is an answer few may give; a handful of immigrants stand for it everywhere.
        result[abroad & (draw > 0.99)] = codes["pending"]
    return result
