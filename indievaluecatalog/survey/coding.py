"""From whole numbers to codes and reasons, by one lookup a column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog, Demographic, Item, WaveFacts
from indievaluecatalog.survey.answers import ANSWERED, NO_CODE, REASONS, CodeCount
from indievaluecatalog.survey.columns import EMPTY, ODD, Whole, plain

UNKNOWN = REASONS.index("unknown")
UNCOVERED = REASONS.index("uncovered")
UNLISTED = REASONS.index("unlisted")
ABSENT = REASONS.index("absent")


@dataclass(frozen=True, slots=True, eq=False)
class Codebook:
    """What each code of a variable means to one item or demographic.

    Attributes:
        variable: the file's variable.
        low: the code that `table` starts with; all codes below it are negative and have no name.
        table: uint8: the reason of code `low + position`. The last place stands for all higher codes.
        fold_above: counts above this code belong to it.
        named: negative codes with a reason of their own.
    """

    variable: str
    low: int
    table: NDArray[np.uint8]
    fold_above: int | None
    named: frozenset[int]


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """One variable of n rows, coded.

    Attributes:
        codes: int32, shape (n,): the code of valid and uncovered answers, otherwise NO_CODE.
        reasons: uint8, shape (n,).
        unlisted, uncovered, folded: codes found that are so, with counts.
        unnamed: negative codes for which the codebook has no reason.
        empty: how many cells hold nothing.
    """

    codes: NDArray[np.int32]
    reasons: NDArray[np.uint8]
    unlisted: tuple[CodeCount, ...]
    uncovered: tuple[CodeCount, ...]
    folded: tuple[CodeCount, ...]
    unnamed: tuple[CodeCount, ...]
    empty: int


def codebook(entry: Item | Demographic, wave: WaveFacts) -> Codebook:
    """The lookup of an item or demographic; a missing code's reason is the one the wave gives it."""
    options = entry.refined if isinstance(entry, Item) else entry.options
    # A code that is not negative is missing only where the entry says so: it may be a grade elsewhere.
    everywhere = {code for code in wave.missing_reasons if code < 0}
    reasons = {code: _missing_reason(code, wave) for code in {*entry.missing, *everywhere}}
    named = frozenset(code for code in reasons if code in wave.missing_reasons)
    reasons |= dict.fromkeys(entry.uncovered, UNCOVERED)
    reasons |= {code: ANSWERED for option in options for code in option.codes}
    low, high = min(*reasons, -1) - 1, max(reasons) + 1
    table = np.full(high - low + 1, UNLISTED, np.uint8)
    table[:-low] = UNKNOWN
    for code, reason in reasons.items():
        table[code - low] = reason
    fold = entry.fold_above if isinstance(entry, Demographic) else None
    return Codebook(entry.variable, low, table, fold, named)


def _missing_reason(code: int, wave: WaveFacts) -> int:
    reason = wave.missing_reasons.get(code)
    return REASONS.index(reason.name) if reason is not None and reason.name in REASONS else UNKNOWN


def value_labels(catalog: Catalog) -> dict[str, dict[str, int | None]]:
    """Variable -> value label as it is compared -> its code, or None where two codes share the label."""
    found: dict[str, dict[str, int | None]] = {}
    entries: list[Item | Demographic] = [*catalog.items.values(), *catalog.demographics.values()]
    for entry in entries:
        labels = found.setdefault(entry.variable, {})
        for code, label in [*entry.codes.items(), *entry.missing.items()]:
            if labels.setdefault(plain(label), code) != code:
                labels[plain(label)] = None
    for labels in found.values():
        for code, reason in catalog.wave.missing_reasons.items():
            if code < 0:
                labels.setdefault(plain(reason.label), code)
    return found


def code_column(whole: Whole, book: Codebook) -> Coded:
    """Codes and reasons of one column, and a count of everything that is not plain."""
    values = whole.values
    folded: tuple[CodeCount, ...] = ()
    if book.fold_above is not None:
        above = values > book.fold_above
        if above.any():
            folded = _counts(book.variable, values[above])
            values = np.where(above, np.int32(book.fold_above), values)
    place = np.clip(values, book.low, book.low + len(book.table) - 1)
    place -= book.low
    reasons = book.table[place]
    strange = values <= ODD
    empty = 0
    if strange.any():
        reasons[values == ODD] = UNLISTED
        empty = int(np.count_nonzero(values == EMPTY))
    codes = np.where((reasons == ANSWERED) | (reasons == UNCOVERED), values, np.int32(NO_CODE))
    unlisted = _counts(book.variable, values[(reasons == UNLISTED) & ~strange])
    unlisted += tuple(CodeCount(book.variable, text, count) for text, count in whole.odd.items())
    negative = values[(reasons == UNKNOWN) & ~strange]
    return Coded(
        codes=codes,
        reasons=reasons,
        unlisted=unlisted,
        uncovered=_counts(book.variable, values[reasons == UNCOVERED]),
        folded=folded,
        unnamed=tuple(one for one in _counts(book.variable, negative) if int(one.code) not in book.named),
        empty=empty,
    )


def _counts(variable: str, values: NDArray[np.int32]) -> tuple[CodeCount, ...]:
    if not len(values):
        return ()
    found, counts = np.unique(values, return_counts=True)
    return tuple(CodeCount(variable, str(code), int(count)) for code, count in zip(found, counts, strict=True))


def listing(counts: Mapping[str, int] | Iterable[CodeCount], most: int = 8) -> str:
    """Names with their counts for a sentence: "Q1 (12), Q7 (3) and 4 more"."""
    pairs = (
        [(name, count) for name, count in counts.items()]
        if isinstance(counts, Mapping)
        else [(f"{one.variable} = {one.code}", one.count) for one in counts]
    )
    shown = ", ".join(f"{name} ({count:,})" for name, count in pairs[:most])
    return shown + (f" and {len(pairs) - most} more" if len(pairs) > most else "")
