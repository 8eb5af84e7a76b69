"""All files of a draft as plain data: repeated items in their batteries, new ones beside their neighbours."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any

from indievaluecatalog.catalog.files import read_yaml
from indievaluecatalog.catalog.load import find_catalog
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import CatalogError
from indievaluecatalog.waves.draft_facts import evaluation_rule, wave_facts
from indievaluecatalog.waves.draft_new import NO_CATEGORY, identifier, new_batteries, only_a_hint
from indievaluecatalog.waves.draft_repeated import (
    NUMBERS,
    changed_facts,
    comment,
    demographic_entry,
    doubt_note,
    without_unused_slots,
)
from indievaluecatalog.waves.matching import Match, Matching
from indievaluecatalog.waves.write_yaml import COMMENT


@dataclass(slots=True)
class Files:
    """File name -> data, and what was done with each variable: its name -> (item id or "", what was done)."""

    data: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: dict[str, tuple[str, str]] = field(default_factory=dict)


def draft_files(matching: Matching, like: str | Traversable, catalog: Catalog, wave_id: str, title: str) -> Files:
    """Everything a draft's folder holds, beside the decisions.

    Raises:
        CatalogError: a file of the known catalog cannot be read.
    """
    folder = find_catalog(like) if isinstance(like, str) else like
    problems: list[str] = []
    top = read_yaml(folder.joinpath("wave.yaml"), problems)
    raw = {entry["name"]: read_yaml(folder.joinpath(entry["file"]), problems) for entry in top["categories"]}
    people = read_yaml(folder.joinpath(top["files"]["demographics"]), problems)
    lists = read_yaml(folder.joinpath(top["files"]["code_lists"]), problems)
    if problems:
        raise CatalogError(problems)
    files = Files()
    repeated = _once(matching, files)
    items = {known: identifier(match.variable.name) for known, match in repeated.items() if known in catalog.items}
    named = {entry["name"]: entry["file"] for entry in top["categories"]}
    batteries = {name: _repeated_batteries(data["batteries"], repeated, catalog, files) for name, data in raw.items()}
    for category, battery in new_batteries(matching, catalog, repeated, files.done):
        batteries.setdefault(category, []).append(battery)
    categories = []
    for name, members in batteries.items():
        if members:
            file = named.get(name) or _new_file(name, files.data)
            files.data[file] = {"category": name, "batteries": members}
            categories.append({"name": name, "file": file})
    texts: dict[str, dict[int, Any]] = {}
    described = []
    for entry in people["demographics"]:
        match = next((m for known, m in repeated.items() if _feeds(catalog, known, entry)), None)
        if match is None:
            continue
        name = entry["id"] if entry["id"] not in items.values() else f"{entry['id']}_of_person"
        one = demographic_entry(entry, match, lists["code_lists"], texts, name)
        if one["options"] != "each" and len(one["options"]) < 2:
            # All countries of the file may lie on one continent.
            files.done.setdefault(match.variable.name, ("", f"left out: one group of {entry['id']} only"))
            continue
        note = doubt_note(match, grouped=str(one["codes"]).startswith(NUMBERS))
        note = "; ".join(text for text in (note, one.pop("note", "")) if text)
        concept = {"concept": catalog.demographics[entry["id"]].concept}
        described.append({COMMENT: comment(match)} | one | concept | ({"note": note} if note else {}))
        files.done[match.variable.name] = (name, "drafted as a demographic")
    files.data["demographics.yaml"] = {"demographics": described}
    files.data["code_lists.yaml"] = {"code_lists": texts}
    all_items = dict(items)
    for data in (files.data[entry["file"]] for entry in categories):
        for battery in data["batteries"]:
            all_items |= {e["id"]: e["id"] for e in battery["items"] if e["id"] not in items.values()}
    wave = wave_facts(matching, catalog, all_items, wave_id, title)
    _only_described(wave, described)
    labels = {one["id"]: _option_labels(one, catalog) for one in described if one["id"] in catalog.demographics}
    rule = evaluation_rule(catalog, items, len(all_items), labels)
    files.data["wave.yaml"] = {
        "wave": wave,
        "evaluation": rule,
        "files": {"demographics": "demographics.yaml", "code_lists": "code_lists.yaml"},
        "statements": "ours",
        "categories": categories,
    }
    for match in matching.matches:
        if match.known is not None and match.known.role == "technical":
            files.done[match.variable.name] = (match.known.id, "named in wave.yaml")
        files.done.setdefault(match.variable.name, ("", "left out"))
    return files


def _option_labels(entry: Mapping[str, Any], catalog: Catalog) -> list[str]:
    """What the options of a drafted demographic are called."""
    if entry["options"] == "each":
        return [option.label for option in catalog.demographics[entry["id"]].options]
    return [str(option.get("label", "")) for option in entry["options"]]


def _new_file(category: str, taken: Mapping[str, Any]) -> str:
    words = "items" if category == NO_CATEGORY else re.sub(r"[^a-z0-9]+", "_", category.lower()).strip("_")[:40]
    name = f"99_new_{words or 'items'}"
    return f"{name}.yaml" if f"{name}.yaml" not in taken else f"{name}_{len(taken)}.yaml"


def _only_described(wave: dict[str, Any], described: Sequence[Mapping[str, Any]]) -> None:
    there = {one["id"] for one in described}
    for fact in ("country_demographic", "continent_demographic"):
        if fact in wave and wave[fact] not in there:
            del wave[fact]


def _feeds(catalog: Catalog, known: str, entry: Mapping[str, Any]) -> bool:
    """Whether a known entry and a demographic come from one variable, as country and continent do."""
    one = catalog.demographics.get(known)
    if one is not None:
        return bool(one.variable == entry["variable"])
    return known == "country_variable" and bool(entry["variable"] == catalog.wave.country_variable)


def _once(matching: Matching, files: Files) -> dict[str, Match]:
    """Known id -> the variable that repeats it best; another one that claims it is left for a person."""
    found: dict[str, Match] = {}
    for match in sorted(matching.matches, key=lambda m: (-m.confidence, m.variable.position)):
        if match.known is not None and match.status in ("sure", "doubtful") and not only_a_hint(match):
            if match.known.id in found:
                rival = found[match.known.id].variable.name
                files.done[match.variable.name] = ("", f"left out: {rival} repeats {match.known.id} better")
            found.setdefault(match.known.id, match)
    return found


def _repeated_batteries(
    batteries: Sequence[Mapping[str, Any]], repeated: Mapping[str, Match], catalog: Catalog, files: Files
) -> list[dict[str, Any]]:
    kept = []
    for battery in batteries:
        entries = []
        for entry in battery["items"]:
            match = repeated.get(entry["id"])
            if match is None:
                continue
            known = catalog.items[entry["id"]]
            facts = {**battery, **entry}
            name = identifier(match.variable.name)
            mine = {key: value for key, value in entry.items() if key not in ("id", "variable", "concept")}
            one = {COMMENT: comment(match), "id": name, **mine}
            if match.variable.name != name:
                one["variable"] = match.variable.name
            one["concept"] = known.concept
            one |= changed_facts(facts, match, known.refined, known.polar)
            if note := doubt_note(match):
                one["note"] = note
            entries.append(without_unused_slots(one))
            files.done[match.variable.name] = (name, f"drafted as {entry['id']} again")
        if entries:
            kept.append({**battery, "items": entries})
    return kept
