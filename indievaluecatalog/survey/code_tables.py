"""All items and demographics of a file as tables of codes and reasons."""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog, Demographic, Item
from indievaluecatalog.errors import CatalogError
from indievaluecatalog.survey.answers import NO_CODE, CodeCount
from indievaluecatalog.survey.coding import ABSENT, Coded, code_column, codebook, listing
from indievaluecatalog.survey.columns import ODD, ColumnError, Raw, Whole, plain, to_whole
from indievaluecatalog.survey.problems import Problems

_LARGEST_ITEM_CODE = 127
"""Codes of items are kept in one byte."""


@dataclass(frozen=True, slots=True, eq=False)
class Coding:
    """Codes and reasons of a whole file, shaped as in `Answers`, with everything that had to be counted."""

    codes: NDArray[np.int8]
    reasons: NDArray[np.uint8]
    demographic_codes: NDArray[np.int32]
    demographic_reasons: NDArray[np.uint8]
    unlisted: tuple[CodeCount, ...]
    uncovered: tuple[CodeCount, ...]
    folded: tuple[CodeCount, ...]
    notes: tuple[str, ...]


def code_answers(
    catalog: Catalog,
    raw: MutableMapping[str, Raw],
    rows: int,
    labels: Mapping[str, Mapping[str, int | None]],
    problems: Problems,
) -> Coding:
    """Code every item and demographic. Columns are taken out of `raw` one by one, so that memory is freed.

    Raises:
        SurveyError: where `problems` is strict: a column of text that is neither codes nor labels, or one whose
            codes are mostly not in the codebook.
        CatalogError: an item with codes that do not fit in a byte.
    """
    items, people = list(catalog.items.values()), list(catalog.demographics.values())
    codes = np.full((len(items), rows), NO_CODE, np.int8)
    reasons = np.full((len(items), rows), ABSENT, np.uint8)
    people_codes = np.full((len(people), rows), NO_CODE, np.int32)
    people_reasons = np.full((len(people), rows), ABSENT, np.uint8)
    places: dict[str, list[tuple[Item | Demographic, NDArray[np.signedinteger], NDArray[np.uint8]]]] = {}
    for place, item in enumerate(items):
        if max(item.codes) > _LARGEST_ITEM_CODE:
            raise CatalogError([f"{item.id}: [code-too-large] items have codes up to {_LARGEST_ITEM_CODE}"])
        places.setdefault(item.variable, []).append((item, codes[place], reasons[place]))
    for place, one in enumerate(people):
        places.setdefault(one.variable, []).append((one, people_codes[place], people_reasons[place]))
    # Country serves two demographics, but its strange codes are one fact about the file: count each variable once.
    done: dict[str, Coded] = {}
    also: list[Coded] = []
    for variable, targets in places.items():
        if variable not in raw:
            continue
        whole = _whole(variable, raw.pop(variable), labels.get(variable, {}), rows, problems)
        for entry, into, why in targets:
            coded = code_column(whole, codebook(entry, catalog.wave))
            into[:] = coded.codes
            why[:] = coded.reasons
            if done.setdefault(variable, coded) is not coded and _strange(coded) != _strange(done[variable]):
                also.append(coded)
        _refuse_other_recode(variable, targets[0][0].label, done[variable], rows, problems)
    coded_all = [*done.values(), *also]
    return Coding(
        codes=codes,
        reasons=reasons,
        demographic_codes=people_codes,
        demographic_reasons=people_reasons,
        unlisted=tuple(one for coded in coded_all for one in coded.unlisted),
        uncovered=tuple(one for coded in coded_all for one in coded.uncovered),
        folded=tuple(one for coded in coded_all for one in coded.folded),
        notes=_notes(done),
    )


def _strange(coded: Coded) -> tuple[object, ...]:
    return coded.unlisted, coded.uncovered, coded.folded


def _whole(variable: str, raw: Raw, labels: Mapping[str, int | None], rows: int, problems: Problems) -> Whole:
    try:
        return to_whole(raw, labels)
    except ColumnError as error:
        shown = ", ".join(repr(text[:60]) for text in error.texts)
        several = any(labels.get(plain(text), 0) is None for text in error.texts)
        why = "; several codes share that label" if several else ""
        problems.add(
            f"variable {variable} {error}: {shown}{why}. Export the file with codes in place of labels"
            " (SPSS: save without 'value labels'; R haven: without as_factor; Stata: export delimited, nolabel)"
        )
        return Whole(np.full(rows, ODD, np.int32), {"text": rows})


def _refuse_other_recode(variable: str, label: str, coded: Coded, rows: int, problems: Problems) -> None:
    strange = sum(one.count for one in coded.unlisted)
    if rows and strange > rows / 2:
        found = listing({one.code: one.count for one in sorted(coded.unlisted, key=lambda one: -one.count)}, 5)
        problems.add(
            f"variable {variable} ({label}) holds codes outside the codebook in {strange:,} of {rows:,} rows:"
            f" {found}. This looks like another wave, or like a recoded file"
        )


def _notes(done: Mapping[str, Coded]) -> tuple[str, ...]:
    notes = []
    empty = {variable: coded.empty for variable, coded in done.items() if coded.empty}
    if empty:
        notes.append(
            f"{sum(empty.values()):,} empty cells in {len(empty)} variables, taken as missing with reason"
            f" 'unknown': {listing(empty)}"
        )
    unnamed = [one for coded in done.values() for one in coded.unnamed]
    if unnamed:
        notes.append(
            f"{sum(one.count for one in unnamed):,} cells hold negative codes without a named reason, taken as"
            f" 'unknown': {listing(unnamed)}"
        )
    return tuple(notes)
