"""How rows are drawn: which statements may stand beside a probe, and which items are never asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.sampling.holdout import ItemHoldout, item_holdout
from indievaluecatalog.sampling.protocol import OURS, Protocol

TooFewPersons = Literal["error", "fewer"]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The choices of a draw.

    Of the protocol, seed, siblings and categories have a part in it. What it says of the probes of a setup has none,
    since a row asks one item: that one is never shown, and every other may be.

    Attributes:
        protocol: see above.
        held_out: items that no row asks, in catalog order.
        held_out_shown: whether they may stand among the demonstrations.
        too_few: what becomes of an item that fewer persons can be drawn for than a unit wants: "error", or "fewer"
            for all there are.
    """

    protocol: Protocol = OURS
    held_out: tuple[str, ...] = ()
    held_out_shown: bool = False
    too_few: TooFewPersons = "error"

    def __post_init__(self) -> None:
        if self.too_few not in get_args(TooFewPersons):
            raise ReasonerError(f"too_few is one of {', '.join(get_args(TooFewPersons))}, not {self.too_few!r}")
        if self.protocol.order != "keyed":
            raise ReasonerError(
                "the informative order is made for the probes of a setup, and training rows ask every item: "
                "use a protocol with order='keyed'"
            )

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for files."""
        return {
            "protocol": self.protocol.to_dict(),
            "held_out": list(self.held_out),
            "held_out_shown": self.held_out_shown,
            "too_few": self.too_few,
        }

    def asked(self, catalog: Catalog) -> NDArray[np.intp]:
        """Positions of the items that rows ask.

        Raises:
            ReasonerError: every item is held out.
        """
        found = np.array([at for at, item in enumerate(catalog.items) if item not in self.held_out], dtype=np.intp)
        if not len(found):
            raise ReasonerError("every item is held out, so that no row is left to train on")
        return found

    def may_show(self, catalog: Catalog) -> NDArray[np.bool_]:
        """t[probe, item]: whether the item may be shown where the probe is asked, shape (items, items).

        Raises:
            ReasonerError: an unknown category, or none left.
        """
        protocol, ids = self.protocol, list(catalog.items)
        for category in (*protocol.only_categories, *protocol.without_categories):
            if category not in catalog.categories:
                raise ReasonerError(f"no category {category!r}; the catalog has {' | '.join(catalog.categories)}")
        wanted = set(protocol.only_categories or catalog.categories) - set(protocol.without_categories)
        hidden = set() if self.held_out_shown else set(self.held_out)
        shown = np.array([item.category in wanted and item.id not in hidden for item in catalog.items.values()])
        if not shown.any():
            raise ReasonerError("no item is left to show: the protocol's categories or the items held out hide all")
        table = np.broadcast_to(shown, (len(ids), len(ids))).copy()
        np.fill_diagonal(table, False)
        if protocol.siblings == "left_out":
            for group in catalog.evaluation.siblings:
                places = [ids.index(item) for item in group]
                table[np.ix_(places, places)] = False
        return table


def chosen_hold_out(catalog: Catalog, wanted: float | Sequence[str] | ItemHoldout, seed: int) -> tuple[str, ...]:
    """Items held out: a share of each category's (see `item_holdout`), some by id, or those of a hold-out.

    Raises:
        ReasonerError: an item that the catalog does not have.
        SamplingError: a share outside 0 to 1.
    """
    if isinstance(wanted, float | int):
        return item_holdout(catalog, wanted, seed=seed).held_out
    named = wanted.held_out if isinstance(wanted, ItemHoldout) else wanted
    if isinstance(named, str):
        raise ReasonerError(f"items held out are several ids, a share or an ItemHoldout, not the text {named!r}")
    unknown = sorted(set(named) - set(catalog.items))
    if unknown:
        raise ReasonerError(f"no item {unknown[0]!r} in the catalog {catalog.wave.id}, so that it cannot be held out")
    return tuple(item for item in catalog.items if item in set(named))
