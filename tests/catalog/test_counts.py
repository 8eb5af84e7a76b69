"""The numbers that define the catalog of wave 7."""

from __future__ import annotations

import pytest

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog
from indievaluecatalog.catalog.probes import SETUPS, all_probe_items, probe_setup

# category: items, polar options, refined options
COUNTS = {
    "Social Values, Attitudes & Stereotypes": (45, 103, 145),
    "Happiness and Well-Being": (11, 23, 44),
    "Social Capital, Trust & Organizational Membership": (44, 88, 163),
    "Economic Values": (6, 12, 22),
    "Corruption": (9, 19, 37),
    "Migration": (10, 29, 33),
    "Security": (21, 42, 68),
    "Postmaterialist Index": (6, 24, 24),
    "Science & Technology": (6, 12, 24),
    "Religious Values": (12, 27, 42),
    "Ethical Values and Norms": (23, 46, 92),
    "Political Interest & Political Participation": (35, 92, 135),
    "Political Culture & Political Regimes": (25, 50, 100),
}


def test_categories_come_in_order(catalog: Catalog) -> None:
    assert catalog.categories == tuple(COUNTS)


@pytest.mark.parametrize("category", COUNTS)
def test_each_category_has_its_items_and_options(catalog: Catalog, category: str) -> None:
    items = catalog.items_of(category)
    found = (len(items), sum(len(i.polar) for i in items), sum(len(i.refined) for i in items))
    assert found == COUNTS[category]


def test_totals(catalog: Catalog) -> None:
    assert len(catalog.items) == 253
    assert sum(1 for _ in catalog.statements("refined")) == 929
    assert sum(1 for _ in catalog.statements("polar")) == 567
    assert len(catalog.demographics) == 31


def test_items_are_q1_to_q259_without_six(catalog: Catalog) -> None:
    left_out = {82, 91, 92, 93, 105, 223}
    assert list(catalog.items) == [f"Q{n}" for n in range(1, 260) if n not in left_out]


def test_demographics_come_in_order(catalog: Catalog) -> None:
    expected = ["B_COUNTRY", "B_COUNTRY_to_continent", "Q260", "X003R"]
    expected += [f"Q{n}" for n in [*range(263, 283), *range(284, 288)]] + ["Q288R", "Q289", "Q290"]
    assert list(catalog.demographics) == expected


def test_codes_that_no_option_covers(catalog: Catalog) -> None:
    uncovered = {item.id: item.uncovered for item in catalog.items.values() if item.uncovered}
    assert uncovered == {"Q111": (3,), **{f"Q{n}": (0,) for n in range(241, 250)}, "Q254": (5,)}


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_every_code_is_in_one_option_or_listed_as_uncovered(catalog: Catalog, granularity: str) -> None:
    for item in catalog.items.values():
        options = item.refined if granularity == "refined" else item.polar
        covered = [code for option in options for code in option.codes]
        assert sorted(covered + list(item.uncovered)) == sorted(item.codes), item.id


def test_polar_options_are_unions_of_refined_ones(catalog: Catalog) -> None:
    for item in catalog.items.values():
        for polar in item.polar:
            parts = [set(o.codes) for o in item.refined if set(o.codes) <= set(polar.codes)]
            assert set().union(*parts) == set(polar.codes), item.id


def test_ten_point_scales_are_cut_alike(catalog: Catalog) -> None:
    for item in catalog.items.values():
        if item.measurement == "scale10":
            assert {o.codes for o in item.refined} == {(1, 2, 3), (4, 5), (6, 7), (8, 9, 10)}
            assert {o.codes for o in item.polar} == {(1, 2, 3, 4, 5), (6, 7, 8, 9, 10)}


def test_direction_of_codes(catalog: Catalog) -> None:
    directions = [i.direction.higher_code_means for i in catalog.items.values() if i.direction]
    assert (directions.count("less"), directions.count("more")) == (163, 78)
    assert catalog.items["Q56"].direction is not None
    assert catalog.items["Q56"].direction.higher_code_means == "not monotone"


def test_probe_setups(catalog: Catalog) -> None:
    setups = [probe_setup(catalog, setup) for setup in SETUPS]
    assert [len(setup) for setup in setups] == [39, 39, 39]
    assert [len(set(setup)) for setup in setups] == [39, 39, 39]
    assert len(all_probe_items(catalog)) == 108


@pytest.mark.parametrize(
    ("granularity", "expected"), [("polar", [46.37, 45.51, 44.23]), ("refined", [27.18, 27.18, 27.10])]
)
def test_exact_accuracy_of_a_random_guess(catalog: Catalog, granularity: str, expected: list[float]) -> None:
    def chance(setup: int) -> float:
        items = [catalog.items[name] for name in probe_setup(catalog, setup)]
        sizes = [len(i.refined if granularity == "refined" else i.polar) for i in items]
        return round(100 * sum(1 / size for size in sizes) / len(sizes), 2)

    assert [chance(setup) for setup in SETUPS] == expected


def test_there_is_no_fourth_setup(catalog: Catalog) -> None:
    with pytest.raises(ValueError, match="not 3"):
        probe_setup(catalog, 3)
