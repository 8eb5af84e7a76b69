"""The wave.yaml of a draft: technical variables as they were matched, the evaluation rule cut to what there is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.todo import MARK
from indievaluecatalog.waves.codebook import Variable
from indievaluecatalog.waves.matching import Match, Matching
from indievaluecatalog.waves.write_yaml import COMMENT

_REASONS = (
    ("dont_know", "Don't know", r"don.?t know|\bdk\b|can.?t (say|choose)|unsure|hard to say"),
    ("not_asked", "Not asked", r"not asked|not in (the )?survey|not available"),
    ("not_applicable", "Not applicable", r"not appl|inap|\biap\b|skip|filter"),
    ("no_answer", "No answer", r"no answer|refus|no response|\bna\b|\bnr\b"),
)
_KEYS = 50
"""Items enough to tell persons apart."""


def wave_facts(matching: Matching, like: Catalog, items: Mapping[str, str], wave_id: str, title: str) -> dict[str, Any]:
    """The `wave` section.

    Args:
        matching: whose technical matches name the variables.
        like: the known catalog.
        items: known item id -> id in the draft, of those repeated; then new ones by themselves.
        wave_id: of the draft.
        title: in words; "" leaves it to a person.
    """
    by_fact = {m.known.id: m for m in matching.matches if m.known is not None and m.known.role == "technical"}
    facts: dict[str, Any] = {
        "id": wave_id,
        "title": title or f"{MARK}: what the survey is called",
        "period": _period(by_fact.get("year_variable")),
        "licence": f"{MARK}: what may be done with the data",
        "citation": f"{MARK}: how the data file is to be cited",
    }
    notes = []
    for fact in ("wave_variable", "person_variable", "country_alpha_variable", "year_variable", "version_variable"):
        match = by_fact.get(fact)
        if match is None:
            continue
        notes.append(f'{fact}: {match.variable.name} "{match.variable.label}", {match.confidence:.2f}')
        name = match.variable.name
        if fact == "wave_variable":
            codes = [code for code, count in match.variable.counts.items() if count and code >= 0]
            if len(codes) != 1:
                notes.append(f"{name} holds {len(codes)} waves; a build needs a file of one")
                continue
            facts["wave_code"] = codes[0]
        facts[fact] = name if match.status == "sure" else f"{MARK}_{name}"
    country = _of_variable(matching, like, like.wave.country_variable) or by_fact.get("country_variable")
    if country is not None:
        facts["country_variable"] = (
            country.variable.name if country.status == "sure" else f"{MARK}_{country.variable.name}"
        )
    weight = by_fact.get("weights")
    facts["weights"] = [weight.variable.name] if weight is not None and weight.status == "sure" else []
    if weight is not None and weight.status != "sure":
        notes.append(f'weights: perhaps {weight.variable.name} "{weight.variable.label}"')
    by_variable = {item.variable: item.id for item in like.items.values()}
    keys = [items[by_variable[name]] for name in like.wave.key_variables if by_variable.get(name) in items]
    facts["key_variables"] = keys or list(items.values())[:_KEYS]
    for fact, demographic in (
        ("country_demographic", like.wave.country_demographic),
        ("continent_demographic", like.wave.continent_demographic),
    ):
        if (
            demographic
            and country is not None
            and like.demographics[demographic].variable == like.wave.country_variable
        ):
            facts[fact] = demographic
    facts["missing_reasons"] = _reasons(like, (match.variable for match in matching.matches))
    return facts | {COMMENT: notes}


def _of_variable(matching: Matching, like: Catalog, variable: str) -> Match | None:
    """What repeats the variable of some demographic of the known catalog."""
    ids = {one.id for one in like.demographics.values() if one.variable == variable}
    return next((m for m in matching.matches if m.known is not None and m.known.id in ids), None)


def _period(year: Match | None) -> str:
    years = sorted(code for code, count in year.variable.counts.items() if count and 1900 < code < 2100) if year else []
    if not years:
        return f"{MARK}: the years of the interviews, such as 2024-2026"
    return str(years[0]) if years[0] == years[-1] else f"{years[0]}-{years[-1]}"


def _reasons(like: Catalog, variables: Iterable[Variable]) -> dict[int, dict[str, str]]:
    found = {code: {"name": one.name, "label": one.label} for code, one in like.wave.missing_reasons.items()}
    for variable in variables:
        for code, label in variable.missing.items():
            if code >= 0 and code not in found:
                found[code] = reason_of(label)
    return found


def reason_of(label: str) -> dict[str, str]:
    """Why there is no answer, from the label of a missing code."""
    for name, text, pattern in _REASONS:
        if re.search(pattern, label, re.IGNORECASE):
            return {"name": name, "label": text}
    return {"name": "unknown", "label": "Missing or unknown"}


def evaluation_rule(
    like: Catalog, items: Mapping[str, str], n_items: int, options: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """The `evaluation` section: the known rule, less what the file lacks, and in proportion to its size.

    Args:
        like: the known catalog.
        items: known item id -> id in the draft.
        n_items: items of the draft in all.
        options: demographic id of the draft -> its option labels.
    """
    rule = like.evaluation
    found: dict[str, Any] = {
        "persons": rule.persons,
        "min_answers": round(n_items * rule.min_answers / max(len(like.items), 1)),
        "min_demographics": len(options) * rule.min_demographics // max(len(like.demographics), 1),
    }
    if rule.religion_demographic in options:
        labels = options[rule.religion_demographic]
        found["religion_demographic"] = rule.religion_demographic
        found["religion_groups"] = [name for name in rule.religion_groups if name in labels]
        found["max_per_religion"] = rule.max_per_religion
    continents = options.get(like.wave.continent_demographic, ())
    found["whole_continents"] = [name for name in rule.whole_continents if name in continents]
    groups = [[items[name] for name in group if name in items] for group in rule.siblings]
    found["siblings"] = [group for group in groups if len(group) > 1]
    found["dimensions"] = [name for name in rule.dimensions if name in options]
    found["more_dimensions"] = [name for name in rule.more_dimensions if name in options]
    return found
