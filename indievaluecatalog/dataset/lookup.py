"""From answer codes to option positions, one lookup table an item."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Demographic, Granularity, Item
from indievaluecatalog.survey.answers import ANSWERED, Answers

NO_OPTION = -1


def code_table(item: Item, granularity: Granularity) -> NDArray[np.int8]:
    """Array t with t[code] = option index of an item's code.

    NO_OPTION where no option covers the code, and in the last place, which NO_CODE (-1) finds.
    """
    table = np.full(max(item.codes) + 2, NO_OPTION, dtype=np.int8)
    for index, option in enumerate(item.options(granularity)):
        table[list(option.codes)] = index
    return table


def option_indices(answers: Answers, row: int, item: Item, granularity: Granularity) -> NDArray[np.int8]:
    """Each person's option of the item in one row of the answers, shape (n,); NO_OPTION without a valid answer."""
    found: NDArray[np.int8] = code_table(item, granularity)[answers.codes[row]]
    return found


def demographic_indices(answers: Answers, demographic: Demographic) -> NDArray[np.int16]:
    """Each person's option of one demographic, shape (n,); NO_OPTION where there is none."""
    row = answers.demographic_ids.index(demographic.id)
    valid = answers.demographic_reasons[row] == ANSWERED
    pairs = sorted((code, index) for index, option in enumerate(demographic.options) for code in option.codes)
    codes = np.array([code for code, _ in pairs], dtype=np.int32)
    owners = np.array([index for _, index in pairs], dtype=np.int16)
    found = np.searchsorted(codes, np.where(valid, answers.demographic_codes[row], codes[0]))
    return np.where(valid, owners[np.minimum(found, len(owners) - 1)], NO_OPTION).astype(np.int16)
