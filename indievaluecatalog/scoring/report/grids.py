"""Tables of scores as plain text cells, before they become HTML or lines of a terminal.

A cell may hold a second line: the interval of the value on its first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from indievaluecatalog.scoring.report.published import Published
from indievaluecatalog.scoring.report.wording import (
    GRANULARITY_KEYS,
    NONE,
    SYNTHETIC,
    chance,
    clean,
    decimal,
    inputs,
    keys_of,
    main_key,
    part_main,
    percent,
    percent_figure,
    points_figure,
    run_labels,
    scaled_figure,
    shown_words,
    task_marks,
)
from indievaluecatalog.scoring.scores import Comparison, DistributionMatch, Part, Scores

PUBLISHED = "published"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: columns, rows of as many cells, and how many columns from the left hold words, not numbers."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: int = 1


def marks(entry: Scores) -> list[str]:
    """What a reader must see beside a run's name: synthetic persons, predictions missing."""
    found = [SYNTHETIC] if entry.run.dataset.synthetic else []
    if not entry.coverage.complete:
        found.append(f"partial: {entry.coverage.predicted:,} of {entry.coverage.tasks:,} tasks")
    return found


def name_cell(label: str, entry: Scores, tasks: Sequence[str] = ()) -> str:
    """A run's name, and on a second line what it was shown, which tasks it is about, and its marks."""
    noted = " ".join(f"({mark})" for mark in (*tasks, *marks(entry)))
    return f"{label}\nshown {inputs(entry.run)} {noted}".rstrip()


def accuracy_grid(scores: Sequence[Scores], *, intervals: Sequence[str] = ("polar", "refined", "mean")) -> Grid:
    """A row a run: strict accuracy; valid-only accuracy and the rate of unread answers where some are unread."""
    keys = keys_of([entry.accuracy for entry in scores])
    main = [entry.accuracy[main_key(entry.accuracy) or ""] for entry in scores]
    unread = any(accuracy.invalid_rate > 0 for accuracy in main)
    rows = []
    for label, entry, accuracy, tasks in zip(run_labels(scores), scores, main, task_marks(scores), strict=True):
        only = len(entry.accuracy) == 1
        cells = [name_cell(label, entry, tasks), f"{entry.coverage.persons_predicted:,}"]
        for key in keys:
            found = entry.accuracy.get(key)
            wide = key in intervals or only
            cells.append(
                NONE if found is None else percent_figure(found.strict) if wide else percent(found.strict.value)
            )
        if unread:
            cells += [
                percent(None if accuracy.valid_only is None else accuracy.valid_only.value),
                percent(accuracy.invalid_rate),
            ]
        rows.append(tuple(cells))
    columns = ("Run", "Persons", *(key.capitalize() for key in keys), *(("Valid only", "Unread") if unread else ()))
    return Grid("Accuracy, %", columns, tuple(rows))


def published_grid(published: Published) -> Grid:
    """The published accuracies, each row marked."""
    rows = tuple(
        (
            f"{row.name}{', ' + row.setting if row.setting else ''}\n"
            f"shown {shown_words(row.shown, row.statements)} ({PUBLISHED})",
            percent(row.polar),
            percent(row.refined),
            percent(row.mean),
        )
        for row in published.accuracy
    )
    return Grid(f"Published accuracy, %: {published.about}", ("Published", "Polar", "Refined", "Mean"), rows)


def published_inequity_grid(published: Published) -> Grid:
    """The published plain Value Inequity Index."""
    rows = tuple((f"{row.name} ({PUBLISHED})", f"{row.index:.2f}") for row in published.inequity)
    return Grid("Published Value Inequity Index, points", ("Published", "Plain"), rows)


def probability_grid(scores: Sequence[Scores], *, brief: bool = False) -> Grid | None:
    """A row a run and granularity, of runs that give probabilities; None where none does. `brief`: few columns."""
    rows = []
    for label, entry in zip(run_labels(scores), scores, strict=True):
        for key in keys_of([entry.probability]):
            found = entry.probability[key]
            rows.append(
                (
                    label,
                    key,
                    scaled_figure(found.log_loss, 1, 3),
                    percent(found.calibration_error),
                    *(() if brief else (scaled_figure(found.brier, 1, 3), scaled_figure(found.ordinal_distance, 1, 3))),
                )
            )
    more = () if brief else ("Brier", "Ordinal distance")
    columns = ("Run", "Options", "Log loss", "Calibration error, %", *more)
    return Grid("Predicted probabilities", columns, tuple(rows), 2) if rows else None


def inequity_grid(scores: Sequence[Scores], *, brief: bool = False) -> Grid | None:
    """A row a run and granularity: the Value Inequity Index; None where no run has one. `brief`: one row a run."""
    rows = []
    for label, entry in zip(run_labels(scores), scores, strict=True):
        for key in keys_of([entry.inequity]):
            if brief and key != main_key(entry.inequity):
                continue
            found = entry.inequity[key]
            rows.append(
                (
                    label,
                    key,
                    points_figure(found.debiased),
                    decimal(found.plain, 2),
                    decimal(found.floor, 2),
                    chance(found.p_value),
                )
            )
    columns = ("Run", "Options", "Debiased", "Plain", "Floor", "p")
    return Grid("Value Inequity Index, points", columns, tuple(rows), 2) if rows else None


