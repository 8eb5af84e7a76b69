"""Which items a person is asked to predict: the three probe setups."""

from __future__ import annotations

from indievaluecatalog.catalog.model import Catalog

SETUPS = (0, 1, 2)
PROBES_PER_CATEGORY = 3


def probe_setup(catalog: Catalog, setup: int) -> tuple[str, ...]:
    """Item ids of one setup, in order: three of each category, or all where it has fewer.

    Setup s takes the items at positions (3s, 3s+1, 3s+2) modulo the category's length, so that small
    categories wrap and setups may share items. Source: the published task's evaluation code.

    Raises:
        ValueError: a setup other than 0, 1 or 2.
    """
    if setup not in SETUPS:
        raise ValueError(f"there are setups {SETUPS}, not {setup!r}")
    chosen = []
    for category in catalog.categories:
        items = catalog.items_of(category)
        first = PROBES_PER_CATEGORY * setup
        steps = range(min(PROBES_PER_CATEGORY, len(items)))
        chosen += [items[(first + step) % len(items)].id for step in steps]
    return tuple(chosen)


def all_probe_items(catalog: Catalog) -> tuple[str, ...]:
    """The distinct item ids of all setups, in catalog order."""
    wanted = {item for setup in SETUPS for item in probe_setup(catalog, setup)}
    return tuple(item for item in catalog.items if item in wanted)
