"""Dropping repeated interview ids, as the published table of the task was made."""

from __future__ import annotations

import numpy as np

from indievaluecatalog.survey.answers import Answers


def drop_duplicate_ids(answers: Answers) -> Answers:
    """The table without rows whose interview id an earlier row has; the order of rows is kept.

    The published 93,279 persons are 94,278 rows less 999: of a country with a thousand rows and one id among
    them, the first row stayed. Rows without an id are all kept.
    """
    _, first = np.unique(answers.interview_ids, return_index=True)
    keep = np.zeros(len(answers), dtype=bool)
    keep[first] = True
    keep |= answers.interview_ids < 0
    return answers.take(np.flatnonzero(keep))
