"""Reading one part of an answer: as JSON, else by lines with ids, else (one probe asked) as prose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from indievaluecatalog.evaluation.reading_entries import Value, blocks, chosen_block
from indievaluecatalog.evaluation.reading_ids import ProbeIds
from indievaluecatalog.evaluation.reading_letter import (
    Found,
    Options,
    names_only_letter,
    read_value,
)
from indievaluecatalog.evaluation.reading_lines import read_segment, segments
from indievaluecatalog.evaluation.reading_prose import read_prose
from indievaluecatalog.evaluation.request import Request


@dataclass(frozen=True, slots=True)
class Part:
    """What a part of an answer says: by slot position what was found, and the ids that were not asked."""

    found: dict[int, Found]
    others: frozenset[str]

    @property
    def says_something(self) -> bool:
        """Whether it answers for any probe, in whatever way."""
        silent = ("missing", "unreadable", "refused", "cut_off")
        return any(found.kind not in silent for found in self.found.values())


def read_part(
    text: str, request: Request, ids: ProbeIds, options: Sequence[Options], cut: bool, whole: str = ""
) -> Part:
    """Read one part.

    Args:
        text: the part, plain; cut off, with CUT for its last word.
        request: what was asked.
        ids: of its slots.
        options: of its slots.
        cut: whether the length limit ended the text.
        whole: a cut-off answer to one probe, with its last word.
    """
    block = chosen_block(blocks(text, ids))
    others = set(block.others)
    found = _together((at, _read_values(values, options[at], cut)) for at, values in block.entries)
    if found:
        return Part(found, frozenset(others))
    pieces, more, first = segments(text, ids)
    if request.form == "single" and more and not pieces and not others:
        # Behind the answer some models make up the next question.
        before = read_prose(text[:first], options[0])
        if before.kind == "read":
            return Part({0: before}, frozenset())
    others |= more
    lines = [(piece.at, _cut(read_segment(piece, options[piece.at]), cut and piece.last)) for piece in pieces]
    clear = {at for at, one in lines if one.kind == "read"}
    found = _together((at, one) for at, one in lines if at not in clear or one.kind not in ("unreadable", "refused"))
    silent = all(one.kind in ("unreadable", "refused", "missing") for one in found.values())
    if request.form == "single" and len(options) == 1 and silent and not others:
        return Part({0: _single(text, block.loose, options[0], cut, whole)}, frozenset())
    return Part({at: Found("missing") for at in block.blanks} | found, frozenset(others))


def _single(text: str, loose: list[Value], options: Options, cut: bool, whole: str) -> Found:
    if loose:
        return _read_values(tuple(loose), options, cut)
    if cut and names_only_letter(whole, options):
        return _cut(read_value(whole, options), cut)
    return _cut(read_prose(text, options), cut)


def _read_values(values: tuple[Value, ...], options: Options, cut: bool) -> Found:
    """What the fields that answer for one probe say together; a text that is no option is out of range."""
    kinds = []
    for value in values:
        if cut and not value.finished:
            kinds.append(Found("cut_off"))
            continue
        found = read_value(value.text, options)
        if found.kind == "unreadable":
            found = read_prose(value.text, options)
        kinds.append(Found("out_of_range") if found.kind == "unreadable" else found)
    read = {found for found in kinds if found.kind == "read"}
    if len(read) > 1 or Found("conflicting") in kinds:
        return Found("conflicting")
    if read:
        return read.pop()
    return next((found for found in kinds if found.kind != "missing"), Found("missing" if kinds else "unreadable"))


def _together(answers: Iterable[tuple[int, Found]]) -> dict[int, Found]:
    """One finding a slot; two that differ are conflicting."""
    found: dict[int, Found] = {}
    for at, one in answers:
        before = found.get(at)
        if before is None or before.kind in ("missing", "cut_off"):
            found[at] = one
        elif one != before and one.kind not in ("missing", "cut_off"):
            found[at] = Found("conflicting")
    return found


def _cut(found: Found, cut: bool) -> Found:
    """A finding at the end of a text that was cut off."""
    return Found("cut_off") if cut and found.kind not in ("read", "conflicting") else found
