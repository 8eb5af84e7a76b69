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
from indievaluecatalog.catalog.todo import MARK
from indievaluecatalog.errors import CatalogError
from indievaluecatalog.waves.codebook import Variable
from indievaluecatalog.waves.draft_facts import evaluation_rule, wave_facts
from indievaluecatalog.waves.draft_repeated import changed_facts, comment, demographic_entry, doubt_note
from indievaluecatalog.waves.matching import Match, Matching
from indievaluecatalog.waves.new_items import MOST_CODES, new_battery, value_labels
from indievaluecatalog.waves.write_yaml import COMMENT

_NEAR = 12
"""An item further away in the file is no neighbour."""
NO_CATEGORY = f"{MARK}: name this category"


@dataclass(slots=True)
class Files:
    """File name -> data, and what was done with each variable: its name -> (item id or "", what was done)."""

    data: dict[str, dict[str, Any]] = field(default_factory=dict)
    done: dict[str, tuple[str, str]] = field(default_factory=dict)


def identifier(name: str) -> str:
    """A variable's name as an id of a catalog."""
    bare = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return bare if re.match(r"[A-Za-z]", bare) else f"V_{bare}"


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
    for category, battery in _new_batteries(matching, catalog, repeated, files):
        batteries.setdefault(category, []).append(battery)
    categories = []
    for name, members in batteries.items():
        if members:
            file = named.get(name, "99_new_items.yaml")
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
        note = doubt_note(match)
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
    labels = {one["id"]: [o.label for o in catalog.demographics[one["id"]].options]
              for one in described if one["id"] in catalog.demographics}  # fmt: skip
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
        if match.known is not None and match.status in ("sure", "doubtful"):
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
            entries.append(one)
            files.done[match.variable.name] = (name, f"drafted as {entry['id']} again")
        if entries:
            kept.append({**battery, "items": entries})
    return kept


def _new_batteries(
    matching: Matching, catalog: Catalog, repeated: Mapping[str, Match], files: Files
) -> list[tuple[str, dict[str, Any]]]:
    """(category, battery) of what no earlier wave has: neighbours with the same value labels make a battery."""
    groups: list[list[Match]] = []
    for match in matching.matches:
        if match.status != "new":
            continue
        labels = value_labels(match.variable)
        around = _around(matching.matches, match, repeated)
        if match.variable.kind != "coded" or not 2 <= len(labels) <= MOST_CODES:
            files.done[match.variable.name] = ("", f"left out: {len(labels)} codes are no scale of answers")
        elif len(around) == 2 and all(m.known is not None and m.known.role != "item" for m in around):
            files.done[match.variable.name] = ("", "left out: stands among demographics and technical variables")
        elif groups and _one_battery(groups[-1][-1].variable, match.variable):
            groups[-1].append(match)
        else:
            groups.append([match])
    found = []
    for group in groups:
        ids = {m.variable.name: identifier(m.variable.name) for m in group}
        name = "new_" + re.sub(r"\W", "_", next(iter(ids.values())).lower())
        battery, family = new_battery(name, [m.variable for m in group], ids)
        battery[COMMENT] = f"new: {family or 'no known scale'}"
        found.append((_category(matching.matches, group, catalog, repeated), battery))
        for one, name in ids.items():
            files.done[one] = (name, f"drafted anew, scale: {family or 'none known'}")
    return found


def _one_battery(last: Variable, this: Variable) -> bool:
    return this.position - last.position <= 2 and value_labels(last) == value_labels(this) and bool(this.values)


def _around(matches: Sequence[Match], one: Match, repeated: Mapping[str, Match]) -> list[Match]:
    """The nearest variables on either side that repeat something known."""
    place = one.variable.position
    known = [m for m in matches if m.known is not None and repeated.get(m.known.id) is m and m.status == "sure"]
    before = [m for m in known if 0 < place - m.variable.position <= _NEAR]
    after = [m for m in known if 0 < m.variable.position - place <= _NEAR]
    return [*before[-1:], *after[:1]]


def _category(matches: Sequence[Match], group: Sequence[Match], catalog: Catalog, repeated: Mapping[str, Match]) -> str:
    near = [*_around(matches, group[0], repeated)[:1], *_around(matches, group[-1], repeated)[-1:]]
    named = {catalog.items[m.known.id].category for m in near if m.known is not None and m.known.id in catalog.items}
    return named.pop() if len(named) == 1 else NO_CATEGORY
