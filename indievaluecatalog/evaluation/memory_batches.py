"""Batches that fit: of bounded size, halved when the memory of the device is too small for one."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

Row = TypeVar("Row")
Done = TypeVar("Done")


class TooLargeError(Exception):
    """A single row does not fit into memory."""


@dataclass(slots=True)
class BatchSize:
    """How many tokens a batch may hold, prefix, padding and all; shrinks for good when memory runs out."""

    tokens: int

    def rows(self, longest: int) -> int:
        """How many rows of a length fit, at least one."""
        return max(1, self.tokens // max(1, longest))


def in_batches(
    rows: Sequence[Row],
    length: Callable[[Row], int],
    compute: Callable[[Sequence[Row]], Sequence[Done]],
    size: BatchSize,
    most: int | None = None,
) -> Iterator[tuple[Row, Done]]:
    """Compute rows in batches of about equal length, longest first, and give each with its result.

    Args:
        rows: in any order.
        length: tokens of a row, with those that are not computed again but kept.
        compute: computes a batch.
        size: of a batch; halved when one runs out of memory.
        most: rows in a batch, whatever their length; None for any number.

    Raises:
        TooLargeError: one row alone runs out of memory.
    """
    # Longest first: if memory is too small it shows at once.
    waiting = sorted(rows, key=length, reverse=True)
    while waiting:
        count = min(size.rows(length(waiting[0])), len(waiting), most or len(waiting))
        batch, done = waiting[:count], None
        try:
            done = compute(batch)
        except (RuntimeError, MemoryError) as error:
            if not is_out_of_memory(error):
                raise
            if count == 1:
                raise TooLargeError(f"{length(batch[0])} tokens") from None
        if done is None:
            # Outside the handler, where the exception no longer holds the tensors that filled the memory.
            size.tokens = max(1, (count // 2) * length(batch[0]))
            free_memory()
            continue
        waiting = waiting[count:]
        yield from zip(batch, done, strict=True)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an exception means that memory ran out, of a card or of the machine."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    text = str(error).lower()
    return "out of memory" in text or "can't allocate memory" in text


def free_memory() -> None:
    """Give back what nothing refers to any more."""
    import torch

    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    if torch.backends.mps.is_available():
        torch.mps.empty_cache()
