"""One person in words: demographics, and statements by category with the reason where there is none."""

from __future__ import annotations

from dataclasses import dataclass

from indievaluecatalog.browse.collection import Collection
from indievaluecatalog.browse.words import reason_words
from indievaluecatalog.catalog.model import Item
from indievaluecatalog.dataset.lookup import NO_OPTION


@dataclass(frozen=True, slots=True)
class Trait:
    """A demographic of a person: its label, and the option's or the reason there is none."""

    label: str
    value: str
    known: bool


@dataclass(frozen=True, slots=True)
class Line:
    """An item and what a person says to it; both statements are "" where there is no answer, for `reason`."""

    item: Item
    refined: str
    polar: str
    reason: str


@dataclass(frozen=True, slots=True)
class Section:
    """One category: its lines, and how many of them are answered."""

    category: str
    lines: tuple[Line, ...]

    @property
    def answered(self) -> int:
        """Lines with an answer."""
        return sum(not line.reason for line in self.lines)


def traits(collection: Collection, row: int) -> list[Trait]:
    """All demographics of a person, in catalog order."""
    words = reason_words(collection)
    found = []
    for at, demographic in enumerate(collection.catalog.demographics.values()):
        option = int(collection.people.demographics[at, row])
        if option != NO_OPTION:
            found.append(Trait(demographic.label, demographic.options[option].label, known=True))
        else:
            reason = 0 if collection.reasons is None else int(collection.reasons[at, row])
            found.append(Trait(demographic.label, words[reason], known=False))
    return found


def sections(collection: Collection, row: int) -> list[Section]:
    """All statements of a person by category, in catalog order; what is not answered with its reason."""
    words, people = reason_words(collection), collection.people
    first = len(collection.catalog.demographics)
    by_category: dict[str, list[Line]] = {category: [] for category in collection.catalog.categories}
    for at, item in enumerate(collection.items):
        refined, polar = int(people.refined[at, row]), int(people.polar[at, row])
        if refined == NO_OPTION:
            reason = 0 if collection.reasons is None else int(collection.reasons[first + at, row])
            line = Line(item, "", "", words[reason])
        else:
            line = Line(item, item.refined[refined].statement, item.polar[polar].statement, "")
        by_category[item.category].append(line)
    return [Section(category, tuple(lines)) for category, lines in by_category.items() if lines]
