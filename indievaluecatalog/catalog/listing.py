"""A catalog as plain text: for reading it, and for seeing every change of wording in a diff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indievaluecatalog.catalog.model import Catalog, Demographic, Item, Option
from indievaluecatalog.errors import CatalogError


def listing(catalog: Catalog, names: Sequence[str] | None = None) -> str:
    """Items and demographics with codes and statements, in catalog order or in the order of `names`.

    Raises:
        CatalogError: a name that is neither an item nor a demographic.
    """
    known: dict[str, Item | Demographic] = {**catalog.items, **catalog.demographics}
    wanted = list(known) if names is None else list(names)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise CatalogError([f"{name}: [unknown-item] {catalog.wave.id} has no such item" for name in unknown])
    return "".join(line + "\n" for name in wanted for line in _lines(known[name]))


def _lines(entry: Item | Demographic) -> Iterator[str]:
    yield f"{entry.id}  {entry.label}"
    if isinstance(entry, Item):
        yield from _option_lines("refined", entry.refined)
        yield from _option_lines("polar", entry.polar)
    else:
        yield from _option_lines("", entry.options)
    if entry.uncovered:
        yield f"  {'uncovered':<9}{', '.join(map(str, entry.uncovered))}"


def _option_lines(name: str, options: Sequence[Option]) -> Iterator[str]:
    for option in options:
        yield f"  {name:<9}{','.join(map(str, option.codes)):<12} {option.statement}"
