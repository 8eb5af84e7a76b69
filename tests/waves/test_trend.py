"""Two waves as one table: what is the same answer has one class, whatever its code; the rest is left out."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pyreadstat
import pytest

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.build import build_dataset
from indievaluecatalog.dataset.trend import trend_table
from indievaluecatalog.errors import BuildError
from tests.waves.town import HABITS, draft_town, fill, write_town


@pytest.fixture(scope="module")
def waves(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], list[Catalog]]:
    """A town, and the same answers ten years on: habits coded the other way, one claim reworded, one body gone."""
    where = tmp_path_factory.mktemp("waves")
    made = draft_town(write_town(where / "town.sav"), where / "town")
    fill(made.path)
    later = where / "later"
    later.mkdir()
    for file in made.path.glob("*.yaml"):
        text = re.sub(r"(\n +)- id: ([aht]\d)\n", r"\1- id: \2\1  concept: town/\2\n", file.read_text("utf-8"))
        text = text.replace("  id: town\n", "  id: later\n").replace("rents are fair", "rents are too high")
        if "how_often" in file.name:
            text = re.sub(r"(?<=[{\[ ])([1-5])(?=[:,\]])", lambda found: str(6 - int(found[1])), text)
        (later / file.name).write_text(text.replace("concept: town/t5\n", "concept: later/t5\n"), "utf-8")
    frame, meta = pyreadstat.read_sav(str(where / "town.sav"))
    habits = [f"h{at}" for at in range(1, len(HABITS) + 1)]
    frame[habits] = 6 - frame[habits]
    labels = {
        name: {6 - code if name in habits else code: text for code, text in codes.items()}
        for name, codes in meta.variable_value_labels.items()
    }
    pyreadstat.write_sav(frame, str(where / "later.sav"), file_label=meta.file_label, variable_value_labels=labels)
    catalogs = [load_catalog(where / name) for name in ("town", "later")]
    for name, catalog in zip(("town", "later"), catalogs, strict=True):
        build_dataset(where / f"{name}.sav", where / "built" / name, catalog=catalog, register=False)
    return [where / "built" / name for name in ("town", "later")], catalogs


def test_one_answer_has_one_class_whatever_its_code(waves: tuple[list[Path], list[Catalog]]) -> None:
    builds, catalogs = waves
    assert catalogs[0].items["h1"].refined[0].codes != catalogs[1].items["h1"].refined[0].codes
    table = trend_table(builds, catalogs=catalogs)
    wave = np.array(table["wave"])
    assert set(wave) == {"town", "later"}
    assert (wave == "town").sum() == (wave == "later").sum() == 300
    answers = np.array(table["town/h1"])
    first, second = (np.bincount(answers[wave == name], minlength=5) for name in ("town", "later"))
    assert first.tolist() == second.tolist()
    assert table.features["town/h1"].names[0] == "I never take the bus."


def test_what_does_not_compare_is_left_out(waves: tuple[list[Path], list[Catalog]]) -> None:
    builds, catalogs = waves
    names = trend_table(builds, "polar", catalogs=catalogs).column_names
    assert "town/a1" in names
    assert "town/a3" not in names  # it says something else now
    assert "town/t5" not in names  # the later wave has another one
    assert "wvs7/Q260" in names


def test_too_few_waves_or_two_of_one_are_refused(waves: tuple[list[Path], list[Catalog]]) -> None:
    builds, catalogs = waves
    with pytest.raises(BuildError, match="at least two"):
        trend_table(builds[:1])
    with pytest.raises(BuildError, match="2 builds, but 1 catalogs"):
        trend_table(builds, catalogs=catalogs[:1])
    with pytest.raises(BuildError, match="of one wave: town, town"):
        trend_table([builds[0], builds[0]], catalogs=[catalogs[0], catalogs[0]])
