"""From a battery's plain data to `Item`s, and from a demographic's to a `Demographic`.

An item takes from its battery whatever it does not say for itself; slots of both are joined.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indievaluecatalog.catalog.convert import TemplateError, state, used_item_slots
from indievaluecatalog.catalog.model import Demographic, Direction, Item, Option, own_concept

_NEEDED = ("measurement", "codes", "refined", "polar")


@dataclass(frozen=True, slots=True)
class Context:
    """What an item inherits from its file and wave."""

    category: str
    missing: Mapping[int, str]
    wave_id: str


def _by_code(labels: Mapping[str, str]) -> dict[int, str]:
    return {int(code): label for code, label in labels.items()}


def option_label(codes: Sequence[int], labels: Mapping[int, str]) -> str:
    """A short name for a group of codes: their value labels, or "1-3" where codes are bare numbers."""
    if len(codes) > 2 or any(labels.get(code, "").isdigit() for code in codes):
        return f"{codes[0]}-{codes[-1]}" if len(codes) > 1 else str(codes[0])
    return " / ".join(labels.get(code, str(code)) for code in codes)


def items_from(battery: Mapping[str, Any], context: Context) -> tuple[list[Item], list[str]]:
    """The items of one battery, and what is wrong, each line starting with the item's id."""
    items, problems = [], []
    shared = {key: value for key, value in battery.items() if key not in ("battery", "items", "slots")}
    for entry in battery["items"]:
        facts = {**shared, **entry, "slots": {**battery.get("slots", {}), **entry.get("slots", {})}}
        absent = [key for key in _NEEDED if key not in facts]
        if absent:
            problems.append(f"{entry['id']}: [incomplete] neither item nor battery says: {', '.join(absent)}")
            continue
        item, wrong = _item(battery["battery"], facts, context)
        problems += [f"{entry['id']}: {problem}" for problem in wrong]
        if item is not None:
            items.append(item)
    return items, problems


def _item(battery: str, facts: Mapping[str, Any], context: Context) -> tuple[Item | None, list[str]]:
    codes = _by_code(facts["codes"])
    template = facts.get("template", "")
    polar_entries = facts["refined"] if facts["polar"] == "as refined" else facts["polar"]
    used: set[str] = set()
    refined, wrong_refined = _options(facts["refined"], template, facts["slots"], codes, used)
    polar, wrong_polar = _options(polar_entries, template, facts["slots"], codes, used)
    problems = [f"refined: {p}" for p in wrong_refined] + [f"polar: {p}" for p in wrong_polar]
    if problems:
        return None, problems
    unused = sorted(set(facts["slots"]) - used)
    if unused:
        problems.append(f"[unknown-slot] no option uses the slots {', '.join(unused)}")
    direction = facts.get("direction")
    return (
        Item(
            id=facts["id"],
            label=facts["label"],
            category=context.category,
            battery=battery,
            variable=facts.get("variable", facts["id"]),
            measurement=facts["measurement"],
            codes=codes,
            missing=_by_code(facts["missing"]) if "missing" in facts else dict(context.missing),
            direction=Direction(direction["attribute"], tuple(direction["low_to_high"])) if direction else None,
            template=template,
            slots=dict(facts["slots"]),
            refined=refined,
            polar=polar,
            uncovered=tuple(facts.get("uncovered", ())),
            note=facts.get("note", ""),
            concept=facts.get("concept") or own_concept(context.wave_id, facts["id"]),
        ),
        problems,
    )


def _options(
    entries: Sequence[Mapping[str, Any]],
    template: str,
    item_slots: Mapping[str, str],
    labels: Mapping[int, str],
    used: set[str],
) -> tuple[tuple[Option, ...], list[str]]:
    options, problems = [], []
    for index, entry in enumerate(entries):
        slots = entry.get("slots", {})
        codes = tuple(entry["codes"])
        label = entry.get("label") or option_label(codes, labels)
        if "statement" in entry:
            options.append(Option(codes=codes, statement=entry["statement"], label=label))
            continue
        if not template:
            problems.append(f"[no-template] option {index + 1} has no statement, and there is no template")
            continue
        try:
            used |= used_item_slots(template, slots)
            options.append(Option(codes=codes, statement=state(template, slots, item_slots), label=label))
        except TemplateError as error:
            problems.append(f"[{error.rule}] option {index + 1}: {error}")
    return tuple(options), problems


def demographic_from(
    entry: Mapping[str, Any], lists: Mapping[str, Mapping[str, Any]], missing: Mapping[int, str], wave_id: str
) -> tuple[Demographic | None, list[str]]:
    """One demographic, and what is wrong with it, each line starting with the rule's name."""
    if isinstance(entry["codes"], str) and entry["codes"] not in lists:
        return None, [f"[unknown-code-list] no list {entry['codes']!r} in the code lists file"]
    raw = lists[entry["codes"]] if isinstance(entry["codes"], str) else entry["codes"]
    labels = {int(code): value if isinstance(value, str) else value["label"] for code, value in raw.items()}
    texts = {int(code): value if isinstance(value, str) else value["text"] for code, value in raw.items()}
    template = entry.get("template", "")
    uncovered = tuple(entry.get("uncovered", ()))
    entries = entry["options"]
    if entries == "each":
        grouped: dict[str, list[int]] = {}
        for code in labels:
            if code not in uncovered:
                grouped.setdefault(texts[code], []).append(code)
        entries = [
            {"codes": codes, "label": labels[codes[0]], "slots": {"text": text}} for text, codes in grouped.items()
        ]
    options, problems = _options(entries, template, {}, labels, set())
    if problems:
        return None, problems
    return (
        Demographic(
            id=entry["id"],
            label=entry["label"],
            variable=entry["variable"],
            codes=labels,
            missing=_by_code(entry["missing"]) if "missing" in entry else dict(missing),
            template=template,
            options=options,
            uncovered=uncovered,
            fold_above=entry.get("fold_above"),
            note=entry.get("note", ""),
            concept=entry.get("concept") or own_concept(wave_id, entry["id"]),
        ),
        problems,
    )
