"""What is read of a person and what is asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.small.sequences import Sequences, epoch_order, sequences_of
from indievaluecatalog.reasoners.language.small.vocabulary import START, Vocabulary
from tests.reasoners.training_data.conftest import EVALUATED

ROWS = np.arange(EVALUATED, EVALUATED + 12)


def drawn(people: People, rows: Any = ROWS, **changed: Any) -> Sequences:
    vocabulary = Vocabulary.of(people.catalog)
    return sequences_of(people, vocabulary, rows, **({"epoch": 0, "length": 200, "looks": 8} | changed))


def test_what_is_asked_has_not_been_read_and_is_everything_else(trainable: People) -> None:
    vocabulary, found = Vocabulary.of(trainable.catalog), drawn(trainable)
    for at, row in enumerate(ROWS):
        answers = trainable.refined[:, row]
        tokens = vocabulary.tokens("refined", np.arange(len(answers)), answers.astype(np.int64))
        for step, asked in zip(found.steps[at], found.asked[at], strict=True):
            read = np.isin(tokens, found.tokens[at, 1 : 1 + step]) & (answers >= 0)
            assert read.sum() == step
            assert (asked == ((answers >= 0) & ~read)).all()
        assert (found.answers[at] == answers).all()


def test_looks_go_from_nothing_read_to_the_whole_length(trainable: People) -> None:
    found = drawn(trainable, looks=4, length=40)
    assert found.tokens.shape == (12, 41)
    assert (found.tokens[:, 0] == START).all()
    for at in range(4):
        assert ((found.steps[:, at] >= 41 * at // 4) & (found.steps[:, at] <= 41 * (at + 1) // 4)).all()


def test_a_person_with_few_answers_is_read_as_far_as_they_go(trainable: People) -> None:
    refined = trainable.refined.copy()
    refined[5:, ROWS[0]] = -1
    few = drawn(replace(trainable, refined=refined))
    answered = int((refined[:5, ROWS[0]] >= 0).sum())
    assert few.steps[0].max() < answered
    assert (few.tokens[0, 1 + answered :] == START).all()
    assert few.asked[0].any(axis=1).all()


def test_a_sequence_depends_on_its_person_and_the_epoch_alone(trainable: People) -> None:
    whole, other = drawn(trainable), drawn(trainable, ROWS[::-1].copy())
    for name in ("tokens", "steps", "asked", "answers"):
        assert (getattr(whole, name) == getattr(other, name)[::-1]).all()
    again = drawn(trainable, epoch=1)
    assert (whole.tokens != again.tokens).any(axis=1).all()
    assert (whole.steps != again.steps).any(axis=1).all()


def test_polar_statements_are_read_of_half_and_refined_ones_asked(trainable: People) -> None:
    rows = trainable.rows_of("train")
    polar_tokens = Vocabulary.of(trainable.catalog).tokens("polar", np.array(0), np.array(0))
    both = drawn(trainable, rows, said="both")
    polar = both.tokens.max(axis=1) >= polar_tokens
    assert 0.35 < polar.mean() < 0.65
    assert (both.tokens[polar, 1:10] >= polar_tokens).all()
    assert (both.answers == drawn(trainable, rows).answers).all()


def test_siblings_left_out_are_neither_read_nor_asked(catalog: Catalog, trainable: People) -> None:
    apart = replace(trainable, protocol=replace(trainable.protocol, siblings="left_out"))
    ids = list(catalog.items)
    for group in catalog.evaluation.siblings:
        answered = drawn(apart).answers[:, [ids.index(item) for item in group]] >= 0
        assert answered.sum(axis=1).max() == 1


def test_persons_kept_for_evaluation_are_refused(trainable: People) -> None:
    with pytest.raises(ReasonerError, match="kept for evaluation"):
        drawn(trainable, np.array([0]))


def test_an_epoch_has_everyone_in_an_order_that_does_not_depend_on_theirs(trainable: People) -> None:
    rows = trainable.rows_of("train")
    assert sorted(epoch_order(trainable, rows, 0, 0)) == rows.tolist()
    assert (epoch_order(trainable, rows, 0, 0) == epoch_order(trainable, rows[::-1].copy(), 0, 0)).all()
    assert (epoch_order(trainable, rows, 0, 0) != epoch_order(trainable, rows, 0, 1)).any()
