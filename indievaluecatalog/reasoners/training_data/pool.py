"""Who may be drawn for a unit: training persons of its continents and demographics, with something to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.training_data.unit import Unit


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """The persons a unit may draw from.

    Attributes:
        rows: positions in the people, shape (n,).
        left_out: why training persons are not among them -> how many; each counted once, under the first reason.
    """

    rows: NDArray[np.intp]
    left_out: Mapping[str, int]


def pool_of(people: People, unit: Unit, training: NDArray[np.intp]) -> Pool:
    """The persons of a unit.

    Args:
        people: n persons.
        unit: whose filters hold.
        training: positions of the persons that may be trained on.

    Raises:
        ReasonerError: a continent, demographic or label that the catalog does not have.
    """
    catalog = people.catalog
    filters: dict[str, NDArray[np.bool_]] = {}
    if unit.continents:
        name = catalog.wave.continent_demographic
        if not name:
            raise ReasonerError(f"unit {unit.name}: the catalog {catalog.wave.id} knows no continents")
        filters["other_continent"] = _holds(people, training, unit, name, unit.continents)
    for name, labels in unit.demographics.items():
        filters[f"other_{name}"] = _holds(people, training, unit, name, labels)
    if unit.shown in ("demographics", "both"):
        filters["no_demographics"] = (people.demographics[:, training] != NO_OPTION).any(axis=0)
    kept = np.ones(len(training), dtype=np.bool_)
    left_out = {}
    for reason, passes in filters.items():
        left_out[reason] = int(np.count_nonzero(kept & ~passes))
        kept &= passes
    return Pool(rows=training[kept], left_out=left_out)


def _holds(people: People, rows: NDArray[np.intp], unit: Unit, name: str, labels: Sequence[str]) -> NDArray[np.bool_]:
    """Whether each person holds one of a demographic's labels."""
    wanted = _positions(people.catalog, unit, name, labels)
    found: NDArray[np.bool_] = np.isin(people.demographic(name)[rows], wanted)
    return found


def _positions(catalog: Catalog, unit: Unit, name: str, labels: Sequence[str]) -> list[int]:
    if name not in catalog.demographics:
        raise ReasonerError(
            f"unit {unit.name}: the catalog {catalog.wave.id} has no demographic {name!r}; "
            f"there are {', '.join(catalog.demographics)}"
        )
    known = [option.label for option in catalog.demographics[name].options]
    for label in labels:
        if label not in known:
            raise ReasonerError(f"unit {unit.name}: {name} has no label {label!r}; there are {', '.join(known)}")
    return [known.index(label) for label in labels]
