"""A person's score as a table that inspect's log viewer shows: what was predicted, and what the person said."""

from __future__ import annotations

from collections.abc import Sequence

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.evaluation.inspect_answers import Letters, chosen_letter
from indievaluecatalog.evaluation.reading import Reading
from indievaluecatalog.evaluation.request import Request, Slot


def explanation(
    catalog: Catalog,
    read: Sequence[tuple[Request, Sequence[Reading]]],
    right: Letters,
) -> str:
    """Markdown: for each setup and granularity how many are right, and a table of those that are not.

    The right ones are named in one line; their statements are in the prompt.
    """
    parts: dict[tuple[int, str], list[tuple[Slot, str | None, str, str]]] = {}
    for request, readings in read:
        for at, reading in enumerate(readings):
            slot = request.slots[at]
            row = (
                slot,
                chosen_letter(request, at, reading),
                reading.outcome,
                right[request.setup, request.granularity, slot.id],
            )
            parts.setdefault((request.setup, request.granularity), []).append(row)
    return "\n\n".join(_part(catalog, setup, granularity, rows) for (setup, granularity), rows in parts.items())


def _part(catalog: Catalog, setup: int, granularity: str, rows: Sequence[tuple[Slot, str | None, str, str]]) -> str:
    hits = [slot.id for slot, letter, _, said in rows if letter == said]
    lines = [f"**Setup {setup}, {granularity}: {len(hits)} of {len(rows)} right.**"]
    if hits:
        lines.append(f"Right: {', '.join(hits)}.")
    wrong = [row for row in rows if row[1] != row[3]]
    if wrong:
        table = ["| wrong | predicted | the person said |", "|---|---|---|"]
        for slot, letter, outcome, said in wrong:
            predicted = f"*{outcome.replace('_', ' ')}*" if letter is None else _option(slot, letter)
            table.append(f"| {slot.id} {_cell(catalog.items[slot.item].label)} | {predicted} | {_option(slot, said)} |")
        lines.append("\n".join(table))
    return "\n\n".join(lines)


def _option(slot: Slot, letter: str) -> str:
    return f"{letter}. {_cell(slot.options[slot.letters.index(letter)])}"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
