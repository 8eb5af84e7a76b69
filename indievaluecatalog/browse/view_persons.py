"""Views that find persons: the start, and the paged list."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.browse.collection import Collection
from indievaluecatalog.browse.query import Query, link
from indievaluecatalog.browse.view import View
from indievaluecatalog.catalog.model import Demographic

A_PAGE = 25
IN_SIGHT = 6
COLUMNS = 4
LONG = 12
"""More options than these are found faster by the alphabet than in the codebook's order."""
IS = "is-"
"""Before a demographic's id in an address, so that none can be taken for another choice."""


def start(collection: Collection, query: Query) -> View:
    """What there is, and the ways in."""
    someone = str(collection.people.person_ids[collection.order[0]])
    item = collection.items[0]
    return View("start.html.j2", "Start", {"someone": someone, "first_item": item})


def leading_demographics(collection: Collection) -> list[Demographic]:
    """All demographics, those first by which one looks for persons: country, and the catalog's dimensions."""
    catalog = collection.catalog
    first = [catalog.wave.country_demographic, *catalog.evaluation.dimensions]
    names = [name for name in dict.fromkeys(first) if name in catalog.demographics]
    return [catalog.demographics[name] for name in dict.fromkeys([*names, *catalog.demographics])]


def find(collection: Collection, query: Query) -> View:
    """Persons by demographics, a page at a time.

    Raises:
        AddressError: a demographic's option or a page that there is not.
    """
    wanted: dict[str, str] = {}
    # Keyed order mixes countries, so that the first page is not all of the first one.
    rows = collection.order
    demographics = leading_demographics(collection)
    for demographic in demographics:
        labels = [option.label for option in demographic.options]
        label = query.choice(IS + demographic.id, labels, "", demographic.label)
        if label:
            wanted[demographic.id] = label
            rows = rows[collection.people.demographic(demographic.id)[rows] == labels.index(label)]
    addressed = {IS + name: label for name, label in wanted.items()}
    pages = max(1, -(-len(rows) // A_PAGE))
    last = link("persons", **addressed, page=pages)
    number = query.number("page", 1, pages, 1, way_out=(last, "The last page"))
    shown = rows[(number - 1) * A_PAGE : number * A_PAGE]
    columns = [one for one in demographics if one.id not in wanted and one.id != implied(collection)][:COLUMNS]
    return View(
        "persons.html.j2",
        "Find persons",
        {
            "wanted": wanted,
            "addressed": addressed,
            "in_sight": demographics[:IN_SIGHT],
            "further": demographics[IN_SIGHT:],
            "further_open": any(one.id in wanted for one in demographics[IN_SIGHT:]),
            "present": _present(collection),
            "found": len(rows),
            "columns": columns,
            "people": _lines(collection, shown, columns),
            "page": number,
            "pages": pages,
        },
    )


def implied(collection: Collection) -> str:
    """The demographic that another one already tells: the continent, where there is a country."""
    wave = collection.catalog.wave
    return wave.continent_demographic if wave.country_demographic else ""


def _present(collection: Collection) -> dict[str, list[str]]:
    """The labels that some person has, by demographic: a form offers no other."""
    found = {}
    for name, demographic in collection.catalog.demographics.items():
        labels = [demographic.options[at].label for at in collection.present[name]]
        found[name] = sorted(labels) if len(labels) > LONG else labels
    return found


def _lines(
    collection: Collection, rows: NDArray[np.intp], columns: Sequence[Demographic]
) -> list[tuple[str, list[str], int]]:
    """Id, labels of the columns and number of answers of each person."""
    found = []
    for row in rows.tolist():
        labels = []
        for one in columns:
            at = int(collection.people.demographic(one.id)[row])
            labels.append(one.options[at].label if at >= 0 else "–")
        found.append((str(collection.people.person_ids[row]), labels, int(collection.n_answers[row])))
    return found
