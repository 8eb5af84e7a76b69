"""The dataset card: README.md from the template, with its plots."""

from __future__ import annotations

from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import yaml

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.catalog.probes import probe_setup
from indievaluecatalog.dataset.features import CONFIGS, DEFAULT_CONFIG
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.manifest import filled_splits
from indievaluecatalog.dataset.pictures import category_rows, draw_pictures
from indievaluecatalog.dataset.tables import Indices
from indievaluecatalog.dataset.write import parquet_name
from indievaluecatalog.survey.answers import ANSWERED, Answers


def template_text() -> str:
    """The card's template: inside the installed package, or at the top of a checkout."""
    inside = package_files("indievaluecatalog").joinpath("dataset_card", "README.md.j2")
    if inside.is_file():
        return inside.read_text("utf-8")
    checkout = Path(__file__).parents[2] / "dataset_card" / "README.md.j2"
    return checkout.read_text("utf-8")


def write_card(folder: Path, manifest: dict[str, Any], catalog: Catalog, answers: Answers, indices: Indices) -> None:
    """Draw the plots into `assets/` and write README.md."""
    from jinja2 import Environment, StrictUndefined

    assets = folder / "assets"
    assets.mkdir()
    draw_pictures(assets, manifest, catalog, answers, indices)
    environment = Environment(undefined=StrictUndefined, keep_trailing_newline=True, autoescape=False)
    context = _context(folder, manifest, catalog, answers, indices)
    text = environment.from_string(template_text()).render(context)
    (folder / "README.md").write_text(text, "utf-8")


def front_matter(folder: Path, manifest: dict[str, Any], n_persons: int) -> dict[str, Any]:
    """The card's YAML: configs with their files, and sizes only, since features lie in the Parquet."""
    configs, infos = [], []
    for config in CONFIGS:
        parts = filled_splits(manifest, config)
        if not parts:
            continue
        entry: dict[str, Any] = {
            "config_name": config,
            "data_files": [{"split": split, "path": f"data/{config}/{split}-*.parquet"} for split in parts],
        }
        if config == DEFAULT_CONFIG:
            entry["default"] = True
        configs.append(entry)
        files = [folder / "data" / config / parquet_name(split) for split in parts]
        sizes = [_bytes_unpacked(file) for file in files]
        infos.append(
            {
                "config_name": config,
                "splits": [
                    {"name": split, "num_bytes": size, "num_examples": manifest["rows"][config][split]}
                    for split, size in zip(parts, sizes, strict=True)
                ],
                "download_size": sum(file.stat().st_size for file in files),
                "dataset_size": sum(sizes),
            }
        )
    synthetic = manifest["synthetic"]
    return {
        "pretty_name": "Individual value catalog" + (" (synthetic persons)" if synthetic else ""),
        "language": ["en"],
        "license": "mit" if synthetic else "other",
        **({} if synthetic else {"license_name": "wvs-terms-of-use"}),
        "size_categories": [_size_category(n_persons)],
        "task_categories": ["tabular-classification", "text-classification"],
        "tags": ["human-values", "world-values-survey", "alignment"] + (["synthetic"] if synthetic else []),
        "configs": configs,
        "dataset_info": infos,
    }


def _bytes_unpacked(file: Path) -> int:
    """Size of a Parquet file's columns before compression; without it `datasets` warns about every config."""
    metadata = pq.read_metadata(file)
    return sum(metadata.row_group(at).total_byte_size for at in range(metadata.num_row_groups))


def _size_category(n: int) -> str:
    for limit, name in (
        (1_000, "n<1K"),
        (10_000, "1K<n<10K"),
        (100_000, "10K<n<100K"),
        (1_000_000, "100K<n<1M"),
    ):
        if n < limit:
            return name
    return "1M<n<10M"


def _commonest(catalog: Catalog, indices: Indices) -> tuple[str, list[tuple[str, str]]]:
    """What most persons say, a few sentences a category.

    A card is seen by more people than the data, so it shows no real respondent.
    """
    told = []
    rows = {item: at for at, item in enumerate(catalog.items)}
    for category in catalog.categories:
        sentences = []
        for item in catalog.items_of(category):
            found = indices.refined[rows[item.id]]
            counts = np.bincount(found[found != NO_OPTION], minlength=len(item.refined))
            if counts.any():
                sentences.append(item.refined[int(np.argmax(counts))].statement)
        told.append((category, _a_few(sentences)))
    return "No respondent is shown here, since the survey's data may not be passed on.", told


