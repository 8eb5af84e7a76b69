"""Making the bare name `load_dataset("indievaluecatalog")` find a build from any folder, offline.

A bare name never loads from the Hub; `datasets` looks for a folder of that name, then in its own cache. So a
build is prepared into that cache, every config under the bare name.

The cache answers with its newest entry. Loading a folder that is called indievaluecatalog leaves entries under
the same name there, and several of them at once make the bare name ambiguous; so the entries of a registered
build are dated ahead, the default config's last, and stay the newest until another build is registered.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

from indievaluecatalog.dataset.features import CONFIGS, DEFAULT_CONFIG
from indievaluecatalog.dataset.manifest import filled_splits, read_manifest
from indievaluecatalog.dataset.quiet import quiet_datasets
from indievaluecatalog.dataset.write import parquet_name
from indievaluecatalog.errors import BuildError

BARE_NAME = "indievaluecatalog"
AHEAD_S = 10 * 365 * 24 * 3600.0


def pointer() -> Path:
    """The small file that remembers where the last registered build lies."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "indievaluecatalog" / "last_build.json"


def _forget_earlier(entry: Path, config: str) -> None:
    """Remove what earlier registrations left for this config: a full-size build takes a fifth of a gigabyte."""
    for path in entry.parent.glob(f"{config}-*"):
        if path != entry and path.is_dir():
            shutil.rmtree(path, ignore_errors=True)


def register_build(folder: Path) -> None:
    """Prepare every config of a build into the `datasets` cache, and remember its place.

    Raises:
        BuildError: the folder is no finished build, or the cache cannot be written.
    """
    from datasets.packaged_modules.parquet.parquet import Parquet

    manifest = read_manifest(folder)
    digest = manifest["dataset_digest"]
    order = [config for config in CONFIGS if config != DEFAULT_CONFIG and filled_splits(manifest, config)]
    order.append(DEFAULT_CONFIG)
    try:
        for config in order:
            builder = Parquet(
                dataset_name=BARE_NAME,
                config_name=config,
                config_id=config,
                version="1.0.0",
                hash=f"{config}-{digest[:16]}",
                data_files={
                    split: str(folder / "data" / config / parquet_name(split))
                    for split in filled_splits(manifest, config)
                },
            )
            with quiet_datasets():
                builder.download_and_prepare()
            entry = Path(builder.cache_dir)
            _forget_earlier(entry, config)
            ahead = time.time() + AHEAD_S + (config == DEFAULT_CONFIG)
            os.utime(entry, (ahead, ahead))
        place = pointer()
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps({"path": str(folder), "dataset_digest": digest}) + "\n", "utf-8")
    except OSError as error:
        raise BuildError(
            f"{folder} is built, but could not be registered for load_dataset({BARE_NAME!r}): {error}. "
            f"It loads as a path: load_dataset({str(folder)!r})"
        ) from error


def real_build_registered() -> bool:
    """Whether the build that was registered last is there and of real persons."""
    try:
        folder = Path(json.loads(pointer().read_text("utf-8"))["path"])
        return not read_manifest(folder, any_format=True)["synthetic"]
    except (OSError, ValueError, KeyError, TypeError, BuildError):
        return False
