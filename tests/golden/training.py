"""The golden training row: one synthetic person's, so that a change of a draw or of its words shows as a diff."""

from __future__ import annotations

import json
from pathlib import Path

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.reasoners.training_data.columns import row_table
from indievaluecatalog.reasoners.training_data.rows import training_rows
from indievaluecatalog.reasoners.training_data.texts import renderer_of
from indievaluecatalog.reasoners.training_data.unit import Unit
from indievaluecatalog.survey.read import read_survey
from tests.scoring.conftest import people_from

PERSON_FILE = Path(__file__).with_name("person.csv")
TRAINING_ROW = Path(__file__).with_name("training_row.json")
ITEM = "Q1"


def training_row() -> str:
    """One row as the file has it, as JSON."""
    catalog = load_catalog("wvs7")
    people = people_from(read_survey(PERSON_FILE, catalog), catalog, split="train")
    unit = Unit("golden", "both", "refined", "polar", number=(2, 6), persons=1)
    rows = training_rows(people, unit, hold_out=[item for item in catalog.items if item != ITEM], held_out_shown=True)
    block = rows.block()
    (row,) = row_table(rows, block, renderer_of(rows).render(block), "both").to_pylist()
    return json.dumps(row, indent=1, ensure_ascii=False) + "\n"


def rewrite_training_row() -> None:
    """Write the golden training row anew."""
    TRAINING_ROW.write_text(training_row(), "utf-8")
