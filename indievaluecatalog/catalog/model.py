"""The things a catalog is made of, as frozen dataclasses.

Nothing here reads files or checks rules: `load` does the first, `rules` the second.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Literal, get_args

Granularity = Literal["refined", "polar"]
Measurement = Literal["binary", "nominal", "ordinal", "scale10"]

GRANULARITIES: tuple[Granularity, ...] = get_args(Granularity)


def own_concept(wave_id: str, entry_id: str) -> str:
    """The concept of an item or demographic that names none: its own."""
    return f"{wave_id}/{entry_id}"


@dataclass(frozen=True, slots=True)
class Option:
    """A group of answer codes of one item, and the statement that stands for it.

    Attributes:
        codes: of the survey file.
        statement: one first-person sentence.
        label: what the codebook calls the codes.
    """

    codes: tuple[int, ...]
    statement: str
    label: str


@dataclass(frozen=True, slots=True)
class Direction:
    """What the codes of an item grade, and in which order.

    `low_to_high` lists codes from least to most of `attribute`; codes off that scale are left out.
    """

    attribute: str
    low_to_high: tuple[int, ...]

    @property
    def higher_code_means(self) -> Literal["more", "less", "not monotone"]:
        """Whether a higher code stands for more or for less of the attribute."""
        if list(self.low_to_high) == sorted(self.low_to_high):
            return "more"
        if list(self.low_to_high) == sorted(self.low_to_high, reverse=True):
            return "less"
        return "not monotone"


@dataclass(frozen=True, slots=True)
class Item:
    """One value question of a wave.

    Attributes:
        id: of the item, such as "Q1".
        label: what it asks, in a few words.
        category, battery: what it belongs to.
        variable: its name in the survey file.
        measurement: "binary", "nominal", "ordinal" or "scale10".
        codes: every substantive answer code -> its value label.
        missing: the same for the codes that mean no answer.
        direction: what its codes grade, from least to most; None where they grade nothing.
        template, slots: what its statements are made of.
        refined, polar: its options, in order; a prediction is a position in one of these.
        uncovered: substantive codes that no option stands for.
        note: for whoever edits the catalog.
        concept: what it shares with the same item of other waves; WAVE/ID where it shares it with none.
    """

    id: str
    label: str
    category: str
    battery: str
    variable: str
    measurement: Measurement
    codes: Mapping[int, str]
    missing: Mapping[int, str]
    direction: Direction | None
    template: str
    slots: Mapping[str, str]
    refined: tuple[Option, ...]
    polar: tuple[Option, ...]
    uncovered: tuple[int, ...] = ()
    note: str = ""
    concept: str = ""

    def options(self, granularity: Granularity) -> tuple[Option, ...]:
        """The item's options at one granularity, in catalog order."""
        return self.refined if granularity == "refined" else self.polar

    def option_index(self, code: int, granularity: Granularity) -> int | None:
        """Position of the option that covers `code`, or None where none does."""
        for index, option in enumerate(self.options(granularity)):
            if code in option.codes:
                return index
        return None


@dataclass(frozen=True, slots=True)
class Demographic:
    """One description of a person: a source variable whose codes are grouped into options.

    Attributes:
        id, label, variable, codes, missing, template, uncovered, note, concept: as of an `Item`.
        options: in order; arrays of demographics hold positions in it.
        fold_above: codes above it are counts that belong to the option of that code ("7 or more").
    """

    id: str
    label: str
    variable: str
    codes: Mapping[int, str]
    missing: Mapping[int, str]
    template: str
    options: tuple[Option, ...]
    uncovered: tuple[int, ...] = ()
    fold_above: int | None = None
    note: str = ""
    concept: str = ""


@dataclass(frozen=True, slots=True)
class MissingReason:
    """Why there is no answer: a short name, and how a codebook words it."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class WaveFacts:
    """How a wave's file names its technical columns, and how to tell that a file is of this wave.

    `key_variables` are items whose answers tell persons apart who share an interview id, or have none. A survey
    need not have everything: a variable or demographic it lacks is "", and `wave_code` is then 0.
    """

    id: str
    title: str
    period: str
    licence: str
    citation: str
    key_variables: tuple[str, ...]
    missing_reasons: Mapping[int, MissingReason]
    weights: tuple[str, ...] = ()
    optional_variables: tuple[str, ...] = ()
    wave_variable: str = ""
    wave_code: int = 0
    person_variable: str = ""
    country_variable: str = ""
    country_alpha_variable: str = ""
    year_variable: str = ""
    version_variable: str = ""
    country_demographic: str = ""
    continent_demographic: str = ""


@dataclass(frozen=True, slots=True)
class EvaluationRule:
    """Which persons may be evaluated, how they are spread over continents and religions, and how they are scored.

    `siblings` are groups of items of which one answer gives part of the others' away. `dimensions` are the
    demographics over whose groups evenness is measured; `more_dimensions` have many or very small groups. Where
    no demographic is named for religion, persons are not balanced over it.
    """

    persons: int
    min_answers: int
    min_demographics: int = 0
    religion_demographic: str = ""
    religion_groups: tuple[str, ...] = ()
    max_per_religion: int = 0
    whole_continents: tuple[str, ...] = ()
    siblings: tuple[tuple[str, ...], ...] = ()
    dimensions: tuple[str, ...] = ()
    more_dimensions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalog:
    """All items and demographics of a wave, in order, with the wave's facts.

    Attributes:
        wave: how the file names its technical variables, codes of no answer, licence, citation.
        evaluation: who may be evaluated, and over which demographics evenness is scored.
        categories: names, in order.
        items: id -> item, in catalog order, which is that of all arrays.
        demographics: id -> demographic, in order.
    """

    wave: WaveFacts
    evaluation: EvaluationRule
    categories: tuple[str, ...]
    items: Mapping[str, Item]
    demographics: Mapping[str, Demographic]

    def items_of(self, category: str) -> tuple[Item, ...]:
        """The items of one category, in order. Raises KeyError for a category that does not exist."""
        if category not in self.categories:
            raise KeyError(f"no category {category!r}; the catalog has {', '.join(self.categories)}")
        return tuple(item for item in self.items.values() if item.category == category)

    def statements(self, granularity: Granularity) -> Iterator[tuple[Item, int, Option]]:
        """Every (item, option index, option) of one granularity, in catalog order."""
        for item in self.items.values():
            for index, option in enumerate(item.options(granularity)):
                yield item, index, option

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of everything the catalog says; the same on every machine and Python."""
        content = asdict(self)
        # A concept that says no more than the item's own id is left out: catalogs without any keep the digest they
        # had before there were concepts, and with it their datasets and results.
        for entries in (content["items"], content["demographics"]):
            for entry in entries.values():
                if entry["concept"] == own_concept(self.wave.id, entry["id"]):
                    del entry["concept"]
        text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
