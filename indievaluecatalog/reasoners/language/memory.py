"""Memory that runs out: known by its many names, and answered with what to lower."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from indievaluecatalog.errors import ReasonerError

WORDS = ("out of memory", "can't allocate memory", "cannot allocate memory", "alloc_failed")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error of torch or Python says that memory ran out."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        return True
    return isinstance(error, RuntimeError) and any(word in str(error).lower() for word in WORDS)


@contextmanager
def memory_advice(what: str, advice: Sequence[str]) -> Iterator[None]:
    """Turn an error of lacking memory into one that says what to lower, the best first.

    Raises:
        ReasonerError: memory ran out.
    """
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        raise ReasonerError(
            f"{what} ran out of memory. In this order: {'; '.join(advice)}. Training then goes on from its last "
            "checkpoint where what was changed allows it"
        ) from error
