"""What two waves ask in common, and the coarsest and finest way to compare the answers."""

from __future__ import annotations

from dataclasses import dataclass

from indievaluecatalog.catalog.model import Catalog, Demographic, Granularity, Item, Option


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
        role: whether it is an item.
        granularity: of the options compared; "refined" for a demographic.
        options: the common grouping; None where the answers of the two cannot be compared, because fewer than
            two answers are known to both.
        only_first, only_second: names of options that only one wave has. Who holds one of them counts as without
            an answer in a comparison.
    """

    concept: str
    first: str
    second: str
    role: str
    granularity: Granularity
    options: tuple[CommonOption, ...] | None
    only_first: tuple[str, ...] = ()
    only_second: tuple[str, ...] = ()


def shared_concepts(first: Catalog, second: Catalog, granularity: Granularity = "refined") -> dict[str, SharedConcept]:
    """Line up two catalogs: concept -> how its answers compare, in the order of the first.

    Two options are one answer where they say the same, to the letter: whoever writes a catalog for a repeated item
    keeps a statement exactly where it means the same. Codes are no evidence; they may be reversed.

    Args:
        first, second: catalogs, usually of two waves.
        granularity: of the items' options.
    """
    found = {}
    for role, mine, theirs in (
        ("demographic", first.demographics, second.demographics),
        ("item", first.items, second.items),
    ):
        by_concept = {entry.concept: entry for entry in theirs.values()}
        for entry in mine.values():
            other = by_concept.get(entry.concept)
            if other is not None:
                found[entry.concept] = _shared(role, entry, other, granularity)
    return found


def _shared(role: str, mine: Item | Demographic, theirs: Item | Demographic, granularity: Granularity) -> SharedConcept:
    left, right = _named(mine, granularity), _named(theirs, granularity)
    common = tuple(
        CommonOption(name, tuple(places), tuple(right[name])) for name, places in left.items() if name in right
    )
    return SharedConcept(
        concept=mine.concept,
        first=mine.id,
        second=theirs.id,
        role=role,
        granularity=granularity if role == "item" else "refined",
        options=common if len(common) > 1 else None,
        only_first=tuple(name for name in left if name not in right),
        only_second=tuple(name for name in right if name not in left),
    )


def _named(entry: Item | Demographic, granularity: Granularity) -> dict[str, list[int]]:
    options: tuple[Option, ...] = entry.options(granularity) if isinstance(entry, Item) else entry.options
    names: dict[str, list[int]] = {}
    for place, option in enumerate(options):
        names.setdefault(option.statement if isinstance(entry, Item) else option.label, []).append(place)
    return names
