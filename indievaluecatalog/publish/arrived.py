"""After a push: load the very revision that was made, and compare it with the manifest."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from indievaluecatalog.dataset.manifest import MANIFEST, file_digest
from indievaluecatalog.publish.errors import PublishError
from indievaluecatalog.publish.parcel import Parcel
from indievaluecatalog.publish.remote import FETCHING, OF_THE_HUB, asked

if TYPE_CHECKING:
    from huggingface_hub import HfApi


def check_arrived(api: HfApi, repo: str, revision: str, parcel: Parcel, token: str | None) -> None:
    """Download a revision, compare every file's digest, and let `datasets` open every config.

    Leaves no data on this machine; the client keeps the card in its cache.

    Raises:
        PublishError: what lies there is not what was sent; names files or configs.
    """
    with TemporaryDirectory(prefix="indievaluecatalog-push-") as folder:
        place = Path(folder) / "files"
        asked(
            lambda: api.snapshot_download(repo, repo_type="dataset", revision=revision, local_dir=str(place)),
            repo,
            f"{FETCHING} what was pushed, to check it",
            token,
        )
        _compare(repo, revision, place, parcel)
        asked(
            lambda: _load(api, repo, revision, parcel.manifest, Path(folder) / "cache"),
            repo,
            f"loading revision {revision[:12]} with `datasets`",
            token,
        )


def _compare(repo: str, revision: str, place: Path, parcel: Parcel) -> None:
    # The client keeps notes of its own in .cache.
    paths = (path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())
    found = {path for path in paths if path not in OF_THE_HUB and not path.startswith(".cache/")}
    expected = {file.path: file.sha256 for file in parcel.files}
    wrong = [f"{path} is missing" for path in expected if path not in found]
    wrong += [f"{path} is not in the manifest" for path in sorted(found - set(expected))]
    wrong += [
        f"{path} differs" for path, digest in expected.items() if path in found and file_digest(place / path) != digest
    ]
    if wrong:
        raise PublishError(
            f"{repo}: revision {revision} is not what was pushed: {'; '.join(wrong[:10])}. Push it again."
        )
    if json.loads((place / MANIFEST).read_text("utf-8")) != parcel.manifest:
        raise PublishError(f"{repo}: revision {revision} has another {MANIFEST}. Push it again.")


def _load(api: HfApi, repo: str, revision: str, manifest: dict[str, Any], cache: Path) -> None:
    """Let `datasets` resolve every config of the revision from the card, with its columns."""
    from datasets import load_dataset

    for config, splits in manifest["rows"].items():
        filled = {split: rows for split, rows in splits.items() if rows}
        if not filled:
            continue
        loaded = load_dataset(repo, config, revision=revision, streaming=True, cache_dir=str(cache), token=api.token)
        if set(loaded) != set(filled):
            raise PublishError(f"{repo}: config {config} has splits {sorted(loaded)}, not {sorted(filled)}")
        for split, rows in filled.items():
            said = loaded[split].info.splits
            if said is not None and said[split].num_examples != rows:
                raise PublishError(f"{repo}: {config}/{split} says {said[split].num_examples} rows, not {rows}")
            if loaded[split].features is None:
                raise PublishError(f"{repo}: {config}/{split} declares no columns")
