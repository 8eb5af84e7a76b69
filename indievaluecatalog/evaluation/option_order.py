"""In which order a probe's options are shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.evaluation.prompt_spec import OptionOrder
from indievaluecatalog.keyed_hash import keyed_pairs

PURPOSE = "option order"


def possible_orders(options: int, order: OptionOrder) -> tuple[tuple[int, ...], ...]:
    """Every order in which some person may be shown so many options.

    Each is a tuple of catalog positions in the order shown; "rotated" has one for each cyclic shift.
    """
    coded = tuple(range(options))
    if order == "coded":
        return (coded,)
    if order == "reversed":
        return (coded[::-1],)
    return tuple(coded[shift:] + coded[:shift] for shift in coded)


def chosen_orders(
    order: OptionOrder, seed: int, person_ids: NDArray[np.str_], items: Sequence[str], options: Sequence[int]
) -> NDArray[np.intp]:
    """Which of the `possible_orders` each person is shown of each item, shape (n, p).

    Depends on seed, person and item alone, so that the same person sees an item in the same order in every run,
    whatever else is shown or asked.

    Args:
        order: how options are ordered.
        seed: the protocol's.
        person_ids: shape (n,).
        items: the p item ids.
        options: how many options each of them has.
    """
    if order != "rotated":
        return np.zeros((len(person_ids), len(items)), np.intp)
    numbers = keyed_pairs(seed, PURPOSE, person_ids.tolist(), items)
    return (numbers % np.asarray(options, np.uint64)).astype(np.intp)
