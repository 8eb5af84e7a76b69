"""Whether a file labels its codes as the catalog does: a recoded item would turn every statement around."""

from __future__ import annotations

from collections.abc import Mapping

from indievaluecatalog.catalog.model import Catalog, Item
from indievaluecatalog.survey.columns import plain
from indievaluecatalog.survey.problems import Problems

_RECODED = 2
"""Codes that carry another code's label before an item counts as recoded; one may be a slip in a label."""


def check_labels(
    catalog: Catalog, labels: Mapping[str, Mapping[int, str]], problems: Problems, notes: list[str]
) -> None:
    """Compare each item's value labels in the file, by variable, with the catalog's.

    Labels worded otherwise say nothing. A code that carries the very label of another code does.

    Raises:
        SurveyError: where `problems` is strict and an item is recoded.
    """
    for item in catalog.items.values():
        swapped = swapped_codes(item, labels.get(item.variable, {}))
        told = ", ".join(
            f"{code} is {labels[item.variable][code]!r} (catalog: {item.codes[code]!r})" for code in swapped[:3]
        )
        if len(swapped) >= _RECODED:
            problems.add(
                f"variable {item.variable} ({item.label}) has other codes than the wave's own file: {told}."
                " Use the file as downloaded, or a catalog that fits this one"
            )
        elif swapped:
            notes.append(f"{item.variable}: the file's label of code {told}")


def swapped_codes(item: Item, found: Mapping[int, str]) -> list[int]:
    """Codes whose label in the file is, to the word, the catalog's label of another code of the item."""
    owner: dict[str, set[int]] = {}
    for code, label in item.codes.items():
        owner.setdefault(plain(label), set()).add(code)
    return [
        code
        for code, label in found.items()
        if code in item.codes and plain(label) in owner and code not in owner[plain(label)]
    ]
