"""Opening a built dataset, and reading a row's class numbers as statements."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indievaluecatalog.catalog.model import Catalog, Granularity
from indievaluecatalog.dataset.features import CONFIGS, DEFAULT_CONFIG
from indievaluecatalog.dataset.manifest import filled_splits, read_manifest
from indievaluecatalog.dataset.place import recover
from indievaluecatalog.dataset.register import pointer
from indievaluecatalog.dataset.write import parquet_name
from indievaluecatalog.errors import BuildError

if TYPE_CHECKING:
    from datasets import Dataset, DatasetDict

BUILD_FOLDER = Path("build/indievaluecatalog")


def find_build(path: str | Path | None = None) -> Path:
    """The folder of a finished build: the one named, else ./build/indievaluecatalog, else the last registered.

    Raises:
        BuildError: there is none; says how to make one.
    """
    if path is not None:
        folder = Path(path).absolute()
        recover(folder)
        read_manifest(folder)
        return folder
    candidates = [BUILD_FOLDER.absolute()]
    with suppress(OSError, ValueError, KeyError, TypeError):
        candidates.append(Path(json.loads(pointer().read_text("utf-8"))["path"]))
    for folder in candidates:
        recover(folder)
        if (folder / "manifest.json").is_file():
            read_manifest(folder)
            return folder
    raise BuildError(
        "no built dataset was found. Build one with `indievaluecatalog build FILE --out DIR`, or one of "
        "synthetic persons with `indievaluecatalog demo`; or name its folder: load(path=...)"
    )


def load(
    config: str = DEFAULT_CONFIG,
    *,
    split: str | None = None,
    path: str | Path | None = None,
    streaming: bool = False,
) -> Dataset | DatasetDict:
    """Load a config of a built dataset, from any folder, online or not.

    Args:
        config: one of refined, polar, statements, demographics, reasons, tasks, questions, options.
        split: train, validation or test (tasks has no train); None for a `DatasetDict` of all.
        path: the build's folder; None for ./build/indievaluecatalog or else the last one built.
        streaming: iterate without preparing the cache.

    Raises:
        BuildError: no build is found, or it has no such config or split.
    """
    from datasets import load_dataset

    if config not in CONFIGS:
        raise BuildError(f"no config {config!r}; there are {', '.join(CONFIGS)}")
    folder = find_build(path)
    splits = filled_splits(read_manifest(folder), config)
    if not splits:
        raise BuildError(f"{folder}: config {config!r} is empty: nobody in this dataset may be evaluated")
    asked = [part.split("[")[0].strip() for part in (split or splits[0]).split("+")]
    if any(part not in splits for part in asked):
        raise BuildError(f"config {config!r} has no split {split!r}; it has {', '.join(splits)}")
    files = {name: str(folder / "data" / config / parquet_name(name)) for name in splits}
    return load_dataset("parquet", data_files=files, split=split, streaming=streaming)


def person_statements(row: Mapping[str, Any], catalog: Catalog, granularity: Granularity = "refined") -> dict[str, str]:
    """One person's statements by item id, from a row of the `refined` or `polar` config.

    Items without a valid answer are left out. Works on rows of plain values as `datasets`, pandas, polars
    and DuckDB give them.

    Raises:
        KeyError: the row lacks an item's column, so it is no row of these configs.
    """
    found = {}
    for item in catalog.items.values():
        index = row[item.id]
        if index is not None and index == index:
            found[item.id] = item.options(granularity)[int(index)].statement
    return found
