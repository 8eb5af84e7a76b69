"""The informative order finds what tells about the probes, and nothing twice."""

from __future__ import annotations

import numpy as np
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import probe_setup
from indievaluecatalog.dataset.tables import index_answers
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.sampling.informative import informative_order
from indievaluecatalog.sampling.protocol import OURS
from indievaluecatalog.sampling.tasks import demonstration_items
from tests.people import random_answers


def test_a_second_copy_of_a_probe_comes_after_the_copy_of_another(catalog: Catalog) -> None:
    """Answers are pure chance but for two copies of one probe and one of another: what is known already waits."""
    options = index_answers(catalog, random_answers(catalog, 4_000, seed=5, missing=0.0)).polar
    ids = list(catalog.items)
    one, two = (ids.index(item) for item in probe_setup(catalog, 0)[3:5])
    first, again, other = ids.index("Q70"), ids.index("Q71"), ids.index("Q240")
    options[first] = options[again] = options[one]
    options[other] = options[two]
    order = informative_order(catalog, options, 0).tolist()
    assert set(order[:2]) == {first, other}
    assert order[2] == again
    assert sorted(order) == np.flatnonzero(demonstration_items(catalog, 0, OURS)).tolist()


def test_missing_answers_and_items_nobody_answered_do_no_harm(catalog: Catalog) -> None:
    options = index_answers(catalog, random_answers(catalog, 500, seed=6, missing=0.4)).polar
    options[10] = -1
    options[11] = 0
    order = informative_order(catalog, options, 1)
    assert len(order) == 214
    assert order.tolist().index(10) > 150


def test_hold_out_and_errors(catalog: Catalog) -> None:
    options = index_answers(catalog, random_answers(catalog, 300, seed=7)).polar
    seen = np.zeros(len(catalog.items), np.bool_)
    seen[:60] = True
    order = informative_order(catalog, options, 0, seen=seen)
    assert order.max() < 60
    with pytest.raises(SamplingError, match="there are none"):
        informative_order(catalog, options[:, :0], 0)
