"""The rows of every config as Arrow columns, straight from the answer arrays: no Python object a cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog, Granularity
from indievaluecatalog.dataset.lookup import NO_OPTION, demographic_indices, option_indices
from indievaluecatalog.survey.answers import ANSWERED, Answers


@dataclass(frozen=True, slots=True, eq=False)
class Indices:
    """Option positions of all persons, computed once and cut into row groups afterwards.

    Attributes:
        refined, polar: int8, shape (items, n); NO_OPTION where there is no valid answer.
        demographics: int16, shape (demographics, n).
    """

    refined: NDArray[np.int8]
    polar: NDArray[np.int8]
    demographics: NDArray[np.int16]

    def of(self, granularity: Granularity) -> NDArray[np.int8]:
        """The item positions at one granularity."""
        return self.refined if granularity == "refined" else self.polar


def index_answers(catalog: Catalog, answers: Answers) -> Indices:
    """Look up every answer's option at both granularities, and every demographic's."""
    shape = (len(catalog.items), len(answers))
    refined, polar = np.empty(shape, np.int8), np.empty(shape, np.int8)
    for row, item in enumerate(catalog.items.values()):
        refined[row] = option_indices(answers, row, item, "refined")
        polar[row] = option_indices(answers, row, item, "polar")
    demographics = np.empty((len(catalog.demographics), len(answers)), np.int16)
    for row, demographic in enumerate(catalog.demographics.values()):
        demographics[row] = demographic_indices(answers, demographic)
    return Indices(refined=refined, polar=polar, demographics=demographics)


def class_column(indices: NDArray[np.integer[Any]]) -> pa.Array:
    """A class-label column: int64 as the Hub's viewer needs it, null where there is no option."""
    return pa.array(indices.astype(np.int64), mask=indices == NO_OPTION)


