"""Everything a known catalog holds that a new file may hold again."""

from __future__ import annotations

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.waves.matching import Known
from indievaluecatalog.waves.words import words


def known_of(catalog: Catalog) -> tuple[Known, ...]:
    """Items, then the variables that demographics are derived from, then the technical facts of a wave.

    A variable that gives several demographics, such as country and continent, is known once, by the first.
    """
    found: list[Known] = []
    for item in catalog.items.values():
        concept = str(getattr(item, "concept", "") or item.id)
        found.append(
            Known(
                item.id, "item", item.label, item.codes, item.missing, item.variable, item.battery, len(found), concept
            )
        )
    seen: set[str] = set()
    wave = catalog.wave
    technical = {
        "wave_variable": wave.wave_variable,
        "person_variable": wave.person_variable,
        "country_alpha_variable": wave.country_alpha_variable,
        "year_variable": wave.year_variable,
        "version_variable": wave.version_variable,
        "weights": wave.weights[0] if wave.weights else "",
    }
    for entry in catalog.demographics.values():
        if entry.variable in seen:
            continue
        seen.add(entry.variable)
        concept = str(getattr(entry, "concept", "") or entry.id)
        found.append(
            Known(
                entry.id,
                "demographic",
                entry.label,
                entry.codes,
                entry.missing,
                entry.variable,
                "",
                len(found),
                concept,
            )
        )
    if wave.country_variable not in seen:
        technical = {"country_variable": wave.country_variable, **technical}
    names = words().technical
    for fact, variable in technical.items():
        if variable and fact in names:
            found.append(Known(fact, "technical", names[fact][0], {}, {}, variable, "", len(found), fact))
    return tuple(found)
