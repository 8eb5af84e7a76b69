"""A folder that is a Docker Space of the Hub: the same page, with the program and the persons in it."""

from __future__ import annotations

import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import yaml

from indievaluecatalog import __version__
from indievaluecatalog.browse.predictions import read_evaluated
from indievaluecatalog.browse.problems import BrowseError
from indievaluecatalog.catalog.load import waves
from indievaluecatalog.dataset.load import find_build
from indievaluecatalog.dataset.manifest import MANIFEST, check_build
from indievaluecatalog.dataset.people import read_people
from indievaluecatalog.errors import MissingExtraError
from indievaluecatalog.publish.gate import holds_respondents

PORT = 7860
"""Where a Space is asked by the Hub."""

SHOWN = ("refined", "reasons")
"""The configs that the page reads; the others would only make the Space larger."""

NEEDED = ("filelock", "jinja2", "jsonschema", "numpy", "pyarrow", "pyyaml", "rich", "starlette", "typer", "uvicorn")
"""What the page imports; the rest of what building a dataset takes is left out."""

START = "from indievaluecatalog.cli import main; main()"


@dataclass(frozen=True, slots=True)
class Space:
    """A folder that was written: where, whether its persons are synthetic, and what was left out of it."""

    folder: Path
    synthetic: bool
    left_out: tuple[str, ...]


def write_space(
    target: str | Path,
    directory: str | Path | None = None,
    *,
    results: str | Path | None = None,
    catalog: str | Path | None = None,
    may_be_shown: bool = False,
    smallest_group: int | None = None,
) -> Space:
    """Write a Space's folder; nothing is sent anywhere.

    Args:
        target: a folder that is not there yet, or empty.
        directory: the build's folder; None for ./build/indievaluecatalog or else the last one built.
        results: a folder of predictions, or one file; what is not about these persons is left out.
        catalog: the catalog the dataset was built with, where that is not a shipped one.
        may_be_shown: the user states that real persons may be shown to those who reach the Space.
        smallest_group: as for `browse`.

    Raises:
        BrowseError: real persons without that statement, or a target that holds something or cannot be written.
        BuildError, ResultsError, PublishError: the build was changed, or the predictions are not about it.
        MissingExtraError: the libraries of the page, whose versions the Space gets, are not installed.
    """
    build, target = find_build(directory), Path(target).absolute()
    manifest = check_build(build)
    synthetic = not holds_respondents(build, manifest)
    if not synthetic and not may_be_shown:
        raise BrowseError(
            "a Space shows its persons to everyone who reaches it, these persons are real, and the survey's terms "
            "forbid passing its data on. State with --i-may-show-these-data that you hold the right, or make the Space "
            "of a dataset of synthetic persons"
        )
    own = Path(catalog) if catalog is not None and str(catalog) not in waves() else None
    people = read_people(build, catalog=catalog)
    evaluated, left_out = read_evaluated(Path(results), people) if results is not None else ((), ())
    with _appearing(target, build) as folder:
        for entry in manifest["files"]:
            path = Path(entry["path"])
            if path.parts[0] == "data" and path.parts[1] in SHOWN:
                _copy(build / path, folder / "dataset" / path)
        _copy(build / MANIFEST, folder / "dataset" / MANIFEST)
        for one in evaluated:
            _copy(one.path, folder / "results" / one.path.name)
        if own is not None:
            for name in _files_of(own):
                _copy(own / name, folder / "catalog" / name)
        with as_file(files("indievaluecatalog")) as package:
            unneeded = shutil.ignore_patterns("__pycache__", "README.md")
            shutil.copytree(package, folder / "indievaluecatalog", ignore=unneeded)
        command = ["python", "-c", START, "browse", "dataset", "--host", "0.0.0.0", "--port", str(PORT)]
        command += ["--results", "results"] if evaluated else []
        command += ["--catalog", "catalog" if own is not None else str(catalog)] if catalog is not None else []
        command += ["--smallest-group", str(smallest_group)] if smallest_group is not None else []
        command += [] if synthetic else ["--i-may-show-these-data"]
        _write_texts(folder, manifest, command, synthetic, len(people), bool(evaluated))
    return Space(target, synthetic, left_out)


def _files_of(catalog: Path) -> tuple[str, ...]:
    """The files that a catalog's own wave.yaml names; a survey file may lie beside them, which must not go along."""
    top = yaml.safe_load((catalog / "wave.yaml").read_text("utf-8"))
    return ("wave.yaml", *top["files"].values(), *(entry["file"] for entry in top["categories"]))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _write_texts(
    folder: Path, manifest: Mapping[str, Any], command: Sequence[str], synthetic: bool, persons: int, results: bool
) -> None:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("indievaluecatalog.browse", "templates/space"),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    values = {
        "title": f"{manifest['name']}, browsed",
        "name": manifest["name"],
        "digest": manifest["dataset_digest"],
        "version": __version__,
        "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        "port": PORT,
        "command": list(command),
        "synthetic": synthetic,
        "persons": persons,
        "results": results,
    }
    for name in ("Dockerfile", "README.md"):
        (folder / name).write_text(environment.get_template(f"{name}.j2").render(values), "utf-8")
    (folder / "requirements.txt").write_text("".join(f"{line}\n" for line in _requirements()), "utf-8")


def _requirements() -> Iterator[str]:
    """What the page needs, in the versions that it runs with here."""
    for name in NEEDED:
        try:
            yield f"{name}=={version(name)}"
        except PackageNotFoundError as error:
            raise MissingExtraError(name, "browse", "writing a Space") from error


@contextmanager
def _appearing(target: Path, build: Path) -> Iterator[Path]:
    """A folder beside the target that takes its place once it is whole."""
    inside, whole = target.resolve(), build.resolve()
    if whole == inside or whole in inside.parents:
        raise BrowseError(f"{target}: lies in the build itself, which would no longer be as it was built")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise BrowseError(f"{target}: holds something already; name a new or an empty folder with --space")
    beside = target.with_name(f".{target.name}.{secrets.token_hex(6)}.part")
    try:
        beside.mkdir(parents=True)
        yield beside
        if target.exists():
            target.rmdir()
        beside.rename(target)
    except OSError as error:
        raise BrowseError(f"{target}: cannot be written: {error}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
