"""Partners, children and households that fit a person's age and each other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.survey.synthetic.draws import choose_rows
from indievaluecatalog.survey.synthetic.facts import Facts
from indievaluecatalog.survey.synthetic.steps import EDUCATION_SHARES, coded, steps_from

Codes = NDArray[np.int32]
MARITAL = ("married", "cohabiting", "divorced", "separated", "widowed", "single")


@dataclass(frozen=True, slots=True, eq=False)
class Family:
    """Codes by role, and whether there is a partner, each of shape (n,)."""

    codes: Mapping[str, Codes]
    partner: NDArray[np.bool_]


def make_family(
    facts: Facts,
    age: Codes,
    female: NDArray[np.bool_],
    schooling: NDArray[np.float64],
    births: NDArray[np.float64],
    missing: Mapping[str, int],
    rng: np.random.Generator,
) -> Family:
    """Marital status first; children, household and the partner's schooling follow from it."""
    n = len(age)
    state = _marital(age, female, births, rng)
    partner = state < 2
    codes = facts.roles.get("marital", {}).get("codes", {name: i + 1 for i, name in enumerate(MARITAL)})
    found = {"marital": np.array([codes[name] for name in MARITAL], dtype=np.int32)[state]}

    ever = state != MARITAL.index("single")
    so_far = np.clip((age - 19) / 18.0, 0, 1)
    expected = births * (1 + 0.012 * np.clip(age - 45, 0, None)) * so_far * np.where(ever, 1.12, 0.08)
    children = rng.poisson(np.clip(expected * rng.gamma(6.0, 1 / 6.0, n), 0, 12)).astype(np.int32)
    children = np.minimum(children, np.clip((age - 15) // 2, 0, 15))
    found["children"] = children

    at_home = np.where(age < 50, 0.85, np.where(age < 65, 0.4, 0.15))
    living_in = rng.binomial(children, at_home)
    with_own = rng.random(n) < np.where(ever, 0.12, np.clip(1.15 - 0.022 * (age - 18), 0.1, 0.85)) * (age < 75)
    with_in_law = partner & (rng.random(n) < 0.02 + 0.03 * births)
    named = facts.roles.get("with_parents", {}).get("codes", {"no": 1, "own": 2, "in_law": 3, "both": 4})
    how = with_own.astype(np.intp) + 2 * with_in_law
    found["with_parents"] = np.array([named[k] for k in ("no", "own", "in_law", "both")], dtype=np.int32)[how]
    older = np.where(with_own, 1 + rng.binomial(1, 0.7, n), 0) + np.where(with_in_law, 1 + rng.binomial(1, 0.6, n), 0)
    siblings = np.where(with_own & ~ever, rng.poisson(0.5 * births), 0)
    size = 1 + partner + living_in + older + siblings + rng.poisson(0.08 * births)
    found["household"] = np.minimum(size, 30).astype(np.int32)

    spouse = 0.6 * schooling + 0.85 * rng.normal(size=n)
    steps = steps_from(spouse / 1.1, EDUCATION_SHARES)
    none = np.int32(missing["not_applicable"])
    found["spouse_education"] = np.where(
        partner, coded(facts, "spouse_education", steps, len(EDUCATION_SHARES)), none
    ).astype(np.int32)
    return Family(found, partner)


def _marital(
    age: Codes, female: NDArray[np.bool_], births: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.intp]:
    grown = np.clip((age - 17) / 20.0, 0, 1)
    widowed = np.clip((age - 45) / 60.0, 0, 1) * np.where(female, 0.8, 0.3)
    few = np.clip(3.0 - births, 0.2, 2)
    weights = np.stack(
        [
            3.2 * grown * (1 - 0.5 * widowed),
            0.28 * few * grown * np.clip((75 - age) / 40, 0.05, 1),
            0.22 * few * np.clip((age - 25) / 20, 0, 1.5),
            0.1 * np.clip((age - 22) / 20, 0, 1),
            3.0 * widowed**1.3 + 0.02 * grown,
            2.2 * (1 - grown) + 0.35 * np.clip((60 - age) / 30, 0.15, 1),
        ],
        axis=1,
    )
    weights[age < 18] = [0.0, 0.0, 0.0, 0.0, 0.0, 1.0]
    return choose_rows(rng, weights.astype(np.float32))
