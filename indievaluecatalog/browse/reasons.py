"""Why a person has no answer, for all persons of a build at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from indievaluecatalog.dataset.manifest import filled_splits, read_manifest
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.splits import SPLITS
from indievaluecatalog.dataset.write import parquet_name
from indievaluecatalog.errors import BuildError
from indievaluecatalog.survey.answers import ANSWERED

ROWS_AT_A_TIME = 25_000


def read_reasons(folder: Path, people: People) -> NDArray[np.uint8]:
    """Positions in survey.answers.REASONS, of demographics and then items, shape (d + i, n).

    Args:
        folder: a finished build.
        people: all its persons, as `read_people` gives them.

    Raises:
        BuildError: a file that cannot be read, or that is of other persons.
    """
    names = [*people.catalog.demographics, *people.catalog.items]
    found = np.empty((len(names), len(people)), np.uint8)
    manifest = read_manifest(folder)
    done = 0
    for split in SPLITS:
        if split not in filled_splits(manifest, "reasons"):
            continue
        path = folder / "data" / "reasons" / parquet_name(split)
        try:
            with pq.ParquetFile(path) as file:
                for batch in file.iter_batches(ROWS_AT_A_TIME, columns=["person_id", *names]):
                    here = slice(done, done + len(batch))
                    if batch.column("person_id").to_pylist() != people.person_ids[here].tolist():
                        raise BuildError(f"{path}: holds other persons than the config refined. Build it again.")
                    for row, name in enumerate(names):
                        found[row, here] = batch.column(name).fill_null(ANSWERED - 1).to_numpy() + 1
                    done += len(batch)
        except (OSError, pa.ArrowException, KeyError) as error:
            raise BuildError(f"{path}: cannot be read: {error}. Build the dataset again.") from error
    if done != len(people):
        raise BuildError(f"{folder}: reasons of {done} persons, answers of {len(people)}. Build the dataset again.")
    return found
