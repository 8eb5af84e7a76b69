"""What a folder of training data says about itself."""

from __future__ import annotations

from importlib.metadata import version as library_version
from pathlib import Path
from typing import Any

from indievaluecatalog import __version__
from indievaluecatalog.dataset.manifest import list_files, read_manifest
from indievaluecatalog.errors import BuildError, ReasonerError
from indievaluecatalog.evaluation.prompt_spec import LATEST, OptionOrder
from indievaluecatalog.reasoners.training_data.columns import TextForm
from indievaluecatalog.reasoners.training_data.rows import TrainingRows
from indievaluecatalog.reasoners.training_data.texts import unit_spec

KIND = "training data"
FORMAT = 1


def describe_training(
    rows: TrainingRows, name: str, text: TextForm, version: str = LATEST, option_order: OptionOrder = "coded"
) -> dict[str, Any]:
    """The manifest without its list of files; holds no date, no path and no machine, so that it repeats."""
    people, mixture = rows.people, rows.mixture
    prompts = {unit.name: unit_spec(unit, version, option_order).to_dict() for unit in mixture.units}
    return {
        "kind": KIND,
        "format": FORMAT,
        "name": name,
        "synthetic": people.identity.synthetic,
        "wave": people.identity.wave,
        "package": {"indievaluecatalog": __version__},
        "libraries": {library: library_version(library) for library in ("numpy", "pyarrow")},
        "catalog_digest": people.identity.catalog_digest,
        "dataset": people.identity.to_dict(),
        "drawing": rows.drawing.to_dict(),
        "mixture": {
            "name": mixture.name,
            "digest": mixture.digest,
            "units": [unit.to_dict() for unit in mixture.units],
        },
        "text": text,
        "prompts": {} if text == "none" else prompts,
        "rows": len(rows),
        "persons": people_in(rows),
        "left_out": {
            "evaluation_persons": len(people) - len(people.rows_of("train")),
            "items_held_out": len(rows.drawing.held_out),
            "rows_for_want_of_persons": sum(count.wanted - count.rows for count in rows.counts),
        },
        "units": [count.to_dict() for count in rows.counts],
    }


def people_in(rows: TrainingRows) -> int:
    """How many different persons the rows are about."""
    return len(set(rows.person.tolist()))


def read_training_manifest(folder: str | Path) -> dict[str, Any]:
    """The manifest of a folder of training data.

    Raises:
        ReasonerError: there is none, or it is that of something else or of another format.
    """
    path = Path(folder)
    try:
        manifest = read_manifest(path, any_format=True)
    except BuildError:
        raise ReasonerError(f"{path}: no finished training data, it has no manifest that can be read") from None
    if manifest.get("kind") != KIND:
        raise ReasonerError(f"{path}: holds no training data but something else, such as a dataset")
    if manifest.get("format") != FORMAT:
        raise ReasonerError(
            f"{path}: format {manifest.get('format')!r}, but this version reads {FORMAT}. Make the data again."
        )
    return manifest


def check_training_data(folder: str | Path) -> dict[str, Any]:
    """The manifest after comparing every file with it.

    Raises:
        ReasonerError: no training data; a file missing, changed or added.
    """
    manifest = read_training_manifest(folder)
    expected = {entry["path"]: entry for entry in manifest["files"]}
    found = {entry["path"]: entry for entry in list_files(Path(folder))}
    wrong = sorted(path for path in expected.keys() | found.keys() if expected.get(path) != found.get(path))
    if wrong:
        raise ReasonerError(
            f"{folder}: not as it was written: {', '.join(wrong[:10])} changed, missing or added. Make it again."
        )
    return manifest
