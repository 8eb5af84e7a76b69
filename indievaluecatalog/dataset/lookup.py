"""From answer codes to option positions, one lookup table an item."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Demographic, Granularity, Item, Option
from indievaluecatalog.survey.answers import ANSWERED, Answers

NO_OPTION = -1


def code_table(options: Sequence[Option]) -> NDArray[np.int16]:
    """Array t with t[code] = option index, NO_OPTION elsewhere; length is the highest code plus one."""
    top = max(code for option in options for code in option.codes)
    table = np.full(top + 1, NO_OPTION, dtype=np.int16)
    for index, option in enumerate(options):
        table[list(option.codes)] = index
    return table


def option_indices(answers: Answers, item: Item, granularity: Granularity) -> NDArray[np.int16]:
    """Each person's option of one item, shape (n,); NO_OPTION where there is no valid answer."""
    row = answers.item_ids.index(item.id)
    valid = answers.reasons[row] == ANSWERED
    table = code_table(item.options(granularity))
    codes = np.where(valid, answers.codes[row], 0)
    return np.where(valid, table[np.minimum(codes, len(table) - 1)], NO_OPTION).astype(np.int16)


def demographic_indices(answers: Answers, demographic: Demographic) -> NDArray[np.int16]:
    """Each person's option of one demographic, shape (n,); NO_OPTION where there is none."""
    row = answers.demographic_ids.index(demographic.id)
    valid = answers.demographic_reasons[row] == ANSWERED
    pairs = sorted((code, index) for index, option in enumerate(demographic.options) for code in option.codes)
    codes = np.array([code for code, _ in pairs], dtype=np.int32)
    owners = np.array([index for _, index in pairs], dtype=np.int16)
    found = np.searchsorted(codes, np.where(valid, answers.demographic_codes[row], codes[0]))
    return np.where(valid, owners[np.minimum(found, len(owners) - 1)], NO_OPTION).astype(np.int16)
