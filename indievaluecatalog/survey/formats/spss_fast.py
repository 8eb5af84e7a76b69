"""SPSS files with polars-readstat, several times as fast, and as exact.

That reader turns every code a file declares as user-missing into an empty cell, and with it "don't know" and
"not asked" into one. Its ways to keep them apart cost more than they save. So the declarations themselves are
changed, in a copy of the file, to a number that never occurs; the data then come through untouched.
"""

from __future__ import annotations

import shutil
import struct
import tempfile
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import BinaryIO

from indievaluecatalog.survey.columns import ColumnError, Raw, from_arrow, narrow

_NEVER = -1.5e300
_VARIABLE_RECORD = 2
_HEADER_BYTES = 176


class NotForFastError(Exception):
    """The fast reader cannot read this file exactly; the plain one can tell whether anything is wrong with it."""


def fast_installed() -> bool:
    """Whether polars and polars-readstat are there."""
    return find_spec("polars_readstat") is not None and find_spec("polars") is not None


def read_spss_fast(path: Path, names: Sequence[str], *, declares_missing: bool, disposable: bool) -> dict[str, Raw]:
    """The named columns.

    Args:
        path: a .sav or .zsav file.
        names: columns, as the file spells them.
        declares_missing: whether the file declares user-missing codes.
        disposable: whether the file is a copy of ours, which may be changed.

    Raises:
        NotForFastError: whatever keeps this reader from it.
    """
    import polars as pl

    try:
        if not declares_missing:
            return _columns(path, names)
        if disposable:
            undeclare_missing(path)
            return _columns(path, names)
        with tempfile.TemporaryDirectory(prefix="indievaluecatalog-") as folder:
            copy = Path(folder) / f"copy{path.suffix.lower()}"
            shutil.copyfile(path, copy)
            undeclare_missing(copy)
            return _columns(copy, names)
    except MemoryError:
        raise
    except (Exception, pl.exceptions.PanicException) as error:
        raise NotForFastError(str(error)) from error


def _columns(path: Path, names: Sequence[str]) -> dict[str, Raw]:
    import polars as pl
    import polars_readstat

    reader = polars_readstat.ScanReadstat(str(path), preserve_order=True)
    frame = reader.df.select(list(names)).collect()
    if len(frame) != reader.metadata["row_count"]:
        raise NotForFastError("another number of rows than the header says")
    columns: dict[str, Raw] = {}
    for name in names:
        series = frame.drop_in_place(name)
        if series.dtype.is_numeric():
            columns[name] = narrow(series.to_numpy())
        elif series.dtype == pl.String:
            columns[name] = from_arrow(series.to_arrow())
        else:
            raise ColumnError(f"{name} is of type {series.dtype}")
    return columns


def undeclare_missing(path: Path) -> None:
    """Change, in the file itself, every declared user-missing number to one that never occurs.

    Only the numbers change, not the length of anything, so that places stored elsewhere in the file still hold.

    Raises:
        NotForFastError: not laid out as SPSS files are.
    """
    with path.open("r+b") as file:
        start = file.read(_HEADER_BYTES)
        if start[:4] not in (b"$FL2", b"$FL3"):
            raise NotForFastError("not in ASCII")
        order = "<" if struct.unpack("<i", start[64:68])[0] in (2, 3) else ">"
        while _integers(file, order, 1)[0] == _VARIABLE_RECORD:
            kind, has_label, declared, _, _ = _integers(file, order, 5)
            file.seek(8, 1)
            if has_label:
                (length,) = _integers(file, order, 1)
                file.seek((length + 3) // 4 * 4, 1)
            values = abs(declared)
            if values > 3:
                raise NotForFastError("more missing values than a variable can have")
            # `kind` 0 is a number; text keeps its declarations, since text holds no codes.
            if values and kind == 0:
                file.seek(0, 1)
                file.write(struct.pack(order + "d", _NEVER) * values)
                file.seek(0, 1)
            else:
                file.seek(8 * values, 1)


def _integers(file: BinaryIO, order: str, count: int) -> tuple[int, ...]:
    data = file.read(4 * count)
    if len(data) < 4 * count:
        raise NotForFastError("cut off within its header")
    return struct.unpack(f"{order}{count}i", data)
