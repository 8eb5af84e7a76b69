"""The generator knows no wave: a small catalog made by hand gets plausible respondents too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import (
    Catalog,
    Demographic,
    Direction,
    Item,
    Measurement,
    MissingReason,
    Option,
    WaveFacts,
)
from indievaluecatalog.survey.synthetic import read_traits, synthesize, true_probabilities, write_survey, write_traits

WAVE = WaveFacts(
    id="tiny",
    title="A tiny wave",
    period="1999-2001",
    licence="none",
    citation="none",
    wave_variable="WAVE",
    wave_code=3,
    person_variable="PERSON",
    country_variable="LAND",
    country_alpha_variable="LAND3",
    year_variable="YEAR",
    version_variable="VER",
    weights=("WEIGHT",),
    key_variables=(),
    optional_variables=(),
    country_demographic="land",
    continent_demographic="land",
    missing_reasons={-1: MissingReason("dont_know", "Don't know"), -4: MissingReason("not_asked", "Not asked")},
)
MISSING = {-1: "Don't know", -4: "Not asked"}


def item(
    name: str,
    codes: dict[int, str],
    measurement: Measurement,
    low_to_high: tuple[int, ...] = (),
    uncovered: tuple[int, ...] = (),
) -> Item:
    options = tuple(Option((c,), f"{name} {label}.", label) for c, label in codes.items() if c not in uncovered)
    direction = Direction("more", low_to_high) if low_to_high else None
    return Item(
        name, name, "All", f"battery {name[0]}", name, measurement, codes, MISSING, direction, "", {}, options, options,
        uncovered,
    )  # fmt: skip


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    four = {1: "a", 2: "b", 3: "c", 4: "d"}
    items = [
        item("A1", four, "ordinal", (4, 3, 2, 1)),
        item("A2", four | {9: "other"}, "ordinal", (1, 2, 3, 4), (9,)),
        item("B1", {0: "no", 1: "yes"}, "binary"),
        item("B2", four, "nominal"),
        item("C1", {n: str(n) for n in range(1, 11)}, "scale10", tuple(range(1, 11))),
    ]
    lands = {1: "Aland", 2: "Bland", 7: "Cland"}
    each = tuple(Option((code,), f"I live in {name}.", name) for code, name in lands.items())
    hair = tuple(Option((code,), f"Hair {code}.", str(code)) for code in (1, 2))
    people = [
        Demographic("land", "Land", "LAND", lands, MISSING, "", each),
        Demographic("hair", "Hair", "HAIR", {1: "Dark", 2: "Fair", 3: "?"}, MISSING, "", hair, (3,)),
    ]
    return replace(
        load_catalog(),
        wave=WAVE,
        categories=("All",),
        items={i.id: i for i in items},
        demographics={d.id: d for d in people},
    )


def test_any_catalog_gets_respondents(catalog: Catalog, tmp_path: Path) -> None:
    population = synthesize(catalog, 900, seed=1)
    assert set(population.columns) == {
        "VER", "WAVE", "LAND", "LAND3", "YEAR", "PERSON", "WEIGHT", "A1", "A2", "B1", "B2", "C1", "HAIR",
    }  # fmt: skip
    assert set(population.columns["LAND"]) == {1, 2, 7}
    assert set(population.columns["YEAR"]) == {1999}
    for one in catalog.items.values():
        assert set(population.columns[one.id]) <= {*one.codes, *MISSING}
        assert len(set(population.columns[one.id][population.columns[one.id] >= 0])) > 1
        assert true_probabilities(population, one.id).shape == (900, len(one.codes))
    assert (population.columns["A2"] == 9).any()
    for ending in (".sav", ".csv"):
        write_survey(population, tmp_path / f"tiny{ending}")
    write_traits(population, tmp_path / "traits.parquet")
    truth = read_traits(tmp_path / "traits.parquet")
    np.testing.assert_array_equal(true_probabilities(truth, "A1"), true_probabilities(population, "A1"))


def test_items_of_one_battery_go_together(catalog: Catalog) -> None:
    population = synthesize(catalog, 3000, seed=1)
    first, second = population.columns["A1"], population.columns["A2"]
    both = (first > 0) & (second > 0) & (second < 9)
    # A1 runs from 4 to 1 and A2 from 1 to 4, so going together shows as a negative correlation of codes.
    assert np.corrcoef(first[both], second[both])[0, 1] < -0.2


def test_a_catalog_without_demographics(catalog: Catalog) -> None:
    bare = replace(catalog, demographics={})
    assert set(synthesize(bare, 20).columns["LAND"]) == {1}
