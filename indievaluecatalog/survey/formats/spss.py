"""SPSS files with pyreadstat: user-missing codes stay the numbers they are."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyreadstat

from indievaluecatalog.survey.columns import Raw, from_arrow, narrow
from indievaluecatalog.survey.formats.header import Header, whole_codes


def spss_header(path: Path) -> Header:
    """Names, labels and number of rows of a .sav or .zsav file."""
    _, meta = _read(path, metadataonly=True)
    return Header(
        names=tuple(meta.column_names),
        rows=meta.number_rows,
        labels=sum(1 for label in meta.column_labels if label),
        title=meta.file_label or "",
        value_labels=whole_codes(meta.variable_value_labels),
        declares_missing=bool(meta.missing_ranges or meta.missing_user_values),
    )


def read_spss(path: Path, names: Sequence[str]) -> dict[str, Raw]:
    """The named columns."""
    frame, _ = _read(path, usecols=list(names), disable_datetime_conversion=True)
    columns: dict[str, Raw] = {}
    for name in names:
        series = frame.pop(name)
        if series.dtype.kind in "iuf":
            columns[name] = narrow(series.to_numpy())
        else:
            columns[name] = from_arrow(pa.array(series, pa.large_string(), from_pandas=True))
    return columns


def _read(path: Path, **options: Any) -> tuple[Any, Any]:
    """Read, and once more as Latin-1 where the file claims UTF-8 and is not."""
    try:
        return pyreadstat.read_sav(str(path), user_missing=True, **options)  # type: ignore[no-any-return]
    except (pyreadstat.ReadstatError, UnicodeDecodeError) as error:
        if "encoding" not in str(error) and "codec" not in str(error):
            raise
        return pyreadstat.read_sav(str(path), user_missing=True, encoding="LATIN1", **options)  # type: ignore[no-any-return]