def _a_few(sentences: list[str]) -> str:
    """Three sentences spread over the list, or what there is."""
    return " ".join(sentences[:: max(len(sentences) // 3, 1)][:3])


def _example(catalog: Catalog, indices: Indices) -> tuple[str, list[tuple[str, str]]]:
    """One synthetic person with many answers: who, and a few sentences a category."""
    person = int(np.argmax((indices.refined != NO_OPTION).sum(axis=0)))
    described = [
        demographic.options[indices.demographics[at, person]].statement
        for at, demographic in enumerate(catalog.demographics.values())
        if indices.demographics[at, person] != NO_OPTION
    ]
    places = {item: at for at, item in enumerate(catalog.items)}
    told = []
    for category in catalog.categories:
        sentences = [
            item.refined[indices.refined[places[item.id], person]].statement
            for item in catalog.items_of(category)
            if indices.refined[places[item.id], person] != NO_OPTION
        ]
        told.append((category, _a_few(sentences)))
    return " ".join(described), told


def _context(
    folder: Path, manifest: dict[str, Any], catalog: Catalog, answers: Answers, indices: Indices
) -> dict[str, Any]:
    counts, splits, rows = manifest["counts"], manifest["splits"], manifest["rows"][DEFAULT_CONFIG]
    synthetic = manifest["synthetic"]
    example_of = _example if synthetic else _commonest
    in_file = counts["in_file"]
    person_text, person = example_of(catalog, indices)
    answered = (item for item in catalog.items.values() if item.id not in in_file["absent_items"])
    example = next(answered, next(iter(catalog.items.values())))
    reasons = {
        name: count
        for name, count in counts["item_cells_by_reason"].items()
        if count and name not in ("answered", "uncovered", "unlisted")
    }
    duplicates = in_file["duplicate_interview_ids"]
    shared = sum(duplicates.values())
    fate = (
        "all but the first dropped"
        if manifest["settings"]["protocol"] == "paper"
        else "kept, each with a key of its own"
    )
    weights = ", ".join(f"`{name}`" for name in answers.weights)
    found = [f"{entry['variable']}={entry['code']}: {entry['count']:,}" for entry in in_file["uncovered"]]
    uncovered = ", ".join(found[:12]) + (f" and {len(found) - 12} more in the manifest" if len(found) > 12 else "")
    meta = front_matter(folder, manifest, len(answers))
    return {
        "yaml": yaml.safe_dump(meta, sort_keys=False, allow_unicode=True, width=110),
        "title": "Individual value catalog" + (", synthetic persons" if synthetic else ""),
        "synthetic": synthetic,
        "load_name": "indievaluecatalog",
        "wave_id": catalog.wave.id,
        "wave_title": catalog.wave.title,
        "period": catalog.wave.period,
        "licence": catalog.wave.licence.strip(),
        "citation": catalog.wave.citation.strip(),
        "versions": ", ".join(manifest["input"]["versions"]) or "unknown",
        "package_version": manifest["package"]["indievaluecatalog"],
        "selection": manifest["settings"]["selection"],
        "exclude": manifest["tasks"]["protocol"]["exclude"],
        "n_shown": manifest["tasks"]["n_demonstrations"],
        "n_probes": len(probe_setup(catalog, 0)),
        "protocol": manifest["settings"]["protocol"],
        "seed": manifest["settings"]["seed"],
        "n_persons_text": f"{len(answers):,}",
        "has_countries": bool(catalog.wave.country_demographic),
        "has_continents": bool(catalog.wave.continent_demographic),
        "has_religions": bool(catalog.evaluation.religion_demographic),
        "n_countries": sum(1 for name in splits["by_country"] if name != "(none)"),
        "rows_in_file": f"{in_file['rows']:,}",
        "n_items": len(catalog.items),
        "n_refined": sum(len(item.refined) for item in catalog.items.values()),
        "n_polar": sum(len(item.polar) for item in catalog.items.values()),
        "n_demographics": len(catalog.demographics),
        "mean_answers": round(float((answers.reasons == ANSWERED).sum(axis=0).mean())),
        "answered": 100 * float((answers.reasons == ANSWERED).mean()),
        "example_item": example.id,
        "example_statement": example.refined[0].statement,
        "example_person_text": person_text,
        "example_person": person,
        "categories": category_rows(catalog, answers),
        "reasons_text": ", ".join(f"`{name}` {count:,}" for name, count in reasons.items()) or "none",
        "uncovered_total": f"{sum(entry['count'] for entry in in_file['uncovered']):,}",
        "uncovered_text": f" ({uncovered})" if uncovered else "",
        "folded_total": f"{sum(entry['count'] for entry in in_file['folded']):,}",
        "unlisted_total": f"{sum(entry['count'] for entry in in_file['unlisted']):,}",
        "duplicate_text": f"{len(duplicates)} id(s) on {shared:,} rows, {fate}" if duplicates else "none",
        "absent_items": ", ".join(in_file["absent_items"]),
        "asked_for": splits["asked_for"],
        "n_evaluation": splits["chosen"],
        "split_notes": splits["notes"],
        "weights": weights,
        "countries": list(splits["by_country"].items()),
        "n_train": f"{rows['train']:,}",
        "n_validation": rows["validation"],
        "n_test": rows["test"],
    }
