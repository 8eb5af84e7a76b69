"""A file whose items are recoded must not turn statements around."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyreadstat
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import SurveyError
from indievaluecatalog.survey.inspect import inspect_survey
from indievaluecatalog.survey.label_check import swapped_codes
from indievaluecatalog.survey.read import read_survey
from indievaluecatalog.survey.synthetic import synthesize, write_survey


def relabelled(catalog: Catalog, tmp_path: Path, ending: str, labels: dict[int, str]) -> Path:
    """A synthetic file whose Q1 carries other value labels."""
    write_survey(synthesize(catalog, 300, seed=1), tmp_path / "people.csv")
    frame = pd.read_csv(tmp_path / "people.csv")
    path = tmp_path / f"people{ending}"
    write = pyreadstat.write_sav if ending == ".sav" else pyreadstat.write_dta
    write(frame, str(path), variable_value_labels={"Q1": labels})
    return path


REVERSED = {1: "Not at all important", 2: "Not very important", 3: "Rather important", 4: "VERY  important"}


@pytest.mark.parametrize("ending", [".sav", ".dta"])
def test_a_reversed_item_is_refused_and_named(catalog: Catalog, tmp_path: Path, ending: str) -> None:
    path = relabelled(catalog, tmp_path, ending, REVERSED)
    with pytest.raises(SurveyError, match=r"variable Q1 \(Important in life: Family\) has other codes"):
        read_survey(path, catalog)
    assert any("Q1" in problem for problem in inspect_survey(path, catalog).problems)


def test_labels_worded_otherwise_are_no_reason(catalog: Catalog, tmp_path: Path) -> None:
    path = relabelled(catalog, tmp_path, ".sav", {1: "Tres important", 4: "Pas du tout"})
    assert len(read_survey(path, catalog)) == 300


def test_one_odd_label_is_a_note(catalog: Catalog, tmp_path: Path) -> None:
    path = relabelled(catalog, tmp_path, ".sav", {2: "Very important"})
    assert any(note.startswith("Q1: the file's label") for note in read_survey(path, catalog).report.notes)


def test_shipped_labels_agree_with_themselves(catalog: Catalog) -> None:
    assert all(swapped_codes(item, item.codes) == [] for item in catalog.items.values())
