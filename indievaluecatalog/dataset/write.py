"""Parquet as the Hub's viewer likes it, written a row group at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.features import PERSON_CONFIGS
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS, SPLITS, Splits
from indievaluecatalog.dataset.tables import (
    Indices,
    config_columns,
    option_rows,
    person_columns,
    question_rows,
)
from indievaluecatalog.dataset.tasks import task_columns, task_table
from indievaluecatalog.errors import BuildError
from indievaluecatalog.sampling.protocol import Protocol
from indievaluecatalog.sampling.tasks import draw_tasks
from indievaluecatalog.survey.answers import Answers

if TYPE_CHECKING:
    from datasets import Features

ROW_GROUP = 25_000
"""Rows a group: small enough for the viewer's first page, large enough not to double the file."""

ROWS_IN_LISTS = 5_000
"""The same where a row holds lists of hundreds of numbers."""

LIST_CONFIGS = ("statements", "demographics")
HEAVIEST_FIRST = ("statements", "refined", "polar", "reasons", "demographics")


def parquet_name(split: str) -> str:
    """File name of one split, the way the Hub numbers shards."""
    return f"{split}-00000-of-00001.parquet"


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    path.parent.mkdir(parents=True, exist_ok=True)
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        write_page_index=True,
        use_content_defined_chunking=True,
    )


def write_person_configs(
    data: Path,
    features: Mapping[str, Features],
    catalog: Catalog,
    answers: Answers,
    indices: Indices,
    splits: Splits,
    synthetic: bool,
    progress: Callable[[str, float], None],
) -> dict[str, dict[str, int]]:
    """Write every config of persons into `data/CONFIG/SPLIT-*.parquet`; returns rows by config and split.

    Goes through the persons once, a row group at a time, and writes two configs at a time: compression
    leaves Python's lock.

    Raises:
        BuildError: a class id without a name.
    """
    done = 0
    counts = {config: _class_counts(features[config]) for config in PERSON_CONFIGS}
    for split in SPLITS:
        rows = splits.rows(split)
        if not len(rows):
            continue
        with ExitStack() as stack:
            writers = {
                config: stack.enter_context(_writer(data / config / parquet_name(split), features[config].arrow_schema))
                for config in PERSON_CONFIGS
            }
            pool = stack.enter_context(ThreadPoolExecutor(2))
            for start in range(0, len(rows), ROW_GROUP):
                part = rows[start : start + ROW_GROUP]
                person = person_columns(catalog, answers, indices, part, synthetic)
                jobs = [
                    pool.submit(
                        _write_part, writers[config], config, counts[config], person, catalog, answers, indices, part
                    )
                    for config in HEAVIEST_FIRST
                ]
                for job in jobs:
                    job.result()
                done += len(part)
                progress("writing the tables", done / len(answers))
    return {config: {split: len(splits.rows(split)) for split in SPLITS} for config in PERSON_CONFIGS}


def _check_class_ids(config: str, columns: Mapping[str, pa.Array], names: Mapping[str, int]) -> None:
    """`datasets` takes a class id without a name in silence, so none may get into a file."""
    for name, column in columns.items():
        flat = column.flatten() if pa.types.is_list(column.type) else column
        lowest, highest = pc.min_max(flat).values()
        if highest.is_valid and not 0 <= lowest.as_py() <= highest.as_py() < names[name]:
            raise BuildError(f"{config}: column {name} has class id {highest}, but {names[name]} names")


def _class_counts(features: Features) -> dict[str, int]:
    """How many class names each class column, or list of classes, declares."""
    inner = {name: getattr(feature, "feature", feature) for name, feature in features.items()}
    return {name: len(feature.names) for name, feature in inner.items() if hasattr(feature, "names")}


def _write_part(
    writer: pq.ParquetWriter,
    config: str,
    names: Mapping[str, int],
    person: Mapping[str, pa.Array],
    catalog: Catalog,
    answers: Answers,
    indices: Indices,
    part: NDArray[np.intp],
) -> None:
    schema: pa.Schema = writer.schema
    size = ROWS_IN_LISTS if config in LIST_CONFIGS else ROW_GROUP
    for start in range(0, len(part), size):
        own = config_columns(catalog, answers, indices, part[start : start + size], config)
        columns = {name: column.slice(start, size) for name, column in person.items()} | own
        _check_class_ids(config, own, names)
        arrays = [columns[name].cast(schema.field(name).type) for name in schema.names]
        writer.write_table(pa.table(arrays, schema=schema), row_group_size=size)


def write_tasks(
    folder: Path,
    features: Features,
    catalog: Catalog,
    answers: Answers,
    indices: Indices,
    splits: Splits,
    synthetic: bool,
    protocol: Protocol,
    n_demonstrations: int,
) -> dict[str, int]:
    """Write the tasks of the evaluation persons in every setup; returns rows by split.

    Raises:
        SamplingError: a person with too few answers.
    """
    schema: pa.Schema = features.arrow_schema
    counts = {}
    for split in EVALUATION_SPLITS:
        rows = splits.rows(split)
        if not len(rows):
            counts[split] = 0
            continue
        options = {granularity: indices.of(granularity)[:, rows] for granularity in GRANULARITIES}
        who = person_columns(catalog, answers, indices, rows, synthetic)
        parts = []
        for setup in SETUPS:
            tasks = draw_tasks(
                catalog,
                options["refined"] != NO_OPTION,
                answers.person_ids[rows],
                setup=setup,
                n_demonstrations=n_demonstrations,
                protocol=protocol,
            )
            parts.append((tasks, task_columns(catalog, tasks, options, who)))
        table = task_table(catalog, parts)
        with _writer(folder / parquet_name(split), schema) as writer:
            writer.write_table(table.cast(schema), row_group_size=ROWS_IN_LISTS)
        counts[split] = len(table)
    return counts


def write_rows(folder: Path, features: Features, rows: list[dict[str, Any]]) -> dict[str, int]:
    """Write a small table about the catalog as one split named train; returns rows by split."""
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
    if config == "tasks":
        return EVALUATION_SPLITS
    return SPLITS if config in PERSON_CONFIGS else ("train",)
