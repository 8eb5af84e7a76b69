"""The arithmetic of one dimension: what resamples do to a spread, and which true spreads that leaves possible."""

from __future__ import annotations

import numpy as np
import pytest

from indievaluecatalog.scoring.spread import Resampled, interval, lay_out_groups, observe, resample


def test_a_resample_is_what_its_persons_would_give() -> None:
    """At factor 1, the three parts add up to the debiased variance of the persons drawn."""
    rng = np.random.default_rng(4)
    index = rng.integers(-1, 9, 300).astype(np.int16)
    accuracy = 60 + 0.8 * index + rng.normal(0, 8, 300)
    kept = np.arange(9)
    spread = observe(lay_out_groups(index, kept), accuracy)
    drawn = rng.integers(0, 300, (40, 300))
    counts = np.stack([np.bincount(row, minlength=300) for row in drawn], axis=1).astype(np.float64)
    got = resample(spread, counts)
    again = [observe(lay_out_groups(index[row], kept), accuracy[row]).variance for row in drawn]
    assert got.apparent + got.linear + got.quadratic == pytest.approx(np.array(again))


def test_a_resample_without_a_group() -> None:
    index = np.array([0, 0, 1, 1, 2, 2], np.int16)
    accuracy = np.array([50.0, 52.0, 60.0, 64.0, 70.0, 80.0])
    spread = observe(lay_out_groups(index, np.arange(3)), accuracy)
    got = resample(spread, np.array([[3.0], [1.0], [1.0], [1.0], [0.0], [0.0]]))
    # Means 51, 62, 75. Their errors: -0.5, 0 and, nobody drawn, 0. Squares within 3 + 8, over 6 - 2 degrees of freedom.
    assert got.linear == pytest.approx(2 * (51 - 188 / 3) * -0.5 / 3)
    noise = 2 / 3 * (3 + 8) / 4 * (1 / 4 + 1 / 2) / 3
    assert got.quadratic == pytest.approx(np.var([-0.5, 0, 0]) - noise)


def test_interval_by_hand() -> None:
    none = np.zeros(201)
    quadratic = np.linspace(-1, 1, 201)
    assert interval(4.0, Resampled(4.0, none, none)) == pytest.approx((2, 2))
    # The outer quantiles at spread s are s^2 - 0.95 and s^2 + 0.95.
    assert interval(4.0, Resampled(4.0, none, quadratic)) == pytest.approx((3.05**0.5, 4.95**0.5))
    assert interval(0.5, Resampled(4.0, none, quadratic)) == pytest.approx((0, 1.45**0.5))
    assert interval(-2.0, Resampled(4.0, none, quadratic)) == pytest.approx((0, 0), abs=1e-6)
    assert interval(0.5, Resampled(0.0, none, quadratic)) == pytest.approx((0, 1.45**0.5))
    # Observed means 2 apart, errors up to 1 along with them: at spread s, s^2 +- 0.95 * s / 2.
    wide = interval(4.0, Resampled(4.0, quadratic, none))
    assert wide[0] ** 2 + 0.475 * wide[0] == pytest.approx(4)
    assert wide[1] ** 2 - 0.475 * wide[1] == pytest.approx(4)
