"""Which rows are drawn, for whom, and what stands before each probe."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.training_data.listing import find_mixture
from indievaluecatalog.reasoners.training_data.rows import RowBlock, TrainingRows, training_rows
from indievaluecatalog.reasoners.training_data.unit import Mixture, Unit
from indievaluecatalog.sampling.holdout import item_holdout
from indievaluecatalog.sampling.protocol import OURS
from indievaluecatalog.sampling.tasks import NOT_SHOWN
from tests.reasoners.training_data.conftest import EVALUATED, some_people


@lru_cache(maxsize=4)
def people_of_seed(seed: int) -> People:
    return some_people(load_catalog("wvs7"), 160, seed)


def keys_of(rows: TrainingRows) -> set[tuple[str, str, int]]:
    ids, units = rows.people.person_ids, [unit.name for unit in rows.mixture.units]
    triples = zip(rows.unit, rows.person, rows.item, strict=True)
    return {(units[unit], str(ids[person]), int(item)) for unit, person, item in triples}


def shown_of(rows: TrainingRows, block: RowBlock) -> dict[tuple[str, str, int], list[int]]:
    ids, units = rows.people.person_ids, [unit.name for unit in rows.mixture.units]
    return {
        (units[block.unit[at]], str(ids[block.person[at]]), int(block.item[at])): block.demonstrations[at].tolist()
        for at in range(len(block))
    }


@settings(max_examples=6)
@given(
    names=st.lists(
        st.sampled_from(
            [
                "refined-polar-50",
                "polar-refined-100",
                "demographics-polar",
                Unit("range", demonstrations="polar", probes="polar", number=(30, 90)),
            ]
        ),
        min_size=1,
        max_size=3,
        unique_by=str,
    ),
    size=st.integers(1, 6),
    seed=st.integers(0, 3),
    share=st.sampled_from([0.0, 0.3]),
    held_out_shown=st.booleans(),
    siblings=st.sampled_from(["shown", "left_out"]),
)
def test_every_row_keeps_the_rules(
    names: list[str | Unit], size: int, seed: int, share: float, held_out_shown: bool, siblings: str
) -> None:
    people = people_of_seed(seed)
    protocol = replace(OURS, seed=seed, siblings=siblings)  # type: ignore[arg-type]
    rows = training_rows(people, names, size=size, protocol=protocol, hold_out=share, held_out_shown=held_out_shown)
    block = rows.block()
    held_out = {list(people.catalog.items).index(item) for item in rows.drawing.held_out}
    # Each (unit, person, item) once, and for each item as many persons as asked for.
    assert len(keys_of(rows)) == len(rows) == len(names) * size * (253 - len(held_out))
    assert not held_out & set(block.item.tolist())
    # Nobody of the evaluation persons; the probe answered as the row says.
    assert not (people.splits[block.person] != 0).any()
    asked = np.array([unit.probes == "refined" for unit in rows.mixture.units])[block.unit]
    truth = np.where(asked, people.refined[block.item, block.person], people.polar[block.item, block.person])
    assert (block.answer == truth).all()
    assert (block.answer >= 0).all()
    there = block.demonstrations != NOT_SHOWN
    # As many as the unit says, each once, none the probe, all answered.
    bounds = np.array([unit.number for unit in rows.mixture.units])[block.unit]
    assert (there.sum(axis=1) == block.n_shown).all()
    assert ((bounds[:, 0] <= block.n_shown) & (block.n_shown <= bounds[:, 1])).all()
    assert not (block.demonstrations == block.item[:, None]).any()
    assert all(len(set(line[line >= 0].tolist())) == (line >= 0).sum() for line in block.demonstrations)
    assert people.answered[block.demonstrations, block.person[:, None]][there].all()
    if not held_out_shown:
        assert not held_out & set(block.demonstrations[there].tolist())
    if siblings == "left_out":
        ids = list(people.catalog.items)
        for one, other in people.catalog.evaluation.siblings:
            beside = block.demonstrations[block.item == ids.index(one)]
            assert not (beside == ids.index(other)).any()


def test_a_draw_depends_on_names_alone(catalog: Catalog, trainable: People) -> None:
    rows = training_rows(trainable, "refined-polar-50-200", size=6)
    found = shown_of(rows, rows.block())
    order = np.random.default_rng(1).permutation(len(trainable))
    shuffled = training_rows(trainable.take(order), "refined-polar-50-200", size=6)
    assert shown_of(shuffled, shuffled.block()) == found
    # In pieces, and within a larger mixture, a row shows the same.
    pieces: dict[tuple[str, str, int], list[int]] = {}
    for block in rows.blocks(177):
        pieces |= shown_of(rows, block)
    assert pieces == found
    both = training_rows(trainable, ["polar-polar-50", "refined-polar-50-200"], size=6)
    assert found.items() <= shown_of(both, both.block()).items()
    assert keys_of(training_rows(trainable, "refined-polar-50-200", size=3)) < keys_of(rows)


def test_units_and_seeds_draw_their_own(trainable: People) -> None:
    rows = training_rows(trainable, ["refined-polar-50", "refined-refined-50"], size=5)
    of = [{key[1:] for key in keys_of(rows) if key[0] == unit.name} for unit in rows.mixture.units]
    assert len(of[0] & of[1]) < 0.2 * len(of[0])
    other = training_rows(trainable, "refined-polar-50", size=5, protocol=replace(OURS, seed=1))
    assert len(keys_of(other) & keys_of(rows)) < 0.2 * len(other)


def test_numbers_of_a_range_are_spread_over_it(trainable: People) -> None:
    block = training_rows(trainable, "refined-polar-50-200", size=20).block()
    counts = np.bincount(block.n_shown, minlength=201)
    assert counts[:50].sum() == 0
    assert (counts[50:] > 0).all()
    assert abs(float(block.n_shown.mean()) - 125) < 3


def test_demonstrations_are_spread_over_items(trainable: People) -> None:
    block = training_rows(trainable, "refined-polar-50", size=20).block()
    shares = np.bincount(block.demonstrations.ravel(), minlength=253) / len(block)
    assert shares.min() > 0.13
    assert shares.max() < 0.27


def test_the_rows_of_a_mixture_stand_mixed(trainable: People) -> None:
    rows = training_rows(trainable, ["refined-polar-50", "polar-polar-50"], size=4)
    half = len(rows) // 2
    assert 0.4 < rows.unit[:half].mean() < 0.6
    assert len(np.unique(rows.item[:half])) > 200


def test_no_row_is_a_copy_where_one_record_a_person_makes_copies(trainable: People) -> None:
    """The published code keeps one record a person, and lists it once for each item the person was drawn for."""
    rows = training_rows(trainable, "refined-polar-200", size=20, too_few="fewer")
    assert len(keys_of(rows)) == len(rows)
    record = dict(zip(rows.person.tolist(), rows.item.tolist(), strict=True))
    published = [(person, record[person]) for person in rows.person.tolist()]
    assert len(set(published)) < 0.1 * len(published)


def test_persons_of_a_continent_and_of_a_group(catalog: Catalog, trainable: People) -> None:
    unit = Unit("few", number=(10, 10), persons=2, continents=("Africa", "Asia"), demographics={"Q260": ("Female",)})
    rows = training_rows(trainable, unit)
    continents = [option.label for option in catalog.demographics["B_COUNTRY_to_continent"].options]
    sexes = [option.label for option in catalog.demographics["Q260"].options]
    assert {continents[at] for at in trainable.demographic("B_COUNTRY_to_continent")[rows.person]} <= {"Africa", "Asia"}
    assert {sexes[at] for at in trainable.demographic("Q260")[rows.person]} == {"Female"}
    count = rows.counts[0]
    left = count.left_out["other_continent"] + count.left_out["other_Q260"] + count.left_out["too_few_answers"]
    assert left + count.candidates == len(trainable) - EVALUATED


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        (Unit("x", continents=("Atlantis",)), "no label 'Atlantis'; there are Africa, Asia"),
        (Unit("x", demographics={"Q999": ("Female",)}), "no demographic 'Q999'"),
        (Unit("x", number=(10, 10), persons=500), r"needs 500 persons an item, .* Q1 has \d+, .* and 248 more items"),
        (Unit("x", number=(252, 252), persons=1), "252 other answers to show; Q1 has 0"),
    ],
)
def test_what_cannot_be_drawn_is_said(trainable: People, unit: Unit, said: str) -> None:
    with pytest.raises(ReasonerError, match=said):
        training_rows(trainable, unit)


def test_what_there_is_can_be_taken_and_is_counted(trainable: People) -> None:
    rows = training_rows(trainable, Unit("x", number=(10, 10), persons=185), too_few="fewer")
    count = rows.counts[0]
    assert count.short
    assert count.rows == len(rows) == count.wanted - sum(185 - there for there in count.short.values())
    for item, there in list(count.short.items())[:5]:
        place = list(trainable.catalog.items).index(item)
        assert there == trainable.answered[place, EVALUATED:].sum() == (rows.item == place).sum()


def test_no_training_person_no_row(trainable: People) -> None:
    with pytest.raises(ReasonerError, match="no persons in its train split"):
        training_rows(trainable.take(np.arange(EVALUATED)), "quick")
    with pytest.raises(ReasonerError, match="not one row"):
        training_rows(trainable, Unit("x", number=(252, 252), persons=1), too_few="fewer")


def test_items_are_held_out_by_share_id_or_split(catalog: Catalog, trainable: People) -> None:
    split = item_holdout(catalog, 0.2)
    by_share = training_rows(trainable, "demographics", size=1, hold_out=0.2)
    by_split = training_rows(trainable, "demographics", size=1, hold_out=split)
    assert by_share.drawing == by_split.drawing
    assert training_rows(trainable, "demographics", size=1, hold_out=["Q2", "Q1"]).drawing.held_out == ("Q1", "Q2")
    for wrong, said in ((["Q0"], "no item 'Q0'"), (1.0, "every item is held out"), ("Q1", "several ids")):
        with pytest.raises(ReasonerError, match=said):
            training_rows(trainable, "demographics", size=1, hold_out=wrong)


def test_a_protocol_that_cannot_be_kept_is_refused(trainable: People) -> None:
    for change, said in (
        ({"order": "informative"}, "order='keyed'"),
        ({"only_categories": ("Nothing",)}, "no category 'Nothing'"),
    ):
        with pytest.raises(ReasonerError, match=said):
            training_rows(trainable, "quick", protocol=replace(OURS, **change))  # type: ignore[arg-type]


def test_statements_of_some_categories_alone(catalog: Catalog, trainable: People) -> None:
    category = catalog.categories[0]
    rows = training_rows(
        trainable, Unit("x", number=(20, 20), persons=1), protocol=replace(OURS, only_categories=(category,))
    )
    items = list(catalog.items.values())
    assert {items[at].category for at in rows.block().demonstrations.ravel()} == {category}


def test_the_mixture_of_the_paper_is_both_of_four(trainable: People) -> None:
    rows = training_rows(trainable, "paper-best", size=1, too_few="fewer")
    assert [unit.number for unit in rows.mixture.units] == [(200, 200)] * 4 + [(50, 200)] * 4
    assert find_mixture("paper-best").units[0].persons == 800
    assert isinstance(rows.mixture, Mixture)
