"""Making the bare name `load_dataset("indievaluecatalog")` find a build from any folder, offline.

A bare name never loads from the Hub; `datasets` looks for a folder of that name, then in its own cache. So a
build is prepared into that cache, every config under the bare name, the default one last, since the cache
answers a call without a config with the newest.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from indievaluecatalog.dataset.features import CONFIGS, DEFAULT_CONFIG
from indievaluecatalog.dataset.manifest import read_manifest
from indievaluecatalog.dataset.write import config_splits, parquet_name
from indievaluecatalog.errors import BuildError

BARE_NAME = "indievaluecatalog"


def pointer() -> Path:
    """The small file that remembers where the last registered build lies."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "indievaluecatalog" / "last_build.json"


def register_build(folder: Path) -> None:
    """Prepare every config of a build into the `datasets` cache, and remember its place.

    Raises:
        BuildError: the folder is no finished build, or the cache cannot be written.
    """
    import datasets
    from datasets.packaged_modules.parquet.parquet import Parquet

    manifest = read_manifest(folder)
    digest = manifest["dataset_digest"]
    order = [config for config in CONFIGS if config != DEFAULT_CONFIG] + [DEFAULT_CONFIG]
    shown = datasets.utils.logging.is_progress_bar_enabled()
    datasets.utils.logging.disable_progress_bar()
    try:
        for config in order:
            builder = Parquet(
                dataset_name=BARE_NAME,
                config_name=config,
                config_id=config,
                version="1.0.0",
                hash=f"{config}-{digest[:16]}",
                data_files={
                    split: str(folder / "data" / config / parquet_name(split)) for split in config_splits(config)
                },
            )
            builder.download_and_prepare()
            # The cache answers with the newest entry, also when an earlier build is registered again.
            os.utime(builder.cache_dir)
        place = pointer()
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps({"path": str(folder), "dataset_digest": digest}) + "\n", "utf-8")
    except OSError as error:
        raise BuildError(
            f"{folder} is built, but could not be registered for load_dataset({BARE_NAME!r}): {error}. "
            f"It loads as a path: load_dataset({str(folder)!r})"
        ) from error
    finally:
        if shown:
            datasets.utils.logging.enable_progress_bar()
