"""Which probe is given which values by the JSON in an answer, whatever its shape.

Understood are {"P01": "A"}, {"P01": {"choice": "A", "reason": ...}}, [{"id": "P01", "choice": "A"}], [["P01", "A"]],
["P01: A"], and any of these inside other objects. Ids within reasons, lists of options or another probe's answer are
passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from indievaluecatalog.evaluation.reading_ids import OTHER, ProbeIds
from indievaluecatalog.evaluation.reading_json import Event, events
from indievaluecatalog.evaluation.reading_letter import is_blank
from indievaluecatalog.evaluation.reading_words import words


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it stands in the answer; not `finished` if the text ends in it."""

    text: str
    finished: bool = True


@dataclass(slots=True)
class Block:
    """An outermost object or list.

    Attributes:
        entries: (slot position, values of the fields that answer for it), in order; a probe answered twice has two.
        blanks: slots whose answer is left blank.
        others: ids of probes that were not asked.
        loose: values of answer fields that stand beside no id.
        complete: whether every bracket is closed.
        beside: whether no letter stands between it and the block before.
    """

    entries: list[tuple[int, tuple[Value, ...]]] = field(default_factory=list)
    blanks: set[int] = field(default_factory=set)
    others: set[str] = field(default_factory=set)
    loose: list[Value] = field(default_factory=list)
    complete: bool = False
    beside: bool = False

    def add(self, at: int, *values: Value) -> None:
        """Add an answer for a slot; blanks to be filled in, such as "<letter>", are none."""
        if values and all(value.finished and is_blank(value.text) for value in values):
            self.blanks.add(at)
        else:
            self.entries.append((at, values))

    @property
    def known(self) -> set[int]:
        """The slots it answers for."""
        return {at for at, _ in self.entries}


@dataclass(slots=True)
class _Frame:
    """An open bracket. `owner` is the probe whose answer it holds; a frame that is not `live` is passed over.

    Brackets within a probe's answer share its list of `answers`; `empty` is one in which nothing stands.
    """

    listed: bool
    owner: int | None
    live: bool
    collects: bool
    key: str | None = None
    id: int | None = None
    id_text: str = ""
    answers: list[Value] = field(default_factory=list)
    plain: list[Value] = field(default_factory=list)
    empty: bool = True


def blocks(text: str, ids: ProbeIds) -> list[Block]:
    """The blocks of a text, in order: one an outermost object or list."""
    found: list[Block] = []
    block, stack = Block(), list[_Frame]()
    for event in events(text):
        if event.kind == "prose" or (event.kind == "open" and block.complete):
            found.append(block)
            block = Block(beside=event.kind == "open")
        _take(event, stack, block, ids)
    if stack:
        while stack:
            _close(stack, block, ids, finished=False)
        block.complete = False
    return [*found, block]


def chosen_block(found: Sequence[Block]) -> Block:
    """Of a text's blocks the one that counts, with the blanks, ids not asked and loose answers of all.

    The last complete one that answers for a probe counts, unless a later one that is not complete answers for more:
    an example of the format or a draft comes before the answer. Blocks right beside it that answer for other probes
    belong to it, as when each probe has an object of its own.
    """
    whole = Block(others=set().union(*(block.others for block in found)))
    whole.blanks = set().union(*(block.blanks for block in found))
    whole.loose = [value for block in found for value in block.loose]
    answering = [at for at, block in enumerate(found) if block.entries]
    if not answering:
        return whole
    complete = [at for at in answering if found[at].complete]
    chosen = complete[-1] if complete else answering[-1]
    for at in answering:
        if at > chosen and not found[at].complete and len(found[at].known) > len(found[chosen].known):
            chosen = at
    known = set(found[chosen].known)
    first, last = chosen, chosen
    while found[first].beside and not known & found[first - 1].known:
        first -= 1
        known |= found[first].known
    while last + 1 < len(found) and found[last + 1].beside and not known & found[last + 1].known:
        last += 1
        known |= found[last].known
    whole.entries = [entry for block in found[first : last + 1] for entry in block.entries]
    return whole


