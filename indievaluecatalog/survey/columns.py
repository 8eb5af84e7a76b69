"""One column of a file, whatever its type, as whole numbers: the step between formats and codes.

Formats differ in what they call a column of codes: integers, floats that happen to be whole, text, labels.
Text is looked at once for each distinct value, never once for each cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

EMPTY = np.iinfo(np.int32).min
"""Stands in `Whole.values` where the cell is empty."""
ODD = EMPTY + 1
"""Stands in `Whole.values` where the cell holds something that is no whole number."""

_LARGEST = 2**31 - 16
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?")
_BLANK = frozenset({"", ".", "na", "n/a", "nan", "null", "<na>", "#null!", "#n/a", "none"})


class ColumnError(ValueError):
    """A column that cannot be taken for numbers; `texts` holds its first texts that are none."""

    def __init__(self, message: str, texts: tuple[str, ...] = ()) -> None:
        self.texts = texts
        super().__init__(message)


@dataclass(frozen=True, slots=True, eq=False)
class TextColumn:
    """Text of n rows: its distinct texts, and for each row which one (-1: none). `index` has shape (n,)."""

    texts: tuple[str, ...]
    index: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.index)


Raw = NDArray[Any] | TextColumn
"""A column as a file gives it: numbers (NaN: empty) or text."""


@dataclass(frozen=True, slots=True, eq=False)
class Whole:
    """A column as whole numbers.

    Attributes:
        values: int32, shape (n,), with EMPTY and ODD.
        odd: what stood where `values` has ODD, and how often.
    """

    values: NDArray[np.int32]
    odd: Mapping[str, int] = field(default_factory=dict)


def from_arrow(column: pa.ChunkedArray | pa.Array) -> Raw:
    """An Arrow column as numbers or text. Bytes that are no UTF-8 are taken for Latin-1.

    Raises:
        ColumnError: a type that holds neither, such as a date.
    """
    kind = column.type
    if pa.types.is_dictionary(kind):
        if not _is_text(kind.value_type):
            return from_arrow(column.cast(kind.value_type))
        return _from_text(column.cast(pa.large_string()))
    if _is_text(kind):
        return _from_text(column)
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan)
    if pa.types.is_decimal(kind):
        column = column.cast(pa.float64())
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        raise ColumnError(f"is of type {kind}, which is neither a number nor text")
    elif pa.types.is_integer(kind) and column.null_count:
        column = column.cast(pa.float64(), safe=False)
    values: NDArray[Any] = column.to_numpy()
    return values


def _is_text(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_binary)
    return any(test(kind) for test in tests) or pa.types.is_large_binary(kind)


def _from_text(column: pa.ChunkedArray | pa.Array) -> TextColumn:
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_string_view(column.type):
        column = column.cast(pa.large_string())
    encoded = column.dictionary_encode()
    texts = tuple(_decoded(text) if isinstance(text, bytes) else text for text in encoded.dictionary.to_pylist())
    index = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return TextColumn(texts, index.astype(np.int32, copy=False))


def _decoded(text: bytes) -> str:
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def plain(text: str) -> str:
    """A label or text as it is compared: case, outer and double blanks, and the shape of apostrophes aside."""
    return " ".join(re.sub("[’‘´`]", "'", text).split()).casefold()


def text_numbers(column: TextColumn, labels: Mapping[str, int | None]) -> NDArray[np.float64]:
    """The number behind each distinct text, NaN where it is blank.

    Args:
        column: the text.
        labels: `plain` value label -> code, or None where several codes have that label.

    Raises:
        ColumnError: a text that is neither a number nor exactly one code's label.
    """
    numbers = np.full(len(column.texts), np.nan)
    strange = []
    for position, text in enumerate(column.texts):
        bare = plain(text)
        if bare in _BLANK and bare not in labels:
            continue
        if _NUMBER.fullmatch(bare):
            numbers[position] = float(bare.replace(",", "."))
        elif (code := labels.get(bare)) is not None:
            numbers[position] = code
        else:
            strange.append(text)
    if strange:
        raise ColumnError("holds text that is neither a code nor a label", tuple(strange[:3]))
    return numbers


def to_float(raw: Raw, labels: Mapping[str, int | None] | None = None) -> NDArray[np.float64]:
    """A column as float64, shape (n,), NaN where it is empty.

    Raises:
        ColumnError: text that is no number and no label.
    """
    if isinstance(raw, TextColumn):
        # One place more, which index -1 finds: empty.
        numbers = np.append(text_numbers(raw, labels or {}), np.nan)
        return numbers[raw.index]
    return raw.astype(np.float64)


def narrow(numbers: NDArray[Any]) -> NDArray[Any]:
    """The same numbers in a quarter or half of the memory, where they are codes of ordinary size."""
    if numbers.dtype != np.float64:
        return numbers
    with np.errstate(invalid="ignore"):
        small = numbers.astype(np.int16)
    wrong = small != numbers
    if not wrong.any():
        return small
    # Every 16-bit whole number is exact in float32, which can hold empty cells as well.
    return numbers.astype(np.float32) if np.isnan(numbers[wrong]).all() else numbers


def to_whole(raw: Raw, labels: Mapping[str, int | None]) -> Whole:
    """A column as whole numbers; what is none is kept by its text and counted.

    Raises:
        ColumnError: text that is no number and no label, or a column of no such type.
    """
    if isinstance(raw, TextColumn) or raw.dtype.kind == "f":
        return _from_float(to_float(raw, labels))
    if raw.dtype.kind not in "iu":
        raise ColumnError(f"is of type {raw.dtype}, which is neither a number nor text")
    if raw.dtype.itemsize <= 2 or not len(raw) or (raw.min() > ODD and raw.max() < _LARGEST):
        return Whole(raw.astype(np.int32))
    return _from_float(raw.astype(np.float64))


def _from_float(numbers: NDArray[np.float64]) -> Whole:
    with np.errstate(invalid="ignore"):
        values = numbers.astype(np.int32)
    # Casting is exact for whole numbers in range; only a column where it is not needs a closer look.
    wrong = np.flatnonzero(values != numbers)
    if not len(wrong):
        return Whole(values)
    empty = np.isnan(numbers[wrong])
    values[wrong] = np.where(empty, EMPTY, ODD)
    found, counts = np.unique(numbers[wrong[~empty]], return_counts=True)
    odd = {f"{number:.12g}": int(count) for number, count in zip(found, counts, strict=True)}
    return Whole(values, odd)
