"""Items and demographics that a file repeats: the known wording wherever that is certain, TODO where it is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from indievaluecatalog.catalog.model import Option
from indievaluecatalog.catalog.todo import MARK
from indievaluecatalog.waves.draft_ranges import grouped_numbers
from indievaluecatalog.waves.matching import Match
from indievaluecatalog.waves.new_items import value_labels

Facts = Mapping[str, Any]
_AS_KNOWN = ("same", "unknown")
_MANY_GROUPS = 6
NUMBERS = "numbers_of_"
"""How the name of a code list begins that holds nothing but numbers, such as years of age."""


def doubt_note(match: Match, grouped: bool = False) -> str:
    """What a person must decide about a match that is not sure, or whose codes nothing is known of; "" for neither.

    Args:
        match: of a known item or demographic.
        grouped: whether its codes are numbers, such as years, which need no label.
    """
    assert match.known is not None
    if match.status == "doubtful":
        rivals = "; ".join(f"{known.id} ({known.label}) {score:.2f}" for known, score in match.rivals[:2])
        also = f"; or {rivals}" if rivals else ""
        told = match.relation.says if match.relation and match.relation.kind not in ("same", "unknown") else ""
        codes = f" Its codes: {told}." if told and match.known.role != "technical" else ""
        return (
            f"{MARK}: does it repeat {match.known.id} ({match.known.label})?"
            f" Confidence {match.confidence:.2f}{also}.{codes}"
            f" If so, delete this note; if not, word it anew and delete its concept"
        )
    kind = match.relation.kind if match.relation else "unknown"
    if kind == "unknown" and not grouped:
        return f"{MARK}: the file does not label its codes; make sure that they mean what they meant, then delete this"
    return ""


def comment(match: Match) -> list[str]:
    """Why the entry stands there, in short, for the reader of the file."""
    assert match.known is not None
    codes = match.relation.says if match.relation and match.relation.kind != "same" else ""
    return [f'{match.variable.name} "{match.variable.label}" = {match.known.id}, {match.confidence:.2f}', codes]


def changed_facts(facts: Facts, match: Match, refined: Sequence[Option], polar: Sequence[Option]) -> dict[str, Any]:
    """What an item must say anew because its codes changed; nothing where they did not.

    Args:
        facts: what the known item and its battery say.
        match: with the relation of the codes.
        refined, polar: the known options, with their statements.
    """
    labels = value_labels(match.variable)
    relation = match.relation
    known = {int(code) for code in facts["codes"]}
    # Wherever 9 stands for no answer in this file, it does so whatever became of the answers.
    no_answer = {"missing": dict(match.variable.missing)} if any(code >= 0 for code in match.variable.missing) else {}
    if relation is None or relation.kind == "unknown" or (relation.kind == "same" and set(labels) <= known):
        return no_answer
    mapping = {code: to for code, to in relation.mapping.items() if code in labels}
    means = exact_meanings(match, facts["codes"])
    extra = [code for code in labels if code not in mapping]
    unlabelled = [code for code in extra if labels[code].startswith(MARK)]
    asked = [code for code in extra if code not in unlabelled]
    found: dict[str, Any] = {"codes": labels}
    found["refined"] = _options(facts["refined"], refined, mapping, means, asked, labels)
    entries = facts["refined"] if facts["polar"] == "as refined" else facts["polar"]
    halves = _options(entries, polar, mapping, means, asked, labels)
    same = [one["codes"] for one in halves] == [one["codes"] for one in found["refined"]]
    as_refined = len(halves) < 2 or (facts["polar"] == "as refined" and same)
    found["polar"] = "as refined" if as_refined else halves
    uncovered = sorted({*unlabelled, *(code for code, to in mapping.items() if to in facts.get("uncovered", ()))})
    if uncovered or facts.get("uncovered"):
        found["uncovered"] = uncovered
    direction = facts.get("direction")
    if direction:
        order = [code for to in direction["low_to_high"] for code in sorted(mapping) if mapping[code] == to]
        found["direction"] = {**direction, "low_to_high": order} if order else None
    covered = [code for code in labels if code not in uncovered]
    if len(covered) <= 2:
        found["measurement"] = "binary"
    elif facts["measurement"] == "scale10" and len(covered) < 10:
        found["measurement"] = "ordinal"
    found |= no_answer
    if len(found["refined"]) < 2:
        return _all_anew(labels, found)
    return found


def exact_meanings(match: Match, known: Mapping[str, str]) -> dict[int, frozenset[int]]:
    """The variable's codes that mean the very same as one known code, or as several put together -> those codes.

    Grades put together mean what all of them do, and not the same as any one of them. Grades split do: both parts are
    that grade.
    """
    relation = match.relation
    if relation is None or relation.kind == "different":
        return {}
    if relation.kind != "regrouped":
        return {code: frozenset({to}) for code, to in relation.mapping.items()}
    labels = {int(code): " ".join(label.casefold().split()) for code, label in known.items()}
    hit = list(relation.mapping.values())
    mine = match.variable.values
    found = {
        code: frozenset({to})
        for code, to in relation.mapping.items()
        if hit.count(to) > 1 or " ".join(mine.get(code, "").casefold().split()) == labels.get(to)
    }
    return found | {code: frozenset(group) for code, group in relation.groups.items() if len(group) > 1}


def _options(
    entries: Sequence[Facts],
    known: Sequence[Option],
    mapping: Mapping[int, int],
    means: Mapping[int, frozenset[int]],
    extra: Sequence[int],
    labels: Mapping[int, str],
) -> list[dict[str, Any]]:
    options: list[dict[str, Any]] = []
    told = set(mapping)
    for entry, option in zip(entries, known, strict=True):
        wanted = {int(to) for to in entry["codes"]}
        codes = [code for to in entry["codes"] for code in sorted(mapping) if mapping[code] == to]
        codes += [code for code in labels if code not in codes and means.get(code, frozenset()) & wanted]
        meant = [means.get(code, frozenset()) for code in codes]
        if codes and all(meant) and frozenset().union(*meant) == wanted:
            # Its own label would name codes that are others now.
            options.append({**{key: value for key, value in entry.items() if key != "label"}, "codes": codes})
            told |= {*codes}
        elif codes := [code for code in codes if code in mapping]:
            # Half of what an option stood for is not what it stood for.
            said = " / ".join(labels[code] for code in codes)
            options.append({"codes": codes, "statement": f"{MARK} ({said}): {option.statement}"})
    rest = [code for code in extra if code not in told]
    return options + [{"codes": [code], "statement": f"{MARK}: word the answer {labels[code]!r}."} for code in rest]


def without_unused_slots(item: dict[str, Any]) -> dict[str, Any]:
    """An item less its slots where every answer of it is to be worded anew, so that nothing has a use for them."""
    lists = [item[which] for which in ("refined", "polar") if isinstance(item.get(which), list)]
    if not lists or "refined" not in item or any("statement" not in option for options in lists for option in options):
        return item
    return {key: value for key, value in item.items() if key != "slots"}


def _all_anew(labels: Mapping[int, str], found: dict[str, Any]) -> dict[str, Any]:
    answers = {code: text for code, text in labels.items() if not text.startswith(MARK)}
    statements = [
        {"codes": [code], "statement": f"{MARK}: word the answer {text!r}."} for code, text in answers.items()
    ]
    return {**found, "refined": statements, "polar": "as refined", "direction": None}


def demographic_entry(
    entry: Facts, match: Match, lists: Mapping[str, Facts], texts: dict[str, dict[int, Any]], name: str
) -> dict[str, Any]:
    """A demographic of the known catalog under the file's variable and codes.

    Args:
        entry: as the known catalog writes it.
        match: what its variable became.
        lists: the known code lists.
        texts: code lists of the draft; filled.
        name: the id it gets.
    """
    found: dict[str, Any] = {**entry, "id": name, "variable": match.variable.name}
    raw = lists[entry["codes"]] if isinstance(entry["codes"], str) else entry["codes"]
    known = {int(code): value for code, value in raw.items()}
    labels = value_labels(match.variable)
    relation = match.relation
    if any(code >= 0 for code in match.variable.missing):
        found["missing"] = dict(match.variable.missing)
    numbers = grouped_numbers(match.variable, known, entry["options"]) if entry.get("fold_above") is None else None
    if numbers is not None:
        found.pop("uncovered", None)
        found["codes"] = NUMBERS + name
        texts[found["codes"]] = numbers.pop("codes")
        return found | numbers
    mapping = dict(relation.mapping) if relation else {}
    fold = entry.get("fold_above")
    if fold is not None:
        # Counts are what they say, labelled or not; the higher ones fold.
        labels = {code: text for code, text in labels.items() if code not in known and code < fold}
    if fold is not None or relation is None or relation.kind in _AS_KNOWN or not mapping:
        codes: dict[int, Any] = dict(known)
        extra = [code for code in labels if code not in known and not labels[code].startswith(MARK)]
        mapping = {code: code for code in known}
    else:
        codes = {code: known.get(mapping.get(code, -1), text) for code, text in labels.items()}
        extra = [code for code in labels if code not in mapping]
    codes |= {code: labels[code] for code in extra}
    if isinstance(entry["codes"], str):
        texts[entry["codes"]] = {**texts.get(entry["codes"], {}), **dict(sorted(codes.items()))}
    else:
        found["codes"] = dict(sorted(codes.items()))
    gone = [code for code, to in mapping.items() if to in entry.get("uncovered", ()) and code in codes]
    if entry["options"] != "each":
        options = []
        for option in entry["options"]:
            hit = [code for to in option["codes"] for code in sorted(mapping) if mapping[code] == to and code in codes]
            if hit:
                options.append({**option, "codes": hit})
        asked = [code for code in extra if not str(codes[code]).startswith(MARK)]
        gone += [code for code in extra if code not in asked]
        if len(asked) > _MANY_GROUPS:
            # A list of names, such as of churches: one thing to decide, not as many as there are names.
            gone += asked
            found["note"] = (
                f"{MARK}: {len(asked)} codes are in no group and so uncovered; put those that belong to one into its"
                " codes, then delete this note"
            )
            asked = []
        options += [
            {"codes": [code], "label": codes[code], "statement": f"{MARK}: a group for {codes[code]!r}."}
            for code in asked
        ]
        found["options"] = options
    found.pop("uncovered", None)
    if gone:
        found["uncovered"] = sorted(gone)
    return found
