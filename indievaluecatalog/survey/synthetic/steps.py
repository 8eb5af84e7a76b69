"""From scores to steps of a scale, and from steps to a role's codes."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.survey.synthetic.facts import Facts

EDUCATION_SHARES = (0.05, 0.14, 0.16, 0.29, 0.08, 0.08, 0.14, 0.05, 0.01)
INCOME_SHARES = (0.08, 0.07, 0.11, 0.13, 0.2, 0.16, 0.13, 0.07, 0.03, 0.02)


def steps_from(score: NDArray[np.float64], shares: tuple[float, ...]) -> NDArray[np.intp]:
    """Cut scores of about unit variance into steps with about the given shares, lowest first."""
    normal = np.array([quantile(value) for value in np.cumsum(shares)[:-1]])
    return np.searchsorted(normal, score)


def quantile(share: float) -> float:
    """The standard score that a share of people lie below; shares of 0 and 1 are pulled in a little."""
    return NormalDist().inv_cdf(min(max(share, 1e-6), 1 - 1e-6))


def coded(facts: Facts, role: str, steps: NDArray[np.intp], count: int) -> NDArray[np.int32]:
    """The codes of a role's steps, lowest step first; 0, 1, 2, ... where the facts name none."""
    codes: NDArray[np.int32] = np.array(facts.roles.get(role, {}).get("steps", range(count)), dtype=np.int32)
    return codes[np.minimum(steps, len(codes) - 1)]
