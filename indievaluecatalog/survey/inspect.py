"""`inspect_survey`: what a file is, has, lacks and holds that does not fit, before anything is built."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.survey.answers import ANSWERED, REASONS, Answers, CodeCount
from indievaluecatalog.survey.gather import gather
from indievaluecatalog.survey.inspect_text import render_plain
from indievaluecatalog.survey.problems import Problems
from indievaluecatalog.survey.sources import open_source

_WORST = 10


@dataclass(frozen=True, slots=True)
class CountryCount:
    """Rows of one country; `name` is the catalog's, empty where it has none."""

    code: int
    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class ItemMissing:
    """How much of an item is no valid answer: shares of the rows, 0 to 1, in all and by reason."""

    item: str
    label: str
    missing: float
    reasons: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SurveyInspection:
    """What was found in a file.

    Attributes:
        file, format, size_bytes: the file that was asked for.
        wave_wanted: the catalog's wave, in words.
        waves: wave found -> rows; empty where the file does not say.
        versions: what the file calls its own version.
        rows, columns, labelled_variables: its size, and how many variables carry a label.
        countries: most rows first.
        years: year -> rows; 0 where a row has none.
        weights: weight -> rows that have one.
        items, absent_items: ids of items it has and lacks.
        demographics, absent_demographics: the same.
        absent_optional: weights and optional variables it lacks.
        duplicate_ids: interview id -> rows that share it.
        unlisted, uncovered, folded: codes found that are so.
        missing: share of all item cells that are no valid answer, by reason, 0 to 1; items it lacks left out.
        worst_items: the items with most missing.
        notes: what else is worth knowing.
        problems: why it cannot be built from; empty where it can.
    """

    file: str
    format: str
    size_bytes: int
    wave_wanted: str
    waves: Mapping[str, int]
    versions: tuple[str, ...]
    rows: int
    columns: int
    labelled_variables: int
    countries: tuple[CountryCount, ...]
    years: Mapping[int, int]
    weights: Mapping[str, int]
    items: tuple[str, ...]
    absent_items: tuple[str, ...]
    demographics: tuple[str, ...]
    absent_demographics: tuple[str, ...]
    absent_optional: tuple[str, ...]
    duplicate_ids: Mapping[int, int]
    unlisted: tuple[CodeCount, ...]
    uncovered: tuple[CodeCount, ...]
    folded: tuple[CodeCount, ...]
    missing: Mapping[str, float]
    worst_items: tuple[ItemMissing, ...]
    notes: tuple[str, ...]
    problems: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain data with text keys, ready for JSON."""
        plain: dict[str, Any] = _text_keys(asdict(self))
        return plain


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


def render_inspection(found: SurveyInspection) -> str:
    """The findings as text for a terminal, ending in a newline."""
    return render_plain(found)


def _counted(values: np.ndarray[Any, Any]) -> dict[int, int]:
    found, counts = np.unique(values, return_counts=True)
    return {int(value): int(count) for value, count in zip(found, counts, strict=True)}


def _countries(answers: Answers, catalog: Catalog) -> tuple[CountryCount, ...]:
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


def _text_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _text_keys(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_text_keys(inner) for inner in value]
    return value
