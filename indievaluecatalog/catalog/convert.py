"""From a template and its slots to a statement.

A template is a sentence with `{slots}`. An option fills its own slots first; what it fills in may itself
hold slots, which the item fills. So one template serves a whole battery, and an option may still word a
stance around the item's subject. The first letter of the finished sentence is raised to a capital.
"""

from __future__ import annotations

import string
from collections.abc import Mapping


class TemplateError(ValueError):
    """A template and its slots do not fit; `rule` is the name of the broken rule."""

    def __init__(self, rule: str, message: str) -> None:
        self.rule = rule
        super().__init__(message)


def slot_names(template: str) -> list[str]:
    """Names of the slots in a template, in order of appearance.

    Raises:
        TemplateError: braces that do not close, or a slot that is not a plain name.
    """
    names = []
    try:
        fields = [(name, spec, conversion) for _, name, spec, conversion in string.Formatter().parse(template)]
    except ValueError as error:
        raise TemplateError("template-syntax", f"template {template!r} cannot be read: {error}") from error
    for name, spec, conversion in fields:
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise TemplateError("template-syntax", f"template {template!r} has a slot that is no plain {{name}}")
        names.append(name)
    return names


def _fill(template: str, slots: Mapping[str, str]) -> str:
    """Put the slots that are given, and leave the other ones standing."""
    slot_names(template)  # says what is wrong with a template that cannot be read
    pieces = []
    for text, name, _, _ in string.Formatter().parse(template):
        pieces.append(text.replace("{", "{{").replace("}", "}}"))
        if name is not None:
            pieces.append(slots.get(name, "{" + name + "}"))
    return "".join(pieces)


def state(template: str, option_slots: Mapping[str, str], item_slots: Mapping[str, str]) -> str:
    """The statement of one option.

    Raises:
        TemplateError: a slot of the template that nobody fills (`unfilled-slot`), or a slot of the option
            that the template does not have (`unknown-slot`).
    """
    wanted = set(slot_names(template))
    for name in option_slots:
        if name not in wanted:
            raise TemplateError("unknown-slot", f"slot {name!r} is not in the template {template!r}")
    half = _fill(template, option_slots)
    for name in slot_names(half):
        if name not in item_slots:
            raise TemplateError("unfilled-slot", f"nothing fills the slot {{{name}}} of {half!r}")
    whole = half.format(**item_slots)
    return whole[:1].upper() + whole[1:]


def used_item_slots(template: str, option_slots: Mapping[str, str]) -> set[str]:
    """Which slots are left for the item to fill once the option has filled its own."""
    return set(slot_names(_fill(template, option_slots)))
