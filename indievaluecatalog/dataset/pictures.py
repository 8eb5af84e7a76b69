"""What the card's pictures and its table of categories show."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.plots import Bar, draw_countries, draw_dots, draw_stacked
from indievaluecatalog.dataset.tables import Indices, demographic_row
from indievaluecatalog.survey.answers import REASONS, Answers

REASON_GROUPS = {
    "answered": ("answered",),
    "not asked": ("not_asked", "absent"),
    "don't know": ("dont_know",),
    "no answer": ("no_answer",),
    "other": ("not_applicable", "unknown", "uncovered", "unlisted"),
}
ITEMS_SHOWN = 8
FEWEST_SHOWN = 20


def _share_by_reason(answers: Answers, rows: list[int]) -> tuple[float, ...]:
    cells = answers.reasons[rows]
    total = max(cells.size, 1)
    return tuple(
        100 * sum(np.count_nonzero(cells == REASONS.index(reason)) for reason in reasons) / total
        for reasons in REASON_GROUPS.values()
    )


def category_rows(catalog: Catalog, answers: Answers) -> list[dict[str, Any]]:
    """Counts of each category and the share of its cells by REASON_GROUPS, in percent."""
    places = {item: at for at, item in enumerate(answers.item_ids)}
    rows = []
    for category in catalog.categories:
        items = catalog.items_of(category)
        shares = _share_by_reason(answers, [places[item.id] for item in items])
        rows.append(
            {
                "name": category,
                "n_items": len(items),
                "polar": sum(len(item.polar) for item in items),
                "refined": sum(len(item.refined) for item in items),
                "shares": shares,
                "answered": shares[0],
            }
        )
    return rows


def draw_pictures(assets: Path, manifest: dict[str, Any], catalog: Catalog, answers: Answers, indices: Indices) -> None:
    """Draw answers.png into a folder, and countries.png and continents.png where the survey has these."""
    note = "synthetic persons, not survey data" if manifest["synthetic"] else ""
    wave = catalog.wave
    country_of = demographic_row(catalog, wave.country_demographic, indices.demographics)
    continent_of = demographic_row(catalog, wave.continent_demographic, indices.demographics)
    continents = catalog.demographics[wave.continent_demographic].options if wave.continent_demographic else ()
    if wave.country_demographic:
        countries = catalog.demographics[wave.country_demographic].options
        listed = []
        for index in np.unique(country_of[country_of != NO_OPTION]):
            here = country_of == index
            continent = continent_of[here][0]
            name = continents[continent].label if continent != NO_OPTION else "(none)"
            listed.append((countries[index].label, name, int(here.sum())))
        draw_countries(assets / "countries.png", listed, f"{len(answers):,} persons by country", note)
    bars = [Bar(row["name"], row["shares"]) for row in category_rows(catalog, answers)]
    start = float(max(0, 10 * (min((bar.parts[0] for bar in bars), default=0) // 10) - 10))
    draw_stacked(
        assets / "answers.png",
        bars,
        list(REASON_GROUPS),
        "Answers by category (the axis is cut)",
        note,
        start,
    )
    groups = [option.label for option in continents]
    if groups:
        draw_dots(
            assets / "continents.png",
            _furthest_apart(catalog, indices, continent_of, len(groups)),
            groups,
            "Share of each continent's persons who hold the statement",
            note,
        )


def _furthest_apart(
    catalog: Catalog, indices: Indices, continents: np.ndarray[Any, np.dtype[np.int16]], n: int
) -> list[tuple[str, list[float | None]]]:
    """The first polar statement of the items whose continents' shares spread most, one a battery."""
    found: dict[str, tuple[float, str, list[float | None]]] = {}
    for row, item in enumerate(catalog.items.values()):
        # Place 0 of each axis is for persons without an answer or a continent.
        pairs = (continents.astype(np.int64) + 1) * (len(item.polar) + 1) + indices.polar[row] + 1
        counts = np.bincount(pairs, minlength=(n + 1) * (len(item.polar) + 1)).reshape(n + 1, -1)[1:, 1:]
        shares: list[float | None] = [
            100 * float(group[0]) / int(group.sum()) if group.sum() >= FEWEST_SHOWN else None for group in counts
        ]
        known = [share for share in shares if share is not None]
        if len(known) < 2:
            continue
        spread = float(np.std(known))
        if item.battery not in found or spread > found[item.battery][0]:
            found[item.battery] = (spread, fill(item.polar[0].statement, 58), shares)
    best = sorted(found.values(), key=lambda entry: (-entry[0], entry[1]))[:ITEMS_SHOWN]
    return [(name, shares) for _, name, shares in best]
