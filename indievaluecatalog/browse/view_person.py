"""Views of one person, and of two beside each other."""

from __future__ import annotations

import numpy as np

from indievaluecatalog.browse.collection import Collection
from indievaluecatalog.browse.likeness import agreement, most_alike
from indievaluecatalog.browse.problems import AddressError
from indievaluecatalog.browse.profile import sections, traits
from indievaluecatalog.browse.query import Query
from indievaluecatalog.browse.view import View
from indievaluecatalog.browse.view_persons import leading_demographics
from indievaluecatalog.catalog.model import GRANULARITIES, Granularity

ALIKE = 5


def person(collection: Collection, query: Query) -> View:
    """One person's demographics and statements.

    Raises:
        AddressError: nobody has the id, or a choice there is not.
    """
    name = query.text("id")
    if not name:
        raise AddressError("Whose page? The address names nobody (id=...).", way_out=("persons", "Find persons"))
    row = collection.row(name)
    show = query.choice("show", ("all", "answered", "missing"), "all")
    found = sections(collection, row)
    first = [one.label for one in leading_demographics(collection)[:6]]
    told = traits(collection, row)
    return View(
        "person.html.j2",
        name,
        {
            "id": name,
            "show": show,
            "chips": sorted((one for one in told if one.label in first), key=lambda one: first.index(one.label)),
            "traits": told,
            "sections": list(zip(found, query.opened(len(found), "all" if show == "missing" else "1"), strict=True)),
            "answered": sum(one.answered for one in found),
            "total": len(collection.items),
            "split": ("train", "validation", "test")[int(collection.people.splits[row])],
            "next": collection.after(row),
            "evaluated": any(name in one.places for one in collection.evaluated),
            "round": int(collection.places[row]) + 1,
        },
    )


def granularity_of(query: Query, default: Granularity = "refined") -> Granularity:
    """The granularity an address asks for.

    Raises:
        AddressError: another word.
    """
    return "polar" if query.choice("granularity", GRANULARITIES, default) == "polar" else "refined"


def compare(collection: Collection, query: Query) -> View:
    """Two persons beside each other; with one only, who is most like that one.

    Raises:
        AddressError: nobody has one of the ids, or a choice there is not.
    """
    granularity = granularity_of(query)
    show = query.choice("show", ("all", "differences", "agreements"), "all")
    a, b = query.text("a"), query.text("b")
    values = {"a": a, "b": b, "granularity": granularity, "show": show, "alike": None, "rows": None}
    people = collection.people
    if not a and not b:
        first, second = (str(people.person_ids[collection.order[at % len(people)]]) for at in (0, 1))
        return View("compare.html.j2", "Compare two persons", {**values, "example": (first, second)})
    left = collection.row(a or b)
    if not a or not b:
        alike = most_alike(collection, left, granularity, ALIKE)
        named = [(str(people.person_ids[one.row]), one.agreement) for one in alike]
        return View("compare.html.j2", f"Compare {a or b}", {**values, "a": a or b, "b": "", "alike": named})
    right = collection.row(b)
    every = np.arange(len(collection.items))
    groups = []
    for one, other in zip(sections(collection, left), sections(collection, right), strict=True):
        places = np.array([at for at in every if collection.items[at].category == one.category], np.intp)
        lines = []
        for mine, theirs in zip(one.lines, other.lines, strict=True):
            said = (mine.refined, theirs.refined) if granularity == "refined" else (mine.polar, theirs.polar)
            kind = "unknown" if not all(said) else "agreement" if said[0] == said[1] else "difference"
            if show == "all" or show == f"{kind}s":
                lines.append((mine.item, kind, said, (mine.reason, theirs.reason)))
        groups.append((one.category, agreement(people, left, right, granularity, places), lines))
    return View(
        "compare.html.j2",
        f"{a} and {b}",
        {
            **values,
            "rows": list(zip(groups, query.opened(len(groups)), strict=True)),
            "traits": list(zip(traits(collection, left), traits(collection, right), strict=True)),
            "overall": {one: agreement(people, left, right, one, every) for one in GRANULARITIES},
        },
    )