def _take(event: Event, stack: list[_Frame], block: Block, ids: ProbeIds) -> None:
    if stack and event.kind in ("open", "value"):
        stack[-1].empty = False
    if event.kind == "open":
        stack.append(_opened(event, stack[-1] if stack else None, ids, block))
    elif event.kind == "close":
        _close(stack, block, ids)
        block.complete = not stack
    elif event.kind == "key":
        stack[-1].key = event.text
    elif event.kind == "value":
        _value(stack[-1], Value(event.text, event.finished), block, ids)


def _opened(event: Event, outer: _Frame | None, ids: ProbeIds, block: Block) -> _Frame:
    listed = event.text == "["
    if outer is None:
        return _Frame(listed, None, live=True, collects=False)
    key, outer.key = outer.key, None
    if not outer.live or (key is not None and _field(key) in words().other_fields):
        return _Frame(listed, None, live=False, collects=False)
    if outer.owner is not None:
        answers = outer.collects if key is None else _field(key) in words().answer_fields
        return _Frame(listed, outer.owner, live=True, collects=answers and listed, answers=outer.answers)
    owner = ids.find(key) if key is not None else None
    if owner == OTHER and key is not None:
        block.others.add(id_name(key))
        return _Frame(listed, None, live=False, collects=False)
    return _Frame(listed, owner, live=True, collects=listed and owner is not None)


def _value(frame: _Frame, value: Value, block: Block, ids: ProbeIds) -> None:
    key, frame.key = frame.key, None
    if not frame.live:
        return
    if frame.owner is not None:
        answers = frame.collects if key is None else _field(key) in words().answer_fields
        if answers:
            frame.answers.append(value)
        return
    if key is None:
        _without_key(frame, value, block, ids)
        return
    probe, name = ids.find(key), _field(key)
    if probe == OTHER:
        block.others.add(id_name(key))
    elif probe is not None:
        block.add(probe, value)
    elif name in words().id_fields and (named := ids.find(value.text)) is not None:
        frame.id, frame.id_text = named, value.text
    elif name in words().answer_fields:
        frame.answers.append(value)


def _without_key(frame: _Frame, value: Value, block: Block, ids: ProbeIds) -> None:
    before, colon, after = value.text[:80].partition(":")
    probe = ids.find(before) if colon else None
    if probe is not None and probe != OTHER:
        block.add(probe, Value(after if len(value.text) <= 80 else value.text[len(before) + 1 :], value.finished))
    elif probe == OTHER:
        block.others.add(id_name(before))
    elif len(frame.plain) < 3:
        frame.plain.append(value)


def _close(stack: list[_Frame], block: Block, ids: ProbeIds, finished: bool = True) -> None:
    frame = stack.pop()
    if not frame.live:
        return
    if not finished and not frame.answers and not frame.listed:
        # The text ends before the answer.
        frame.answers.append(Value("", finished=False))
    if frame.owner is not None:
        if stack and stack[-1].owner is not None:
            return
        if frame.empty and finished:
            block.blanks.add(frame.owner)
        elif frame.listed:
            for value in frame.answers:
                block.add(frame.owner, value)
        else:
            block.add(frame.owner, *frame.answers)
        return
    if len(frame.plain) == 2 and ids.find(frame.plain[1].text) is None:
        # ["P01", "A"], but not ["P01", "P02"]
        named = ids.find(frame.plain[0].text)
        if named is not None:
            frame.id, frame.id_text = named, frame.plain[0].text
            frame.answers.append(frame.plain[1])
    if frame.id is None:
        block.loose += frame.answers
    elif frame.id == OTHER:
        block.others.add(id_name(frame.id_text))
    else:
        block.add(frame.id, *frame.answers)


def _field(key: str) -> str:
    return " ".join(key[:60].casefold().replace("_", " ").replace("-", " ").split())


def id_name(key: str) -> str:
    """One name for all spellings of an id, to count it once."""
    return "".join(char for char in key.casefold() if char.isalnum())[:60]
