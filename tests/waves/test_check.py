"""A check sees a scale that was turned round, and demographics whose codes changed keep their groups."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import CatalogError
from indievaluecatalog.waves.check_shift import Shift, shifts
from indievaluecatalog.waves.codebook import Variable
from indievaluecatalog.waves.draft_repeated import demographic_entry
from indievaluecatalog.waves.matching import Known, Match, Relation


@pytest.fixture(scope="module")
def wvs7() -> Catalog:
    return load_catalog("wvs7")


@pytest.fixture(scope="module")
def build(wvs7: Catalog, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset of the earlier wave: everybody's first answer in 7 of 10 rows, the last in the others."""
    folder = tmp_path_factory.mktemp("build")
    (folder / "data" / "refined").mkdir(parents=True)
    share = np.arange(100) < 70
    columns = {item.id: pa.array(np.where(share, 0, len(item.refined) - 1)) for item in wvs7.items.values()}
    pq.write_table(pa.table(columns), folder / "data" / "refined" / "train-0.parquet")
    return folder


def shift_of(wvs7: Catalog, build: Path, counts: dict[int, int]) -> Shift | None:
    found = shifts(wvs7, {"Q1": counts}, wvs7, build)
    return next((one for one in found if one.item == "Q1"), None)


def test_the_same_shares_have_not_moved(wvs7: Catalog, build: Path) -> None:
    one = shift_of(wvs7, build, {1: 140, 4: 60})
    assert one is not None
    assert (one.moved, one.implausible) == (pytest.approx(0), False)


def test_a_scale_turned_round_is_seen(wvs7: Catalog, build: Path) -> None:
    one = shift_of(wvs7, build, {4: 140, 1: 60})
    assert one is not None
    assert one.reversed
    assert one.implausible
    assert (one.moved, one.moved_if_reversed) == (pytest.approx(0.4), pytest.approx(0))


def test_what_moved_too_far_is_implausible_though_not_reversed(wvs7: Catalog, build: Path) -> None:
    one = shift_of(wvs7, build, {2: 100, 3: 100})
    assert one is not None
    assert (one.reversed, one.implausible) == (False, True)


def test_a_few_answers_say_nothing(wvs7: Catalog, build: Path) -> None:
    assert shift_of(wvs7, build, {2: 10, 3: 10}) is None


def test_a_folder_that_is_no_dataset_of_the_wave_is_named(wvs7: Catalog, tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="no-dataset"):
        shifts(wvs7, {}, wvs7, tmp_path)
    (tmp_path / "data" / "refined").mkdir(parents=True)
    pq.write_table(pa.table({"other": [1]}), tmp_path / "data" / "refined" / "train-0.parquet")
    with pytest.raises(CatalogError, match=r"other-dataset.*wvs7"):
        shifts(wvs7, {}, wvs7, tmp_path)


ENTRY = {
    "id": "Q263",
    "label": "Immigrant",
    "variable": "Q263",
    "codes": {"1": "Born here", "2": "Immigrant"},
    "options": [
        {"codes": [1], "label": "Born here", "statement": "I was born here."},
        {"codes": [2], "label": "Immigrant", "statement": "I am an immigrant."},
    ],
}


def drafted(values: dict[int, str], mapping: dict[int, int], kind: str) -> dict[str, object]:
    one = Known("Q263", "demographic", "Immigrant", {1: "Born here", 2: "Immigrant"}, {}, "Q263", "", 0, "wvs7/Q263")
    variable = Variable("V245", "Immigrant", 0, values, {}, dict.fromkeys(values, 9))
    match = Match(variable, "sure", one, 0.9, Relation(kind, mapping, ""), (), ())
    return demographic_entry(ENTRY, match, {}, {}, "Q263")


def test_reversed_codes_of_a_demographic_keep_its_groups() -> None:
    found = drafted({1: "Immigrant", 2: "Born here"}, {1: 2, 2: 1}, "reversed")
    assert [(option["codes"], option["label"]) for option in found["options"]] == [
        ([2], "Born here"),
        ([1], "Immigrant"),
    ]
    assert found["codes"] == {1: "Immigrant", 2: "Born here"}


def test_a_new_code_of_a_demographic_is_a_question_to_a_person() -> None:
    found = drafted({1: "Born here", 2: "Immigrant", 3: "Elsewhere"}, {1: 1, 2: 2}, "extended")
    assert found["options"][-1]["statement"] == "TODO: a group for 'Elsewhere'."


def test_many_new_codes_are_one_question() -> None:
    more = {code: f"Church {code}" for code in range(3, 30)}
    found = drafted({1: "Born here", 2: "Immigrant", **more}, {1: 1, 2: 2}, "extended")
    assert len(found["options"]) == 2
    assert found["uncovered"] == sorted(more)
    assert str(found["note"]).startswith("TODO: 27 codes")
