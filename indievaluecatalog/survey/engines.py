"""Which reader takes which file, and what to fall back on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

from indievaluecatalog.errors import MissingExtraError, SurveyError
from indievaluecatalog.survey.columns import Raw
from indievaluecatalog.survey.formats.delimited import delimited_header, read_delimited
from indievaluecatalog.survey.formats.header import Header
from indievaluecatalog.survey.formats.parquet import parquet_header, read_parquet
from indievaluecatalog.survey.formats.spss import read_spss, spss_header
from indievaluecatalog.survey.formats.spss_fast import NotForFastError, fast_installed, read_spss_fast
from indievaluecatalog.survey.formats.stata import read_stata, stata_header
from indievaluecatalog.survey.sources import Source, damaged, library_faults

Engine = Literal["auto", "pyreadstat", "fast"]
"""How SPSS files are read; the other formats have one reader each, which comes with the package."""


def check_engine(engine: str) -> None:
    """Refuse an engine that is not known or not installed.

    Raises:
        SurveyError: no such engine.
        MissingExtraError: "fast" without its packages.
    """
    if engine not in get_args(Engine):
        raise SurveyError(f"no engine {engine!r}; there are {', '.join(get_args(Engine))}")
    if engine == "fast" and not fast_installed():
        raise MissingExtraError("polars-readstat", "fast", "the fast SPSS reader")


def read_header(source: Source) -> Header:
    """Names and labels of a file, without its rows.

    Raises:
        SurveyError: it cannot be read.
    """
    with library_faults(source):
        match source.format:
            case "sav" | "zsav":
                return spss_header(source.path)
            case "dta":
                return stata_header(source.path)
            case "parquet":
                return parquet_header(source.path)
            case _:
                return delimited_header(source.path)


def read_columns(source: Source, header: Header, kinds: Mapping[str, str], engine: Engine) -> dict[str, Raw]:
    """Chosen columns of a file, all of one length.

    Args:
        source: the file.
        header: what `read_header` said of it.
        kinds: column, as the file spells it -> "code", "number" or "text": what it should hold.
        engine: see `Engine`.

    Raises:
        SurveyError: it cannot be read, or ends before the rows its header promises.
    """
    names = list(kinds)
    with library_faults(source):
        match source.format:
            case "sav" | "zsav":
                columns = _spss(source, header, names, engine)
            case "dta":
                columns = read_stata(source.path, names)
            case "parquet":
                columns = read_parquet(source.path, names)
            case _:
                columns = read_delimited(source.path, names, kinds)
    rows = {len(column) for column in columns.values()}
    if header.rows is not None and header.rows >= 0 and rows - {header.rows}:
        raise damaged(source, f"its header promises {header.rows:,} rows, it has {max(rows):,}")
    return columns


def _spss(source: Source, header: Header, names: list[str], engine: Engine) -> dict[str, Raw]:
    if engine == "fast" or (engine == "auto" and fast_installed()):
        try:
            return read_spss_fast(
                source.path, names, declares_missing=header.declares_missing, disposable=source.zipped
            )
        except NotForFastError as error:
            if engine == "fast":
                raise damaged(source, f"by the fast reader: {error}") from error
    return read_spss(source.path, names)
