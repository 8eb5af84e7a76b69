"""Orders pooled, probe by probe, against the plainest way of counting."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import numpy as np
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.scoring.cells import Cells, lay_out
from indievaluecatalog.scoring.results import UNREAD
from indievaluecatalog.studies.entries import Entry
from indievaluecatalog.studies.positions import pooled
from tests.people import random_answers
from tests.scoring.conftest import guessing, people_from, results_of


def plainly(orders: list[Cells], at: tuple[int, ...]) -> int:
    """One cell pooled without any arrays."""
    chances = [None if one.probabilities is None else one.probabilities[at] for one in orders]
    if all(one is not None and not np.isnan(one[0]) for one in chances):
        return int(np.argmax(sum(cast(Any, one).astype(float) for one in chances)))
    votes = [int(one.prediction[at]) for one in orders if one.given[at] and one.prediction[at] != UNREAD]
    return max(votes, key=lambda vote: (votes.count(vote), -votes.index(vote))) if votes else UNREAD


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_probabilities_count_where_all_orders_have_them_and_votes_elsewhere(catalog: Catalog, share: float) -> None:
    people = people_from(random_answers(catalog, 12, seed=6), catalog)
    entries, rng = [], np.random.default_rng(1)
    for seed in range(3):
        cells = lay_out(results_of(people, guessing(seed), setups=(0,)), people)
        assert cells.probabilities is not None
        lost = rng.random(cells.truth.shape) >= share
        chances = np.where(lost[..., None], np.nan, cells.probabilities)
        entries.append(Entry("m", str(seed), cast(Any, None), replace(cells, probabilities=chances)))
    found = pooled(entries).cells
    orders = [entry.cells for entry in entries]
    for at in zip(*np.nonzero(found.given), strict=True):
        assert found.prediction[at] == plainly(orders, at)
