"""Over populations whose true spread is known: the plain figure is too high, the debiased one right on average.

A smaller form of `benchmarks/inequity_simulation.py`, whose populations these are.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from benchmarks.inequity_simulation import draw
from indievaluecatalog.scoring.inequity import inequity
from indievaluecatalog.scoring.scores import Figure

REPETITIONS = 40
DIMENSIONS = ("sex", "age", "religion", "country")
"""Of 2, 6, 10 and 60 groups."""


@dataclass(frozen=True)
class Repetition:
    true: float
    plain: float
    floor: float
    variance: float
    debiased: Figure

    @property
    def covered(self) -> bool:
        assert self.debiased.low is not None
        assert self.debiased.high is not None
        return self.debiased.low <= self.true <= self.debiased.high


@cache
def repetitions(spread: float, kind: str = "normal") -> dict[str, list[Repetition]]:
    """The index over the dimensions here, and each of them."""
    rng = np.random.default_rng(17)
    kept: dict[str, list[Repetition]] = {name: [] for name in ("index", *DIMENSIONS)}
    for seed in range(REPETITIONS):
        one = draw(spread, kind, rng)
        groups = {name: one.groups[name] for name in DIMENSIONS}
        found = inequity(one.accuracy, groups, permutations=20, resamples=200, seed=seed)
        assert found is not None
        variances = []
        for d in found.dimensions:
            assert d.plain is not None
            assert d.floor is not None
            assert d.debiased_variance is not None
            assert d.debiased is not None
            variances.append(d.debiased_variance)
            kept[d.name].append(Repetition(one.truth[d.name], d.plain, d.floor, d.debiased_variance, d.debiased))
        kept["index"].append(Repetition(spread, found.plain, found.floor, float(np.mean(variances)), found.debiased))
    return kept


@pytest.mark.parametrize("spread", [0.0, 2.0])
def test_the_truth_is_as_stated(spread: float) -> None:
    for rows in repetitions(spread).values():
        assert [row.true for row in rows] == pytest.approx([spread] * REPETITIONS)


@pytest.mark.parametrize("name", ["index", *DIMENSIONS])
def test_an_even_model_reads_the_floor(name: str) -> None:
    """Plain figures of a model that serves everyone alike: far from nothing, and what permutation says."""
    rows = repetitions(0.0)[name]
    plain, floor = np.mean([row.plain for row in rows]), np.mean([row.floor for row in rows])
    assert plain > {"index": 0.9, "sex": 0.2, "age": 0.5, "religion": 1.2, "country": 2.0}[name]
    assert plain == pytest.approx(floor, rel=0.15)


def test_the_plain_index_of_an_uneven_model_is_too_high() -> None:
    assert np.mean([row.plain for row in repetitions(2.0)["index"]]) > 2.4
    assert np.mean([row.plain for row in repetitions(2.0)["country"]]) > 2.8


@pytest.mark.parametrize("spread", [0.0, 2.0])
@pytest.mark.parametrize("name", ["index", *DIMENSIONS])
def test_the_debiased_variance_is_right_on_average(name: str, spread: float) -> None:
    variances = np.array([row.variance for row in repetitions(spread)[name]])
    error = variances.std(ddof=1) / np.sqrt(REPETITIONS)
    assert abs(variances.mean() - spread**2) < 3 * error
    # The margin is no excuse: it is small beside what the plain figure is off.
    assert 3 * error < {"sex": 1.0, "age": 1.0, "index": 1.0}.get(name, 2.5)


@pytest.mark.parametrize("spread", [0.0, 2.0])
@pytest.mark.parametrize("name", ["index", *DIMENSIONS])
def test_the_interval_holds_the_truth(name: str, spread: float) -> None:
    assert np.mean([row.covered for row in repetitions(spread)[name]]) >= 0.87


def test_the_interval_is_of_use() -> None:
    """It tells an uneven model from an even one."""
    for name in ("index", "sex", "age"):
        assert np.mean([row.debiased.low == 0 for row in repetitions(0.0)[name]]) >= 0.85
    for name in ("sex", "age"):
        assert np.mean([(row.debiased.low or 0) > 0.5 for row in repetitions(2.0)[name]]) >= 0.85


def test_a_badly_served_minority_is_seen() -> None:
    """Where only the smallest groups differ, the debiased figure is right on average all the same."""
    for name in ("index", "religion", "country"):
        rows = repetitions(2.0, "minority")[name]
        variances = np.array([row.variance for row in rows])
        assert abs(variances.mean() - 4) < 3 * variances.std(ddof=1) / np.sqrt(REPETITIONS)
        assert np.mean([row.covered for row in rows]) >= 0.85