def list_column(indices: NDArray[np.integer[Any]], sizes: NDArray[np.int64]) -> pa.Array:
    """A list column of class ids a person: position plus the items' offset, valid ones only.

    Args:
        indices: shape (items, n).
        sizes: options of each item, shape (items,); offsets are their running sum.
    """
    offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
    by_person = np.ascontiguousarray(indices.T)
    valid = by_person != NO_OPTION
    values = (by_person + offsets.astype(np.int32))[valid]
    starts = np.concatenate([[0], np.cumsum(valid.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(starts), pa.array(values.astype(np.int64)))


def _texts(texts: Sequence[str], indices: NDArray[np.integer[Any]]) -> pa.Array:
    """A text column from positions in `texts`; null where the position is negative."""
    return pa.array(texts, pa.string()).take(pa.array(indices.astype(np.int64), mask=indices < 0))


def demographic_row(catalog: Catalog, demographic: str, indices: NDArray[np.int16]) -> NDArray[np.int16]:
    """One demographic's option positions, shape (n,); NO_OPTION throughout for one that the survey has not ("").

    Args:
        catalog: the order of the demographics.
        demographic: its id, or "".
        indices: option positions of all demographics, shape (demographics, n).
    """
    if not demographic:
        return np.full(indices.shape[1], NO_OPTION, np.int16)
    found: NDArray[np.int16] = indices[list(catalog.demographics).index(demographic)]
    return found


def label_column(catalog: Catalog, demographic: str, indices: NDArray[np.int16]) -> pa.Array:
    """A text column of one demographic's labels, null where there is none.

    Args:
        catalog: which labels there are.
        demographic: its id; "" for one that the survey has not, which is null throughout.
        indices: option positions of all demographics, shape (demographics, n).
    """
    if not demographic:
        return pa.nulls(indices.shape[1], pa.string())
    return _texts(
        [option.label for option in catalog.demographics[demographic].options],
        demographic_row(catalog, demographic, indices),
    )


def person_columns(
    catalog: Catalog, answers: Answers, indices: Indices, rows: NDArray[np.intp], synthetic: bool
) -> dict[str, pa.Array]:
    """Who each person is: the columns every person config starts with, for the given rows."""
    wave, described = catalog.wave, indices.demographics[:, rows]
    years = answers.years[rows].astype(np.int64)
    columns: dict[str, pa.Array] = {
        "person_id": pa.array(answers.person_ids[rows].astype(object), pa.string()),
        "wave": pa.array([wave.id] * len(rows), pa.string()),
        "synthetic": pa.array(np.full(len(rows), synthetic)),
        "country": label_column(catalog, wave.country_demographic, described),
        "continent": label_column(catalog, wave.continent_demographic, described),
        "year": pa.array(years, mask=years == 0),
        "survey_version": _texts(answers.report.versions, answers.versions[rows]),
    }
    for name, values in answers.weights.items():
        columns[name] = pa.array(values[rows], mask=np.isnan(values[rows]))
    columns["n_answers"] = pa.array((indices.refined[:, rows] != NO_OPTION).sum(axis=0).astype(np.int64))
    return columns


def config_columns(
    catalog: Catalog, answers: Answers, indices: Indices, rows: NDArray[np.intp], config: str
) -> dict[str, pa.Array]:
    """What one person config says about the given rows, beside `person_columns`."""
    if config in GRANULARITIES:
        granularity: Granularity = "refined" if config == "refined" else "polar"
        wide = {name: class_column(indices.demographics[at, rows]) for at, name in enumerate(catalog.demographics)}
        items = indices.of(granularity)
        return wide | {name: class_column(items[at, rows]) for at, name in enumerate(catalog.items)}
    if config == "statements":
        return {
            g: list_column(indices.of(g)[:, rows], np.array([len(item.options(g)) for item in catalog.items.values()]))
            for g in GRANULARITIES
        }
    if config == "demographics":
        sizes = np.array([len(d.options) for d in catalog.demographics.values()])
        return {"statements": list_column(indices.demographics[:, rows], sizes)}
    if config == "reasons":
        return {
            name: _reason_column(reasons[at, rows])
            for names, reasons in (
                (answers.demographic_ids, answers.demographic_reasons),
                (answers.item_ids, answers.reasons),
            )
            for at, name in enumerate(names)
        }
    raise ValueError(f"{config!r} is no config of persons")


def _reason_column(reasons: NDArray[np.uint8]) -> pa.Array:
    return pa.array(reasons.astype(np.int64) - 1, mask=reasons == ANSWERED)


def question_rows(catalog: Catalog) -> list[dict[str, Any]]:
    """The `questions` config: one row an item, then one a demographic."""
    rows = []
    for item in catalog.items.values():
        direction = item.direction
        rows.append(
            {
                "id": item.id,
                "kind": "item",
                "concept": item.concept,
                "category": item.category,
                "battery": item.battery,
                "label": item.label,
                "variable": item.variable,
                "measurement": item.measurement,
                "attribute": direction.attribute if direction else None,
                "higher_code_means": direction.higher_code_means if direction else None,
                "codes": [{"code": code, "label": label} for code, label in item.codes.items()],
                "uncovered_codes": list(item.uncovered),
                "n_refined": len(item.refined),
                "n_polar": len(item.polar),
                "refined": [option.statement for option in item.refined],
                "polar": [option.statement for option in item.polar],
                "note": item.note or None,
            }
        )
    for demographic in catalog.demographics.values():
        rows.append(
            {
                **dict.fromkeys(("category", "battery", "measurement", "attribute", "higher_code_means")),
                "id": demographic.id,
                "kind": "demographic",
                "concept": demographic.concept,
                "label": demographic.label,
                "variable": demographic.variable,
                "codes": [{"code": code, "label": label} for code, label in demographic.codes.items()],
                "uncovered_codes": list(demographic.uncovered),
                "n_refined": len(demographic.options),
                "n_polar": None,
                "refined": [option.statement for option in demographic.options],
                "polar": None,
                "note": demographic.note or None,
            }
        )
    return rows


def option_rows(catalog: Catalog) -> list[dict[str, Any]]:
    """The `options` config: one row an option, with the class ids that the other configs use."""
    rows = []
    for granularity in GRANULARITIES:
        for class_id, (item, index, option) in enumerate(catalog.statements(granularity)):
            rows.append((item.id, item.concept, "item", granularity, index, class_id, option))
    demographic_options = [
        (d.id, d.concept, index, option)
        for d in catalog.demographics.values()
        for index, option in enumerate(d.options)
    ]
    rows += [
        (name, concept, "demographic", "refined", index, class_id, option)
        for class_id, (name, concept, index, option) in enumerate(demographic_options)
    ]
    return [
        {
            "id": name,
            "kind": kind,
            "concept": concept,
            "granularity": granularity,
            "option": index,
            "class_id": class_id,
            "codes": list(option.codes),
            "label": option.label,
            "statement": option.statement,
        }
        for name, concept, kind, granularity, index, class_id, option in rows
    ]
