"""The dataset card and, beside it, the datasheet: two templates, one set of facts, and the card's plots."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from indievaluecatalog.catalog.load import load_catalog, waves
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.card_facts import facts_of
from indievaluecatalog.dataset.card_files import CARD, DATASHEET, card_file, wave_notes
from indievaluecatalog.dataset.example import make_example
from indievaluecatalog.dataset.front_matter import front_matter
from indievaluecatalog.dataset.pictures import category_rows, draw_pictures
from indievaluecatalog.dataset.tables import Indices
from indievaluecatalog.survey.answers import Answers


def write_card(
    folder: Path,
    manifest: dict[str, Any],
    catalog: Catalog,
    answers: Answers,
    indices: Indices,
    shipped: bool | None = None,
) -> None:
    """Draw the plots into `assets/` and write README.md and DATASHEET.md.

    Args:
        folder: the build, its data already written.
        manifest: of the build, as far as it is known before its files are listed.
        catalog: of the build.
        answers: of all persons.
        indices: the same as option positions.
        shipped: whether the catalog is one of the package's own; None to find out by its digest.

    Raises:
        BuildError: the notes on the wave cannot be read.
    """
    assets = folder / "assets"
    assets.mkdir()
    own = is_shipped(catalog, manifest["catalog_digest"]) if shipped is None else shipped
    notes = wave_notes(catalog.wave.id)
    rows = category_rows(catalog, answers)
    example = make_example(catalog, indices, bool(manifest["synthetic"]))
    pictures = draw_pictures(assets, manifest, catalog, indices, rows, example)
    meta = front_matter(folder, manifest, len(answers), notes, own)
    facts = facts_of(manifest, catalog, list(answers.weights), rows, example, notes, own)
    facts |= {"yaml": yaml.safe_dump(meta, sort_keys=False, allow_unicode=True, width=110), "pictures": pictures}
    for name in (CARD, DATASHEET):
        (folder / name).write_text(render(f"{name}.j2", facts), "utf-8")


def render(template: str, facts: dict[str, Any]) -> str:
    """One template of `dataset_card` filled with facts; a fact that is not there is an error."""
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    environment = Environment(
        loader=FunctionLoader(lambda name: card_file(name).read_text("utf-8")),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )
    return environment.get_template(template).render(facts)


def is_shipped(catalog: Catalog, digest: str) -> bool:
    """Whether a catalog says word for word what the shipped one of its wave says."""
    return catalog.wave.id in waves() and load_catalog(catalog.wave.id).digest == digest
