"""What two waves ask in common, and the coarsest and finest way to compare the answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from indievaluecatalog.catalog.model import Catalog, Granularity, Item, Option


@dataclass(frozen=True, slots=True)
class CommonOption:
    """One answer that both waves know.

    Attributes:
        name: the statement of an item, the label of a demographic.
        first, second: positions of the options that mean it, in either catalog.
    """

    name: str
    first: tuple[int, ...]
    second: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SharedConcept:
    """An item or demographic of two catalogs.

    Attributes:
        concept: what they share.
        first, second: its id in either catalog.
        role: "item" or "demographic".
        granularity: of the options compared: "polar" although refined ones were asked for, where the two waves
            agree on nothing finer. Always "refined" for a demographic.
        options: the common grouping; None where a comparison would mislead.
        only_first, only_second: names of options, at the granularity asked for, that only one of them has.
    """

    concept: str
    first: str
    second: str
    role: Literal["item", "demographic"]
    granularity: Granularity
    options: tuple[CommonOption, ...] | None
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()


def shared_concepts(first: Catalog, second: Catalog, granularity: Granularity = "refined") -> dict[str, SharedConcept]:
    """Line up two catalogs: concept -> how its answers compare, demographics first, in the order of the first.

    Two options of an item are one answer where they say the same, to the letter: whoever writes a catalog for a
    repeated item keeps a statement exactly where it means the same. Codes are no evidence; they may be reversed.
    Items compare only where both waves offer the very same answers, since a grade more or less draws persons from
    its neighbours; where the refined ones differ, the polar ones may still agree. Demographics compare by label,
    over the groups that both waves have.

    Args:
        first, second: catalogs, usually of two waves.
        granularity: of the items' options.
    """
    found: dict[str, SharedConcept] = {}
    people = {entry.concept: entry for entry in second.demographics.values()}
    for one in first.demographics.values():
        if one.concept in people:
            left, right = _named(one.options, labels=True), _named(people[one.concept].options, labels=True)
            common = _common(left, right)
            found[one.concept] = SharedConcept(
                one.concept, one.id, people[one.concept].id, "demographic", "refined",
                common if len(common) > 1 else None, *_odd(left, right),
            )  # fmt: skip
    items = {entry.concept: entry for entry in second.items.values()}
    found |= {
        item.concept: _shared_item(item, items[item.concept], granularity)
        for item in first.items.values()
        if item.concept in items
    }
    return found


def _shared_item(mine: Item, theirs: Item, granularity: Granularity) -> SharedConcept:
    order: tuple[Granularity, ...] = ("refined", "polar") if granularity == "refined" else ("polar",)
    odd = _odd(_named(mine.options(granularity)), _named(theirs.options(granularity)))
    for level in order:
        left, right = _named(mine.options(level)), _named(theirs.options(level))
        if set(left) == set(right):
            common = _common(left, right)
            return SharedConcept(mine.concept, mine.id, theirs.id, "item", level, common, *odd)
    return SharedConcept(mine.concept, mine.id, theirs.id, "item", granularity, None, *odd)


def _common(left: dict[str, list[int]], right: dict[str, list[int]]) -> tuple[CommonOption, ...]:
    return tuple(CommonOption(name, tuple(left[name]), tuple(right[name])) for name in left if name in right)


def _odd(left: dict[str, list[int]], right: dict[str, list[int]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(name for name in left if name not in right), tuple(name for name in right if name not in left)


def _named(options: tuple[Option, ...], labels: bool = False) -> dict[str, list[int]]:
    names: dict[str, list[int]] = {}
    for place, option in enumerate(options):
        names.setdefault(option.label if labels else option.statement, []).append(place)
    return names
