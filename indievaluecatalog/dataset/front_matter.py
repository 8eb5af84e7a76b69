"""The card's YAML: what the Hub and `datasets` read of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from indievaluecatalog.dataset.card_files import WaveNotes
from indievaluecatalog.dataset.features import CONFIGS, DEFAULT_CONFIG
from indievaluecatalog.dataset.manifest import filled_splits
from indievaluecatalog.dataset.write import parquet_name

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def front_matter(
    folder: Path, manifest: dict[str, Any], n_persons: int, notes: WaveNotes, shipped: bool
) -> dict[str, Any]:
    """Configs with their files, and sizes only, since features lie in the Parquet.

    Args:
        folder: the build, its data already written.
        manifest: of the build.
        n_persons: how many persons it holds.
        notes: on the wave.
        shipped: whether the statements are the package's own, so that it can give a licence for them.
    """
    synthetic = manifest["synthetic"]
    if synthetic:
        licence = {"license": "mit" if shipped else "unknown"}
    else:
        licence = {"license": "other", "license_name": notes.licence_name}
        licence |= {"license_link": notes.licence_link} if notes.licence_link else {}
    configs, infos = _configs(folder, manifest)
    return {
        "pretty_name": "Individual value catalog" + (" (synthetic persons)" if synthetic else ""),
        "language": ["en"],
        **licence,
        "multilinguality": ["monolingual"],
        "annotations_creators": ["no-annotation"],
        "size_categories": [_size_category(n_persons)],
        "task_categories": ["tabular-classification", "text-classification"],
        "tags": ["human-values", *notes.tags, "alignment"] + (["synthetic"] if synthetic else []),
        "configs": configs,
        "dataset_info": infos,
    }


def _configs(folder: Path, manifest: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    configs, infos = [], []
    for config in CONFIGS:
        parts = filled_splits(manifest, config)
        if not parts:
            continue
        entry: dict[str, Any] = {
            "config_name": config,
            "data_files": [{"split": split, "path": f"data/{config}/{split}-*.parquet"} for split in parts],
        }
        if config == DEFAULT_CONFIG:
            entry["default"] = True
        configs.append(entry)
        files = [folder / "data" / config / parquet_name(split) for split in parts]
        sizes = [_bytes_unpacked(file) for file in files]
        infos.append(
            {
                "config_name": config,
                "splits": [
                    {"name": split, "num_bytes": size, "num_examples": manifest["rows"][config][split]}
                    for split, size in zip(parts, sizes, strict=True)
                ],
                "download_size": sum(file.stat().st_size for file in files),
                "dataset_size": sum(sizes),
            }
        )
    return configs, infos


def _bytes_unpacked(file: Path) -> int:
    """Size of a Parquet file's columns before compression; without it `datasets` warns about every config."""
    metadata = pq.read_metadata(file)
    return sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))


def _size_category(n: int) -> str:
    return next((name for limit, name in SIZES if n < limit), "1M<n<10M")
