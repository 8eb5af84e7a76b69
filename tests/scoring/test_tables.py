"""Scores in a terminal: every figure whole at 80 columns, marks where a reader needs them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from rich.console import Console

from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.report.pairs import main_comparisons, with_the_best
from indievaluecatalog.scoring.report.published import published_figures
from indievaluecatalog.scoring.scores import Comparison, Figure, Scores
from indievaluecatalog.scoring.tables import (
    breakdown_table,
    comparison_table,
    inequity_table,
    scores_table,
    sheet_tables,
)
from tests.scoring.fake_scores import CATEGORIES, LABELS, fake_comparisons, fake_scores, many_scores

POLAR: tuple[Granularity, ...] = ("polar",)
KEYS = ("refined", "polar", "mean")


def shown(thing: Any, width: int = 80) -> str:
    console = Console(width=width, color_system=None)
    with console.capture() as capture:
        console.print(thing)
    text = capture.get()
    assert max(map(len, text.splitlines())) <= width
    return text


def percent(figure: Figure | None) -> str:
    assert figure is not None
    return f"{100 * figure.value:.2f}"


def bounds(figure: Figure, factor: float = 100) -> str:
    assert figure.low is not None
    assert figure.high is not None
    return f"[{factor * figure.low:.2f}, {factor * figure.high:.2f}]"


def headline(entry: Scores) -> list[str]:
    """All that the table must hold of a run with everything."""
    index, mean = entry.inequity["mean"], entry.accuracy["mean"].strict
    return [
        *(percent(entry.accuracy[key].strict) for key in ("polar", "refined", "mean")),
        bounds(mean),
        f"{entry.probability['polar'].log_loss.value:.3f}",
        f"{100 * entry.probability['refined'].calibration_error:.2f}",
        f"{index.debiased.value:.2f}",
        bounds(index.debiased, 1),
        f"{index.plain:.2f}",
        f"{index.floor:.2f}",
    ]


def test_every_figure_of_a_run_is_whole_at_80_columns() -> None:
    entry = fake_scores("a model of a rather long name that has to be folded somewhere", unread=0.0314)
    text = shown(scores_table([entry]))
    for figure in [*headline(entry), "3.14"]:
        assert figure in text
    assert "…" not in text


def test_every_run_has_its_figures() -> None:
    scores = many_scores()
    text = shown(scores_table(scores), 100)
    for entry in scores[:-2]:
        for figure in headline(entry):
            assert figure in text


def test_valid_only_and_unread_only_where_some_are_unread() -> None:
    assert "Unread" not in shown(scores_table([fake_scores()]))
    assert "Unread" in shown(scores_table([fake_scores(), fake_scores("other", unread=0.01)]))


def test_no_probabilities_no_inequity_no_such_tables() -> None:
    text = shown(scores_table([fake_scores(probabilities=False, inequity=False)]))
    assert "Log loss" not in text
    assert "Inequity" not in text


def test_one_granularity_has_its_interval_and_no_column_for_the_other() -> None:
    entry = fake_scores(granularities=("refined",))
    text = shown(scores_table([entry]))
    assert percent(entry.accuracy["refined"].strict) in text
    assert bounds(entry.accuracy["refined"].strict) in text
    assert "Polar" not in text


def test_no_interval_no_brackets() -> None:
    assert "[" not in shown(scores_table([fake_scores(intervals=False)]))


@pytest.mark.parametrize("synthetic", [True, False])
def test_synthetic_persons_are_marked(synthetic: bool) -> None:
    assert ("synthetic" in shown(scores_table([fake_scores(synthetic=synthetic)])).lower()) == synthetic


def test_partial_runs_are_marked() -> None:
    text = " ".join(shown(scores_table([fake_scores(predicted=900)])).split())
    assert "partial: 900 of" in text
    assert "187,200" in text


def test_what_is_seen_beyond_is_said() -> None:
    assert "shown 200 statements; sees also the truth" in shown(scores_table([fake_scores(sees_also="the truth")]), 120)


def test_published_figures_are_marked_as_published() -> None:
    published = published_figures("wvs7")
    assert published is not None
    text = shown(scores_table([fake_scores()], published))
    assert text.count("(published)") == len(published.accuracy) + len(published.inequity)
    for row in published.accuracy:
        assert f"{100 * row.refined:.2f}" in text
    assert "2410.03868" in text
    assert "published" not in shown(scores_table([fake_scores()])).lower()


@pytest.mark.parametrize("name", ["[red]x[/red]", "[link=file:///etc]x", "\x1b[31mred\x1b[0m", "a\r\nb", "\u202eabc"])
def test_names_cannot_colour_or_move_the_terminal(name: str) -> None:
    text = shown(scores_table([fake_scores(name)]))
    assert not re.search(r"[\x1b\r\u202e]", text)
    assert " ".join("".join(c if c.isprintable() else " " for c in name).split()) in text


def test_breakdowns() -> None:
    entry = fake_scores()
    text = shown(breakdown_table(entry))
    for name, part in zip(CATEGORIES, entry.by_category, strict=True):
        assert name.split()[0] in text
        assert percent(part.polar) in text
        assert percent(part.refined) in text
        assert percent(part.mean) in text
    assert "New Zealand" in shown(breakdown_table(entry, "country"))
    assert "Q57" in shown(breakdown_table(entry, "item"))
    assert "65+" in shown(breakdown_table(entry, "X003R"))
    with pytest.raises(ResultsError, match=r"'shoes'.*category.*X003R"):
        breakdown_table(entry, "shoes")


def test_dimensions_of_the_inequity_index() -> None:
    entry = fake_scores()
    text = shown(inequity_table(entry, "polar"))
    for dimension in entry.inequity["polar"].dimensions:
        assert LABELS[dimension.name] in text
        assert f"{dimension.plain:.2f}" in text
    with pytest.raises(ResultsError, match="two groups large enough"):
        inequity_table(fake_scores(inequity=False))


def test_comparisons_have_a_sign_and_both_p_values() -> None:
    text = shown(comparison_table(fake_comparisons()))
    for figure in ("+5.12", "[+4.31, +5.98]", "<0.001", "-0.34", "0.412", "798"):
        assert figure in text


def sheet_text(scores: list[Scores], comparisons: Sequence[Comparison] = (), **how: Any) -> str:
    return " ".join("".join(shown(part, 200) for part in sheet_tables(scores, comparisons, **how)).split())


def test_published_figures_come_last() -> None:
    for details in (False, True):
        text = sheet_text([fake_scores(), fake_scores("other")], fake_comparisons(), details=details)
        assert text.index("Differences between runs") < text.index("Published accuracy")
        assert text.count("Published accuracy") == 1


def test_evenness_is_explained_under_its_table() -> None:
    assert "what chance alone reads" in sheet_text([fake_scores()])
    assert "what chance alone reads" not in sheet_text([fake_scores(inequity=False)])


def test_runs_about_other_tasks_are_marked() -> None:
    whole, part = fake_scores("whole"), fake_scores("part", setups=(2,), splits=("test",))
    text = sheet_text([whole, part])
    assert "Not all runs are about the same tasks." in text
    for said in ("different persons", "different questions", "(splits validation, test) (setups 0, 1, 2)", "(setup 2)"):
        assert said in text
    alike = sheet_text([whole, fake_scores("other")])
    assert "same tasks" not in alike
    assert "(setup" not in alike


def test_notes_come_before_the_figures() -> None:
    text = sheet_text([fake_scores()], notes=["a and b cannot be compared"])
    assert text.index("Note: a and b cannot be compared.") < text.index("Accuracy, %")


def test_a_pair_of_one_granularity_is_shown_beside_pairs_with_a_mean() -> None:
    polar = Comparison("majority", "polar only", "polar", 800, Figure(0.0123), 0.02, 0.03)
    scores = [fake_scores("nearest 50", 0.6), fake_scores("majority"), fake_scores("polar only", granularities=POLAR)]
    text = sheet_text(scores, [*fake_comparisons(), polar])
    for figure in ("+5.12", "+1.23"):
        assert figure in text
    assert "-0.34" not in text


def every_pair(scores: Sequence[Scores]) -> list[Comparison]:
    names = [entry.run.model for entry in scores]
    return [Comparison(*pair, key, 9, Figure(0.1), 0.2, 0.3) for pair in combinations(names, 2) for key in KEYS]


def test_of_many_pairs_those_with_the_most_accurate_run_are_shown_and_all_are_counted() -> None:
    scores = [fake_scores(name, 0.5 + at / 50) for at, name in enumerate("abcd")]
    oracle = fake_scores("oracle", 0.9, sees_also="the answers")
    shown = with_the_best([*scores, oracle], main_comparisons(every_pair([*scores, oracle])))
    assert [(one.first, one.second) for one in shown] == [("a", "d"), ("b", "d"), ("c", "d"), ("d", "oracle")]
    text = sheet_text([*scores, oracle], every_pair([*scores, oracle]))
    assert "Holm's correction is over all 10 pairs; shown are those with d, the most accurate run of those" in text
    every = sheet_text([*scores, oracle], every_pair([*scores, oracle]), details=True)
    assert "Holm's correction is over all 10 pairs." in every


def test_comparisons_with_a_reference_are_all_shown() -> None:
    scores = [fake_scores(name, 0.5 + at / 50) for at, name in enumerate("abcd")]
    against = [one for one in every_pair(scores) if "b" in (one.first, one.second)]
    assert len(with_the_best(scores, main_comparisons(against))) == 3
    assert "Holm's correction is over all 3 comparisons with b." in sheet_text(scores, against)


def test_the_sheet_has_what_is_missing_first_and_names_as_they_are() -> None:
    scores = [fake_scores("[red]x[/red]", predicted=900), fake_scores("majority")]
    text = "".join(shown(part) for part in sheet_tables(scores, fake_comparisons(), details=True))
    assert text.startswith("Partial results: [red]x[/red]: 900 of 187,200 tasks")
    assert text.count("[red]x[/red]") >= 4
    assert "2410.03868" in text
    assert "+5.12" in text
    assert "-0.34" in text
    brief = "".join(shown(part) for part in sheet_tables(scores, fake_comparisons(), published=False))
    assert "2410.03868" not in brief
    assert "+5.12" in brief
    assert "-0.34" not in brief
    assert "Accuracy by category" not in brief
