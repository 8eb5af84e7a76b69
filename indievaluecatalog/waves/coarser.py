"""Answers put together or split: two grades made one, groups of ages cut otherwise."""

from __future__ import annotations

from collections.abc import Mapping

from indievaluecatalog.waves.matching import Relation
from indievaluecatalog.waves.values import ValueLabels, interval

_MOST_RANGES = 0.6


def put_together(
    ours: Mapping[int, str], theirs: Mapping[int, str], mapping: Mapping[int, int], labels: ValueLabels
) -> Relation | None:
    """The relation of a scale to one with more or fewer grades of the same meanings, or None.

    Three grades stand for five where both ends of the five are a stronger word for an end of the three; four
    of five with one end cut off are fewer grades, not grades put together.
    """
    if len(ours) == len(theirs) or min(len(ours), len(theirs)) < 2:
        return None
    coarse_is_ours = len(ours) < len(theirs)
    coarse, fine = (ours, theirs) if coarse_is_ours else (theirs, ours)
    taken = set(mapping.values()) if coarse_is_ours else set(mapping)
    left_over = [code for code in fine if code not in taken]
    paired = {fine_code: code for code, fine_code in mapping.items()} if coarse_is_ours else dict(mapping)
    home: dict[int, int] = dict(paired)
    for code in left_over:
        owners = [own for own, label in coarse.items() if labels.core(label) == labels.core(fine[code])]
        if len(owners) != 1 or not labels.core(fine[code])[0]:
            return None
        home[code] = owners[0]
    if {*home} != {*fine} or {*home.values()} != {*coarse}:
        return None
    joined = {own: tuple(sorted(code for code in fine if home[code] == own)) for own in coarse}
    if sum(len(group) > 1 for group in joined.values()) < 2:
        return None
    return _relation(joined, coarse, fine, coarse_is_ours=coarse_is_ours)


def ranges(ours: Mapping[int, str], theirs: Mapping[int, str]) -> Relation | None:
    """The relation of two lists of number ranges, such as groups of ages; None where they are no such lists."""
    left, right = ({code: interval(label) for code, label in side.items()} for side in (ours, theirs))
    if any(
        sum(span is not None for span in side.values()) < max(2, _MOST_RANGES * len(side)) for side in (left, right)
    ):
        return None
    spans = {code: span for code, span in left.items() if span is not None}
    known = {code: span for code, span in right.items() if span is not None}
    mapping, groups = {}, {}
    for code, (low, high) in spans.items():
        inside = [other for other, (start, end) in known.items() if start <= low and high <= end]
        if inside:
            mapping[code] = inside[0]
        holds = tuple(other for other, (start, end) in known.items() if low <= start and end <= high)
        if len(holds) > 1:
            groups[code] = holds
    if not mapping and not groups:
        return Relation("different", {}, "groups of numbers that are cut at other places")
    exact = all(spans[code] == known[other] for code, other in mapping.items())
    complete = len(mapping) == len(ours) and len(set(mapping.values())) == len(theirs)
    if complete and exact:
        if all(code == other for code, other in mapping.items()):
            return Relation("same", mapping, f"the same {len(mapping)} groups of numbers")
        down = [mapping[code] for code in sorted(mapping)]
        kind = "reversed" if down == sorted(down, reverse=True) else "renumbered"
        return Relation(
            "reversed" if kind == "reversed" else "renumbered", mapping, "the same groups of numbers under other codes"
        )
    turned = _turned({**{code: (other,) for code, other in mapping.items()}, **groups})
    said = f"groups of numbers put together or split{', counted the other way' if turned else ''}"
    return Relation("regrouped", mapping, said, groups)


def _relation(
    joined: Mapping[int, tuple[int, ...]], coarse: Mapping[int, str], fine: Mapping[int, str], *, coarse_is_ours: bool
) -> Relation:
    shown = "; ".join(
        f"{own} {coarse[own]!r} stands for {', '.join(f'{code} {fine[code]!r}' for code in group)}"
        for own, group in joined.items()
        if len(group) > 1
    )
    if coarse_is_ours:
        single = {own: group[0] for own, group in joined.items() if len(group) == 1}
        turned = _turned(joined)
        said = f"grades put together{', counted the other way' if turned else ''}: {shown}"
        return Relation("regrouped", single, said, dict(joined))
    mapping = {code: own for own, group in joined.items() for code in group}
    turned = _turned(joined)
    return Relation("regrouped", mapping, f"grades split{', counted the other way' if turned else ''}: known {shown}")


def _turned(joined: Mapping[int, tuple[int, ...]]) -> bool:
    middles = [sum(group) / len(group) for _, group in sorted(joined.items())]
    return len(middles) > 1 and middles[0] > middles[-1]
