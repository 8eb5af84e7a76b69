"""One sequence a person, for models that predict every statement from those before it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.training_data.drawing import Drawing
from indievaluecatalog.reasoners.training_data.packed import packed_batches, packed_sequences
from indievaluecatalog.sampling.protocol import OURS
from indievaluecatalog.sampling.tasks import NOT_SHOWN
from tests.reasoners.training_data.conftest import EVALUATED


@pytest.mark.parametrize("granularity", ["refined", "polar"])
def test_a_sequence_holds_every_answer_once(trainable: People, granularity: str) -> None:
    packed = packed_sequences(trainable, granularity=granularity)  # type: ignore[arg-type]
    assert len(packed) == len(trainable) - EVALUATED
    for person, items, options in zip(packed.person, packed.items, packed.options, strict=True):
        there = items[items != NOT_SHOWN]
        assert (items[: len(there)] == there).all()
        assert sorted(there) == np.flatnonzero(trainable.answered[:, person]).tolist()
        assert (options[: len(there)] == trainable.of(granularity)[there, person]).all()  # type: ignore[arg-type]
        assert (options[len(there) :] == -1).all()


def test_an_order_depends_on_person_epoch_and_seed_alone(trainable: People) -> None:
    whole = packed_sequences(trainable)
    some = packed_sequences(trainable, rows=np.array([200, 50, 51]), length=30)
    assert some.items.shape == (3, 30)
    assert (some.items == whole.items[np.array([200, 50, 51]) - EVALUATED, :30]).all()
    assert not (whole.items == packed_sequences(trainable, epoch=1).items).all(axis=1).any()
    assert not (whole.items == packed_sequences(trainable, Drawing(replace(OURS, seed=1))).items).all(axis=1).any()


def test_items_held_out_and_siblings_stay_away(catalog: Catalog, trainable: People) -> None:
    drawing = Drawing(replace(OURS, siblings="left_out"), held_out=("Q1", "Q2"), held_out_shown=True)
    packed = packed_sequences(trainable, drawing)
    ids = list(catalog.items)
    assert not np.isin(packed.items, [ids.index("Q1"), ids.index("Q2")]).any()
    for group in catalog.evaluation.siblings:
        places = [ids.index(item) for item in group]
        beside = np.isin(packed.items, places).sum(axis=1)
        assert (beside == trainable.answered[places][:, packed.person].any(axis=0)).all()


def test_an_epoch_is_every_training_person_once_in_an_order_of_its_own(trainable: People) -> None:
    epochs = [
        np.concatenate([batch.person for batch in packed_batches(trainable, size=64, epoch=epoch)])
        for epoch in (0, 0, 1)
    ]
    assert (epochs[0] == epochs[1]).all()
    assert not (epochs[0] == epochs[2]).all()
    assert sorted(epochs[0]) == sorted(epochs[2]) == trainable.rows_of("train").tolist()


def test_evaluation_persons_are_never_packed(trainable: People) -> None:
    with pytest.raises(ReasonerError, match="kept for evaluation"):
        packed_sequences(trainable, rows=np.array([0, 100]))
    with pytest.raises(ReasonerError, match="no persons in its train split"):
        packed_sequences(trainable.take(np.arange(EVALUATED)))
    with pytest.raises(ReasonerError, match="at least one statement"):
        packed_sequences(trainable, length=0)
    with pytest.raises(ReasonerError, match="at least one person"):
        next(packed_batches(trainable, size=0))
