"""The report: one HTML file that holds everything it shows."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from operator import attrgetter
from pathlib import Path
from typing import Any

from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.report import figures, grids, row_figures
from indievaluecatalog.scoring.report.cautions import lead, mixed_tasks, partial_runs, synthetic_runs
from indievaluecatalog.scoring.report.identity import identity_grid, run_facts
from indievaluecatalog.scoring.report.pairs import correction, main_comparisons, with_the_best
from indievaluecatalog.scoring.report.published import Published, published_figures
from indievaluecatalog.scoring.report.templates import page
from indievaluecatalog.scoring.report.wording import clean, main_key, run_labels
from indievaluecatalog.scoring.scores import Comparison, Scores
from indievaluecatalog.whole_file import check_place, whole_file

_PACKAGE = "indievaluecatalog.scoring.report"


def check_report_path(path: str | Path) -> None:
    """Refuse where `write_report` cannot write.

    Raises:
        ResultsError: another ending than .html, or a place that cannot be written.
    """
    target = Path(path)
    if target.suffix != ".html":
        raise ResultsError(f"{str(target)!r}: a report is written as .html")
    check_place(target, ResultsError)


def write_report(
    scores: Sequence[Scores],
    comparisons: Sequence[Comparison],
    path: str | Path,
    *,
    notes: Sequence[str] = (),
    published: bool = True,
) -> None:
    """Write one HTML file, without scripts and without anything to load; the same scores give the same bytes.

    Args:
        scores: one or more runs, in the order they shall stand in.
        comparisons: between them; may be empty.
        path: ending in .html. The file appears under its name only when it is whole.
        notes: what a reader must know of the runs together.
        published: whether published figures of the wave stand beside them, where there are any.

    Raises:
        ResultsError: no run, another ending, or a place that cannot be written.
    """
    if not scores:
        raise ResultsError("a report needs at least one run")
    check_report_path(path)
    text = render(scores, comparisons, notes=notes, published=published)
    with whole_file(Path(path), ResultsError) as beside:
        beside.write_text(text, "utf-8")


def render(
    scores: Sequence[Scores],
    comparisons: Sequence[Comparison] = (),
    *,
    notes: Sequence[str] = (),
    published: bool = True,
) -> str:
    """The report's HTML.

    Args:
        scores: one or more runs.
        comparisons: between them.
        notes, published: as for `write_report`.
    """
    text = files(_PACKAGE).joinpath("report.html.j2").read_text("utf-8")
    waves = {entry.run.dataset.wave for entry in scores}
    found = published_figures(next(iter(waves))) if published and len(waves) == 1 else None
    return page(text, **_context(scores, comparisons, notes, found))


def _context(
    scores: Sequence[Scores], comparisons: Sequence[Comparison], notes: Sequence[str], published: Published | None
) -> dict[str, Any]:
    labels = run_labels(scores)
    shown = row_figures.drawn_runs(scores)
    chief = with_the_best(scores, main_comparisons(comparisons))
    context: dict[str, Any] = {
        "lead": lead(scores),
        "synthetic": synthetic_runs(scores),
        "partial": partial_runs(scores),
        "mixed": mixed_tasks(scores),
        "notes": [clean(note) for note in notes],
        "published": published,
        "plots": _plots(scores, published),
        "grids": _grids(scores, published),
        "groups": _groups(scores),
        "dimensions": _dimensions(scores, labels),
        "comparisons": grids.comparison_grid(chief) if chief else None,
        "all_comparisons": grids.comparison_grid(comparisons) if len(chief) < len(comparisons) else None,
        "correction": correction(scores, comparisons, chief),
        "unread": any(one.invalid_rate > 0 for entry in scores for one in entry.accuracy.values()),
        "intervals": any(one.strict.low is not None for entry in scores for one in entry.accuracy.values()),
        "accuracy_note": _accuracy_note(scores, published),
        "drawn": ""
        if len(shown) == len(scores)
        else f"Drawn are the {len(shown)} most accurate of {len(scores)} runs; the table holds all.",
        "match_weight": next((one.weight for entry in scores for one in entry.match.values() if one.weight), None),
        "runs": [
            {"label": label, "notes": [clean(note) for note in entry.notes], "facts": run_facts(entry)}
            for label, entry in zip(labels, scores, strict=True)
        ],
    }
    there = {
        "accuracy": ("Accuracy", True),
        "demonstrations": ("Number of demonstrations", context["plots"]["demonstrations"]),
        "comparisons": ("Differences between runs", context["comparisons"]),
        "categories": ("By category", context["plots"]["categories"]),
        "groups": ("By group of persons", context["groups"]),
        "inequity": ("Evenness", context["plots"]["inequity"]),
        "probabilities": ("Probabilities", context["plots"]["reliability"]),
        "match": ("Shares of answers", context["plots"]["matches"]),
        "items": ("By question", context["grids"]["questions"]),
        "identity": ("What was run", True),
    }
    context["sections"] = [(key, title) for key, (title, is_there) in there.items() if is_there]
    return context


def _accuracy_note(scores: Sequence[Scores], published: Published | None) -> str:
    note = "The number at the right is the mean (or the only figure there is)."
    if published is None:
        return note
    note += " Hollow marks on hatched ground are published figures, about other persons."
    if any(entry.run.dataset.synthetic for entry in scores):
        note += " The persons here are synthetic, so that the two cannot be compared number by number."
    return note


def _plots(scores: Sequence[Scores], published: Published | None) -> dict[str, Any]:
    return {
        "accuracy": figures.accuracy_plot(scores, published),
        "demonstrations": figures.demonstrations_plot(scores),
        "categories": row_figures.parts_plot("category", "Accuracy by category", scores, attrgetter("by_category")),
        "reliability": figures.reliability_plot(scores),
        "inequity": row_figures.inequity_plot(scores),
        "matches": [one for key in ("polar", "refined") if (one := row_figures.match_plot(scores, key)) is not None],
    }


def _grids(scores: Sequence[Scores], published: Published | None) -> dict[str, Any]:
    across = grids.across_runs
    return {
        "accuracy": grids.accuracy_grid(scores),
        "published": published and grids.published_grid(published),
        "published_inequity": published and published.inequity and grids.published_inequity_grid(published),
        "readings": grids.readings_grid(scores),
        "setups": across("Accuracy by setup, %", "Setup", scores, attrgetter("by_setup")),
        "categories": across("Accuracy by category, %", "Category", scores, attrgetter("by_category")),
        "countries": across("Accuracy by country, %", "Country", scores, attrgetter("by_country")),
        "questions": across("Accuracy by question, %", "Question", scores, attrgetter("by_item")),
        "inequity": grids.inequity_grid(scores),
        "probability": grids.probability_grid(scores),
        "match": grids.match_grid(scores),
        "match_countries": grids.match_countries_grid(scores),
        "identity": identity_grid(scores),
    }


def _groups(scores: Sequence[Scores]) -> list[tuple[str, Any, grids.Grid | None]]:
    """For each demographic its name, plot and table."""
    found, limits = [], row_figures.limits_of(scores)
    for at, name in enumerate(dict.fromkeys(name for entry in scores for name in entry.by_group)):
        label = row_figures.demographic_label(scores, name)

        def parts(entry: Scores, name: str = name) -> Any:
            return entry.by_group.get(name, ())

        plot = row_figures.parts_plot(f"group-{at}", f"Accuracy by group: {label}", scores, parts, limits)
        if plot is not None:
            found.append((label, plot, grids.across_runs(f"Accuracy by group, %: {label}", "Group", scores, parts)))
    return found


def _dimensions(scores: Sequence[Scores], labels: Sequence[str]) -> list[tuple[str, Any, grids.Grid | None]]:
    """For each run with an inequity index its name, plot and table by dimension."""
    return [
        (labels[at], row_figures.dimension_plot(entry, at, labels[at]), grids.dimension_grid(entry, key))
        for at, entry in enumerate(scores)
        if (key := main_key(entry.inequity)) is not None
    ]
