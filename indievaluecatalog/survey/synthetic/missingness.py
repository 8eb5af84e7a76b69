"""Answers that are not given, by reason: not asked in the country, don't know, no answer, unknown."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.survey.synthetic.draws import generator
from indievaluecatalog.survey.synthetic.facts import Facts
from indievaluecatalog.survey.synthetic.lives import Lives

Codes = NDArray[np.int8]


def reluctance(facts: Facts, lives: Lives, seed: int) -> NDArray[np.float32]:
    """How much more often than usual each person leaves an answer out, shape (n,), mean about 1.

    Less schooled persons do so more often.
    """
    schooling = lives.scores["schooling"]
    spread = facts.tuning.nonresponse_spread
    own = generator(seed, "reluctance").normal(size=len(schooling)).astype(np.float32)
    lean = 0.94 * own - 0.35 * schooling
    return np.asarray(np.exp(spread * lean - spread**2 / 2), dtype=np.float32)


def reason_codes(catalog: Catalog) -> Mapping[str, int]:
    """Missing codes of a wave by the name of their reason."""
    return {reason.name: code for code, reason in catalog.wave.missing_reasons.items()}


def draw_missing(
    facts: Facts,
    catalog: Catalog,
    item_id: str,
    country: NDArray[np.int16],
    reluctant: NDArray[np.float32],
    seed: int,
    together: str = "",
) -> Codes:
    """The missing code of each person without an answer, 0 where there is one, shape (n,).

    Only codes that the catalog declares for the item are used. `together`: a name under which several items
    are left out by the same persons.
    """
    item = catalog.items[item_id]
    named = {name: code for name, code in reason_codes(catalog).items() if code in item.missing}
    draw = generator(seed, "missing", together or item_id).random(len(country), dtype=np.float32)
    found = np.zeros(len(country), dtype=np.int8)
    chances = {
        "dont_know": facts.item_dont_know.get(item_id, facts.dont_know.get(item.battery, facts.dont_know_otherwise)),
        "no_answer": facts.no_answer.get(item.battery, facts.no_answer_otherwise),
    }
    start = np.zeros(len(country), dtype=np.float32)
    for name, percent in chances.items():
        if name in named:
            end = start + np.minimum(np.float32(percent / 100) * reluctant, 0.45)
            found[(draw >= start) & (draw < end)] = named[name]
            start = end
    if "unknown" in named:
        found[draw > 1 - facts.unknown / 100] = named["unknown"]
    if "not_asked" in named:
        left_out = [i for i, entry in enumerate(facts.countries) if item_id in facts.not_asked.get(entry.code, ())]
        found[np.isin(country, left_out)] = named["not_asked"]
    return found


def demographic_missing(
    catalog: Catalog, variable: str, codes: NDArray[np.int32], reluctant: NDArray[np.float32], seed: int
) -> NDArray[np.int32]:
    """The codes with a few answers left out, as the catalog declares for the variable."""
    declared = next((d.missing for d in catalog.demographics.values() if d.variable == variable), {})
    named = {name: code for name, code in reason_codes(catalog).items() if code in declared}
    draw = generator(seed, "missing", variable).random(len(codes), dtype=np.float32)
    result = codes.copy()
    edge = np.zeros(len(codes), dtype=np.float32)
    for name, percent in (("dont_know", 0.5), ("no_answer", 0.6)):
        if name in named:
            end = edge + np.minimum(np.float32(percent / 100) * reluctant, 0.3)
            result[(draw >= edge) & (draw < end) & (codes >= 0)] = named[name]
            edge = end
    return result
