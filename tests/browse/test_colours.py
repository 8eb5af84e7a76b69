"""Numbers on bars can be read, and the ends of a scale can be told apart."""

from __future__ import annotations

import pytest

from indievaluecatalog.browse.collection import Collection
from indievaluecatalog.browse.colours import contrast, paints
from indievaluecatalog.browse.words import percent, reason_words
from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import GRANULARITIES
from indievaluecatalog.survey.answers import REASONS


def test_contrast_is_counted_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("wave", ["wvs7", "wvs6"])
def test_every_number_on_a_bar_can_be_read(wave: str) -> None:
    for item in load_catalog(wave).items.values():
        for granularity in GRANULARITIES:
            found = paints(item, granularity)
            assert len(found) == len(item.options(granularity))
            assert min(contrast(one.fill, one.ink) for one in found) >= 4.5, item.id
            assert len({one.fill for one in found}) == len(found), item.id


def test_what_an_item_grades_goes_one_way_whatever_its_codes() -> None:
    items = load_catalog("wvs7").items
    most, least = paints(items["Q1"], "refined")[0].fill, paints(items["Q1"], "refined")[-1].fill
    assert (paints(items["Q50"], "refined")[-1].fill, paints(items["Q50"], "refined")[0].fill) == (most, least)


def test_a_small_share_is_not_none() -> None:
    told = [percent(share) for share in (0, 0.001, 0.5, 1, None)]
    assert [one.replace("\N{NO-BREAK SPACE}", " ") for one in told] == ["0 %", "< 1 %", "50 %", "100 %", "–"]
    assert " " not in "".join(told), "a number and its sign may be torn apart at the end of a line"


def test_every_reason_has_words(collection: Collection) -> None:
    words = reason_words(collection)
    assert len(set(words)) == len(REASONS)
    assert all("_" not in one for one in words)
