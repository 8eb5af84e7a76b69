"""Who may see what: respondents behind a gate, unless the user states the right to publish them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any, Literal

import yaml

from indievaluecatalog.dataset.features import CONFIGS
from indievaluecatalog.dataset.manifest import MANIFEST
from indievaluecatalog.errors import BuildError
from indievaluecatalog.publish.catalog_card import CATALOG_CONFIGS
from indievaluecatalog.publish.errors import PublishError

Access = Literal["private", "gated", "public"]

FIELD_KINDS = ("text", "checkbox", "country", "date_picker")
SURVEY_FILES = (".sav", ".zsav", ".dta", ".por", ".csv", ".gz", ".xlsx", ".zip", ".rds", ".rdata")


def right_sentence(repo: str) -> str:
    """The sentence by which a user states the right to publish respondents openly; names the repository."""
    return f"I hold the right to publish the answers of these respondents in {repo}."


def gate_front_matter() -> dict[str, Any]:
    """The gate's words as they stand in a card's YAML.

    Raises:
        PublishError: the data file lacks a text or has a kind of field that the Hub does not know.
    """
    source = package_files("indievaluecatalog").joinpath("publish", "gate.yaml")
    gate: dict[str, Any] = yaml.safe_load(source.read_text("utf-8"))
    fields = gate.get("extra_gated_fields")
    if not gate.get("extra_gated_prompt") or not isinstance(fields, dict) or not set(fields.values()) <= {*FIELD_KINDS}:
        raise PublishError(f"{source}: needs extra_gated_prompt, and extra_gated_fields of {', '.join(FIELD_KINDS)}")
    return gate


def holds_respondents(folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether a build holds real persons, by its manifest and by every row of its Parquet files.

    Raises:
        PublishError: the manifest calls them synthetic and a file does not, or a survey file lies among the files.
    """
    for entry in manifest["files"]:
        path = folder / entry["path"]
        # Surveys come as Parquet too; ours lies in the folder of a config.
        stray = path.suffix == ".parquet" and path.parent not in [folder / "data" / config for config in CONFIGS]
        if stray or path.suffix.lower() in SURVEY_FILES:
            raise PublishError(f"{path}: looks like a survey file, which is never sent. Build the dataset again.")
    if manifest.get("synthetic") is not True:
        return True
    check_marked(folder / entry["path"] for entry in manifest["files"] if entry["path"].endswith(".parquet"))
    return False


def check_marked(tables: Iterable[Path]) -> None:
    """Make sure that every row about a person is marked as synthetic.

    Raises:
        BuildError: a file cannot be read.
        PublishError: a row is not marked.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    for path in tables:
        try:
            names = pq.read_schema(path).names
            if path.parent.name in CATALOG_CONFIGS and "person_id" not in names:
                continue
            flags = pq.read_table(path, columns=["synthetic"])["synthetic"] if "synthetic" in names else None
        except (OSError, pa.ArrowException) as error:
            raise BuildError(f"{path}: cannot be read: {error}. Build the dataset again.") from error
        if flags is None or flags.to_pylist().count(True) != len(flags):
            raise PublishError(
                f"{path}: holds persons not marked as synthetic, but {MANIFEST} calls the dataset synthetic. "
                "Build it again from the survey file."
            )


def check_access(repo: str, access: Access, respondents: bool, right: str | None) -> None:
    """Let respondents out of private and gated repositories only by the user's own words.

    Raises:
        PublishError: public respondents without the sentence; says what to type.
    """
    sentence = right_sentence(repo)
    if right is not None and " ".join(right.split()) != sentence:
        raise PublishError(f"the statement of right has to read, word for word: {sentence}")
    if access == "public" and respondents and right is None:
        raise PublishError(
            f"{repo}: these are answers of real respondents, which the survey's terms keep from being passed on; they "
            "are not pushed into a public repository. Use --access private or --access gated, push --catalog-only, "
            f'or, if it is true, state it: --i-hold-the-right "{sentence}"'
        )


def split_card(card: str) -> tuple[str, str]:
    """A card's YAML and the text below it.

    Raises:
        PublishError: the card has no YAML at its top.
    """
    front, found, body = card.removeprefix("---\n").partition("\n---\n")
    if not card.startswith("---\n") or not found:
        raise PublishError("README.md: has no YAML between two lines of --- at its top. Build the dataset again.")
    return f"{front}\n", body


def with_gate(card: str, gate: Mapping[str, Any]) -> str:
    """A card whose YAML also holds the gate; a key that the card has already is left as it is.

    Raises:
        PublishError: the card has no YAML at its top.
    """
    front, body = split_card(card)
    there = yaml.safe_load(front) or {}
    lacking = {key: value for key, value in gate.items() if key not in there}
    if not lacking:
        return card
    added = yaml.safe_dump(lacking, sort_keys=False, allow_unicode=True, width=110)
    return f"---\n{front}{added}---\n{body}"
