"""Tasks as rows: one person in one setup, what is shown and asked as class numbers that decode to text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import GRANULARITIES, Catalog, Granularity
from indievaluecatalog.dataset.features import config_features
from indievaluecatalog.sampling.tasks import NOT_SHOWN, Tasks


def task_columns(
    catalog: Catalog,
    tasks: Tasks,
    options: Mapping[Granularity, NDArray[np.int8]],
    persons: Mapping[str, pa.Array],
) -> dict[str, pa.Array]:
    """Arrow columns of the tasks of one setup.

    Args:
        catalog: i items.
        tasks: of m persons.
        options: by granularity, shape (i, n): option positions of the n persons that `tasks.rows` counts in.
        persons: person_id, wave, synthetic, country and continent of the m persons.
    """
    probes = np.broadcast_to(tasks.probes, tasks.asked.shape)
    columns: dict[str, Any] = {
        **persons,
        "setup": pa.array(np.full(len(tasks), tasks.setup, np.int64)),
        "protocol": pa.array([tasks.protocol.name] * len(tasks), pa.string()),
        "n_demonstrations": pa.array(np.full(len(tasks), tasks.n_demonstrations, np.int64)),
    }
    for name, prefix, items, there in (
        ("demonstrations", "demonstrations", tasks.demonstrations, tasks.demonstrations != NOT_SHOWN),
        ("probes", "answers", probes, tasks.asked),
    ):
        columns[name] = _lists(items.astype(np.int64), there)
        for granularity in GRANULARITIES:
            sizes = [len(item.options(granularity)) for item in catalog.items.values()]
            offsets = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64)
            chosen = options[granularity][items, tasks.rows[:, None]] + offsets[items]
            columns[f"{prefix}_{granularity}"] = _lists(chosen, there)
    return columns


def _lists(values: NDArray[np.int64], there: NDArray[np.bool_]) -> pa.Array:
    """A list column of the values that are there, row by row."""
    starts = np.concatenate([[0], np.cumsum(there.sum(axis=1))]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(starts), pa.array(values[there]))


def task_table(catalog: Catalog, parts: Sequence[tuple[Tasks, Mapping[str, pa.Array]]]) -> pa.Table:
    """The tasks of several setups and their columns as one table, person by person, then by setup."""
    schema: pa.Schema = config_features(catalog, "tasks", []).arrow_schema
    whole = pa.concat_tables(
        [pa.table([columns[name] for name in schema.names], schema=schema) for _, columns in parts]
    )
    rows = np.concatenate([tasks.rows for tasks, _ in parts])
    setups = np.concatenate([np.full(len(tasks), tasks.setup) for tasks, _ in parts])
    return whole.take(pa.array(np.lexsort((setups, rows)))).combine_chunks()
