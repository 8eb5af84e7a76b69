"""Stata files with pandas, in pieces, so that no more than a part of the file is held at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyreadstat

from indievaluecatalog.survey.columns import Raw, from_arrow
from indievaluecatalog.survey.formats.header import Header, whole_codes

_ROWS_AT_ONCE = 16_384


def stata_header(path: Path) -> Header:
    """Names and labels of a .dta file."""
    with pd.read_stata(path, iterator=True) as reader:
        labels = reader.variable_labels()
        title = reader.data_label
    _, meta = pyreadstat.read_dta(str(path), metadataonly=True)
    return Header(
        names=tuple(labels),
        rows=None,
        labels=sum(1 for label in labels.values() if label),
        title=title,
        value_labels=whole_codes(meta.variable_value_labels),
    )


def read_stata(path: Path, names: Sequence[str]) -> dict[str, Raw]:
    """The named columns; Stata's own missing values (`.`, `.a`) become empty cells."""
    pieces: dict[str, list[pd.Series]] = {name: [] for name in names}
    with pd.read_stata(
        path, columns=list(names), convert_categoricals=False, convert_dates=False, chunksize=_ROWS_AT_ONCE
    ) as reader:
        for frame in reader:
            for name in names:
                pieces[name].append(frame[name])
    columns: dict[str, Raw] = {}
    for name in names:
        series = pieces.pop(name)
        if not series:
            columns[name] = np.empty(0)
        elif all(part.dtype.kind in "iuf" for part in series):
            columns[name] = np.concatenate([part.to_numpy() for part in series])
        else:
            whole = pd.concat(series, ignore_index=True)
            columns[name] = from_arrow(pa.array(whole, pa.large_string(), from_pandas=True))
    return columns
