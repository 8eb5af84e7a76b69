"""The card of a folder of training data."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from indievaluecatalog.catalog.load import load_catalog, waves
from indievaluecatalog.dataset.card_files import wave_notes
from indievaluecatalog.dataset.front_matter import SIZES


def training_card(manifest: Mapping[str, Any], bytes_unpacked: int, bytes_on_disk: int) -> str:
    """README.md: YAML that `load_dataset` reads, and what a reader must know.

    Args:
        manifest: of the folder, without its files.
        bytes_unpacked: of the Parquet columns before compression.
        bytes_on_disk: of the Parquet files.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(undefined=StrictUndefined, autoescape=False, trim_blocks=True, lstrip_blocks=True)
    text = files("indievaluecatalog.reasoners.training_data").joinpath("card.md.j2").read_text("utf-8")
    prompt: Mapping[str, Any] = next(iter(manifest["prompts"].values()), {})
    body = environment.from_string(text).render(
        manifest=manifest, version=prompt.get("version"), option_order=prompt.get("option_order")
    )
    while "\n\n\n" in body:
        body = body.replace("\n\n\n", "\n\n")
    head = yaml.safe_dump(_head(manifest, bytes_unpacked, bytes_on_disk), sort_keys=False, allow_unicode=True)
    return f"---\n{head}---\n\n{body.strip()}\n"


def _head(manifest: Mapping[str, Any], bytes_unpacked: int, bytes_on_disk: int) -> dict[str, Any]:
    rows, synthetic = manifest["rows"], manifest["synthetic"]
    notes = wave_notes(manifest["wave"])
    if synthetic:
        # The package can give a licence for its own statements alone.
        shipped = _shipped_digest(manifest["wave"]) == manifest["catalog_digest"]
        licence = {"license": "mit" if shipped else "unknown"}
    else:
        licence = {"license": "other", "license_name": notes.licence_name}
        licence |= {"license_link": notes.licence_link} if notes.licence_link else {}
    return {
        "pretty_name": f"Training rows {manifest['name']}" + (" (synthetic persons)" if synthetic else ""),
        "language": ["en"],
        **licence,
        "size_categories": [next((name for limit, name in SIZES if rows < limit), "1M<n<10M")],
        "task_categories": ["text-generation"],
        "tags": ["human-values", *notes.tags, *(["synthetic"] if synthetic else ["private"])],
        "configs": [
            {
                "config_name": "default",
                "default": True,
                "data_files": [{"split": "train", "path": "data/train-*.parquet"}],
            }
        ],
        "dataset_info": {
            "splits": [{"name": "train", "num_bytes": bytes_unpacked, "num_examples": rows}],
            "download_size": bytes_on_disk,
            "dataset_size": bytes_unpacked,
        },
    }


@lru_cache(maxsize=8)
def _shipped_digest(wave: str) -> str | None:
    """The digest of a shipped catalog; None where there is none of that name. Half a second the first time."""
    return load_catalog(wave).digest if wave in waves() else None
