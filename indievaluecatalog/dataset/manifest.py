"""What a built dataset says about itself, so that anyone can trace it and check that it is whole."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from indievaluecatalog import __version__
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.splits import Splits, shown_by_default
from indievaluecatalog.dataset.tables import Indices
from indievaluecatalog.errors import BuildError
from indievaluecatalog.sampling.protocol import Protocol
from indievaluecatalog.survey.answers import REASONS, Answers, CodeCount

MANIFEST = "manifest.json"
OF_THE_HUB = (".gitattributes", ".cache")
"""In a downloaded copy of a dataset, and no part of it."""
FORMAT = 3
WRITTEN = {"name": str, "wave": str, "catalog_digest": str, "rows": dict, "files": list}
"""What every manifest of a build has, by kind; whatever reads one may rely on it."""
FILE_FACTS = {"path", "bytes", "sha256"}


def file_digest(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _counts(found: Iterable[CodeCount]) -> list[dict[str, Any]]:
    return [asdict(entry) for entry in found]


def reason_counts(answers: Answers) -> dict[str, int]:
    """Cells of the item table by reason, `answered` among them."""
    return {name: int(np.count_nonzero(answers.reasons == at)) for at, name in enumerate(REASONS)}


def losses(answers: Answers, dropped_duplicates: int) -> dict[str, Any]:
    """Everything dropped, folded, uncovered, unlisted or absent, by name and count.

    `in_file` counts what the reader found in all rows of the file, before any were dropped.
    """
    report = answers.report
    in_file = {
        "rows": report.rows,
        "duplicate_interview_ids": {str(key): count for key, count in sorted(report.duplicate_ids.items())},
        "absent_items": list(report.absent_items),
        "absent_demographics": list(report.absent_demographics),
        "absent_optional_variables": list(report.absent_optional),
        "folded": _counts(report.folded),
        "uncovered": _counts(report.uncovered),
        "unlisted": _counts(report.unlisted),
        "notes": list(report.notes),
    }
    return {
        "persons": len(answers),
        "rows_dropped_as_duplicates": dropped_duplicates,
        "item_cells_by_reason": reason_counts(answers),
        "in_file": in_file,
    }


def answers_digest(answers: Answers, indices: Indices, splits: Splits) -> str:
    """SHA-256 (hex) of who is in which split and holds which options: what results are about.

    The same for every file format, row order, library version and change of the card.
    """
    order = np.argsort(answers.person_ids)
    digest = hashlib.sha256("\n".join(answers.person_ids[order].tolist()).encode())
    for table in (splits.assignment[None, :], indices.refined, indices.demographics):
        for row in table:
            digest.update(row[order].astype(row.dtype.newbyteorder("<")).tobytes())
    return digest.hexdigest()


def describe(
    *,
    name: str,
    catalog: Catalog,
    answers: Answers,
    indices: Indices,
    splits: Splits,
    synthetic: bool,
    source: dict[str, Any],
    settings: dict[str, Any],
    protocol: Protocol,
    rows: dict[str, dict[str, int]],
    dropped_duplicates: int,
) -> dict[str, Any]:
    """The manifest without its list of files; holds no date, no path and no machine, so that it repeats."""
    return {
        "format": FORMAT,
        "name": name,
        "synthetic": synthetic,
        "wave": catalog.wave.id,
        "package": {"indievaluecatalog": __version__},
        "libraries": {library: version(library) for library in ("datasets", "matplotlib", "numpy", "pyarrow")},
        "input": {**source, "versions": list(answers.report.versions)},
        "catalog_digest": catalog.digest,
        "answers_digest": answers_digest(answers, indices, splits),
        "settings": settings,
        "tasks": {
            "protocol": protocol.to_dict(),
            "setups": list(SETUPS),
            "n_demonstrations": shown_by_default(catalog),
        },
        "counts": losses(answers, dropped_duplicates),
        "splits": {
            "asked_for": splits.asked_for,
            "chosen": splits.chosen,
            "notes": list(splits.notes),
            "by_continent": {key: asdict(value) for key, value in splits.by_continent.items()},
            "by_country": {key: asdict(value) for key, value in splits.by_country.items()},
        },
        "rows": rows,
    }


def list_files(folder: Path) -> list[dict[str, Any]]:
    """Path, size and SHA-256 of every file in a folder, by path, but the manifest and what the Hub puts beside it."""
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and path.name != MANIFEST and path.relative_to(folder).parts[0] not in OF_THE_HUB
    )
    return [
        {
            "path": path.relative_to(folder).as_posix(),
            "bytes": path.stat().st_size,
            "sha256": file_digest(path),
        }
        for path in paths
    ]


def write_manifest(folder: Path, content: dict[str, Any]) -> dict[str, Any]:
    """Add the files and the dataset's own digest, write manifest.json last, and return it."""
    files = list_files(folder)
    whole = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    manifest = {**content, "files": files, "dataset_digest": whole}
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, "utf-8")
    return manifest


def read_manifest(folder: Path, *, any_format: bool = False) -> dict[str, Any]:
    """The manifest of a built dataset.

    Raises:
        BuildError: the folder is no finished build, or one of another format unless `any_format`.
    """
    path = folder / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BuildError(f"{folder}: no finished build, it has no {MANIFEST}") from None
    except (OSError, ValueError) as error:
        raise BuildError(f"{path}: cannot be read: {error}") from error
    if not isinstance(manifest, dict):
        raise BuildError(f"{path}: is no manifest of a build. Build the dataset again.")
    if any_format:
        return manifest
    if manifest.get("format") != FORMAT:
        raise BuildError(
            f"{path}: format {manifest.get('format')!r}, but this version reads {FORMAT}. Build the dataset again."
        )
    lacking = [name for name, kind in WRITTEN.items() if not isinstance(manifest.get(name), kind)]
    if lacking or any(not isinstance(entry, dict) or not {*entry} >= FILE_FACTS for entry in manifest["files"]):
        raise BuildError(f"{path}: not as it was written, see {(lacking or ['files'])[0]!r}. Build the dataset again.")
    return manifest


def filled_splits(manifest: Mapping[str, Any], config: str) -> tuple[str, ...]:
    """The splits of a config that have rows; a survey of few persons may have nobody to evaluate."""
    return tuple(split for split, rows in manifest["rows"][config].items() if rows)


def check_build(folder: Path) -> dict[str, Any]:
    """The manifest of a build after comparing every file with it.

    Raises:
        BuildError: no finished build; a file missing, changed or not in the manifest.
    """
    manifest = read_manifest(folder)
    expected = {entry["path"]: entry for entry in manifest["files"]}
    found = {entry["path"]: entry for entry in list_files(folder)}
    wrong = [f"{path} is missing" for path in expected if path not in found]
    wrong += [f"{path} is not in the manifest" for path in found if path not in expected]
    wrong += [f"{path} was changed" for path in expected if path in found and expected[path] != found[path]]
    if wrong:
        raise BuildError(f"{folder}: not as it was built: {'; '.join(wrong[:10])}. Build it again.")
    return manifest
