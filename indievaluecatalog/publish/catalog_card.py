"""The card of a push without respondents: what the statements are, counted from the very tables that are sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import yaml

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.dataset.card_files import wave_notes
from indievaluecatalog.errors import CatalogError
from indievaluecatalog.publish.errors import PublishError

CATALOG_CONFIGS = ("questions", "options")


def catalog_card(folder: Path, content: Mapping[str, Any], repo: str) -> str:
    """README.md of the statements alone.

    Args:
        folder: the build they come from.
        content: the manifest, less everything that was counted from persons.
        repo: ORG/NAME, which the card's snippets load.

    Raises:
        PublishError: the build has no table of questions or of statements.
    """
    from jinja2 import Environment, StrictUndefined

    if not all(content["rows"][config].get("train") for config in CATALOG_CONFIGS):
        raise PublishError(f"the build has no {' or '.join(CATALOG_CONFIGS)}: build it again")
    shipped = _shipped_title(content)
    notes = wave_notes(content["wave"])
    front = {
        "pretty_name": f"Individual value catalog, statements of {content['wave']}",
        "language": ["en"],
        "license": "mit" if shipped else "unknown",
        "multilinguality": ["monolingual"],
        "annotations_creators": ["no-annotation"],
        "size_categories": [_size(content["rows"]["options"]["train"])],
        "task_categories": ["text-classification"],
        "tags": ["human-values", *notes.tags, content["wave"], "alignment"],
        "configs": [
            {
                "config_name": config,
                "data_files": [{"split": "train", "path": f"data/{config}/train-*.parquet"}],
                **({"default": True} if config == CATALOG_CONFIGS[0] else {}),
            }
            for config in CATALOG_CONFIGS
        ],
    }
    source = package_files("indievaluecatalog").joinpath("publish", "catalog_card.md.j2").read_text("utf-8")
    environment = Environment(
        undefined=StrictUndefined, keep_trailing_newline=True, trim_blocks=True, lstrip_blocks=True, autoescape=False
    )
    return environment.from_string(source).render(
        yaml=yaml.safe_dump(front, sort_keys=False, allow_unicode=True, width=110),
        repo=repo,
        wave=content["wave"],
        title=shipped,
        version=content["package"]["indievaluecatalog"],
        digest=content["catalog_digest"][:12],
        questions=content["rows"]["questions"]["train"],
        options=content["rows"]["options"]["train"],
        **_counted(folder),
    )


def _size(n: int) -> str:
    return "n<1K" if n < 1_000 else "1K<n<10K" if n < 10_000 else "10K<n<100K"


def _shipped_title(content: Mapping[str, Any]) -> str:
    """The survey's title if the statements are this package's own, whose licence it can give; else ""."""
    try:
        catalog = load_catalog(content["wave"])
    except CatalogError:
        return ""
    return catalog.wave.title if catalog.digest == content["catalog_digest"] else ""


def _counted(folder: Path) -> dict[str, Any]:
    import pyarrow.parquet as pq

    columns = ["id", "kind", "category", "refined", "polar"]
    rows = pq.read_table(folder / "data" / "questions", columns=columns).to_pylist()
    items = [row for row in rows if row["kind"] == "item"]
    number = Counter(row["category"] for row in items)
    sizes = {
        granularity: Counter(
            {name: sum(len(row[granularity]) for row in items if row["category"] == name) for name in number}
        )
        for granularity in ("refined", "polar")
    }
    first = items[0]
    return {
        "n_items": len(items),
        "n_demographics": len(rows) - len(items),
        "n_refined": f"{sizes['refined'].total():,}",
        "n_polar": f"{sizes['polar'].total():,}",
        "categories": [(name, count, sizes["polar"][name], sizes["refined"][name]) for name, count in number.items()],
        "example_item": first["id"],
        "example_refined": first["refined"],
        "example_polar": first["polar"],
    }
