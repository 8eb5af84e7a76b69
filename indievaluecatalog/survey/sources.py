"""From a path to one plain data file: which format it has, and unpacking it where it lies in a zip."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from indievaluecatalog.errors import SurveyError
from indievaluecatalog.survey.archive import unpack
from indievaluecatalog.survey.columns import ColumnError

FORMATS = {
    ".sav": "sav",
    ".zsav": "zsav",
    ".dta": "dta",
    ".csv": "csv",
    ".tsv": "csv",
    ".csv.gz": "csv.gz",
    ".tsv.gz": "csv.gz",
    ".parquet": "parquet",
}
"""Endings of data files and the format each stands for."""

_ENDINGS = ".sav .zsav .dta .csv .csv.gz .parquet .zip"
_PROGRAMS = {
    "sav": "an SPSS",
    "zsav": "an SPSS",
    "dta": "a Stata",
    "csv": "a text",
    "csv.gz": "a gzip",
    "parquet": "a Parquet",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A data file that is ready to be read.

    Attributes:
        path: where the data file lies.
        format: "sav", "zsav", "dta", "csv", "csv.gz" or "parquet".
        shown: how messages name it; names the zip as well where there is one.
        name: the name of the file that was asked for.
        size: bytes of the file that was asked for.
        zipped: whether `path` was unpacked from a zip. It then lies in a folder of ours that is removed.
    """

    path: Path
    format: str
    shown: str
    name: str
    size: int
    zipped: bool

    @property
    def kind(self) -> str:
        """The format, and whether a zip is around it: "sav", "sav in zip"."""
        return f"{self.format} in zip" if self.zipped else self.format


def format_of(name: str) -> str | None:
    """The format that a file name's ending stands for, or None."""
    lower = name.lower()
    for ending, kind in FORMATS.items():
        if lower.endswith(ending):
            return kind
    return None


def damaged(source: Source, why: object) -> SurveyError:
    """The error for a file whose content cannot be read as what its ending says."""
    detail = " ".join(str(why).split())[:160]
    return SurveyError(
        f"{source.shown}: cannot be read as {_PROGRAMS[source.format]} file ({detail})."
        " It may be cut off or damaged: download or export it again"
    )


@contextmanager
def library_faults(source: Source) -> Iterator[None]:
    """Turn whatever a reading library raises into the one error that says which file, and what to do.

    The libraries raise every kind of exception on broken bytes, so all kinds are caught.

    Raises:
        SurveyError: in place of anything else, out of memory and no permission apart.
    """
    try:
        yield
    except (SurveyError, MemoryError):
        raise
    except ColumnError as error:
        raise SurveyError(f"{source.shown}: {error}") from error
    except PermissionError as error:
        raise SurveyError(f"{source.shown}: no permission to read it") from error
    except Exception as error:
        raise damaged(source, error) from error


@contextmanager
def open_source(path: str | Path) -> Iterator[Source]:
    """The data file behind a path, unpacked if it lies in a zip, for as long as the context lasts.

    Raises:
        SurveyError: no such file, a folder, no permission, an ending that is not known, an empty file, a file
            that is not what its ending says, or a zip without exactly one data file.
    """
    asked = Path(path)
    size = _check(asked)
    if asked.suffix.lower() != ".zip":
        kind = format_of(asked.name)
        if kind is None:
            ending = f"the ending {asked.suffix!r}" if asked.suffix else "a name without an ending"
            raise SurveyError(f"{asked}: cannot tell the format from {ending}; known are {_ENDINGS}")
        source = Source(asked, kind, str(asked), asked.name, size, zipped=False)
        _check_start(source)
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="indievaluecatalog-") as folder:
        inside, unpacked = unpack(asked, Path(folder), lambda name: format_of(name) is not None)
        kind = format_of(inside)
        assert kind is not None
        source = Source(unpacked, kind, f"{asked}, in it {inside}", asked.name, size, zipped=True)
        if not unpacked.stat().st_size:
            raise SurveyError(f"{source.shown}: is empty")
        _check_start(source)
        yield source


def _check(path: Path) -> int:
    if path.is_dir():
        raise SurveyError(f"{path}: is a folder; give the survey file in it")
    try:
        with path.open("rb") as file:
            file.read(1)
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise SurveyError(f"{path}: no such file") from error
    except PermissionError as error:
        raise SurveyError(f"{path}: no permission to read it") from error
    except OSError as error:
        raise SurveyError(f"{path}: cannot be opened: {error.strerror or error}") from error
    if not size:
        raise SurveyError(f"{path}: is empty")
    return size


def _check_start(source: Source) -> None:
    """Refuse a file whose first bytes cannot be those of its format, and say what they look like."""
    with library_faults(source), source.path.open("rb") as file:
        start = file.read(64)
    fits = {
        "sav": start[:4] in (b"$FL2", b"$FL3") or start[:4] == "$FL2".encode("cp037"),
        "zsav": start[:4] in (b"$FL2", b"$FL3"),
        "dta": start.startswith(b"<stata_dta>") or (len(start) > 1 and 102 <= start[0] <= 119 and start[1] in (1, 2)),
        "parquet": start.startswith(b"PAR1"),
        "csv.gz": start.startswith(b"\x1f\x8b"),
        "csv": _looks_like(start) is None,
    }[source.format]
    if fits:
        return
    found = _looks_like(start)
    hint = f"it looks like {found}" if found else "it does not start like one"
    raise SurveyError(
        f"{source.shown}: is not {_PROGRAMS[source.format]} file, although its ending says so: {hint}."
        " Download or export it again"
    )


def _looks_like(start: bytes) -> str | None:
    known = {
        b"$FL": "SPSS (.sav)",
        b"<stata_dta>": "Stata (.dta)",
        b"PAR1": "Parquet",
        b"PK\x03\x04": "a zip or an Excel workbook",
        b"\x1f\x8b": "gzip",
        b"%PDF": "a PDF",
        b"\xff\xfe": "UTF-16 text; save it as UTF-8",
        b"\xfe\xff": "UTF-16 text; save it as UTF-8",
    }
    for magic, name in known.items():
        if start.startswith(magic):
            return name
    if start.lstrip().lower().startswith((b"<!doctype", b"<html")):
        return "a web page, perhaps the registration form in place of the file"
    return "binary data" if b"\x00" in start else None
