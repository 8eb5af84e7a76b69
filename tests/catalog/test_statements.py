"""The statements: their form, their identity, and the traps in the codebook."""

from __future__ import annotations

import pytest

from indievaluecatalog.catalog.listing import listing
from indievaluecatalog.catalog.load import load_catalog, waves
from indievaluecatalog.catalog.model import GRANULARITIES, Catalog, Granularity
from tests.golden.rewrite import STATEMENTS


@pytest.fixture(params=waves())
def shipped(request: pytest.FixtureRequest) -> Catalog:
    return load_catalog(request.param)


@pytest.mark.parametrize("wave", waves())
def test_every_statement_is_as_in_the_golden_listing(wave: str) -> None:
    assert listing(load_catalog(wave)) == STATEMENTS[wave].read_text("utf-8"), "if the change is meant: make golden"


@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_a_statement_names_one_option_of_one_item(shipped: Catalog, granularity: Granularity) -> None:
    texts = [option.statement for _, _, option in shipped.statements(granularity)]
    assert len(set(texts)) == len(texts)


def test_demographic_statements_differ(shipped: Catalog) -> None:
    texts = [option.statement for d in shipped.demographics.values() for option in d.options]
    assert len(set(texts)) == len(texts)


def test_form(shipped: Catalog) -> None:
    texts = [o.statement for g in GRANULARITIES for _, _, o in shipped.statements(g)]
    texts += [o.statement for d in shipped.demographics.values() for o in d.options]
    for text in texts:
        assert text[0].isupper(), text
        assert text.endswith("."), text
        assert not text.endswith(".."), text
        assert "  " not in text, text
        assert "{" not in text, text
        assert len(text) < 200, text


def said(catalog: Catalog, item: str, code: int, granularity: Granularity = "refined") -> str:
    index = catalog.items[item].option_index(code, granularity)
    assert index is not None
    return catalog.items[item].options(granularity)[index].statement


def test_q176_runs_from_agreement_to_disagreement(catalog: Catalog) -> None:
    assert "strongly agree" in said(catalog, "Q176", 1)
    assert "strongly disagree" in said(catalog, "Q176", 10)
    assert "strongly disagree" in said(catalog, "Q158", 1)
    assert "strongly agree" in said(catalog, "Q158", 10)


@pytest.mark.parametrize("item", ["Q119", *(f"Q{n}" for n in range(122, 130))])
def test_hard_to_say_is_an_option_of_its_own(catalog: Catalog, item: str) -> None:
    code = 0 if item == "Q119" else 1
    for granularity in GRANULARITIES:
        assert "hard to say" in said(catalog, item, code, granularity)


def test_q56_code_order_is_no_rank_order(catalog: Catalog) -> None:
    assert "better than" in said(catalog, "Q56", 1)
    assert "worse than" in said(catalog, "Q56", 2)
    assert "about the same" in said(catalog, "Q56", 3)


def test_q47_fair_health_is_on_the_good_side(catalog: Catalog) -> None:
    assert [option.codes for option in catalog.items["Q47"].polar] == [(1, 2, 3), (4, 5)]
    assert "fair, good" in said(catalog, "Q47", 3, "polar")


@pytest.mark.parametrize("item", ["Q221", "Q222"])
def test_not_allowed_to_vote_is_no_frequency(catalog: Catalog, item: str) -> None:
    for granularity in GRANULARITIES:
        assert "not allowed to vote" in said(catalog, item, 4, granularity)


@pytest.mark.parametrize(
    ("item", "absent"),
    [("Q28", "school"), ("Q38", " ill"), ("Q79", "movement"), ("Q80", "movement"), ("Q212", "unofficial")],
)
def test_statements_say_what_was_asked_not_the_misleading_label(catalog: Catalog, item: str, absent: str) -> None:
    assert all(absent not in option.statement for option in catalog.items[item].refined)


def test_not_picking_a_child_quality_does_not_call_it_unimportant(catalog: Catalog) -> None:
    for n in range(7, 18):
        assert "unimportant" not in said(catalog, f"Q{n}", 2)
        assert "at most five" in said(catalog, f"Q{n}", 2)
