"""Draws that depend on names alone."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indievaluecatalog.keyed_hash import keyed_hash

KEYS = st.lists(st.text(min_size=1), unique=True, min_size=1, max_size=30)


@given(KEYS, st.integers(0, 9), st.randoms())
def test_a_draw_does_not_depend_on_order_or_on_the_other_keys(keys: list[str], seed: int, chance: object) -> None:
    whole = dict(zip(keys, keyed_hash(seed, "purpose", keys), strict=True))
    part = sorted(keys)[: len(keys) // 2 + 1]
    assert list(keyed_hash(seed, "purpose", part)) == [whole[key] for key in part]


@given(KEYS)
def test_seed_and_purpose_matter(keys: list[str]) -> None:
    first = keyed_hash(0, "a", keys)
    assert not np.array_equal(first, keyed_hash(1, "a", keys))
    assert not np.array_equal(first, keyed_hash(0, "b", keys))


def test_the_same_in_every_process() -> None:
    program = "from indievaluecatalog.keyed_hash import keyed_hash; print(keyed_hash(3, 'p', ['x', 'ä']).tolist())"
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("0", "1", "random")
    }
    assert outputs == {str([8394926046440452248, 3293864858773441688])}


def test_uniform() -> None:
    draws = keyed_hash(0, "uniform", [f"p{n}" for n in range(20_000)])
    counts = np.bincount((draws >> np.uint64(59)).astype(np.int64), minlength=32)
    chi = ((counts - 625) ** 2 / 625).sum()
    assert chi < 61.1  # 0.999 quantile of chi-squared with 31 degrees of freedom
