"""Made-up lives: age, schooling, work, income and family that fit together, as codes by role."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.survey.synthetic.draws import choose_rows, generator
from indievaluecatalog.survey.synthetic.facts import Facts
from indievaluecatalog.survey.synthetic.families import make_family
from indievaluecatalog.survey.synthetic.origins import Codes, make_origins
from indievaluecatalog.survey.synthetic.steps import EDUCATION_SHARES, INCOME_SHARES, coded, steps_from
from indievaluecatalog.survey.synthetic.work import make_work

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Lives:
    """Codes by role (int32), and standard scores of what moves opinions (float32), each of shape (n,)."""

    codes: Mapping[str, Codes]
    scores: Mapping[str, Scores]


def make_lives(facts: Facts, catalog: Catalog, country: NDArray[np.int16], seed: int, purpose: str) -> Lives:
    """Lives of n persons of the given countries; deterministic by seed and purpose."""
    n = len(country)
    missing = {reason.name: code for code, reason in catalog.wave.missing_reasons.items()}
    missing.setdefault("not_asked", -4)
    missing.setdefault("not_applicable", -3)
    rng = generator(seed, purpose, "lives")
    codes = dict(make_origins(facts, catalog, country, generator(seed, purpose, "origins"), missing))
    births = np.array([entry.children for entry in facts.countries])[country]
    female = rng.random(n) < 0.52
    # Populations with more births are younger.
    age = np.clip(np.round(18 + 72 * rng.beta(1.2, 1.0 + 0.55 * births)), 18, 95).astype(np.int32)
    young = rng.random(n) < 0.02
    age[young] = rng.integers(16, 18, young.sum())
    schooling = _schooling(facts, country, age, female, rng)
    income = 0.45 * schooling + 0.89 * rng.normal(size=n)
    codes |= _person_codes(facts, age, female, schooling, income, rng)
    years = np.array([entry.year for entry in facts.countries], dtype=np.int32)[country]
    codes["birth_year"] = years - age
    family = make_family(facts, age, female, schooling, births, missing, generator(seed, purpose, "family"))
    codes |= family.codes
    codes |= make_work(
        facts, country, age, female, schooling, income, family.partner, missing, generator(seed, purpose, "work")
    )
    none = facts.roles.get("religion", {}).get("none", 0)
    scores = {
        "age": (age - 43.0) / 16.5,
        "female": np.where(female, 0.96, -1.04),
        "schooling": schooling,
        "income": income,
        "affiliated": np.where(codes["religion"] != none, 0.47, -2.1),
    }
    return Lives(codes, {name: values.astype(np.float32) for name, values in scores.items()})


def _schooling(
    facts: Facts, country: NDArray[np.int16], age: Codes, female: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.float64]:
    level = np.array([entry.schooling for entry in facts.countries])[country]
    behind = np.clip(-level, 0, None)
    # Where schools came late, the old and women had less of them.
    score = level - 0.018 * (age - 43) - 0.25 * behind * female + 0.85 * rng.normal(size=len(age))
    return np.asarray(score, dtype=np.float64)


def _person_codes(
    facts: Facts,
    age: Codes,
    female: NDArray[np.bool_],
    schooling: NDArray[np.float64],
    income: NDArray[np.float64],
    rng: np.random.Generator,
) -> dict[str, Codes]:
    n = len(age)
    sex = facts.roles.get("sex", {}).get("codes", {"male": 1, "female": 2})
    bounds = {int(k): v for k, v in facts.roles.get("age_group", {}).get("lower_bounds", {"1": 0}).items()}
    groups = np.array(list(bounds), dtype=np.int32)
    starts = np.array(list(bounds.values()))
    found = {
        "sex": np.where(female, sex["female"], sex["male"]).astype(np.int32),
        "age": age,
        "age_group": groups[np.clip(np.searchsorted(starts, age, side="right") - 1, 0, None)],
    }
    education = steps_from(schooling / 1.1, EDUCATION_SHARES)
    parents = 0.55 * schooling - 0.75 + 0.8 * rng.normal(size=n)
    for role, score in (
        ("education", None),
        ("mother_education", parents - 0.1 + 0.45 * rng.normal(size=n)),
        ("father_education", parents + 0.1 + 0.45 * rng.normal(size=n)),
    ):
        steps = education if score is None else steps_from(score / 1.1, EDUCATION_SHARES)
        found[role] = coded(facts, role, steps, len(EDUCATION_SHARES))
    # Doctors of eighteen would be odd.
    limit = np.select([age < 18, age < 21, age < 24], [2, 4, 6], 8)
    found["education"] = coded(facts, "education", np.minimum(education, limit), len(EDUCATION_SHARES))
    step = steps_from(income / 1.0, INCOME_SHARES)
    found["income_step"] = (step + 1).astype(np.int32)
    names = facts.roles.get("income_group", {}).get("codes", {"low": 1, "medium": 2, "high": 3})
    bands = np.array([names["low"], names["medium"], names["high"]], dtype=np.int32)
    found["income_group"] = bands[np.digitize(step, [3, 7])]
    feeling = 0.7 * income + 0.3 * schooling + 0.6 * rng.normal(size=n)
    found["social_class"] = coded(facts, "social_class", steps_from(feeling, (0.12, 0.28, 0.36, 0.21, 0.03)), 5)
    saved = 0.6 * income + 0.8 * rng.normal(size=n)
    found["savings"] = coded(facts, "savings", steps_from(saved, (0.11, 0.15, 0.49, 0.25)), 4)
    chief = np.exp(np.stack([0 * income, 0.5 * income + np.where(female, -0.9, 0.6)], 1)).astype(np.float32)
    earner = facts.roles.get("chief_earner", {}).get("codes", {"yes": 1, "no": 2})
    found["chief_earner"] = np.where(choose_rows(rng, chief) == 1, earner["yes"], earner["no"]).astype(np.int32)
    return found
