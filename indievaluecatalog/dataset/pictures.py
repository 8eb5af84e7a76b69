"""What the card's pictures and its table of categories show, and what each picture says in words."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.example import Example
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.dataset.plots import CategoryBar, draw_categories, draw_countries, draw_dots, draw_example
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
CATEGORIES_SHOWN = 14


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


def _share_by_reason(answers: Answers, rows: list[int]) -> tuple[float, ...]:
    counts = np.zeros(len(REASONS), np.int64)
    for row in rows:
        counts += np.bincount(answers.reasons[row], minlength=len(REASONS))
    total = max(int(counts.sum()), 1)
    return tuple(
        100 * sum(int(counts[REASONS.index(reason)]) for reason in reasons) / total
        for reasons in REASON_GROUPS.values()
    )


def draw_pictures(
    assets: Path,
    manifest: dict[str, Any],
    catalog: Catalog,
    indices: Indices,
    rows: Sequence[dict[str, Any]],
    example: Example,
) -> dict[str, str]:
    """Draw into a folder what the survey has; returns file name without ending -> what is seen, for who cannot see it.

    Args:
        assets: the folder.
        manifest: of the build.
        catalog: of the build.
        indices: the answers.
        rows: of `category_rows`.
        example: whose statements are drawn.
    """
    note = "synthetic persons, not survey data" if manifest["synthetic"] else ""
    persons, who = manifest["counts"]["persons"], "synthetic persons" if manifest["synthetic"] else "persons"
    seen = {"answers": _draw_categories(assets / "answers.png", rows, note)}
    if example.one_each:
        seen["example"] = _draw_example(assets / "example.png", example, bool(manifest["synthetic"]), note)
    country_of = demographic_row(catalog, catalog.wave.country_demographic, indices.demographics)
    continent_of = demographic_row(catalog, catalog.wave.continent_demographic, indices.demographics)
    if catalog.wave.country_demographic and (listed := _countries(catalog, country_of, continent_of)):
        draw_countries(assets / "countries.png", in_columns(listed), f"{persons:,} {who} by country", note)
        most, fewest = max(listed, key=lambda row: row[2]), min(listed, key=lambda row: row[2])
        seen["countries"] = (
            f"Bars: {who} of each of {len(listed)} countries, from {fewest[2]:,} in {fewest[0]} to "
            f"{most[2]:,} in {most[0]}."
        )
    if catalog.wave.continent_demographic:
        groups = [option.label for option in catalog.demographics[catalog.wave.continent_demographic].options]
        if apart := furthest_apart(catalog, indices, continent_of, len(groups)):
            seen["continents"] = _draw_continents(assets / "continents.png", apart, groups, note)
    return seen


def _draw_categories(path: Path, rows: Sequence[dict[str, Any]], note: str) -> str:
    bars = [CategoryBar(row["name"], row["polar"], row["refined"], row["shares"]) for row in rows]
    draw_categories(path, bars, list(REASON_GROUPS), note)
    least = min(bars, key=lambda bar: bar.shares[0])
    return (
        f"Two bars for each of {len(bars)} categories: its statements, and the share of its answers that is missing, "
        f"by reason. Most is missing in {least.name}, where {least.shares[0]:.1f}% are answered."
    )


def _draw_example(path: Path, example: Example, synthetic: bool, note: str) -> str:
    shown = sorted(example.one_each[:CATEGORIES_SHOWN], key=lambda one: -one.share)
    if synthetic:
        title = "A statement of each category that one synthetic person holds"
    else:
        title = "The most frequent statement of each category"
    under = "and the share of all persons with an answer who hold it, unweighted"
    draw_example(path, [(one.statement, one.share) for one in shown], title, under, note)
    first, last = shown[0], shown[-1]
    return (
        f"{title}: {len(shown)} bars for the share of persons who hold it, from "
        f"{first.share:.0f}% for “{first.statement}” to {last.share:.0f}% for “{last.statement}”"
    )


def _draw_continents(
    path: Path, apart: Sequence[tuple[str, list[float | None]]], groups: Sequence[str], note: str
) -> str:
    title = "Where continents differ most"
    under = "Share of each continent's persons with an answer who hold the statement (unweighted)"
    draw_dots(path, apart, groups, title, under, note)
    statement, shares = apart[0]
    known = sorted((share, name) for share, name in zip(shares, groups, strict=True) if share is not None)
    return (
        f"Dots: for {len(apart)} statements, the share of each continent's persons who hold it. Furthest apart: "
        f"“{statement}”, from {known[0][0]:.0f}% in {known[0][1]} to {known[-1][0]:.0f}% in {known[-1][1]}."
    )


def _countries(
    catalog: Catalog, country_of: NDArray[np.int16], continent_of: NDArray[np.int16]
) -> list[tuple[str, str, int]]:
    """(country, continent or "", persons) of each country that has any, by continent and falling size."""
    wave = catalog.wave
    countries = catalog.demographics[wave.country_demographic].options
    continents = catalog.demographics[wave.continent_demographic].options if wave.continent_demographic else ()
    numbers, places, counts = np.unique(country_of, return_index=True, return_counts=True)
    first = dict(zip(numbers.tolist(), places.tolist(), strict=True))
    listed = []
    for index, persons in zip(numbers.tolist(), counts.tolist(), strict=True):
        if index == NO_OPTION:
            continue
        continent = int(continent_of[first[index]])
        name = continents[continent].label if continents and continent != NO_OPTION else ""
        listed.append((countries[index].label, name, persons))
    return sorted(listed, key=lambda row: (row[1], -row[2], row[0]))


def in_columns(countries: Sequence[tuple[str, str, int]]) -> list[list[tuple[str, int | None]]]:
    """Countries under the names of their continents, in one to three columns of about the same length."""
    blocks: dict[str, list[tuple[str, int | None]]] = {}
    for name, continent, persons in countries:
        blocks.setdefault(continent, []).append((name, persons))
    total = len(countries) + 2 * len([name for name in blocks if name])
    wanted = 1 if total <= 10 else 2 if total <= 24 else 3
    length = -(-total // wanted)
    columns: list[list[tuple[str, int | None]]] = [[]]
    for continent, rows in blocks.items():
        for at, row in enumerate(rows):
            # A heading never stands last in a column.
            if len(columns[-1]) + (2 if at == 0 and continent else 0) >= length and len(columns) < wanted:
                columns.append([])
            if continent and (at == 0 or not columns[-1]):
                if columns[-1]:
                    columns[-1].append(("", None))
                columns[-1].append((continent if at == 0 else f"{continent}, continued", None))
            columns[-1].append(row)
    return columns


def furthest_apart(
    catalog: Catalog, indices: Indices, continents: NDArray[np.int16], n: int
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
            found[item.battery] = (spread, item.polar[0].statement, shares)
    best = sorted(found.values(), key=lambda entry: (-entry[0], entry[1]))[:ITEMS_SHOWN]
    return [(name, shares) for _, name, shares in best]
