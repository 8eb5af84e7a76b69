"""Employment, occupation and sector of a person and of the partner."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.survey.synthetic.draws import choose_rows
from indievaluecatalog.survey.synthetic.facts import Facts

Codes = NDArray[np.int32]
Scores = NDArray[np.float64]
EMPLOYMENT = ("full_time", "part_time", "self_employed", "retired", "home", "student", "unemployed", "other")
# How skilled a worker of each group of occupations is on average, and how common the group is.
_SKILL = np.array([1.6, 1.3, 0.6, 0.2, -0.1, -0.1, -0.4, -0.9, -1.2, -0.8])
_COMMON = np.array([0.9, 0.4, 0.8, 1.0, 1.2, 1.2, 0.7, 0.9, 0.5, 0.3])


def make_work(
    facts: Facts,
    country: NDArray[np.int16],
    age: Codes,
    female: NDArray[np.bool_],
    schooling: Scores,
    income: Scores,
    partner: NDArray[np.bool_],
    missing: Mapping[str, int],
    rng: np.random.Generator,
) -> dict[str, Codes]:
    """Codes by role, each shape (n,); a partner's are 'not applicable' where there is none."""
    n = len(age)
    none = np.int32(missing["not_applicable"])
    state = _employment(age, female, schooling, rng)
    never = (state == 5) & (rng.random(n) < 0.6) | (state == 4) & (rng.random(n) < 0.4)
    never |= (state == 6) & (age < 25) & (rng.random(n) < 0.4)
    found = {
        "employment": _employment_codes(facts, "employment", state),
        "occupation": _occupation(facts, "occupation", country, 0.6 * schooling + 0.4 * income, never, rng),
    }
    spouse_age = np.clip(age + np.where(female, 3, -3) + rng.integers(-4, 5, n), 17, 97).astype(np.int32)
    spouse_schooling = 0.6 * schooling + 0.8 * rng.normal(size=n)
    spouse_state = _employment(spouse_age, ~female, spouse_schooling, rng)
    spouse_never = (spouse_state == 4) & (rng.random(n) < 0.4)
    spouse_work = _employment_codes(facts, "spouse_employment", spouse_state)
    spouse_occupation = _occupation(facts, "spouse_occupation", country, spouse_schooling, spouse_never, rng)
    found["spouse_employment"] = np.where(partner, spouse_work, none).astype(np.int32)
    found["spouse_occupation"] = np.where(partner, spouse_occupation, none).astype(np.int32)

    names = facts.roles.get("sector", {}).get("codes", {"public": 1, "private": 2, "non_profit": 3})
    weights = np.exp(
        np.stack([-1.1 + 0.5 * schooling, np.zeros(n) - 0.4 * schooling, np.full(n, -2.8)], axis=1)
    ).astype(np.float32)
    sector = np.array([names[k] for k in ("public", "private", "non_profit")], dtype=np.int32)
    found["sector"] = np.where(never, none, sector[choose_rows(rng, weights)]).astype(np.int32)
    return found


def _employment_codes(facts: Facts, role: str, state: NDArray[np.intp]) -> Codes:
    codes = facts.roles.get(role, {}).get("codes", {name: i + 1 for i, name in enumerate(EMPLOYMENT)})
    return np.array([codes[name] for name in EMPLOYMENT], dtype=np.int32)[state]


def _employment(age: Codes, female: NDArray[np.bool_], schooling: Scores, rng: np.random.Generator) -> NDArray[np.intp]:
    working = np.select([age < 20, age < 60, age < 66], [0.25, 1.0, 0.5], 0.08)
    weights = np.stack(
        [
            3.0 * working * np.exp(0.35 * schooling) * np.where(female, 0.7, 1.1),
            0.7 * working * np.where(female, 1.2, 0.7),
            1.2 * working * np.exp(-0.2 * schooling) * np.where(female, 0.7, 1.1),
            np.select([age < 50, age < 60, age < 66], [0.01, 0.4, 3.0], 8.0),
            np.where(female, 1.6, 0.04) * np.exp(-0.4 * schooling) * np.where(age < 20, 0.4, 1.0),
            np.select([age < 20, age < 25, age < 30], [4.0, 1.6, 0.25], 0.0),
            0.7 * np.where(age < 62, 1.0, 0.05),
            np.full(len(age), 0.09),
        ],
        axis=1,
    )
    return choose_rows(rng, weights.astype(np.float32))


def _occupation(
    facts: Facts,
    role: str,
    country: NDArray[np.int16],
    skill: Scores,
    never: NDArray[np.bool_],
    rng: np.random.Generator,
) -> Codes:
    entry = facts.roles.get(role, {})
    codes = np.array(entry.get("by_skill", range(1, 11)), dtype=np.int32)
    size = min(len(codes), len(_SKILL))
    distance = (skill[:, None] - _SKILL[None, :size]) ** 2
    found = codes[choose_rows(rng, (_COMMON[:size] * np.exp(-0.7 * distance) + 1e-6).astype(np.float32))]
    where = [i for i, known in enumerate(facts.countries) if known.code in entry.get("other_in", ())]
    if "other" in entry and where:
        found[np.isin(country, where) & (rng.random(len(found)) < 0.05)] = entry["other"]
    return np.where(never, np.int32(entry.get("never", 0)), found).astype(np.int32)
