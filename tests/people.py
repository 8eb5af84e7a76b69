"""A small random table of answers, made without any file: for tests of what lies behind the reader."""

from __future__ import annotations

import numpy as np

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.survey.answers import NO_CODE, REASONS, Answers, CodeCount, ReadReport


def random_answers(catalog: Catalog, persons: int, seed: int = 0, missing: float = 0.03) -> Answers:
    """Uniform answers of synthetic persons with keys p0, p1, ...; a share of cells missing by any reason."""
    rng = np.random.default_rng(seed)
    codes = np.empty((len(catalog.items), persons), np.int8)
    reasons = np.zeros(codes.shape, np.uint8)
    for row, item in enumerate(catalog.items.values()):
        covered = [code for option in item.refined for code in option.codes]
        codes[row] = rng.choice(covered, persons)
        if item.uncovered:
            hit = rng.random(persons) < 0.02
            codes[row, hit] = item.uncovered[0]
            reasons[row, hit] = REASONS.index("uncovered")
    lost = (rng.random(codes.shape) < missing) & (reasons == 0)
    reasons[lost] = rng.integers(1, 6, lost.sum())
    codes[lost] = NO_CODE
    demographics = np.empty((len(catalog.demographics), persons), np.int32)
    demographic_reasons = np.zeros(demographics.shape, np.uint8)
    country = rng.choice([36, 554, 840, 32, 276, 356, 566, 858], persons)
    for row, demographic in enumerate(catalog.demographics.values()):
        covered = [code for option in demographic.options for code in option.codes]
        shared = demographic.variable == catalog.wave.country_variable
        demographics[row] = country if shared else rng.choice(covered, persons)
        if not shared:
            gone = rng.random(persons) < 0.02
            demographics[row, gone] = NO_CODE
            demographic_reasons[row, gone] = REASONS.index("no_answer")
    weights = rng.random(persons) + 0.5
    weights[0] = np.nan
    return Answers(
        wave_id=catalog.wave.id,
        item_ids=tuple(catalog.items),
        codes=codes,
        reasons=reasons,
        demographic_ids=tuple(catalog.demographics),
        demographic_codes=demographics,
        demographic_reasons=demographic_reasons,
        person_ids=np.array([f"p{n}" for n in range(persons)]),
        interview_ids=np.arange(persons, dtype=np.int64),
        country_codes=country.astype(np.int32),
        years=np.full(persons, 2018, np.int16),
        versions=np.zeros(persons, np.int16),
        weights={"W_WEIGHT": weights},
        report=ReadReport(
            source="people.sav",
            format="sav",
            rows=persons,
            columns=300,
            versions=("synthetic, for tests",),
            synthetic=True,
            uncovered=(CodeCount("Q111", "3", 4),),
        ),
    )
