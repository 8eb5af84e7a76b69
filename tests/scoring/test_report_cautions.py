"""The report is honest about what its figures are of, and about which of them can be set side by side."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indievaluecatalog.scoring.report.cautions import lead
from indievaluecatalog.scoring.report.published import published_figures
from tests.scoring.fake_scores import fake_scores, many_scores
from tests.scoring.report_page import Page, percent, written


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("many"), many_scores())


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("one"), [fake_scores()])


@pytest.mark.parametrize("synthetic", [True, False])
def test_synthetic_persons_are_marked_loudly_and_real_ones_not(tmp_path: Path, synthetic: bool) -> None:
    text = Page(written(tmp_path, [fake_scores(synthetic=synthetic, parts=False)])).text
    assert ("SYNTHETIC PERSONS" in text) == synthetic
    assert ("synthetic" in text.lower().replace("dataset.synthetic", "")) == synthetic
    # The mark comes before any figure.
    assert not synthetic or text.index("SYNTHETIC") < re.search(r"\d\d\.\d\d", text).start()  # type: ignore[union-attr]


def test_a_plot_taken_out_of_the_page_still_says_synthetic(one: str) -> None:
    drawings = re.findall(r"<svg.*?</svg>", one, re.DOTALL)
    assert len(drawings) > 5
    assert all(">synthetic persons</text>" in drawing for drawing in drawings)


def test_plots_of_many_runs_show_the_best_and_say_so(many: str, one: str) -> None:
    assert "Drawn are the 6 most accurate of 12 runs" in many
    assert "most accurate" not in one


def test_published_figures_are_marked_as_published(one: str) -> None:
    published = published_figures("wvs7")
    assert published is not None
    tables = re.findall(r"<table.*?</table>", one, re.DOTALL)
    marked = Page("".join(table for table in tables if table.startswith('<table class="published"'))).text
    for row in published.accuracy:
        assert f"{100 * row.refined:.2f}" in marked
    for index in published.inequity:
        assert f"{index.index:.2f}" in marked
    assert marked.count("(published)") == len(published.accuracy) + len(published.inequity)
    assert "PUBLISHED, on other persons" in one
    text = Page(one).text
    assert "cannot be compared with the published ones number by number" in text
    assert "2410.03868" in text


@pytest.mark.parametrize(("wave", "published"), [("wvs7", False), ("wvs99", True)])
def test_no_published_figures_where_there_are_none_or_none_are_asked_for(
    tmp_path: Path, wave: str, published: bool
) -> None:
    text = written(tmp_path, [fake_scores(wave=wave, parts=False)], published=published)
    assert "GPT-4o" not in text
    assert "PUBLISHED" not in text


def test_what_is_missing_comes_first(tmp_path: Path) -> None:
    text = Page(written(tmp_path, [fake_scores("half done", predicted=90_000, parts=False)])).text
    warning = text.index("half done: 90,000 of 187,200 tasks, 123 of 800 persons")
    assert warning < text.index("Brackets hold 95% intervals")


def test_runs_on_other_tasks_are_no_ranking(tmp_path: Path, many: str) -> None:
    assert "Not all runs are about the same tasks" not in many
    text = written(tmp_path, [fake_scores(parts=False), fake_scores("other", splits=("test",), parts=False)])
    assert "Not all runs are about the same tasks" in text


def test_tasks_of_runs_are_named_where_they_differ(tmp_path: Path) -> None:
    text = Page(written(tmp_path, [fake_scores(parts=False), fake_scores("other", setups=(2,), parts=False)])).text
    assert "different questions (setups)" in text
    assert "shown 200 statements (setups 0, 1, 2) (synthetic persons)" in text
    assert "shown 200 statements (setup 2) (synthetic persons)" in text


def test_notes_on_the_runs_together_come_before_the_figures(tmp_path: Path) -> None:
    page = Page(written(tmp_path, [fake_scores(parts=False)], notes=["a and <b> cannot be compared"]))
    assert page.text.index("a and <b> cannot be compared.") < page.text.index("It is strict")


def test_a_run_that_sees_more_is_no_winner() -> None:
    low, high = fake_scores("low", 0.5), fake_scores("high", 0.6)
    oracle = fake_scores("oracle", 0.9, sees_also="the answers")
    figure = percent(oracle.accuracy["mean"].strict)
    text = lead([low, oracle, high])
    assert text.startswith("Highest of the 2 runs that see no more than a model is shown: high with")
    first, second = text.split(" For reference, ")
    assert figure not in first
    assert f"oracle {figure}%" in second
    assert lead([low, oracle]).startswith("low: ")
    assert "It sees more than a model is shown: the answers." in lead([oracle])
    assert lead([low, high]).startswith("Highest of 2 runs: high with")
