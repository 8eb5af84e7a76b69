"""`draft_wave`: a catalog folder of a new wave, as far as a file and a known catalog allow."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from indievaluecatalog.catalog.load import find_catalog, load_catalog
from indievaluecatalog.catalog.todo import todos
from indievaluecatalog.errors import CatalogError
from indievaluecatalog.waves.decisions import decisions_of
from indievaluecatalog.waves.decisions_page import decisions_page
from indievaluecatalog.waves.draft_files import draft_files
from indievaluecatalog.waves.matching import Matching
from indievaluecatalog.waves.write_yaml import to_yaml

DECISIONS = "decisions.json"


@dataclass(frozen=True, slots=True)
class Draft:
    """A drafted catalog folder.

    Attributes:
        path: the folder.
        decisions: what was decided of each variable, most doubtful first; as in decisions.json.
        items, demographics: how many were drafted.
        todos: values that wait for a person.
    """

    path: Path
    decisions: tuple[Mapping[str, Any], ...]
    items: int
    demographics: int
    todos: int


def draft_wave(
    matching: Matching, catalog_like: str | Path, out: str | Path, *, wave_id: str = "", title: str = ""
) -> Draft:
    """Write a catalog folder for the file that was matched; a person fills what is left as TODO.

    Args:
        matching: the file held against the known catalog.
        catalog_like: the known catalog: a shipped wave or a folder.
        out: a new folder, or an empty one.
        wave_id: of the new wave; by default made from the folder's name.
        title: in words; "" leaves a TODO.

    Raises:
        CatalogError: `out` holds files, which may be somebody's work; it cannot be written; the known catalog has
            problems; nothing in the file can become an item.
    """
    target = Path(out).absolute()
    _refuse(target)
    name = wave_id or re.sub(r"\W+", "_", target.name.lower())
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise CatalogError([f"{name!r}: [wave-id] a wave's id is a lower-case word, such as wvs8; name one with --id"])
    like = find_catalog(catalog_like)
    files = draft_files(matching, like, load_catalog(catalog_like), name, title)
    if not files.data["wave.yaml"]["categories"]:
        raise CatalogError(
            [f"{matching.codebook.source}: [nothing-drafted] no variable of it can become an item; see that it has"
             " value labels, or give a codebook (--codebook FILE)"]
        )  # fmt: skip
    decisions = decisions_of(matching, files.done)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
        try:
            for file, data in files.data.items():
                beside.joinpath(file).write_text(_text(data), "utf-8")
            content = {"wave": name, "like": matching.like, "file": matching.codebook.source,
                       "notes": [*matching.codebook.notes, *matching.notes],
                       "lost": [{"id": known.id, "role": known.role, "label": known.label} for known in matching.lost],
                       "decisions": decisions}  # fmt: skip
            text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
            beside.joinpath(DECISIONS).write_text(text, "utf-8")
            beside.joinpath("decisions.html").write_text(decisions_page(content), "utf-8")
            left = len(todos(beside))
            if target.is_dir():
                target.rmdir()
            beside.chmod(0o755)
            beside.rename(target)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
    except OSError as error:
        raise CatalogError([f"{target}: [not-written] {error.strerror or error}"]) from error
    batteries = [b for data in files.data.values() for b in data.get("batteries", ())]
    return Draft(
        path=target,
        decisions=tuple(decisions),
        items=sum(len(battery["items"]) for battery in batteries),
        demographics=len(files.data["demographics.yaml"]["demographics"]),
        todos=left,
    )


def _text(data: Mapping[str, Any]) -> str:
    return to_yaml(data)


def _refuse(target: Path) -> None:
    if target.is_file():
        raise CatalogError([f"{target}: [not-a-folder] is a file; name a folder with --out"])
    if target.is_dir() and any(target.iterdir()):
        raise CatalogError(
            [f"{target}: [folder-in-use] holds files, perhaps edited ones, which a new draft would undo. Draft into"
             " another folder and carry over what you need, or move this one away first"]
        )  # fmt: skip
