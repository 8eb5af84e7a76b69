"""Exactly what is sent: files with their digests, and the manifest that names each of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from indievaluecatalog.dataset.manifest import MANIFEST, check_build
from indievaluecatalog.errors import BuildError
from indievaluecatalog.publish.catalog_card import CATALOG_CONFIGS, catalog_card
from indievaluecatalog.publish.croissant import CROISSANT, Table, croissant_text
from indievaluecatalog.publish.gate import gate_front_matter, holds_respondents, with_gate

_CARD = "README.md"


@dataclass(frozen=True, slots=True)
class ParcelFile:
    """One file to send.

    Attributes:
        path: where in the repository, with forward slashes.
        content: the file on disk, or its bytes.
        size: bytes.
        sha256: hex digest of the bytes.
    """

    path: str
    content: Path | bytes
    size: int
    sha256: str

    def read(self) -> bytes:
        """The bytes."""
        return self.content if isinstance(self.content, bytes) else self.content.read_bytes()


@dataclass(frozen=True, slots=True)
class Parcel:
    """All files of one push, the manifest last, and what the manifest says.

    Attributes:
        files: everything that is sent.
        manifest: the content of manifest.json among them.
        respondents: whether answers of real persons are in it.
    """

    files: tuple[ParcelFile, ...]
    manifest: dict[str, Any]
    respondents: bool

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


def _made(path: str, text: str) -> ParcelFile:
    content = text.encode()
    return ParcelFile(path, content, len(content), hashlib.sha256(content).hexdigest())


def pack(folder: Path, repo: str, endpoint: str, *, catalog_only: bool = False) -> Parcel:
    """What a push of a build sends; the same build, repository and endpoint give the same bytes.

    The card of respondents gains the gate's words, every card the repository's name, and `croissant.json` is
    written; the manifest lists the files as sent, and says which build they came from.

    Args:
        folder: a finished build.
        repo: ORG/NAME.
        endpoint: address of the Hub, without a slash at its end.
        catalog_only: send the statements alone: `questions` and `options`.

    Raises:
        BuildError: the folder is no finished build, or was changed after its manifest was written.
        PublishError: what the files hold is not what the manifest says.
    """
    manifest = check_build(folder)
    if _digest(manifest["files"]) != manifest["dataset_digest"]:
        raise BuildError(f"{folder / MANIFEST}: its list of files was changed. Build the dataset again.")
    persons = holds_respondents(folder, manifest)
    respondents = persons and not catalog_only
    content = _catalog_content(manifest) if catalog_only else manifest
    kept = [
        ParcelFile(entry["path"], folder / entry["path"], entry["bytes"], entry["sha256"])
        for entry in manifest["files"]
        if _goes(entry["path"], catalog_only)
    ]
    card = catalog_card(folder, content, repo) if catalog_only else (folder / _CARD).read_text("utf-8")
    card = card.replace('load_dataset("indievaluecatalog"', f'load_dataset("{repo}"')
    if respondents:
        card = with_gate(card, gate_front_matter())
    tables = [Table(file.path, file.sha256, file.size, folder / file.path) for file in kept if _is_table(file.path)]
    written = [_made(_CARD, card), _made(CROISSANT, croissant_text(tables, content, repo, endpoint, card))]
    return _sealed([*kept, *written], content, repo, manifest["dataset_digest"], respondents)


def _is_table(path: str) -> bool:
    return path.endswith(".parquet")


def _goes(path: str, catalog_only: bool) -> bool:
    if path in (_CARD, CROISSANT):
        return False
    return not catalog_only or any(path.startswith(f"data/{config}/") for config in CATALOG_CONFIGS)


def _digest(entries: Iterable[dict[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(list(entries), sort_keys=True).encode()).hexdigest()


def _sealed(files: list[ParcelFile], content: dict[str, Any], repo: str, built_as: str, respondents: bool) -> Parcel:
    ordered = sorted(files, key=lambda file: file.path)
    entries = [{"path": file.path, "bytes": file.size, "sha256": file.sha256} for file in ordered]
    manifest = {
        **content,
        "files": entries,
        "dataset_digest": _digest(entries),
        "published": {"repository": repo, "from_dataset_digest": built_as},
    }
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    return Parcel((*ordered, _made(MANIFEST, text)), manifest, respondents)


def _catalog_content(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest less everything that was counted from persons."""
    kept = ("format", "wave", "package", "libraries", "catalog_digest")
    rows = {config: manifest["rows"][config] for config in CATALOG_CONFIGS}
    return {**{key: manifest[key] for key in kept}, "name": f"{manifest['wave']}-statements", "rows": rows}
