"""The order of an item's options from least to most, where they have one.

The order of options in a catalog is that of the questionnaire, which is not always that of the scale ("better",
"worse", "about the same"), so it is derived from the item's direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Granularity, Item

NO_RANK = -1


def option_ranks(item: Item, granularity: Granularity) -> tuple[int, ...] | None:
    """The rank of each option, 0 for the least, in catalog order; None where the options have no order.

    With a direction the ranks follow its `low_to_high`. Without one, the answers of an ordinal item or a ten-point
    scale are taken in the order of their codes, and those of a nominal or binary item have no order. An item has
    no order at a granularity where an option stands (also) for codes off the scale, such as "don't know the
    institution", where options interleave on the scale, or where there is but one: leaving out the item as a whole
    keeps the distance from depending on how much a predictor puts on what has no place on the scale.
    """
    if item.direction is not None:
        scale: Sequence[int] = item.direction.low_to_high
    elif item.measurement in ("ordinal", "scale10"):
        scale = sorted(item.codes)
    else:
        return None
    place = {code: at for at, code in enumerate(scale)}
    options = item.options(granularity)
    if len(options) < 2 or any(code not in place for option in options for code in option.codes):
        return None
    places = [sorted(place[code] for code in option.codes) for option in options]
    order = sorted(range(len(options)), key=lambda index: places[index])
    if any(places[left][-1] > places[right][0] for left, right in pairwise(order)):
        return None
    ranks = [0] * len(options)
    for rank, index in enumerate(order):
        ranks[index] = rank
    return tuple(ranks)


def rank_table(items: Sequence[Item], granularity: Granularity, widest: int) -> NDArray[np.int8]:
    """t[item, option] = rank, shape (len(items), widest); NO_RANK where there is none."""
    table = np.full((len(items), widest), NO_RANK, np.int8)
    for row, item in enumerate(items):
        ranks = option_ranks(item, granularity)
        if ranks is not None:
            table[row, : len(ranks)] = ranks
    return table


def by_rank(values: NDArray[np.float64], ranks: NDArray[np.int8]) -> NDArray[np.float64]:
    """Values of options put in the order of their ranks.

    Args:
        values: shape (..., k).
        ranks: of the same or a broadcastable shape; what has no rank comes last, in the order it had.
    """
    last = np.iinfo(np.int8).max
    order = np.argsort(np.where(ranks == NO_RANK, last, ranks), axis=-1, kind="stable")
    return np.take_along_axis(values, np.broadcast_to(order, values.shape), axis=-1)


def wasserstein(
    first: NDArray[np.float64], second: NDArray[np.float64], ranks: NDArray[np.int8]
) -> NDArray[np.float64]:
    """Wasserstein-1 distance of two distributions over ranked options, as a share of the scale's length.

    Neighbouring ranks are one apart and the scale is k - 1 long, so that 0 is the same distribution and 1 all mass
    at opposite ends. On a line the distance is the area between the two cumulative distributions.

    Args:
        first, second: probabilities of the options, shape (..., k), 0 beyond an item's options.
        ranks: of a shape that broadcasts to theirs (see `rank_table`).

    Returns:
        Shape (...); NaN where the options have no order.
    """
    gap = np.abs(np.cumsum(by_rank(first - second, ranks), axis=-1))
    counted = ranks >= 0
    steps = counted.sum(axis=-1) - 1
    inside = np.arange(gap.shape[-1]) < steps[..., None]
    with np.errstate(invalid="ignore", divide="ignore"):
        found: NDArray[np.float64] = np.where(steps > 0, (gap * inside).sum(axis=-1) / steps, np.nan)
    return found
