"""Parquet as the Hub's viewer likes it, written a row group at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.features import PERSON_CONFIGS
from indievaluecatalog.dataset.splits import SPLITS, Splits
from indievaluecatalog.dataset.tables import (
    Indices,
    config_columns,
    option_rows,
    person_columns,
    question_rows,
)
from indievaluecatalog.errors import BuildError
from indievaluecatalog.survey.answers import Answers

if TYPE_CHECKING:
    from datasets import Features

ROW_GROUP = 25_000
"""Rows a group: small enough for the viewer's first page, large enough not to double the file."""


def parquet_name(split: str) -> str:
    """File name of one split, the way the Hub numbers shards."""
    return f"{split}-00000-of-00001.parquet"


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        write_page_index=True,
        use_content_defined_chunking=True,
    )


def write_person_config(
    folder: Path,
    config: str,
    features: Features,
    catalog: Catalog,
    answers: Answers,
    indices: Indices,
    splits: Splits,
    synthetic: bool,
) -> dict[str, int]:
    """Write the three splits of one config of persons; returns rows by split.

    Raises:
        BuildError: a class id outside its declared names, which `datasets` would accept in silence.
    """
    schema: pa.Schema = features.arrow_schema
    folder.mkdir(parents=True)
    counts = {}
    for split in SPLITS:
        rows = splits.rows(split)
        with _writer(folder / parquet_name(split), schema) as writer:
            for start in range(0, max(len(rows), 1), ROW_GROUP):
                part = rows[start : start + ROW_GROUP]
                columns = person_columns(catalog, answers, indices, part, synthetic)
                columns = {name: columns[name] for name in columns if name in schema.names}
                columns |= config_columns(catalog, answers, indices, part, config)
                _check_class_ids(features, columns)
                arrays = [columns[name].cast(schema.field(name).type) for name in schema.names]
                writer.write_table(pa.table(arrays, schema=schema), row_group_size=ROW_GROUP)
        counts[split] = len(rows)
    return counts


def _check_class_ids(features: Features, columns: dict[str, pa.Array]) -> None:
    for name, column in columns.items():
        feature = features[name]
        names = getattr(feature, "names", None) or getattr(getattr(feature, "feature", None), "names", None)
        if names is None:
            continue
        flat = column.flatten() if pa.types.is_list(column.type) else column
        values = flat.drop_null().to_numpy(zero_copy_only=False)
        if len(values) and (np.min(values) < 0 or np.max(values) >= len(names)):
            raise BuildError(f"column {name}: class id {int(np.max(values))} of {len(names)} names")


def write_rows(folder: Path, features: Features, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Write a small table about the catalog as one split named train; returns rows by split."""
    folder.mkdir(parents=True)
    schema: pa.Schema = features.arrow_schema
    with _writer(folder / parquet_name("train"), schema) as writer:
        writer.write_table(pa.Table.from_pylist(rows, schema=schema))
    return {"train": len(rows)}


def write_catalog_configs(data: Path, catalog: Catalog, features: dict[str, Features]) -> dict[str, dict[str, int]]:
    """Write `questions` and `options`; returns rows by config and split."""
    return {
        "questions": write_rows(data / "questions", features["questions"], question_rows(catalog)),
        "options": write_rows(data / "options", features["options"], option_rows(catalog)),
    }


def config_splits(config: str) -> tuple[str, ...]:
    """Split names of a config."""
    return SPLITS if config in PERSON_CONFIGS else ("train",)
