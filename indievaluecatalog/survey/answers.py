"""The one table every survey file becomes: compact codes, reasons for no answer, weights, person keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

ANSWERED = 0
REASONS = (
    "answered",
    "dont_know",
    "no_answer",
    "not_applicable",
    "not_asked",
    "unknown",
    "uncovered",
    "unlisted",
    "absent",
)
"""Names of the reason codes 0..8. `uncovered`: a substantive answer no option stands for. `unlisted`: a code
the codebook does not have. `absent`: the file lacks the variable."""

NO_CODE = -1
"""Stands in `codes` where there is no substantive answer."""


@dataclass(frozen=True, slots=True)
class CodeCount:
    """How often a code was found in a variable."""

    variable: str
    code: str
    count: int


@dataclass(frozen=True, slots=True)
class ReadReport:
    """What was found while reading a file: nothing is dropped or changed without standing here.

    Attributes:
        source, format: the file's name, and what it was read as ("sav", "csv in zip").
        rows, columns: of the file, read or not.
        versions: what its version column says, sorted.
        absent_items, absent_demographics, absent_optional: ids and variables of the catalog that the file lacks.
        duplicate_ids: interview id -> number of rows that share it.
        unlisted: codes that the codebook does not have, and how often.
        uncovered: substantive codes that no option stands for.
        folded: counts put into the top group of a demographic.
        notes: what else was remarkable, in sentences.
        synthetic: whether the file calls its respondents so, in its version column or in its own label.
    """

    source: str
    format: str
    rows: int
    columns: int
    versions: tuple[str, ...] = ()
    absent_items: tuple[str, ...] = ()
    absent_demographics: tuple[str, ...] = ()
    absent_optional: tuple[str, ...] = ()
    duplicate_ids: Mapping[int, int] = field(default_factory=dict)
    unlisted: tuple[CodeCount, ...] = ()
    uncovered: tuple[CodeCount, ...] = ()
    folded: tuple[CodeCount, ...] = ()
    notes: tuple[str, ...] = ()
    synthetic: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """Answers of n persons to the items and demographics of one catalog.

    Attributes:
        wave_id: the catalog's wave.
        item_ids: the catalog's items, in order (i of them).
        codes: int8, shape (i, n): the answer code, or NO_CODE where there is no substantive answer.
        reasons: uint8, shape (i, n): index into REASONS; 0 where the answer is valid. An uncovered answer
            keeps its code.
        demographic_ids: the catalog's demographics, in order (d of them).
        demographic_codes: int32, shape (d, n): folded codes, or NO_CODE.
        demographic_reasons: uint8, shape (d, n).
        person_ids: text, shape (n,): a unique key, the same for every file format and row order.
        interview_ids: int64, shape (n,): the file's own interview id, duplicates and all.
        country_codes: int32, shape (n,).
        years: int16, shape (n,); 0 where the file has none.
        versions: int16, shape (n,): which of the report's file versions each row has; -1 for none.
        weights: name -> float64, shape (n,); NaN where missing. Only those the file has.
        report: what was found while reading.
    """

    wave_id: str
    item_ids: tuple[str, ...]
    codes: NDArray[np.int8]
    reasons: NDArray[np.uint8]
    demographic_ids: tuple[str, ...]
    demographic_codes: NDArray[np.int32]
    demographic_reasons: NDArray[np.uint8]
    person_ids: NDArray[np.str_]
    interview_ids: NDArray[np.int64]
    country_codes: NDArray[np.int32]
    years: NDArray[np.int16]
    versions: NDArray[np.int16]
    weights: Mapping[str, NDArray[np.float64]]
    report: ReadReport

    def __len__(self) -> int:
        return len(self.interview_ids)

    def take(self, rows: NDArray[np.intp]) -> Answers:
        """The same table for some persons, in the order asked for. The report stays that of the file."""
        return replace(
            self,
            codes=self.codes[:, rows],
            reasons=self.reasons[:, rows],
            demographic_codes=self.demographic_codes[:, rows],
            demographic_reasons=self.demographic_reasons[:, rows],
            person_ids=self.person_ids[rows],
            interview_ids=self.interview_ids[rows],
            country_codes=self.country_codes[rows],
            years=self.years[rows],
            versions=self.versions[rows],
            weights={name: values[rows] for name, values in self.weights.items()},
        )
