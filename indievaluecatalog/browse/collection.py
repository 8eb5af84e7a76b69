"""Everything the page shows, read once when it starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.browse.predictions import Evaluated, read_evaluated
from indievaluecatalog.browse.problems import AddressError
from indievaluecatalog.browse.reasons import read_reasons
from indievaluecatalog.catalog.model import Catalog, Item
from indievaluecatalog.dataset.load import find_build
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.people import People, read_people
from indievaluecatalog.errors import BuildError
from indievaluecatalog.keyed_hash import keyed_hash
from indievaluecatalog.scoring.weights import usable_weights

FEW = 30
"""Below so many answers a group's shares are little more than chance, and say much of each of its persons."""


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """n persons and what is known of them.

    Attributes:
        people: all persons of a build.
        reasons: uint8, shape (d + i, n): why demographics and items have no answer; None where nobody knows.
        weights: name -> float64, shape (n,), without NaN.
        notes: what a reader must know of the weights.
        rows: person_id -> position.
        order: shape (n,): positions in keyed order, in which one meets persons at random.
        places: shape (n,): where each person stands in that order.
        n_answers: shape (n,): valid answers of each person.
        present: demographic -> the positions of the options that somebody has.
        smallest_group: groups of fewer answers than this are not shown; 1 shows all.
        evaluated: files of predictions about these persons.
        left_out: why other files are not among them.
    """

    people: People
    reasons: NDArray[np.uint8] | None
    weights: Mapping[str, NDArray[np.float64]]
    notes: tuple[str, ...]
    rows: Mapping[str, int]
    order: NDArray[np.intp]
    places: NDArray[np.intp]
    n_answers: NDArray[np.int64]
    present: Mapping[str, tuple[int, ...]]
    smallest_group: int = 1
    evaluated: tuple[Evaluated, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def catalog(self) -> Catalog:
        """The catalog of the persons' survey."""
        return self.people.catalog

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, in catalog order."""
        return tuple(self.catalog.items.values())

    def row(self, person: str) -> int:
        """Where a person stands.

        Raises:
            AddressError: nobody has this id.
        """
        if person not in self.rows:
            raise AddressError(f"Nobody here has the id “{person}”.", way_out=("persons", "Find persons"))
        return self.rows[person]

    def item(self, name: str) -> tuple[int, Item]:
        """An item and its position.

        Raises:
            AddressError: there is no such item.
        """
        if name not in self.catalog.items:
            raise AddressError(f"There is no item “{name}”.", way_out=("items", "All items"))
        return list(self.catalog.items).index(name), self.catalog.items[name]

    def after(self, row: int) -> str:
        """The id of the person one meets next."""
        return str(self.people.person_ids[self.order[(self.places[row] + 1) % len(self.order)]])


def collection_of(
    people: People,
    reasons: NDArray[np.uint8] | None = None,
    evaluated: tuple[Evaluated, ...] = (),
    left_out: tuple[str, ...] = (),
    smallest_group: int | None = None,
) -> Collection:
    """The collection of persons that are in memory.

    Args:
        people: all persons of a build.
        reasons: why answers are missing, see `Collection`.
        evaluated: files of predictions about these persons.
        left_out: why other files are not among them.
        smallest_group: groups of fewer answers are not shown; None for 30, or for 1 where persons are synthetic.

    Raises:
        BuildError: there is nobody.
    """
    if not len(people):
        raise BuildError("the dataset holds no person: there is nothing to show")
    ids = people.person_ids.tolist()
    order = np.argsort(keyed_hash(0, "browse", ids), kind="stable")
    places = np.empty_like(order)
    places[order] = np.arange(len(order))
    weights, notes = usable_weights(people)
    if smallest_group is None:
        smallest_group = 1 if people.identity.synthetic else FEW
    return Collection(
        people=people,
        reasons=reasons,
        weights=weights,
        notes=notes,
        rows={name: at for at, name in enumerate(ids)},
        order=order,
        places=places,
        n_answers=people.answered.sum(axis=0),
        present={
            name: tuple(np.unique(codes[codes != NO_OPTION]).tolist())
            for name, codes in zip(people.catalog.demographics, people.demographics, strict=True)
        },
        smallest_group=smallest_group,
        evaluated=evaluated,
        left_out=left_out,
    )


def open_collection(
    path: str | Path | None = None,
    *,
    results: str | Path | None = None,
    catalog: Catalog | str | Path | None = None,
    smallest_group: int | None = None,
) -> Collection:
    """Read a build and files of predictions; some ten seconds and 0.5 GB for 97,000 persons.

    Args:
        path: the build's folder; None for ./build/indievaluecatalog or else the last one built.
        results: a folder of predictions, or one file.
        catalog: the catalog the dataset was built with, where that is not a shipped one.
        smallest_group: see `collection_of`.

    Raises:
        BuildError: no build, another catalog, or nobody in it.
        ResultsError: no predictions about these persons.
    """
    folder = find_build(path)
    people = read_people(folder, catalog=catalog)
    evaluated, left_out = read_evaluated(Path(results), people) if results is not None else ((), ())
    return collection_of(people, read_reasons(folder, people), evaluated, left_out, smallest_group)
