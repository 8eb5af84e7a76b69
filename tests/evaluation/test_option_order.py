"""The order in which options are shown: always all of them, and rotated evenly."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indievaluecatalog.evaluation.option_order import chosen_orders, possible_orders


@given(options=st.integers(1, 26), order=st.sampled_from(["coded", "reversed", "rotated"]))
def test_every_order_is_a_permutation(options: int, order: Any) -> None:
    orders = possible_orders(options, order)
    assert all(sorted(one) == list(range(options)) for one in orders)
    assert len(set(orders)) == len(orders) == (options if order == "rotated" else 1)
    if order == "rotated":
        assert all((after - before) % options == 1 % options for one in orders for before, after in pairwise(one))
    elif order == "reversed":
        assert orders[0][::-1] == possible_orders(options, "coded")[0]


@pytest.mark.parametrize("options", [2, 3, 5, 7])
def test_rotations_come_up_about_evenly(options: int) -> None:
    persons, items = 3_000, [f"Q{n}" for n in range(1, 21)]
    ids = np.array([f"p{n}" for n in range(persons)])
    shifts = chosen_orders("rotated", 0, ids, items, [options] * len(items))
    for counts in (np.bincount(shifts[:, item], minlength=options) for item in range(len(items))):
        spread = np.sqrt(persons * (1 - 1 / options) / options)
        assert np.abs(counts - persons / options).max() < 4.5 * spread
    # Nor does one item's shift tell another's, for the same person.
    pairs = np.bincount(shifts[:, 0] * options + shifts[:, 1], minlength=options**2)
    assert np.abs(pairs - persons / options**2).max() < 4.5 * np.sqrt(persons / options**2)


def test_rotation_depends_on_seed_person_and_item_alone() -> None:
    ids, items, options = np.array(["p0", "p1", "p2"]), ["Q1", "Q2"], [7, 5]
    whole = chosen_orders("rotated", 0, ids, items, options)
    assert (chosen_orders("rotated", 0, ids[[2, 0]], items, options) == whole[[2, 0]]).all()
    assert (chosen_orders("rotated", 0, ids, ["Q2"], [5])[:, 0] == whole[:, 1]).all()
    many = np.array([f"p{n}" for n in range(50)])
    assert (
        chosen_orders("rotated", 0, many, items, options) != chosen_orders("rotated", 1, many, items, options)
    ).any()
