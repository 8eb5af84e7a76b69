"""What a study leaves behind: a page, plots that open by themselves, and a table that programs read."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from rich.console import Console

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.dataset.splits import TEST, TRAIN
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.scoring.scores import Figure
from indievaluecatalog.scoring.tables import grid_table
from indievaluecatalog.studies.grids import grids_of, rows_of
from indievaluecatalog.studies.listing import read_studies
from indievaluecatalog.studies.narrow import short_names, width_of
from indievaluecatalog.studies.outcome import Outcome
from indievaluecatalog.studies.page import study_files, write_study
from indievaluecatalog.studies.plots import plots_of
from indievaluecatalog.studies.run import Asking, run_study
from tests.baselines.conftest import people_of
from tests.people import random_answers
from tests.studies.conftest import CHOICES, knows_whom_it_is_told_of

Make = Callable[..., Asking]

SIZES = replace(CHOICES, too_few="fewer")


@pytest.mark.parametrize("name", [study.name for study in read_studies()])
def test_every_study_ends_in_a_page_a_table_and_plots(persons: People, asking: Make, tmp_path: Path, name: str) -> None:
    made = asking(knows_whom_it_is_told_of, "majority", "naive-bayes")
    outcome = run_study(name, made, persons, CHOICES, resamples=20)
    page, table, *plots = write_study(outcome, tmp_path)
    text = page.read_text("utf-8")
    assert "SYNTHETIC PERSONS" in text
    assert outcome.study.question in text
    assert not {"<img", "<image"} & set(text.split()), "the page may load nothing"
    assert text.count("<svg") == len(plots) > 0
    for plot in plots:
        assert ElementTree.parse(plot).getroot().tag == "{http://www.w3.org/2000/svg}svg"
        assert "synthetic persons" in plot.read_text("utf-8")
    with table.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    means = {
        (row["predictor"], row["condition"]): float(row["value"])
        for row in rows
        if (row["measure"], row["granularity"], row["part"]) == ("accuracy", "mean", "")
    }
    assert means == {(one.predictor, one.condition): one.accuracy["mean"].value for one in outcome.lines}
    assert {row["synthetic"] for row in rows} == {"True"}
    before = {path: path.read_bytes() for path in (page, table, *plots)}
    write_study(outcome, tmp_path)
    assert {path: path.read_bytes() for path in before} == before


def test_a_predictor_that_is_the_same_everywhere_has_one_row(persons: People, asking: Make) -> None:
    outcome = run_study("shown", asking(knows_whom_it_is_told_of, "majority"), persons, CHOICES, resamples=20)
    main = grids_of(outcome, brief=True)[0]
    assert [row[:2] for row in main.rows] == [
        *[("rule/one", name) for name in ("nothing", "demographics", "statements", "both")],
        ("majority", "any"),
    ]
    assert main.title == "Statements, demographics, or both: accuracy, %, 8 synthetic persons"


def test_where_the_prompt_alone_is_changed_no_baseline_is(persons: People, asking: Make) -> None:
    outcome = run_study("form", asking(knows_whom_it_is_told_of, "naive-bayes"), persons, CHOICES, resamples=20)
    assert [row[:2] for row in grids_of(outcome)[0].rows][2:] == [("naive-bayes", "any")]
    assert any("does not reach naive-bayes" in note for note in outcome.notes)


def test_with_one_condition_nothing_is_the_same_in_all(persons: People, asking: Make) -> None:
    outcome = run_study("inequity", asking(knows_whom_it_is_told_of, "majority"), persons, CHOICES, resamples=20)
    assert {row[1] for row in grids_of(outcome)[0].rows} == {"as chosen"}
    assert not any("in all" in note for note in outcome.notes)


def test_what_is_left_of_baselines_where_no_statement_is_shown_is_said(persons: People) -> None:
    outcome = run_study("shown", Asking(baselines=("naive-bayes",)), persons, CHOICES, resamples=0)
    assert [line.condition for line in outcome.lines] == ["nothing", "statements"]
    assert "all that is left of naive-bayes is the baseline majority" in " ".join(outcome.notes)
    assert "Only statements can be shown to naive-bayes" in " ".join(outcome.notes)


def test_the_page_says_what_was_asked_and_what_was_changed(persons: People, asking: Make) -> None:
    shown = dict(run_study("shown", asking(), persons, CHOICES, resamples=0).facts)
    assert shown["told of a person"] == "nothing, demographics, statements, both"
    assert (shown["statements shown"], shown["form"], shown["intervals"]) == (
        "20, refined",
        "joint",
        "none were asked for",
    )
    order = dict(run_study("option-order", asking(), persons, CHOICES, resamples=20).facts)
    assert order["order of options"] == "coded, reversed, rotated"
    alone = dict(run_study("granularity", Asking(baselines=("majority",)), persons, CHOICES, resamples=20).facts)
    assert (alone["baselines"], alone["statements shown"]) == ("majority", "20, refined, polar")
    assert not {"model", "form"} & set(alone), "who is not asked has no prompt"


def test_too_few_persons_for_an_index_are_told_so(persons: People, asking: Make) -> None:
    few = run_study("inequity", asking(), persons, replace(CHOICES, persons=3), resamples=0)
    assert few.notes[0].startswith("There is no Value Inequity Index")


def test_the_index_itself_is_among_the_figures(catalog: Catalog) -> None:
    splits = np.full(100, TRAIN, np.int8)
    splits[:50] = TEST
    many = people_of(catalog, random_answers(catalog, 100, seed=4), splits)
    outcome = run_study("inequity", Asking(baselines=("majority", "random")), many, CHOICES, resamples=20)
    assert outcome.scores[0].inequity
    assert not any("There is no Value Inequity Index" in note for note in outcome.notes)
    whole = [row for row in rows_of(outcome) if (row["measure"], row["part"]) == ("inequity", "")]
    assert [(row["predictor"], row["granularity"], row["plain"]) for row in whole] == [
        (entry.run.model, key, index.plain) for entry in outcome.scores for key, index in entry.inequity.items()
    ]


@pytest.fixture(scope="module")
def categories(persons: People) -> Outcome:
    return run_study("categories", Asking(baselines=("naive-bayes",)), persons, CHOICES, resamples=20)


def test_how_many_statements_a_category_can_show_is_told(categories: Outcome) -> None:
    outcome, main = categories, grids_of(categories)[0]
    shown = {row[1]: float(row[main.columns.index("Shown")]) for row in main.rows}
    assert (shown["nothing"], shown["all categories"]) == (0, 20)
    assert all(0 < shown[name] <= 20 for name in outcome.categories)


def test_no_gain_has_no_sign_of_loss(persons: People, asking: Make) -> None:
    outcome = run_study("granularity", asking(), persons, CHOICES, resamples=0)
    tiny = [
        replace(
            line,
            difference={
                key: replace(one, difference=Figure(-1e-9, -1e-9, 0.0)) for key, one in line.difference.items()
            },
        )
        for line in outcome.lines
    ]
    main = grids_of(replace(outcome, lines=tuple(tiny)))[0]
    assert main.rows[1][-2] == "+0.00\n[+0.00, +0.00]"


def test_tables_of_a_terminal_lose_no_column_unsaid(persons: People, asking: Make, categories: Outcome) -> None:
    made = asking(knows_whom_it_is_told_of, "naive-bayes")
    for outcome in (run_study("shown", made, persons, CHOICES, resamples=20), categories):
        long = tuple(replace(line, predictor="some/model-of-a-long-name", unread=0.2) for line in outcome.lines)
        main = grids_of(replace(outcome, lines=long), brief=True)[0]
        assert width_of(main) <= 80
        assert main.columns[-1] == "p, Holm"
        assert "Mean" in main.columns
        console = Console(width=80, file=StringIO())
        console.print(grid_table(main))
        printed = console.file.getvalue()  # type: ignore[attr-defined]
        assert all(row[-1] in printed for row in main.rows)


def test_short_names_of_categories_tell_them_apart(catalog: Catalog) -> None:
    short = short_names(catalog.categories)
    assert len(set(short.values())) == len(catalog.categories)
    assert (short["Social Values, Attitudes & Stereotypes"], short["Security"]) == ("Social Values", "Security")
    assert short_names(["Art & Life", "Art & Death", "Law"]) == {
        "Art & Life": "Art & Life",
        "Art & Death": "Art & Death",
        "Law": "Law",
    }


def test_a_curve_without_anything_that_varies_is_rows(persons: People) -> None:
    outcome = run_study("demonstrations", Asking(baselines=("majority",)), persons, SIZES, resamples=20)
    (plot,) = plots_of(outcome)
    assert plot.caption.startswith("Accuracy by predictor")


def test_a_place_that_cannot_be_written_is_said_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(ResultsError, match="file"):
        study_files(tmp_path / "file", "shown")
