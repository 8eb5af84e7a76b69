"""P-values: sign flips of paired differences, and their correction."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indievaluecatalog.scoring.chance import MOST_FLIPS, can_tell, flips_for, holm, sign_flip_p


@pytest.mark.parametrize("family", [1, 3, 25, 171, 500, 9_999])
def test_a_family_has_flips_enough_to_find_something(family: int) -> None:
    flips = flips_for(family)
    assert can_tell(family, flips)
    assert holm([1 / (1 + flips)] * family)[0] < 0.05
    assert 10_000 <= flips <= MOST_FLIPS


def test_where_even_the_most_flips_are_too_few_it_is_known() -> None:
    assert flips_for(20_000) == MOST_FLIPS
    assert not can_tell(20_000, MOST_FLIPS)
    assert not can_tell(171, 171 * 20 - 1)


def test_p_values_are_those_of_all_flips() -> None:
    shares = np.random.default_rng(0).normal(0.3, 1, (8, 2))
    signs = np.array(list(product((-1, 1), repeat=8)))
    exact = (np.abs(signs @ shares) >= np.abs(shares.sum(axis=0)) - 1e-12).mean(axis=0)
    assert sign_flip_p([shares], 20_000, 0)[0] == pytest.approx(exact, abs=0.015)


def test_a_p_value_depends_on_its_own_table_alone() -> None:
    rng = np.random.default_rng(1)
    tables = [rng.normal(0.2, 1, shape) for shape in ((20, 3), (31, 1), (20, 1), (31, 3))]
    together = sign_flip_p(tables, 3_500, 0)
    assert [len(values) for values in together] == [3, 1, 1, 3]
    assert together == [sign_flip_p([table], 3_500, 0)[0] for table in tables]
    assert sign_flip_p([], 100, 0) == []


def test_holm_by_hand() -> None:
    assert holm([0.01, 0.04, 0.03, 0.5]) == pytest.approx((0.04, 0.09, 0.09, 0.5))
    assert holm([0.5, 0.9]) == pytest.approx((1.0, 1.0))
    assert holm([]) == ()


@given(st.lists(st.floats(0, 1), max_size=8))
def test_holm_keeps_the_order_and_lowers_nothing(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    assert all(p <= q <= 1 for p, q in zip(p_values, adjusted, strict=True))
    order = np.argsort(p_values, kind="stable")
    assert (np.diff(np.array(adjusted)[order]) >= 0).all()
