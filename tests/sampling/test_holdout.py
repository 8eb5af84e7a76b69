"""The split by item: training never sees the items held out."""

from __future__ import annotations

import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.sampling.holdout import item_holdout


@pytest.mark.parametrize("share", [0.0, 0.1, 0.2, 0.5, 1.0])
def test_every_item_is_on_one_side(catalog: Catalog, share: float) -> None:
    split = item_holdout(catalog, share)
    assert sorted(split.training + split.held_out) == sorted(catalog.items)
    assert len(split.held_out) == pytest.approx(share * 253, abs=8)


def test_each_category_gives_its_share_and_siblings_stay_together(catalog: Catalog) -> None:
    split = item_holdout(catalog, 0.34)
    for category in catalog.categories:
        items = [item.id for item in catalog.items_of(category)]
        assert len(set(items) & set(split.held_out)) == pytest.approx(0.34 * len(items), abs=1.51)
    for group in catalog.evaluation.siblings:
        assert len(set(group) & set(split.held_out)) in (0, len(group))


def test_more_holds_out_the_same_and_more_and_seeds_differ(catalog: Catalog) -> None:
    small, large = item_holdout(catalog, 0.1), item_holdout(catalog, 0.3)
    assert set(small.held_out) <= set(large.held_out)
    assert item_holdout(catalog, 0.3, seed=1) != large


def test_no_such_share(catalog: Catalog) -> None:
    with pytest.raises(SamplingError, match=r"between 0 and 1, not 1\.5"):
        item_holdout(catalog, 1.5)
