"""What each item tells of each other one."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.explain.beside import drawn_answers
from indievaluecatalog.reasoners.explain.item_map import ItemMap, map_items
from indievaluecatalog.reasoners.explain.map_shown import map_plots, tellers_grid, told_grid, write_map
from indievaluecatalog.reasoners.explain.shown import log_scores
from indievaluecatalog.reasoners.statistical.columns import columns_of
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner


@pytest.fixture(scope="module")
def found(reasoner: Reasoner, people: People) -> ItemMap:
    return map_items(reasoner, people, beside=12, persons=60)


def test_alone_is_the_mean_gain_of_one_answer_over_none(reasoner: Reasoner, people: People) -> None:
    alone = map_items(reasoner, people).alone
    columns = columns_of(people.take(people.rows_of("validation", "test")), reasoner.model.layout)
    nothing = np.zeros(columns.shape, bool)
    before = log_scores(reasoner.model, columns, nothing)
    for item in (0, 163, 170):
        shown = nothing.copy()
        shown[:, item] = True
        gain = (log_scores(reasoner.model, columns, shown) - before)[columns[:, item] >= 0]
        others = [other for other in range(250) if other != item]
        assert alone.mean[item, others] == pytest.approx(np.nanmean(gain, axis=0)[others], abs=1e-5)
        n = np.isfinite(gain).sum(axis=0)
        assert (alone.persons[item, others] == n[others]).all()
        errors = np.nanstd(gain, axis=0, ddof=1) / np.sqrt(n)
        assert alone.error[item, others] == pytest.approx(errors[others], abs=1e-5)


def test_beside_is_what_leaving_one_answer_out_loses(reasoner: Reasoner, people: People) -> None:
    one = map_items(reasoner, people, beside=12, persons=1)
    again = map_items(reasoner, people, beside=12, persons=1)
    assert one.beside is not None
    assert again.beside is not None
    assert np.array_equal(one.beside.mean, again.beside.mean, equal_nan=True)
    assert int((one.beside.persons > 0).any(axis=1).sum()) == 13
    asked = int(one.beside.persons.any(axis=0).sum())
    assert one.beside.persons.sum() == 13 * asked
    # The person is the one of whom these answers are drawn.
    asked_people = people.take(people.rows_of("validation", "test"))
    columns = columns_of(asked_people, reasoner.model.layout)
    drawn = drawn_answers(reasoner.model, asked_people.person_ids, columns, 13, 0)
    (row,) = np.flatnonzero((drawn[:, :253] == one.beside.persons.any(axis=1)).all(axis=1))
    columns, drawn = columns[row : row + 1], drawn[row : row + 1]
    without = drawn.copy()
    left_out = int(np.flatnonzero(drawn[0])[3])
    without[0, left_out] = False
    expected = log_scores(reasoner.model, columns, drawn) - log_scores(reasoner.model, columns, without)
    there = one.beside.persons[left_out] > 0
    assert one.beside.mean[left_out, there] == pytest.approx(expected[0, there], abs=1e-4)


def test_answers_tell_most_about_their_own_category(found: ItemMap) -> None:
    categories = found.alone.by_category(found.catalog)
    own = np.diag(categories)
    assert own.mean() > 2 * categories[~np.eye(len(own), dtype=bool)].mean() > 0
    church = list(found.catalog.items).index("Q171")
    nearest = [list(found.catalog.items.values())[at].category for at in found.alone.strongest(church, 5)]
    assert nearest.count("Religious Values") >= 2


def test_a_category_is_the_mean_over_pairs_of_its_items(found: ItemMap) -> None:
    category = np.array([item.category for item in found.catalog.items.values()])
    names = found.catalog.categories
    for shown, asked in ((0, 3), (4, 4)):
        block = found.alone.mean[np.ix_(category == names[shown], category == names[asked])]
        assert found.alone.by_category(found.catalog)[shown, asked] == pytest.approx(np.nanmean(block))


def test_nothing_tells_of_itself(found: ItemMap) -> None:
    assert np.isnan(np.diag(found.alone.mean)).all()
    assert (np.diag(found.alone.persons) == 0).all()
    assert found.alone.strongest(5, 300).count(5) == 0


def test_a_weight_counts_a_person_as_often_as_it_says(reasoner: Reasoner, people: People) -> None:
    counts = np.arange(len(people)) % 3
    weighted = map_items(reasoner, replace(people, weights={"W": counts.astype(float)}), weight="W").alone
    rows = people.rows_of("validation", "test")
    repeated = map_items(reasoner, people.take(np.repeat(rows, counts[rows]))).alone
    known = np.isfinite(weighted.mean)
    assert weighted.mean[known] == pytest.approx(repeated.mean[known], abs=1e-9)


def test_the_order_of_persons_does_not_matter(reasoner: Reasoner, people: People, found: ItemMap) -> None:
    turned = map_items(reasoner, people.take(np.arange(len(people))[::-1]), beside=12, persons=60)
    for one, other in ((found.alone, turned.alone), (found.beside, turned.beside)):
        assert one is not None
        assert other is not None
        assert (one.persons == other.persons).all()
        assert np.allclose(one.mean, other.mean, atol=1e-4, equal_nan=True)


def test_bad_input_is_refused(reasoner: Reasoner, people: People, found: ItemMap) -> None:
    with pytest.raises(ReasonerError, match=r"no weight 'W_X' that these persons have; there are none"):
        map_items(reasoner, people, weight="W_X")
    with pytest.raises(ReasonerError, match=r"beside 0 to 252 others, not 253"):
        map_items(reasoner, people, beside=253)
    with pytest.raises(ReasonerError, match=r"splits are some of validation, test .* learned from"):
        map_items(reasoner, people, splits=("train",))
    with pytest.raises(ReasonerError, match=r"no persons of the split validation or test"):
        map_items(reasoner, people.take(people.rows_of("train")))
    with pytest.raises(ReasonerError, match=r"1 or more, not 0"):
        map_items(reasoner, people, persons=0)
    with pytest.raises(ReasonerError, match=r"were not measured: ask for them with beside"):
        map_items(reasoner, people).gains(beside=True)
    with pytest.raises(ReasonerError, match=r"'Q0' is no item"):
        tellers_grid(found, "Q0")
    other = replace(people, catalog=replace(people.catalog, categories=people.catalog.categories[::-1]))
    with pytest.raises(ReasonerError, match=r"another catalog"):
        map_items(reasoner, other)


def test_what_is_written_says_what_was_measured_on_whom(found: ItemMap, tmp_path: Path) -> None:
    files = {path.name: path for path in write_map(found, tmp_path)}
    assert {"items.parquet", "categories.csv", "map.json", "categories.svg", "items-beside.svg"} <= set(files)
    table = pq.read_table(files["items.parquet"])
    assert len(table) == 253 * 252
    first = table.slice(0, 1).to_pylist()[0]
    assert (first["shown"], first["asked"], first["synthetic"]) == ("Q1", "Q2", True)
    assert first["alone"] == found.alone.mean[0, 1]
    assert json.loads(table.schema.metadata[b"indievaluecatalog"])["persons"] == 60
    assert json.loads(files["map.json"].read_text("utf-8"))["unit"] == "nats an answer"
    for name in files:
        if name.endswith(".svg"):
            assert "synthetic persons" in files[name].read_text("utf-8")
    before = {name: path.read_bytes() for name, path in files.items()}
    assert before == {path.name: path.read_bytes() for path in write_map(found, tmp_path)}


def test_tables_name_items_and_both_measures(found: ItemMap) -> None:
    grid = tellers_grid(found, "Q171", 4)
    assert grid.columns == ("Answer to", "Category", "Alone", "Beside 12")
    assert len(grid.rows) == 4
    assert "synthetic persons" in grid.title
    told = [float(row[2]) for row in told_grid(found).rows]
    assert told == sorted(told, reverse=True)
    assert set(map_plots(replace(found, beside=None))) == {"categories", "items", "tellers"}
