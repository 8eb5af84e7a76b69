"""Wave 6: what it repeats of wave 7 in the same words, and what it asked otherwise."""

from __future__ import annotations

import pytest

from indievaluecatalog.catalog.concepts import shared_concepts
from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import GRANULARITIES, Catalog, Item


@pytest.fixture(scope="module")
def wvs6() -> Catalog:
    return load_catalog("wvs6")


def known(catalog: Catalog, item: Item) -> Item | None:
    """What an item repeats."""
    return next((one for one in catalog.items.values() if one.concept == item.concept), None)


def test_counts(wvs6: Catalog) -> None:
    counts = [sum(len(item.options(g)) for item in wvs6.items.values()) for g in GRANULARITIES]
    assert (len(wvs6.items), *counts, len(wvs6.demographics)) == (232, 879, 505, 21)
    assert len(wvs6.categories) == 11, "nothing of corruption and migration was asked that is an item"


def test_most_items_repeat_wave_7_in_its_words(wvs6: Catalog, catalog: Catalog) -> None:
    repeated = [item for item in wvs6.items.values() if item.concept.startswith("wvs7/")]
    assert len(repeated) == 183
    assert {item.concept for item in repeated} <= {item.concept for item in catalog.items.values()}
    assert all(item.concept == f"wvs6/{item.id}" for item in wvs6.items.values() if item not in repeated)
    otherwise = set()
    for item in repeated:
        other = known(catalog, item)
        assert other is not None
        for granularity in GRANULARITIES:
            mine, yours = ({o.statement for o in one.options(granularity)} for one in (item, other))
            if mine != yours:
                otherwise.add((item.id, granularity))
    assert otherwise == {
        # health has no "very poor"
        ("V11", "refined"),
        # agreement in three grades in place of five
        *(("V45", "refined"), ("V46", "refined"), ("V47", "refined")),
        # no "not allowed to vote"
        *((item, granularity) for item in ("V226", "V227") for granularity in GRANULARITIES),
    }


@pytest.mark.parametrize("item", [f"V{number}" for number in range(131, 140)])
def test_essentials_of_democracy_have_no_code_0(wvs6: Catalog, item: str) -> None:
    assert list(wvs6.items[item].codes) == list(range(1, 11))


@pytest.mark.parametrize(("item", "repeats"), [("V243", "Q264"), ("V244", "Q265")])
def test_parents_from_abroad_are_coded_the_other_way(wvs6: Catalog, catalog: Catalog, item: str, repeats: str) -> None:
    (mine,) = [one for one in wvs6.demographics.values() if one.variable == item]
    for option in mine.options:
        same = next(o for o in catalog.demographics[repeats].options if o.statement == option.statement)
        assert option.codes != same.codes


@pytest.mark.parametrize("item", ["V176", "V177", "V178", "V179", "V180"])
def test_yes_and_no_are_1_and_5(wvs6: Catalog, item: str) -> None:
    assert list(wvs6.items[item].codes) == [1, 5]


def test_what_compares_between_the_waves(wvs6: Catalog, catalog: Catalog) -> None:
    found = shared_concepts(wvs6, catalog)
    assert [concept for concept, one in found.items() if one.options is None] == ["wvs7/Q221", "wvs7/Q222"]
    coarser = {one.first for one in found.values() if one.role == "item" and one.granularity == "polar" and one.options}
    assert coarser == {"V11", "V45", "V46", "V47"}
