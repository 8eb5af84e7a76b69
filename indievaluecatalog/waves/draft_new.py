"""New items of a draft: which variables become some, which of them make a battery, and in which category it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping, Sequence
from itertools import pairwise
from typing import Any

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.todo import MARK
from indievaluecatalog.waves.codebook import Variable
from indievaluecatalog.waves.matching import Match, Matching
from indievaluecatalog.waves.new_items import MOST_CODES, new_battery, stem, value_labels
from indievaluecatalog.waves.write_yaml import COMMENT

LIKELY = 0.5
"""A proposal less likely than this is no more than a hint: the item is drafted as a new one."""
NO_CATEGORY = f"{MARK}: name this category"
_NEAR = 12
"""An item further away in the file is no neighbour."""
_BESIDE = 3
"""Two demographics this near hold no questions of value between them; a battery may well stand between further ones."""
_OWN_CATEGORY = 3
"""Items enough for a battery to make a category of its own, under the name that its labels begin with."""


def only_a_hint(match: Match) -> bool:
    """Whether a proposal is so doubtful that the variable is drafted as a new item that names it.

    So it is below even odds, and where the codes have nothing to do with the known ones, or most of them have no
    counterpart, as eleven steps in place of ten: then no wording of the known item would fit.
    """
    if match.status != "doubtful" or match.known is None or match.known.role != "item":
        return False
    relation = match.relation
    if match.confidence < LIKELY or relation is None:
        return match.confidence < LIKELY
    told = {*relation.mapping, *relation.groups}
    return relation.kind == "different" or (
        relation.kind == "regrouped" and 2 * len(told) < len(value_labels(match.variable))
    )


def identifier(name: str) -> str:
    """A variable's name as an id of a catalog."""
    bare = re.sub(r"[^A-Za-z0-9_]", "_", name)
    return bare if re.match(r"[A-Za-z]", bare) else f"V_{bare}"


def new_batteries(
    matching: Matching, catalog: Catalog, repeated: Mapping[str, Match], done: MutableMapping[str, tuple[str, str]]
) -> list[tuple[str, dict[str, Any]]]:
    """(category, battery) of what no earlier wave has: neighbours with the same value labels make a battery.

    Args:
        matching: the file held against the known catalog.
        catalog: the known one.
        repeated: known id -> the variable that is drafted as it.
        done: variable -> (id, what was done with it); filled.
    """
    found = []
    for group in _groups(matching.matches, repeated, done):
        ids = {m.variable.name: identifier(m.variable.name) for m in group}
        name = "new_" + re.sub(r"\W", "_", next(iter(ids.values())).lower())
        hints = {m.variable.name: _hint(m) for m in group if m.known is not None}
        battery, family = new_battery(name, [m.variable for m in group], ids, hints)
        places = sum(b.variable.position - a.variable.position > 2 for a, b in pairwise(group)) + 1
        if places > 1:
            battery[COMMENT] = [*battery[COMMENT], f"stands in {places} places of the file"]
        found.append((_category(matching.matches, group, catalog, repeated), battery))
        for m in group:
            hint = f"; perhaps {m.known.id}, {m.confidence:.2f}" if m.known is not None else ""
            told = f"drafted anew, scale: {family or 'none known'}{hint}"
            done[m.variable.name] = (ids[m.variable.name], told)
    return found


def _groups(
    matches: Sequence[Match], repeated: Mapping[str, Match], done: MutableMapping[str, tuple[str, str]]
) -> list[list[Match]]:
    groups: list[list[Match]] = []
    for match in matches:
        if match.status != "new" and not only_a_hint(match):
            continue
        labels = value_labels(match.variable)
        around = _around(matches, match, repeated)
        given = [code for code, count in match.variable.counts.items() if count and code in labels]
        if len(given) == 1:
            done[match.variable.name] = ("", f"left out: everybody has the code {given[0]}")
        elif match.variable.kind != "coded" or not 2 <= len(labels) <= MOST_CODES:
            done[match.variable.name] = ("", f"left out: {len(labels)} codes are no scale of answers")
        elif _among_demographics(around):
            done[match.variable.name] = ("", "left out: stands among demographics")
        elif mates := next((group for group in groups[::-1] if _one_battery(group, match.variable, groups)), None):
            mates.append(match)
        else:
            groups.append([match])
    return groups


def _among_demographics(around: Sequence[Match]) -> bool:
    """Whether what stands between these two is a fact of the person too, and not of what they value."""
    if len(around) != 2 or any(m.known is None or m.known.role != "demographic" for m in around):
        return False
    return around[1].variable.position - around[0].variable.position <= _BESIDE


def _one_battery(group: Sequence[Match], this: Variable, groups: Sequence[Sequence[Match]]) -> bool:
    """Whether a variable belongs to a battery: the same scale, and the same beginning or the place next to it."""
    last = group[-1].variable
    if not this.values or value_labels(last) != value_labels(this):
        return False
    if stem(last.label) or stem(this.label):
        # A battery that something else stands in the middle of is one battery.
        return stem(last.label).casefold() == stem(this.label).casefold()
    return group is groups[-1] and this.position - last.position <= 2


def _hint(match: Match) -> str:
    assert match.known is not None
    return (
        f"{MARK}: perhaps {match.known.id} ({match.known.label}), {match.confidence:.2f}. If so, draft again with"
        f" --decisions and {match.variable.name}: {{known: {match.known.id}}}; if not, delete this note"
    )


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
    if len(named) == 1:
        return named.pop()
    own = stem(group[0].variable.label)
    return own if own and len(group) >= _OWN_CATEGORY else NO_CATEGORY
