"""How the codes of a variable stand to those of a known item: the same, turned round, put together, more or fewer."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indievaluecatalog.errors import MissingExtraError
from indievaluecatalog.waves.coarser import put_together, ranges
from indievaluecatalog.waves.grades import by_place
from indievaluecatalog.waves.labels import plain
from indievaluecatalog.waves.matching import Relation, RelationKind
from indievaluecatalog.waves.values import ValueLabels, spoken

_PAIR = 0.5
"""Two value labels less alike than this mean different things."""
_BY_ELIMINATION = 0.6
_GUESSED = 0.4
_OTHER_STEPS = 0.55
_LIST = 25
"""From this many labels on it is a list of names, compared to the letter."""


@dataclass(frozen=True, slots=True)
class Compared:
    """A relation, and how well the labels support it: 0 (nothing in common) to 1; None where nothing can be said."""

    relation: Relation
    agreement: float | None


def compare_codes(
    values: Mapping[int, str], known: Mapping[int, str], labels: ValueLabels, codes: Sequence[int] = ()
) -> Compared:
    """How a variable's codes stand to the known ones.

    Args:
        values: code -> value label, of the variable; missing codes left out.
        known: the same of the known item.
        labels: compares value labels.
        codes: codes of the variable that occur, labelled or not.

    Raises:
        MissingExtraError: scipy is not installed.
    """
    ours, theirs = spoken(values), spoken(known)
    if not ours or not theirs:
        return _numbers_only(values or dict.fromkeys(codes, ""), known)
    if len(ours) >= _LIST or len(theirs) >= _LIST:
        return _lists(ours, theirs)
    if (found := ranges(ours, theirs)) is not None:
        return Compared(found, 0.9)
    pairs, by_strength = by_place(_paired(ours, theirs, labels), ours, theirs, labels)
    if not pairs:
        return Compared(Relation("different", {}, f"no answer in common: {_told(ours)} against {_told(theirs)}"), 0.0)
    few, many = sorted((len(ours), len(theirs)))
    agreement = sum(alike for _, _, alike in pairs) / few * (few / many) ** 0.5
    if by_strength:
        agreement = min(agreement, _OTHER_STEPS)
    mapping = {code: other for code, other, _ in pairs}
    every, all_known = sorted({*values, *codes}), sorted(known)
    unspoken = len(ours) < len(every) or len(theirs) < len(all_known)
    if unspoken and (other := _other_steps(mapping)) is not None:
        return Compared(other, _OTHER_STEPS)
    if unspoken:
        low, high = min(every), max(every)
        if every == [low, high] and len(all_known) > 2 and high - low == max(all_known) - min(all_known):
            # A file that was not counted shows only the ends that it labels.
            every = list(range(low, high + 1))
        mapping = _filled(mapping, every, all_known, ours, theirs)
        agreement = sum(alike for _, _, alike in pairs) / few
    elif (coarse := put_together(ours, theirs, mapping, labels)) is not None:
        return Compared(coarse, max(agreement, 0.6))
    return Compared(_named(mapping, every, all_known, values, known), min(1.0, agreement))


def _other_steps(mapping: Mapping[int, int]) -> Relation | None:
    """Two scales with the same ends and another number of steps between, or None."""
    low, high = min(mapping), max(mapping)
    ours, known = high - low, abs(mapping[high] - mapping[low])
    if len(mapping) != 2 or ours == known or min(ours, known) < 3:
        return None
    turned = ", counted the other way" if mapping[high] < mapping[low] else ""
    return Relation("regrouped", mapping, f"the same ends, {ours + 1} steps in place of {known + 1}{turned}")


def _named(
    mapping: dict[int, int], ours: list[int], theirs: list[int], values: Mapping[int, str], known: Mapping[int, str]
) -> Relation:
    """Give the relation its name, from which code answers which."""
    targets = [mapping[code] for code in sorted(mapping)]
    more = [code for code in ours if code not in mapping]
    fewer = [code for code in theirs if code not in set(targets)]
    down = len(targets) > 1 and all(a > b for a, b in itertools.pairwise(targets))
    extra = _extra(more, fewer, values, known)
    moved = {code: other for code, other in mapping.items() if code != other}
    shown = ", ".join(f"{code} is the known {other}" for code, other in list(moved.items())[:3])
    changed = f"; other codes: {shown}" if moved else ""
    kind: RelationKind
    fewest, most = sorted((len(ours), len(theirs)))
    if len(mapping) < max(2, fewest / 2) or 2 * len(mapping) < most:
        # The two ends of eleven steps are no yes and no, whichever way they are counted.
        return Relation("different", mapping, f"few answers in common{extra}{changed}")
    if down:
        shown = ", ".join(f"{code} is the known {mapping[code]}" for code in sorted(mapping)[:3])
        return Relation("reversed", mapping, f"the same answers counted the other way: {shown}{extra}")
    if more and fewer:
        # As many answers with one that is worded quite otherwise is no sign of the same question.
        return Relation("different", mapping, f"some answers have no counterpart{extra}{changed}")
    if more:
        kind, head = "extended", "more answers than known"
    elif fewer:
        kind, head = "reduced", "fewer answers than known"
    elif moved:
        kind, head = "renumbered", "the same answers under other codes"
    else:
        return Relation("same", mapping, f"the same {len(mapping)} codes")
    return Relation(kind, mapping, f"{head}{extra}{changed}")


def _extra(more: list[int], fewer: list[int], values: Mapping[int, str], known: Mapping[int, str]) -> str:
    said = ""
    if more:
        said += "; only here: " + ", ".join(f"{code} {values.get(code, '')!r}" for code in more[:4])
        said += f" and {len(more) - 4} more" if len(more) > 4 else ""
    if fewer:
        said += "; only known: " + ", ".join(f"{code} {known[code]!r}" for code in fewer[:4])
        said += f" and {len(fewer) - 4} more" if len(fewer) > 4 else ""
    return said


def _paired(ours: dict[int, str], theirs: dict[int, str], labels: ValueLabels) -> list[tuple[int, int, float]]:
    try:
        from scipy.optimize import linear_sum_assignment
    except ImportError as error:
        raise MissingExtraError("scipy", "waves", "matching a file's variables") from error
    left, right = sorted(ours), sorted(theirs)
    alike = labels.matrix([ours[code] for code in left], [theirs[code] for code in right])
    # A tie goes to the same code, and no more than a tie.
    tie = 1e-3 * np.array([[code == other for other in right] for code in left])
    rows, columns = linear_sum_assignment(alike + tie, maximize=True)
    pairs = [
        (left[row], right[column], float(alike[row, column]))
        for row, column in zip(rows, columns, strict=True)
        if alike[row, column] >= _PAIR
    ]
    if len(pairs) == 1 and len(left) == len(right) == 2 and alike.sum() - pairs[0][2] <= _BY_ELIMINATION:
        # Two ends of one scale: where one is known, the other is the other, if it is not quite another.
        ours_other, theirs_other = ({*left} - {pairs[0][0]}).pop(), ({*right} - {pairs[0][1]}).pop()
        pairs.append((ours_other, theirs_other, _GUESSED))
    return pairs


def _filled(
    mapping: dict[int, int],
    ours: list[int],
    theirs: list[int],
    spoken_ours: dict[int, str],
    spoken_theirs: dict[int, str],
) -> dict[int, int]:
    """Answers without words between two that have them, where both scales have as many steps in between.

    One labelled end tells nothing about the direction, so that it maps to itself alone.
    """
    full = dict(mapping)
    anchors = sorted(mapping)
    for low, high in itertools.pairwise(anchors):
        step = 1 if mapping[high] > mapping[low] else -1
        between = [code for code in ours if low < code < high]
        there = [code for code in theirs if min(mapping[low], mapping[high]) < code < max(mapping[low], mapping[high])]
        if len(between) == len(there):
            ordered = there if step > 0 else there[::-1]
            full |= {
                code: other
                for code, other in zip(between, ordered, strict=True)
                if (code in spoken_ours) <= (code in mapping)
                and (other in spoken_theirs) <= (other in mapping.values())
            }
    return full


def _numbers_only(values: Mapping[int, str], known: Mapping[int, str]) -> Compared:
    if not values:
        return Compared(Relation("unknown", {}, "no value labels here"), None)
    where = "here" if not spoken(values) else "in the known catalog"
    same = "the same codes" if sorted(values) == sorted(known) else "other codes"
    return Compared(Relation("unknown", {}, f"no value labels {where}, so the direction is not known; {same}"), None)


def _lists(ours: dict[int, str], theirs: dict[int, str]) -> Compared:
    """Long lists of names: countries, languages, parties."""
    owner: dict[str, list[int]] = {}
    for code, label in theirs.items():
        owner.setdefault(plain(label), []).append(code)
    mapping = {
        code: code if code in owner[plain(label)] else owner[plain(label)][0]
        for code, label in ours.items()
        if plain(label) in owner
    }
    share = len(mapping) / min(len(ours), len(theirs))
    if len(mapping) < 3:
        return Compared(Relation("different", mapping, "lists with hardly a name in common"), 0.0)
    moved = sum(code != other for code, other in mapping.items())
    more, fewer = len(ours) - len(mapping), len(theirs) - len(set(mapping.values()))
    said = f"{len(mapping)} names in common, {more} only here, {fewer} only known"
    said += f", {moved} of them with another code" if moved else ""
    kind: RelationKind = "renumbered" if moved else "same"
    if more and fewer:
        kind = "different"
    elif more or fewer:
        kind = "extended" if more else "reduced"
    return Compared(Relation(kind, mapping, said), min(1.0, share))


def _told(labels: Mapping[int, str]) -> str:
    shown = ", ".join(f"{code} {label!r}" for code, label in sorted(labels.items())[:3])
    return f"{shown} and {len(labels) - 3} more" if len(labels) > 3 else shown
