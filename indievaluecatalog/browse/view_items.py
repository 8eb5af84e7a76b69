"""Views of items: the list, and one item's answers over the world and by group."""

from __future__ import annotations

from indievaluecatalog.browse.collection import FEW, Collection
from indievaluecatalog.browse.colours import paints
from indievaluecatalog.browse.problems import AddressError
from indievaluecatalog.browse.query import Query
from indievaluecatalog.browse.shares import Spread, distribution
from indievaluecatalog.browse.view import View
from indievaluecatalog.browse.view_person import granularity_of
from indievaluecatalog.browse.view_persons import LONG, implied, leading_demographics

EVERYWHERE = "all"
UNWEIGHTED = "none"
NO_GROUPS = "none"


def items(collection: Collection, query: Query) -> View:
    """All items by category, or those in whose label, id or statements a text stands."""
    text = query.text("q")
    wanted = text.casefold()
    groups = []
    for category in collection.catalog.categories:
        found = [
            item
            for item in collection.catalog.items_of(category)
            if wanted in item.id.casefold()
            or wanted in item.label.casefold()
            or any(wanted in option.statement.casefold() for option in item.refined)
        ]
        if found:
            groups.append((category, found))
    count = sum(len(found) for _, found in groups)
    opened = query.opened(len(groups), "all" if text else "1") if groups else ()
    return View("items.html.j2", "Items", {"q": text, "groups": list(zip(groups, opened, strict=True)), "count": count})


def _countries(collection: Collection) -> dict[str, int]:
    """Label -> option position of the countries that somebody is of."""
    name = collection.catalog.wave.country_demographic
    if name not in collection.catalog.demographics:
        return {}
    options = collection.catalog.demographics[name].options
    return {options[at].label: at for at in collection.present[name]}


def _name(spread: Spread) -> str:
    return spread.name


def item(collection: Collection, query: Query) -> View:
    """One item's statements and how answers are spread.

    Raises:
        AddressError: an item, demographic, weight or order that there is not.
    """
    name = query.text("id")
    if not name:
        raise AddressError("Which item? The address names none (id=...).", way_out=("items", "All items"))
    at, one = collection.item(name)
    granularity = granularity_of(query)
    demographics = leading_demographics(collection)
    default = demographics[0].id if demographics else NO_GROUPS
    countries = _countries(collection)
    where = query.choice("where", [EVERYWHERE, *countries], EVERYWHERE, "country")
    members = None
    if where != EVERYWHERE:
        country = collection.catalog.wave.country_demographic
        members = collection.people.demographic(country) == countries[where]
        demographics = [each for each in demographics if each.id not in (country, implied(collection))]
        default = demographics[0].id if demographics else NO_GROUPS
    asked = query.choice("by", [*collection.catalog.demographics, NO_GROUPS], default, "group")
    # Within a country, countries are no groups: an address that asks for both gets the first other one.
    by = asked if asked == NO_GROUPS or asked in [each.id for each in demographics] else default
    weights = list(collection.weights)
    weight = query.choice("weight", [*weights, UNWEIGHTED], weights[0] if weights else UNWEIGHTED)
    options = one.options(granularity)
    order = query.choice("sort", ["name", *(str(place) for place in range(len(options)))], "name")
    grouped, weighted = "" if by == NO_GROUPS else by, "" if weight == UNWEIGHTED else weight
    found = distribution(collection, at, granularity, grouped, weighted, members)
    groups = sorted(found.groups, key=_name) if len(found.groups) > LONG else list(found.groups)
    if order != "name":
        place = int(order)

        def largest_first(spread: Spread) -> float:
            return -spread.shares[place]

        groups.sort(key=largest_first)
    names = list(collection.catalog.items)
    return View(
        "item.html.j2",
        one.label,
        {
            "item": one,
            "granularity": granularity,
            "options": list(zip(options, paints(one, granularity), strict=True)),
            "demographics": demographics,
            "by": by,
            "by_label": collection.catalog.demographics[by].label if by != NO_GROUPS else "",
            "weights": weights,
            "weight": weight,
            "sort": order,
            "everyone": found.everyone,
            "groups": groups,
            "silent": found.silent,
            "hidden": found.hidden,
            "withheld": found.withheld,
            "few": FEW,
            "smallest": collection.smallest_group,
            "countries": sorted(countries),
            "where": where,
            "whose": "All persons" if where == EVERYWHERE else f"All in {where}",
            "alphabetic": len(found.groups) > LONG,
            "before": names[at - 1] if at else "",
            "after": names[at + 1] if at + 1 < len(names) else "",
        },
    )
