"""What the templates of card and datasheet may say: facts of the manifest, the catalog and the notes on the wave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import probe_setup
from indievaluecatalog.dataset.card_files import WaveNotes, changes_that_hold
from indievaluecatalog.dataset.example import Example, a_few
from indievaluecatalog.dataset.features import DEFAULT_CONFIG
from indievaluecatalog.dataset.manifest import filled_splits

LOAD_NAME = "indievaluecatalog"
"""What the snippets load; a push puts the repository's name in its place."""
UNCOVERED_SHOWN = 12
SENTENCES_OF_WHO = 3


def facts_of(
    manifest: Mapping[str, Any],
    catalog: Catalog,
    weights: Sequence[str],
    rows: Sequence[Mapping[str, Any]],
    example: Example,
    notes: WaveNotes,
    shipped: bool,
) -> dict[str, Any]:
    """Every name that the templates use, but the YAML and the pictures.

    Args:
        manifest: of the build.
        catalog: of the build.
        weights: names of the weight columns that the file has.
        rows: of `category_rows`.
        example: a synthetic person, or the most frequent statements.
        notes: on the wave.
        shipped: whether the catalog is one of the package's own.
    """
    protocol = manifest["tasks"]["protocol"]
    return {
        **_who_and_what(manifest, catalog, shipped),
        **_losses(manifest),
        **_splits(manifest, catalog),
        **_example(catalog, manifest, example),
        "categories": rows,
        "weights": [(name, " ".join(notes.weights.get(name, "").split())) for name in weights],
        "survey": notes.survey,
        "sources": notes.sources,
        "changes": changes_that_hold(notes, protocol, shipped),
        "exclude": protocol["exclude"],
        "n_shown": manifest["tasks"]["n_demonstrations"],
        "n_probes": len(probe_setup(catalog, 0)),
        "n_setups": len(manifest["tasks"]["setups"]),
    }


def _who_and_what(manifest: Mapping[str, Any], catalog: Catalog, shipped: bool) -> dict[str, Any]:
    counts, synthetic, wave = manifest["counts"], manifest["synthetic"], catalog.wave
    cells = counts["item_cells_by_reason"]
    persons = counts["persons"]
    return {
        "title": "Individual value catalog" + (", synthetic persons" if synthetic else ""),
        "name": manifest["name"],
        "synthetic": synthetic,
        "shipped": shipped,
        "load_name": LOAD_NAME,
        "wave_id": wave.id,
        "wave_title": wave.title,
        "period": wave.period,
        "licence": wave.licence.strip(),
        "citation": wave.citation.strip(),
        "versions": ", ".join(manifest["input"]["versions"]) or "unknown",
        "format": manifest["input"]["format"],
        "package_version": manifest["package"]["indievaluecatalog"],
        "protocol": manifest["settings"]["protocol"],
        "seed": manifest["settings"]["seed"],
        "catalog_digest": manifest["catalog_digest"][:12],
        "answers_digest": manifest["answers_digest"][:12],
        "n_persons": f"{persons:,}",
        "has_countries": bool(wave.country_demographic),
        "has_continents": bool(wave.continent_demographic),
        "has_religions": bool(catalog.evaluation.religion_demographic),
        "n_items": len(catalog.items),
        "n_categories": len(catalog.categories),
        "n_refined": f"{sum(len(item.refined) for item in catalog.items.values()):,}",
        "n_polar": f"{sum(len(item.polar) for item in catalog.items.values()):,}",
        "n_demographics": len(catalog.demographics),
        "has_scales": any(item.measurement == "scale10" for item in catalog.items.values()),
        "demographics": [demographic.label for demographic in catalog.demographics.values()],
        "mean_answers": round(cells["answered"] / max(persons, 1)),
        "answered": 100 * cells["answered"] / max(sum(cells.values()), 1),
    }


def _losses(manifest: Mapping[str, Any]) -> dict[str, Any]:
    counts = manifest["counts"]
    in_file = counts["in_file"]
    reasons = {
        name: count
        for name, count in counts["item_cells_by_reason"].items()
        if count and name not in ("answered", "uncovered", "unlisted")
    }
    found = [f"{entry['variable']}={entry['code']}: {entry['count']:,}" for entry in in_file["uncovered"]]
    more = len(found) - UNCOVERED_SHOWN
    uncovered = ", ".join(found[:UNCOVERED_SHOWN]) + (f" and {more} more in the manifest" if more > 0 else "")
    duplicates = in_file["duplicate_interview_ids"]
    dropped = manifest["settings"]["protocol"] == "paper"
    fate = "all but the first dropped" if dropped else "kept, each with a key of its own"
    return {
        "rows_in_file": f"{in_file['rows']:,}",
        "reasons_text": ", ".join(f"`{name}` {count:,}" for name, count in reasons.items()) or "none",
        "uncovered_total": f"{sum(entry['count'] for entry in in_file['uncovered']):,}",
        "uncovered_text": f" ({uncovered})" if uncovered else "",
        "folded_total": f"{sum(entry['count'] for entry in in_file['folded']):,}",
        "unlisted_total": f"{sum(entry['count'] for entry in in_file['unlisted']):,}",
        "duplicate_text": f"{len(duplicates)} id(s) on {sum(duplicates.values()):,} rows, {fate}"
        if duplicates
        else "none",
        "absent_items": ", ".join(in_file["absent_items"]),
    }


def _splits(manifest: Mapping[str, Any], catalog: Catalog) -> dict[str, Any]:
    splits, rows = manifest["splits"], manifest["rows"]
    persons, tasks = filled_splits(manifest, DEFAULT_CONFIG), filled_splits(manifest, "tasks")
    countries = [(name, row) for name, row in splits["by_country"].items() if name != "(none)"]
    return {
        "selection": manifest["settings"]["selection"],
        "n_countries": len(countries),
        "countries": list(splits["by_country"].items()),
        "asked_for": splits["asked_for"],
        "n_evaluation": splits["chosen"],
        "split_notes": splits["notes"],
        "one_split": persons[-1] if persons else "train",
        "every_split": "+".join(persons) or "train",
        "task_split": tasks[-1] if tasks else "",
        "n_train": f"{rows[DEFAULT_CONFIG]['train']:,}",
        "n_validation": f"{rows[DEFAULT_CONFIG]['validation']:,}",
        "n_test": f"{rows[DEFAULT_CONFIG]['test']:,}",
    }


def _example(catalog: Catalog, manifest: Mapping[str, Any], example: Example) -> dict[str, Any]:
    absent = manifest["counts"]["in_file"]["absent_items"]
    first = next((item for item in catalog.items.values() if item.id not in absent), next(iter(catalog.items.values())))
    quoted = example.one_each[:: max(len(example.one_each) // 3, 1)][:3]
    return {
        "example_item": first.id,
        "example_label": first.label,
        "example_statement": first.polar[0].statement,
        "example_who": " ".join(example.who),
        "example_short": " ".join(example.who[:SENTENCES_OF_WHO]),
        "example_quoted": [one.statement for one in quoted],
        "example_person": [
            (category, " ".join(one.statement for one in a_few(told)))
            for category, told in example.told.items()
            if told
        ],
    }
