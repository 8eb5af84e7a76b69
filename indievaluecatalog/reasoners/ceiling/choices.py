"""Items without an order, alone or as first and second choice of one list: a table of both options' probabilities."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Item
from indievaluecatalog.reasoners.ceiling.graded import off_scale
from indievaluecatalog.survey.synthetic.model import ItemModel, Model, softmax

Floats = NDArray[np.float32]
NOBODY = -1
"""Stands for the place of a second choice where there is none."""


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """A choice among m codes, and perhaps a second one that cannot repeat the first; c countries, q traits.

    Attributes:
        positions: places of the first and the second item in the catalog; NOBODY for no second one.
        loadings: shape (m, q).
        utilities: shape (c, m): of a person of each country with all traits 0.
        first, second: shape (m, options): which code belongs to which option.
        on, off: share by country on the scale, and by option off it, for both: (c,) and (c, options) each.
    """

    positions: tuple[int, int]
    loadings: Floats
    utilities: Floats
    first: Floats
    second: Floats
    on: tuple[Floats, Floats]
    off: tuple[Floats, Floats]

    def shares(self, theta: Floats, country: NDArray[np.intp]) -> Floats:
        """Probability of each code as first choice, shape (r, m)."""
        return softmax(theta @ self.loadings.T + self.utilities[country])

    def table(self, theta: Floats, country: NDArray[np.intp]) -> Floats:
        """Probability of each option of the first item with each of the second, shape (r, o1, o2); o2 = 1 for none."""
        shares = self.shares(theta, country)
        on_first, off_first = self.on[0][country][:, None], self.off[0][country]
        alone = shares @ self.first * on_first + off_first
        if self.positions[1] == NOBODY:
            return alone[:, :, None]
        # The second choice is drawn from what the first one left.
        rest = shares / np.maximum(1 - shares, np.float32(1e-6))
        both = shares[:, None, :] * rest[:, :, None]
        both *= 1 - np.eye(shares.shape[1], dtype=np.float32)
        joint = np.matmul(self.first.T, both @ self.second) * on_first[:, :, None]
        joint += off_first[:, :, None] * (shares @ self.second)[:, None, :]
        found: Floats = (
            joint * self.on[1][country][:, None, None] + alone[:, :, None] * self.off[1][country][:, None, :]
        )
        return found


def make_choices(model: Model, items: dict[str, tuple[int, Item]]) -> tuple[Choice, ...]:
    """The choices among items, given with their places in the catalog by id."""
    second_of = {first: second for second, first in model.second_choices.items() if second in items}
    found = []
    for name, (position, item) in items.items():
        one = model.items[name]
        if one.graded or name in model.second_choices:
            continue
        other = items.get(second_of.get(name, ""))
        styles = np.zeros((len(one.codes), 2), np.float32)
        no_share = (np.ones(len(one.country), np.float32), np.zeros((len(one.country), 1), np.float32))
        scales = (off_scale(item, one), off_scale(other[1], model.items[other[1].id]) if other else no_share)
        found.append(
            Choice(
                positions=(position, other[0] if other else NOBODY),
                loadings=np.concatenate([one.loadings, styles], axis=1).astype(np.float32),
                utilities=(one.country + one.cuts).astype(np.float32),
                first=_members(item, one),
                second=_members(other[1], one) if other else np.ones((len(one.codes), 1), np.float32),
                on=(scales[0][0], scales[1][0]),
                off=(scales[0][1], scales[1][1]),
            )
        )
    return tuple(found)


def _members(item: Item, model: ItemModel) -> Floats:
    return np.array([[code in option.codes for option in item.refined] for code in model.codes], np.float32)
