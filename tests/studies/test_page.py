"""What a study leaves behind: a page, plots that open by themselves, and a table that programs read."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ResultsError
from indievaluecatalog.studies.grids import grids_of
from indievaluecatalog.studies.listing import read_studies
from indievaluecatalog.studies.page import study_files, write_study
from indievaluecatalog.studies.run import Asking, run_study
from tests.studies.conftest import CHOICES, knows_whom_it_is_told_of

Make = Callable[..., Asking]


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


def test_a_place_that_cannot_be_written_is_said_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(ResultsError, match="file"):
        study_files(tmp_path / "file", "shown")