def dimension_grid(entry: Scores, key: str) -> Grid | None:
    """A row a demographic dimension of one run's Value Inequity Index."""
    if key not in entry.inequity:
        return None
    rows = tuple(
        (
            clean(dimension.label),
            str(len(dimension.groups)),
            points_figure(dimension.debiased),
            decimal(dimension.plain, 2),
            decimal(dimension.floor, 2),
            chance(dimension.p_value),
        )
        for dimension in entry.inequity[key].dimensions
    )
    columns = ("Dimension", "Groups", "Debiased", "Plain", "Floor", "p")
    return Grid(f"Inequity by dimension, points, {key}", columns, rows)


def part_name(part: Part) -> str:
    """What a part is called: of an item, its id and what it is about."""
    return clean(f"{part.name} {part.label}".strip())


def parts_grid(title: str, head: str, parts: Sequence[Part], persons: str = "Persons") -> Grid:
    """Strict accuracy of one run by part: all it has of polar, refined and mean."""
    keys = [key for key in ("polar", "refined", "mean") if any(getattr(part, key) is not None for part in parts)]
    rows = tuple(
        (part_name(part), f"{part.persons:,}", *(percent_figure(getattr(part, key)) for key in keys)) for part in parts
    )
    return Grid(title, (head, persons, *(key.capitalize() for key in keys)), rows)


def across_runs(title: str, head: str, scores: Sequence[Scores], of: Callable[[Scores], Sequence[Part]]) -> Grid | None:
    """Main strict accuracy by part, a column a run, and the most persons a run has; None without parts."""
    found = [{part.name: part_main(part) for part in of(entry)} for entry in scores]
    persons: dict[str, int] = {}
    told: dict[str, str] = {}
    for entry in scores:
        for part in of(entry):
            told.setdefault(part.name, part_name(part))
            persons[part.name] = max(persons.get(part.name, 0), part.persons)
    names = list(dict.fromkeys(name for parts in found for name in parts))
    rows = tuple(
        (told[name], f"{persons[name]:,}", *(percent_figure(parts.get(name)) for parts in found)) for name in names
    )
    return Grid(title, (head, "Persons", *run_labels(scores)), rows) if rows else None


def match_grid(scores: Sequence[Scores]) -> Grid:
    """A row a run and granularity: how near predicted and answered distributions are, over all and by country."""
    told = [
        (label, key, entry.match[key])
        for label, entry in zip(run_labels(scores), scores, strict=True)
        for key in keys_of([entry.match])
    ]
    title = "Distance between predicted and answered shares"
    if all(found.mean_over_countries is None for _, _, found in told):
        rows = [
            (label, key, percent(found.overall.total_variation), decimal(found.overall.wasserstein))
            for label, key, found in told
        ]
        return Grid(title, ("Run", "Options", "All, %", "All, ordinal"), tuple(rows), 2)
    columns = ("Run", "Options", "All, %", "Mean of countries, %", "All, ordinal", "Mean of countries, ordinal")
    return Grid(title, columns, tuple(_match_row(*one) for one in told), 2)


def _match_row(label: str, key: str, found: DistributionMatch) -> tuple[str, ...]:
    by_country = found.mean_over_countries
    return (
        label,
        key,
        percent(found.overall.total_variation),
        percent(None if by_country is None else by_country.total_variation),
        decimal(found.overall.wasserstein),
        decimal(None if by_country is None else by_country.wasserstein),
    )


def match_countries_grid(scores: Sequence[Scores]) -> Grid | None:
    """Total variation by country, a column a run and granularity; None where no country is known."""
    columns, found = [], []
    for label, entry in zip(run_labels(scores), scores, strict=True):
        for key in keys_of([entry.match]):
            columns.append(f"{label}, {key}")
            found.append({one.name: one.total_variation for one in entry.match[key].by_country})
    names = list(dict.fromkeys(name for one in found for name in one))
    rows = tuple((clean(name), *(percent(one.get(name)) for one in found)) for name in names)
    return Grid("Total variation by country, %", ("Country", *columns), rows) if rows else None


def readings_grid(scores: Sequence[Scores]) -> Grid:
    """A row a run and granularity: strict and valid-only accuracy, unread answers, and accuracy by survey weight."""
    weights = list(dict.fromkeys(name for entry in scores for one in entry.accuracy.values() for name in one.weighted))
    rows = []
    for label, entry in zip(run_labels(scores), scores, strict=True):
        for key in keys_of([entry.accuracy]):
            found = entry.accuracy[key]
            rows.append(
                (
                    label,
                    key,
                    percent_figure(found.strict),
                    percent_figure(found.valid_only),
                    percent(found.invalid_rate),
                    *(percent_figure(found.weighted.get(name)) for name in weights),
                )
            )
    columns = ("Run", "Options", "Strict", "Valid only", "Unread", *(f"Weighted by {clean(name)}" for name in weights))
    return Grid("Readings of accuracy, %", columns, tuple(rows), 2)


def comparison_grid(comparisons: Sequence[Comparison]) -> Grid:
    """A row a comparison: the difference in points, with its interval and p-values; those of two runs together."""
    pairs = list(dict.fromkeys((entry.first, entry.second) for entry in comparisons))
    order = {key: at for at, key in enumerate(GRANULARITY_KEYS)}
    ordered = sorted(comparisons, key=lambda one: (pairs.index((one.first, one.second)), order.get(one.granularity, 9)))
    rows = tuple(
        (
            clean(entry.first),
            clean(entry.second),
            entry.granularity,
            f"{entry.persons:,}",
            scaled_figure(entry.difference, 100, 2, "+"),
            chance(entry.p_value),
            chance(entry.adjusted_p_value),
        )
        for entry in ordered
    )
    columns = ("First", "Second", "Options", "Persons", "Difference", "p", "p, Holm")
    return Grid("Differences between runs, points (first less second)", columns, rows, 3)
