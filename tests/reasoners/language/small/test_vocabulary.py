"""Statements as tokens."""

from __future__ import annotations

import numpy as np

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog
from indievaluecatalog.reasoners.language.small.vocabulary import START, Vocabulary


def test_every_option_of_either_granularity_has_a_token_of_its_own(catalog: Catalog) -> None:
    vocabulary = Vocabulary.of(catalog)
    found = [
        int(vocabulary.tokens(granularity, np.array(at), np.array(option)))
        for granularity in GRANULARITIES
        for at, item in enumerate(catalog.items.values())
        for option in range(len(item.options(granularity)))
    ]
    assert len(vocabulary) == 1 + 929 + 567
    assert sorted([START, *found]) == list(range(len(vocabulary)))


def test_refined_options_stand_together_in_catalog_order(catalog: Catalog) -> None:
    vocabulary = Vocabulary.of(catalog)
    owners = [at for at, item in enumerate(catalog.items.values()) for _ in item.refined]
    assert vocabulary.owners.tolist() == owners
    assert vocabulary.columns.tolist() == [owners.index(at) for at in range(len(catalog.items))]
