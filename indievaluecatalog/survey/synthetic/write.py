"""Writing a made-up population as a survey file: SPSS, Stata, CSV or Parquet, by the file's ending."""

from __future__ import annotations

import contextlib
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pyreadstat
from numpy.typing import NDArray

from indievaluecatalog.errors import SurveyError
from indievaluecatalog.survey.synthetic.labels import Labels, labels_for
from indievaluecatalog.survey.synthetic.layout import full_layout, ordered
from indievaluecatalog.survey.synthetic.population import Population

Layout = Literal["needed", "full"]
Columns = Mapping[str, NDArray[Any]]
FILE_LABEL = "SYNTHETIC respondents, not survey data"
# What the formats themselves allow, in bytes.
_VARIABLE_LABEL_BYTES = {"sav": 250, "dta": 80}
_VALUE_LABEL_BYTES = {"sav": 118, "dta": 1000}


def write_survey(population: Population, path: str | Path, *, layout: Layout = "needed", replace: bool = True) -> None:
    """Write the population as a survey file: `.sav`, `.zsav`, `.dta`, `.csv` or `.parquet`.

    Args:
        population: whom to write.
        path: where to; only a finished file gets there.
        layout: "needed" has the variables the catalog asks for, "full" about as many as the real file has: the
            rest are technical ones, country variants and fillers that mean nothing.
        replace: whether a file that is there already may be replaced.

    Raises:
        SurveyError: an ending or a layout that is not known, or a folder or file that cannot be written.
    """
    target = Path(path)
    writer = _WRITERS.get(target.suffix.lower())
    if writer is None:
        endings = ", ".join(_WRITERS)
        raise SurveyError(f"{target}: cannot tell the format from the ending {target.suffix!r}; use one of {endings}")
    if layout not in ("needed", "full"):
        raise SurveyError(f"no layout {layout!r}; there are 'needed' and 'full'")
    if target.exists() and not replace:
        raise SurveyError(f"{target}: exists already, perhaps as a real survey file; name another, or use --force")
    labels = labels_for(population.catalog, population.facts)
    columns = dict(population.columns)
    if layout == "full":
        columns |= full_layout(population, labels)
    with replacing(target) as beside:
        writer(ordered(population, columns), labels, beside)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A path beside `target` to write to, which takes its place once everything went well.

    Raises:
        SurveyError: the folder is missing, or something cannot be written.
    """
    if not target.parent.is_dir():
        raise SurveyError(f"{target.parent}: no such folder; make it first, or write elsewhere")
    if target.is_dir():
        raise SurveyError(f"{target}: is a folder, not a file")
    beside = target.with_name(f".{target.stem[:60]}.{secrets.token_hex(6)}.part{target.suffix}")
    try:
        # Libraries word a refusal each in their own way, so ask for the file first.
        beside.touch(exist_ok=False)
        yield beside
        beside.replace(target)
    except (OSError, pa.ArrowInvalid, pyreadstat.PyreadstatError, pyreadstat.ReadstatError) as error:
        raise SurveyError(f"{target}: cannot be written: {error}") from error
    finally:
        with contextlib.suppress(OSError):
            beside.unlink()


def _frame(columns: Columns) -> pd.DataFrame:
    # A copy here would double the memory of a wide file.
    return pd.DataFrame(dict(columns), copy=False)


def _cut(text: str, size: int) -> str:
    return text if len(text.encode()) <= size else text.encode()[: size - 3].decode(errors="ignore") + "..."


def _plain_labels(columns: Columns, labels: Labels, kind: str) -> tuple[dict[str, str], dict[str, dict[int, str]]]:
    names = {v: _cut(labels.variables.get(v, v), _VARIABLE_LABEL_BYTES[kind]) for v in columns}
    size = _VALUE_LABEL_BYTES[kind]
    values = {
        v: {code: _cut(text, size) for code, text in known.items()} for v, known in labels.codes.items() if v in columns
    }
    return names, values


def _write_sav(columns: Columns, labels: Labels, path: Path) -> None:
    names, values = _plain_labels(columns, labels, "sav")
    coded = [v for v in columns if v in labels.coded and columns[v].dtype.kind == "i"]
    pyreadstat.write_sav(
        _frame(columns),
        path,
        file_label=FILE_LABEL,
        column_labels=names,
        variable_value_labels=values,
        missing_ranges={v: [{"lo": -5, "hi": -1}] for v in coded},
        variable_format=dict.fromkeys(coded, "F8.0") | {v: "F12.0" for v in columns if columns[v].dtype == np.int64},
        variable_measure=dict.fromkeys(coded, "nominal"),
        compress=path.suffix.lower() == ".zsav",
        row_compress=path.suffix.lower() == ".sav",
    )


def _write_dta(columns: Columns, labels: Labels, path: Path) -> None:
    names, values = _plain_labels(columns, labels, "dta")
    # Stata has no whole numbers of eight bytes.
    small = {v: a.astype(np.float64) if a.dtype == np.int64 else a for v, a in columns.items()}
    pyreadstat.write_dta(
        _frame(small),
        path,
        file_label=FILE_LABEL,
        column_labels=names,
        variable_value_labels={v: known for v, known in values.items() if small[v].dtype.kind == "i"},
        version=15,
    )


def _table(columns: Columns) -> pa.Table:
    return pa.table({name: pa.array(values) for name, values in columns.items()})


def _write_csv(columns: Columns, labels: Labels, path: Path) -> None:
    pa_csv.write_csv(_table(columns), path, pa_csv.WriteOptions(quoting_style="needed"))


def _write_parquet(columns: Columns, labels: Labels, path: Path) -> None:
    fields = [
        pa.field(
            name,
            pa.array(values[:0]).type,
            metadata={
                "label": labels.variables.get(name, name),
                "values": json.dumps(labels.codes.get(name, {}), ensure_ascii=False),
            },
        )
        for name, values in columns.items()
    ]
    schema = pa.schema(fields, metadata={"file_label": FILE_LABEL})
    pq.write_table(_table(columns).cast(schema), path, compression="zstd")


_WRITERS: Mapping[str, Callable[[Columns, Labels, Path], None]] = {
    ".sav": _write_sav,
    ".zsav": _write_sav,
    ".dta": _write_dta,
    ".csv": _write_csv,
    ".parquet": _write_parquet,
}
