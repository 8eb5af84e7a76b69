"""Person keys: unique whatever happens, and bound to the person, not to the row."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indievaluecatalog.survey.person_keys import duplicate_ids, person_keys

ROWS = st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 2), st.integers(0, 1)), min_size=0, max_size=30)


def keys_of(rows: list[tuple[int, int, int]]) -> list[str]:
    ids = np.array([row[0] for row in rows], dtype=np.int64)
    codes = np.array([[row[1] for row in rows]], dtype=np.int8)
    more = np.array([[row[2] for row in rows]], dtype=np.int32)
    return [str(key) for key in person_keys("w", ids, (codes, more))]


def test_an_id_of_ones_own_is_the_key() -> None:
    assert keys_of([(3, 0, 0), (4, 0, 0)]) == ["w-3", "w-4"]


def test_rows_that_share_an_id_are_told_apart_by_their_answers() -> None:
    first, second, other = keys_of([(3, 0, 0), (3, 1, 0), (4, 0, 0)])
    assert first.startswith("w-3-")
    assert len(first) == len("w-3-") + 10
    assert first != second
    assert other == "w-4"


def test_twins_are_numbered_in_order() -> None:
    first, second, third = keys_of([(3, 1, 1)] * 3)
    assert (second, third) == (f"{first}.2", f"{first}.3")


def test_a_key_does_not_change_between_releases() -> None:
    assert keys_of([(3, 1, 1), (3, 2, 0)]) == ["w-3-a5b0a0e53b", "w-3-ec4a160539"]


def test_memory_layout_and_byte_order_do_not_matter() -> None:
    ids = np.array([3, 3], dtype=np.int64)
    table = np.array([[1, 2], [70_000, 4]], dtype="<i4")
    plain = person_keys("w", ids, (table,))
    for other in (table.astype(">i4"), np.asfortranarray(table)):
        np.testing.assert_array_equal(person_keys("w", ids, (other,)), plain)


@settings(deadline=None, max_examples=150)
@given(ROWS)
def test_keys_are_unique(rows: list[tuple[int, int, int]]) -> None:
    keys = keys_of(rows)
    assert len(set(keys)) == len(rows)


@settings(deadline=None, max_examples=150)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_no_key_but_between_twins(rows: list[tuple[int, int, int]], rng: object) -> None:
    order = list(range(len(rows)))
    rng.shuffle(order)  # type: ignore[attr-defined]
    before, after = keys_of(rows), keys_of([rows[place] for place in order])
    assert sorted(before) == sorted(after)
    for place, key in zip(order, after, strict=True):
        assert key.split(".")[0] == before[place].split(".")[0]


@settings(deadline=None, max_examples=60)
@given(ROWS)
def test_duplicates_are_ids_that_several_rows_have(rows: list[tuple[int, int, int]]) -> None:
    ids = [row[0] for row in rows]
    expected = {one: ids.count(one) for one in ids if ids.count(one) > 1 and one >= 0}
    assert duplicate_ids(np.array(ids, dtype=np.int64)) == expected
