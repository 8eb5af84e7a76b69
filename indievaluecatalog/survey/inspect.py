"""`inspect_survey`: what a file is, has, lacks and holds that does not fit, before anything is built."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.survey.answers import ANSWERED, REASONS, Answers
from indievaluecatalog.survey.gather import gather
from indievaluecatalog.survey.inspect_text import render_inspection
from indievaluecatalog.survey.inspection import CountryCount, ItemMissing, SurveyInspection
from indievaluecatalog.survey.problems import Problems
from indievaluecatalog.survey.sources import open_source

__all__ = ["SurveyInspection", "inspect_survey", "render_inspection"]

_WORST = 10


def inspect_survey(path: str | Path, catalog: Catalog) -> SurveyInspection:
    """Look at a survey file as `read_survey` would read it, and tell everything, fit to be built from or not.

    A file of another wave, one that lacks variables, or one with no rows is described all the same, with what
    stands against it in `problems`.

    Raises:
        SurveyError: there is no such file, or it cannot be read at all.
    """
    with open_source(path) as source:
        problems = Problems(source.shown, strict=False)
        found = gather(source, catalog, "auto", lambda stage, done: None, problems)
        answers, report = found.answers, found.answers.report
        missing, worst = _missing(answers, catalog)
        return SurveyInspection(
            file=source.shown,
            format=report.format,
            size_bytes=source.size,
            wave_wanted=f"{catalog.wave.title} ({catalog.wave.period})",
            waves=found.waves,
            versions=report.versions,
            rows=report.rows,
            columns=report.columns,
            labelled_variables=found.header.labels,
            countries=_countries(answers, catalog),
            years=_counted(answers.years),
            weights={name: int(np.isfinite(values).sum()) for name, values in answers.weights.items()},
            items=tuple(item for item in answers.item_ids if item not in report.absent_items),
            absent_items=report.absent_items,
            demographics=tuple(one for one in answers.demographic_ids if one not in report.absent_demographics),
            absent_demographics=report.absent_demographics,
            absent_optional=report.absent_optional,
            duplicate_ids=report.duplicate_ids,
            unlisted=report.unlisted,
            uncovered=report.uncovered,
            folded=report.folded,
            missing=missing,
            worst_items=worst,
            notes=report.notes,
            problems=tuple(problems.found),
        )


def _counted(values: np.ndarray[Any, Any]) -> dict[int, int]:
    found, counts = np.unique(values, return_counts=True)
    return {int(value): int(count) for value, count in zip(found, counts, strict=True)}


def _countries(answers: Answers, catalog: Catalog) -> tuple[CountryCount, ...]:
    if not catalog.wave.country_variable:
        return ()
    if catalog.wave.country_variable not in {one.variable for one in catalog.demographics.values()}:
        names: Mapping[int, str] = {}
    else:
        variable = catalog.wave.country_variable
        names = next(one.codes for one in catalog.demographics.values() if one.variable == variable)
    counts = sorted(_counted(answers.country_codes).items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(CountryCount(code, names.get(code, ""), rows) for code, rows in counts)


def _missing(answers: Answers, catalog: Catalog) -> tuple[dict[str, float], tuple[ItemMissing, ...]]:
    """Shares by reason over all items the file has, and the items with the fewest valid answers."""
    present = [place for place, item in enumerate(answers.item_ids) if item not in answers.report.absent_items]
    if not present or not len(answers):
        return {}, ()
    counts = np.stack([np.bincount(answers.reasons[place], minlength=len(REASONS)) for place in present])
    shares = counts / len(answers)
    overall = shares.mean(axis=0)
    order = np.argsort(shares[:, ANSWERED], kind="stable")[:_WORST]
    worst = tuple(
        ItemMissing(
            item=answers.item_ids[present[row]],
            label=catalog.items[answers.item_ids[present[row]]].label,
            missing=float(1 - shares[row, ANSWERED]),
            reasons=_by_reason(shares[row]),
        )
        for row in order
    )
    return _by_reason(overall), worst


def _by_reason(shares: np.ndarray[Any, Any]) -> dict[str, float]:
    pairs = zip(REASONS, shares.tolist(), strict=True)
    return {name: share for name, share in pairs if share and name != REASONS[ANSWERED]}
