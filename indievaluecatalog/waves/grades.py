"""Grades that only their strength tells apart: where their words do not settle it, their place does, under doubt."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from indievaluecatalog.waves.values import ValueLabels

_WORD_FOR_WORD = 0.95
Pair = tuple[int, int, float]
"""A code, the known code it is likest, and how alike their labels are."""


def by_place(
    pairs: Sequence[Pair], ours: Mapping[int, str], theirs: Mapping[int, str], labels: ValueLabels
) -> tuple[list[Pair], bool]:
    """The pairs with crossed grades uncrossed and ambiguous ones taken out, and whether there were any.

    "Very unhappy" is not "not very happy" though the words are; nor is "not too happy" one of "not very happy" and
    "not at all happy" more than the other.
    """
    taken = {known for _, known, _ in pairs}
    free = [label for code, label in theirs.items() if code not in taken]
    kept = [
        (code, known, alike)
        for code, known, alike in sorted(pairs)
        if alike >= _WORD_FOR_WORD or not any(labels.core(theirs[known]) == labels.core(one) for one in free)
    ]
    changed = len(kept) < len(pairs)
    rising = sum(1 if a[1] < b[1] else -1 for a, b in itertools.combinations(kept, 2)) > 0
    for i, j in itertools.combinations(range(len(kept)), 2):
        (code, known, alike), (later, other, also) = kept[i], kept[j]
        of_one_side = labels.core(ours[code]) == labels.core(ours[later]) and labels.core(theirs[known]) == labels.core(
            theirs[other]
        )
        if of_one_side and (known < other) != rising and min(alike, also) < 1:
            kept[i], kept[j] = (code, other, also), (later, known, alike)
            changed = True
    return kept, changed
