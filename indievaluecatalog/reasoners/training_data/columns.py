"""Training rows as Arrow tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indievaluecatalog.reasoners.training_data.rows import RowBlock, TrainingRows
from indievaluecatalog.reasoners.training_data.texts import BREAK, RowTexts
from indievaluecatalog.sampling.tasks import NOT_SHOWN

TextForm = Literal["messages", "chat", "plain", "both", "none"]
"""messages: one list of system, user and assistant. chat: prompt and completion as such lists. plain: both as text.
both: messages and plain. none: numbers alone."""

ROLES = ("system", "user", "assistant")
MESSAGE = pa.struct([("role", pa.string()), ("content", pa.string())])
MESSAGES = pa.list_(MESSAGE)

NUMBERS = (
    pa.field("wave", pa.string()),
    pa.field("synthetic", pa.bool_()),
    pa.field("person_id", pa.string()),
    pa.field("item", pa.string()),
    pa.field("unit", pa.string()),
    pa.field("shown", pa.string()),
    pa.field("demonstration_granularity", pa.string()),
    pa.field("probe_granularity", pa.string()),
    pa.field("n_shown", pa.int16()),
    pa.field("demonstrations", pa.list_(pa.int16())),
    pa.field("answer", pa.int8()),
)
FEW_VALUES = ("wave", "item", "unit", "shown", "demonstration_granularity", "probe_granularity")
"""Columns that the file keeps as a dictionary."""


def row_schema(form: TextForm) -> pa.Schema:
    """The columns of a form."""
    texts = {
        "messages": [("messages", MESSAGES)],
        "chat": [("prompt", MESSAGES), ("completion", MESSAGES)],
        "plain": [("prompt", pa.string()), ("completion", pa.string())],
        "both": [("messages", MESSAGES), ("prompt", pa.string()), ("completion", pa.string())],
        "none": [],
    }
    return pa.schema([*NUMBERS, *(pa.field(name, kind) for name, kind in texts[form])])


def row_table(rows: TrainingRows, block: RowBlock, texts: RowTexts | None, form: TextForm) -> pa.Table:
    """A block of rows with the columns of a form.

    Args:
        rows: what the block is of.
        block: n rows.
        texts: theirs; None where the form is "none".
        form: which columns of text.
    """
    people, units, items = rows.people, rows.mixture.units, list(rows.people.catalog.items)
    n = len(block)
    columns = {
        "wave": pa.array([people.identity.wave] * n, pa.string()),
        "synthetic": pa.array([people.identity.synthetic] * n),
        "person_id": pa.array(people.person_ids[block.person].tolist(), pa.string()),
        "item": _named(items, block.item),
        "unit": _named([unit.name for unit in units], block.unit),
        "shown": _named([unit.shown for unit in units], block.unit),
        # A unit without statements has no granularity of them.
        "demonstration_granularity": _named(
            [unit.demonstrations if unit.number[1] else None for unit in units], block.unit
        ),
        "probe_granularity": _named([unit.probes for unit in units], block.unit),
        "n_shown": pa.array(block.n_shown),
        "demonstrations": pa.ListArray.from_arrays(
            pa.array(_offsets(block.n_shown)),
            pa.array(block.demonstrations[block.demonstrations != NOT_SHOWN]),
        ),
        "answer": pa.array(block.answer),
    }
    if texts is not None:
        system, letters = texts.system.encode(), [letter.encode() for letter in texts.letters]
        if form in ("messages", "both"):
            columns["messages"] = _messages(ROLES, [_same(system, n), texts.user, _column(letters)])
        if form == "chat":
            columns["prompt"] = _messages(ROLES[:2], [_same(system, n), texts.user])
            columns["completion"] = _messages(ROLES[2:], [_column(letters)])
        if form in ("plain", "both"):
            columns["prompt"] = _strings([np.hstack([_same(system + BREAK.encode(), n), texts.user])])
            # As evaluation does where a prompt ends in a word.
            columns["completion"] = pa.array([f" {letter}" for letter in texts.letters], pa.string())
    return pa.table(columns, schema=row_schema(form))


def _named(names: Sequence[str | None], chosen: NDArray[np.int16]) -> pa.Array:
    return pa.array(names, pa.string()).take(pa.array(chosen))


def _offsets(lengths: NDArray[np.int16]) -> NDArray[np.int32]:
    return np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int32)


def _same(piece: bytes, n: int) -> NDArray[np.object_]:
    return np.full((n, 1), piece, dtype=object)


def _column(pieces: Sequence[bytes]) -> NDArray[np.object_]:
    column = np.empty((len(pieces), 1), dtype=object)
    column[:, 0] = pieces
    return column


def _strings(parts: Sequence[NDArray[np.object_]]) -> pa.Array:
    """Of each row one text for each part, whose pieces are joined; parts of a row follow each other, shape (n * parts).

    One join over all rows, since a copy less counts at gigabytes.
    """
    pieces = np.hstack(parts).ravel().tolist()
    n, width = len(parts[0]), sum(part.shape[1] for part in parts)
    lengths = np.fromiter(map(len, pieces), np.int64, len(pieces)).reshape(n, width)
    starts = np.cumsum([0, *(part.shape[1] for part in parts)])[:-1]
    offsets = _offsets(np.add.reduceat(lengths, starts, axis=1).ravel() if n else np.empty(0, np.int64))
    return pa.StringArray.from_buffers(len(offsets) - 1, pa.py_buffer(offsets), pa.py_buffer(b"".join(pieces)))


def _messages(roles: Sequence[str], parts: Sequence[NDArray[np.object_]]) -> pa.Array:
    """Of each row a list of one message for each part."""
    n = len(parts[0])
    each = pa.array(roles, pa.string()).take(pa.array(np.tile(np.arange(len(roles)), n)))
    structs = pa.StructArray.from_arrays([each, _strings(parts)], fields=list(MESSAGE))
    return pa.ListArray.from_arrays(pa.array(_offsets(np.full(n, len(roles)))), structs)
