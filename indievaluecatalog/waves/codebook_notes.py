"""What a reader of a file's codebook must know before trusting it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from indievaluecatalog.waves.codebook import Variable
from indievaluecatalog.waves.labels import plain

_BROKEN = re.compile(
    "[\u00c2\u00c3\u00e2][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u2013-\u2122\u20ac]|\ufffd"
)
_STATA_LONGEST = 80
_CUT_AT = (40, 60, 64, 79, 80, 120, 255, 256)
_WAVE = re.compile(r"^(survey )?(wave|round)( number)?$|chronology of .*waves")


def mended(text: str) -> str:
    """A label whose UTF-8 was taken for Latin-1 or Windows-1252, as it was meant; any other as it is."""
    if _BROKEN.search(text) is None or "\ufffd" in text:
        return text
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    return text


def notes_of(variables: Sequence[Variable]) -> tuple[str, ...]:
    """Notes on a file's labels as a whole, each with the first variables concerned."""
    notes = []
    labelled = [one for one in variables if one.label]
    if not labelled and not any(one.values for one in variables):
        notes.append("nothing is labelled: no variable label and no value label; give a codebook file")
    elif not labelled:
        notes.append("no variable has a label, only value labels; give a codebook file")
    elif not any(one.values for one in variables):
        notes.append("no code has a value label, so that no direction can be known; give a codebook file")
    broken = [one.name for one in variables if any(_BROKEN.search(text) for text in (one.label, *one.values.values()))]
    _add(notes, broken, "have labels with broken letters (a wrong encoding): export the file again as UTF-8")
    bare = [one.name for one in variables if one.kind == "coded" and one.values and _unlabelled(one)]
    _add(notes, bare, "hold codes that no value label explains")
    same = Counter(plain(one.label) for one in labelled)
    _add(notes, [one.name for one in labelled if same[plain(one.label)] > 1], "share their label with another variable")
    lower = Counter(one.name.lower() for one in variables)
    _add(notes, [one.name for one in variables if lower[one.name.lower()] > 1], "differ from another name by case only")
    lengths = Counter(len(one.label) for one in labelled)
    longest = max(lengths, default=0)
    if longest in _CUT_AT and (lengths[longest] > 1 or longest == _STATA_LONGEST):
        cut = [one.name for one in labelled if len(one.label) == longest]
        _add(notes, cut, f"have labels of exactly {longest} signs, where they may be cut off")
    for one in variables:
        waves = [code for code, times in one.counts.items() if times and code not in one.missing]
        if len(waves) > 1 and _WAVE.search(plain(one.label)):
            notes.append(
                f"the file holds several waves ({one.name}: {', '.join(map(str, sorted(waves)))}): keep one of them,"
                " or each question may be of any"
            )
    return tuple(notes)


def _unlabelled(variable: Variable) -> bool:
    codes = [code for code in variable.counts if code not in variable.missing]
    ends_only = len(variable.values) <= 3 and len(codes) >= 4
    return not ends_only and any(code not in variable.values for code in codes)


def _add(notes: list[str], names: Iterable[str], what: str) -> None:
    listed = list(names)
    if listed:
        shown = ", ".join(listed[:8]) + (f" and {len(listed) - 8} more" if len(listed) > 8 else "")
        notes.append(f"{len(listed)} {'variable' if len(listed) == 1 else 'variables'} {what}: {shown}")
