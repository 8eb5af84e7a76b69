"""Styles in which models answer, each a function from slots and chosen positions to a text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

from hypothesis import strategies as st

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.evaluation.request import LETTERS, Form, Request, Response, Slot

Chosen = Sequence[tuple[Slot, int]]
"""Slots with the position, as shown, of the option chosen."""


def catalog_slots(catalog: Catalog, count: int, first: int = 0, turn: int = 1) -> tuple[Slot, ...]:
    """Slots P01, P02, ... of the catalog's items, the options of each turned on by its number and `turn`."""
    slots = []
    for number, item in enumerate(list(catalog.items.values())[first : first + count], start=1):
        options = item.options("refined" if number % 2 else "polar")
        shift = (number * turn) % len(options)
        order = tuple((at + shift) % len(options) for at in range(len(options)))
        slots.append(Slot(f"P{number:02}", item.id, tuple(options[at].statement for at in order), order))
    return tuple(slots)


def asked(slots: Sequence[Slot], form: Form = "joint") -> Request:
    """A request for these slots."""
    return Request("p", 0, "refined", form, tuple(slots), "", "", "")


def respond(text: str, finish: str = "stop") -> Response:
    return Response(key="k", text=text, finish_reason=finish)


def choices(slots: tuple[Slot, ...]) -> st.SearchStrategy[tuple[int, ...]]:
    return st.tuples(*(st.integers(0, len(slot.options) - 1) for slot in slots))


def in_catalog(slots: tuple[Slot, ...], shown: tuple[int, ...]) -> list[int]:
    return [slot.order[at] for slot, at in zip(slots, shown, strict=True)]


def _letters(chosen: Chosen) -> dict[str, str]:
    return {slot.id: LETTERS[at] for slot, at in chosen}


def _texts(chosen: Chosen) -> dict[str, str]:
    return {slot.id: f"{LETTERS[at]}) {slot.options[at]}" for slot, at in chosen}


def _object(chosen: Chosen) -> str:
    return json.dumps(_letters(chosen))


def _statements(chosen: Chosen) -> str:
    return json.dumps({slot.id: slot.options[at] for slot, at in chosen}, indent=1)


def _python(chosen: Chosen) -> str:
    return repr(_texts(chosen))


def _no_quotes(chosen: Chosen) -> str:
    return "{" + ", ".join(f"{key}: {letter}" for key, letter in _letters(chosen).items()) + "}"


def _in_a_fence(chosen: Chosen) -> str:
    return f"Here is what I think.\n```json\n{json.dumps(_letters(chosen), indent=2)}\n```\nI hope this helps!"


def _after_thought(chosen: Chosen) -> str:
    return f'<think>The answer is A. P01: B. {{"P02": "A"}}</think>\n{_object(chosen)}'


def _with_reasons(chosen: Chosen) -> str:
    reasons = {key: {"reason": "A is too strong; P01: B", "choice": value} for key, value in _letters(chosen).items()}
    return json.dumps({"answers": reasons})


def _list(chosen: Chosen) -> str:
    return json.dumps([{"id": key, "choice": value} for key, value in _texts(chosen).items()])


def _object_a_line(chosen: Chosen) -> str:
    return "\n".join(json.dumps({key: value}) for key, value in _letters(chosen).items())


def _lines(chosen: Chosen) -> str:
    return "\n".join(f"{key}: {value}" for key, value in _letters(chosen).items())


def _lines_with_statements(chosen: Chosen) -> str:
    return "\n".join(f"- **{slot.id}**: {slot.options[at]}" for slot, at in chosen)


def _table(chosen: Chosen) -> str:
    return "| id | choice |\n|---|---|\n" + "\n".join(f"| {key} | {value} |" for key, value in _letters(chosen).items())


def _one_line(chosen: Chosen) -> str:
    return ", ".join(f"{key.lower()} = {value}" for key, value in _letters(chosen).items())


JOINT: Mapping[str, Callable[[Chosen], str]] = {
    style.__name__.strip("_"): style
    for style in (
        *(_object, _statements, _python, _no_quotes, _in_a_fence, _after_thought, _with_reasons, _list),
        *(_object_a_line, _lines, _lines_with_statements, _table, _one_line),
    )
}

SINGLE: Mapping[str, Callable[[str, str], str]] = {
    "letter": lambda letter, _: letter,
    "full stop": lambda letter, _: f" {letter}.",
    "bracket": lambda letter, _: f"({letter.lower()})",
    "bold": lambda letter, _: f"**{letter}**",
    "text": lambda letter, statement: f"{letter}) {statement}",
    "statement": lambda _, statement: statement.upper(),
    "sentence": lambda letter, _: f"A person like this cares. So the answer is {letter}.",
    "reason": lambda letter, _: f"I would choose **{letter}**, because A person like this would.",
    "sentence and statement": lambda _, statement: f"I'd say: {statement}",
    "thought": lambda letter, _: f"<think>The answer is A. Or B.</think>\n\nOption {letter}",
    "final": lambda letter, _: f"The answer is A, or the answer is B.\n\n**Final answer:** {letter}",
    "JSON": lambda letter, _: f'{{"answer": "{letter}"}}',
}
