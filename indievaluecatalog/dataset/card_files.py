"""Where the texts of the card lie, and what they say of a wave beyond its catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from importlib.resources import files as package_files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import yaml

from indievaluecatalog.errors import BuildError

CARD, DATASHEET = "README.md", "DATASHEET.md"
NO_NAME = "terms-of-the-survey"


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs from the version the task's paper describes.

    Attributes:
        what: a few words.
        paper: what that version does.
        here: what this dataset does.
        why: the reason.
        when: choices of the protocol (name -> value) under which `here` is true; empty for always.
        own_statements: whether it is true of the shipped statements only.
    """

    what: str
    paper: str
    here: str
    why: str
    when: Mapping[str, str]
    own_statements: bool = False


@dataclass(frozen=True, slots=True)
class WaveNotes:
    """What card and datasheet say of a wave, besides what its catalog and the build say.

    Attributes:
        tags: words for the Hub's search.
        licence_name, licence_link: of the survey's terms, for builds of respondents.
        survey: (question, answer) about how the survey was made, for the datasheet.
        sources: addresses of the documents that `survey` rests on.
        weights: what each weight of the file does, by variable.
        changes: against the paper's version, where the paper used this wave.
    """

    tags: tuple[str, ...] = ()
    licence_name: str = NO_NAME
    licence_link: str = ""
    survey: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ()
    weights: Mapping[str, str] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()


def card_file(*names: str) -> Traversable:
    """A file of `dataset_card`: inside the installed package, or at the top of a checkout."""
    inside = package_files("indievaluecatalog").joinpath("dataset_card")
    root: Traversable = inside if inside.is_dir() else Path(__file__).parents[2] / "dataset_card"
    return root.joinpath(*names)


def wave_notes(wave: str) -> WaveNotes:
    """The notes on a wave; empty ones for a wave that has none.

    Raises:
        BuildError: the file of notes has an entry that nothing reads, or lacks part of one.
    """
    path = card_file("waves", f"{wave}.yaml")
    if not path.is_file():
        return WaveNotes()
    data: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    known = {one.name for one in fields(WaveNotes)}
    if unknown := sorted(set(data) - known):
        raise BuildError(f"{path}: nothing reads {', '.join(unknown)}; a file of notes has {', '.join(sorted(known))}")
    try:
        return WaveNotes(
            tags=tuple(data.get("tags", ())),
            licence_name=data.get("licence_name", NO_NAME),
            licence_link=data.get("licence_link", ""),
            survey=tuple((entry["question"], entry["answer"]) for entry in data.get("survey", ())),
            sources=tuple(data.get("sources", ())),
            weights=data.get("weights", {}),
            changes=tuple(Change(**{"when": {}, **entry}) for entry in data.get("changes", ())),
        )
    except (KeyError, TypeError) as error:
        raise BuildError(f"{path}: an entry is not whole: {error}") from None


def changes_that_hold(notes: WaveNotes, protocol: Mapping[str, Any], shipped: bool) -> tuple[Change, ...]:
    """The changes that are true of a build by its protocol, and by whether its statements are the shipped ones."""
    return tuple(
        change
        for change in notes.changes
        if (shipped or not change.own_statements)
        and all(protocol.get(name) == value for name, value in change.when.items())
    )
