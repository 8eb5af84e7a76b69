"""A number such as age in years, put into the groups that a known demographic has of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from indievaluecatalog.waves.codebook import Variable
from indievaluecatalog.waves.values import interval

_HIGHEST = 130
"""A higher number is no age, no count of persons: 999 stands for no answer, whatever the file says."""
_FEWEST = 12
"""Fewer different numbers may as well be codes of groups."""


def grouped_numbers(variable: Variable, known: Mapping[int, Any], options: Any) -> dict[str, Any] | None:
    """Codes, options and codes left over of a variable that holds numbers; None where it does not.

    Args:
        variable: of the file, without value labels.
        known: code -> label of the known demographic, such as "16-24 years".
        options: of the known demographic, each with its codes; or "each".

    Returns:
        `codes` (every number within the groups -> itself), `options` and, if there are any, `uncovered`.
    """
    if variable.values or isinstance(options, str):
        return None
    ranges = {code: interval(value if isinstance(value, str) else value["label"]) for code, value in known.items()}
    wide = {code: ends for code, ends in ranges.items() if ends is not None and ends[1] > ends[0]}
    numbers = [code for code, count in variable.counts.items() if count and code >= 0 and code not in variable.missing]
    inside = [code for code in numbers if code <= _HIGHEST]
    if len(wide) < len(ranges) or len(inside) < _FEWEST:
        return None
    top = max(inside)
    groups = _groups(options, wide, top)
    codes = sorted(code for one in groups for code in one["codes"])
    if len(groups) < 2 or len(set(codes)) < len(codes):
        return None
    rest = sorted(set(numbers) - set(codes))
    return {
        "codes": {code: str(code) for code in sorted([*codes, *rest])},
        "options": groups,
        **({"uncovered": rest} if rest else {}),
    }


def _groups(
    options: Sequence[Mapping[str, Any]], wide: Mapping[int, tuple[float, float]], top: int
) -> list[dict[str, Any]]:
    groups = []
    for option in options:
        codes: list[int] = []
        for code in option["codes"]:
            low, high = wide[code]
            codes += range(int(low), int(min(high, top)) + 1)
        if codes:
            groups.append({**option, "codes": codes})
    return groups
