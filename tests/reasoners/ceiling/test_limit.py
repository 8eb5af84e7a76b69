"""Extrapolated limits: they find a law that is there, say how sure they are, and refuse what is too little."""

from __future__ import annotations

import numpy as np
import pytest

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.ceiling.limit import extrapolated_limit, extrapolated_limits, variance_of_halves

SIZES = np.array([1_500, 5_000, 15_000, 45_000, 90_000.0])


def law(sizes: np.ndarray, limit: float = 71.0, gap: float = 60.0, rate: float = 0.4) -> np.ndarray:
    return limit - gap * sizes**-rate


def test_a_law_without_scatter_is_found() -> None:
    found = extrapolated_limit(SIZES, law(SIZES))
    assert found.limit == pytest.approx(71.0, abs=0.06)
    assert found.rate == pytest.approx(0.4, abs=0.02)
    assert found.reached == pytest.approx(law(SIZES)[-1], abs=0.05)
    assert found.assumptions


def test_intervals_hold_the_limit_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(0)
    hits, widths = 0, []
    for _ in range(25):
        found = extrapolated_limit(SIZES, law(SIZES) + 0.1 * rng.standard_normal(len(SIZES)))
        hits += found.interval[0] <= 71.0 <= found.interval[1]
        widths.append(found.interval[1] - found.interval[0])
    assert hits >= 21
    assert np.median(widths) > 0.3


def test_a_size_can_be_asked_for_and_no_limit_passes_the_highest() -> None:
    assert extrapolated_limit(SIZES, law(SIZES), at=200_000).limit == pytest.approx(law(np.array([2e5]))[0], abs=0.06)
    steep = extrapolated_limit([1, 2, 3, 4], [10, 40, 70, 100])
    assert steep.limit <= 100


def test_accuracies_that_do_not_rise_have_their_mean_as_limit() -> None:
    assert extrapolated_limit([1, 2, 3, 4], [60, 59, 58, 57]).limit == pytest.approx(58.5, abs=0.02)


def test_a_table_gives_both_limits() -> None:
    rows = [
        {"n_train": n, "d": d, "accuracy": 75 - 60 * n**-0.4 - 20 * max(d, 1) ** -0.5}
        for n in SIZES
        for d in (0, 25, 50, 100, 200)
    ]
    found = extrapolated_limits(rows, all_answers=253)
    assert set(found["persons"]) == {0, 25, 50, 100, 200}
    assert found["persons"][200].limit == pytest.approx(75 - 20 * 200**-0.5, abs=0.1)
    assert found["answers"][90_000].limit == pytest.approx(75 - 60 * 90_000**-0.4 - 20 * 253**-0.5, abs=0.1)


def test_too_little_is_refused() -> None:
    with pytest.raises(ReasonerError, match="4 or more different sizes"):
        extrapolated_limit([1, 2, 2, 2], [1, 2, 3, 4])
    with pytest.raises(ReasonerError, match="4 or more"):
        extrapolated_limit([0, 1, 2, 3], [1, 2, 3, 4])
    with pytest.raises(ReasonerError, match="n_train, d and accuracy"):
        extrapolated_limits([{"n_train": 3, "d": 1}], all_answers=253)
    with pytest.raises(ReasonerError, match="measure more sizes"):
        extrapolated_limits([{"n_train": 3, "d": 1, "accuracy": 50}], all_answers=253)
    with pytest.raises(ReasonerError, match="same probes"):
        variance_of_halves(np.ones((2, 2)), np.ones((3, 2)), np.zeros(2, int))


def test_halves_tell_a_models_own_variance() -> None:
    rng = np.random.default_rng(0)
    n, noise = 40_000, 0.1
    true = rng.uniform(0.2, 0.8, n)
    answers = (rng.random(n) < true).astype(int)
    given = [np.column_stack([1 - p, p]) for p in (true + noise * rng.standard_normal(n) for _ in range(2))]
    found = variance_of_halves(given[0], given[1], answers)
    assert found.variance == pytest.approx(2 * noise**2, rel=0.03)
    assert found.averaged == pytest.approx(found.error - found.variance / 2, abs=1e-9)
    assert found.error - found.variance == pytest.approx(float((2 * true * (1 - true)).mean()), abs=0.005)
    assert 0 < found.disagreement < 0.5
