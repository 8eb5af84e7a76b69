"""The ensemble: no worse than its members where it was chosen, and kept with them in one file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import indievaluecatalog as ivc
from indievaluecatalog.dataset.people import People
from indievaluecatalog.reasoners.statistical.columns import Layout, columns_of
from indievaluecatalog.reasoners.statistical.ensemble import EnsembleModel, EnsembleSettings, choose_powers, pooled
from indievaluecatalog.reasoners.statistical.loss import answer_loss, loss_of
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner
from indievaluecatalog.reasoners.statistical.train import held_out_masks, train_reasoner, training_rows
from tests.reasoners.statistical.conftest import QUICK
from tests.reasoners.statistical.test_autoencoder import TINY

TWO_ITEMS = Layout(("a", "b"), (2, 3), (), (), "", "0" * 64)


def chances(n: int, sharpness: float, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    parts = [np.exp(sharpness * random.standard_normal((n, size))) for size in TWO_ITEMS.sizes]
    return np.concatenate([part / part.sum(axis=1, keepdims=True) for part in parts], axis=1).astype(np.float32)


def drawn(probabilities: np.ndarray, seed: int) -> np.ndarray:
    random, found = np.random.default_rng(seed), []
    for start, end in zip(TWO_ITEMS.offsets, TWO_ITEMS.offsets[1:], strict=False):
        edges = probabilities[:, start:end].cumsum(axis=1)
        at = (random.random((len(probabilities), 1)) > edges).sum(axis=1)
        found.append(start + np.minimum(at, end - start - 1))
    return np.stack(found, axis=1).astype(np.int16)


@pytest.fixture(scope="module")
def trained(people: People) -> Reasoner:
    pytest.importorskip("torch")
    return train_reasoner(people, model="ensemble", settings=EnsembleSettings(QUICK, TINY), device="cpu")


def test_a_member_that_knows_nothing_counts_for_nothing() -> None:
    right, wrong = chances(4_000, 1.0, 0), chances(4_000, 1.0, 1)
    columns = drawn(right, 2)
    nothing = np.zeros(columns.shape, bool)
    powers = choose_powers([wrong, right], columns, nothing, TWO_ITEMS)
    assert powers == pytest.approx([0, 1], abs=0.1)
    assert choose_powers([right, wrong], columns, nothing, TWO_ITEMS) == pytest.approx([1, 0], abs=0.1)


def test_a_member_that_says_too_much_is_toned_down() -> None:
    right = chances(4_000, 0.8, 0)
    sure = pooled([right], np.array([1.2]), TWO_ITEMS)
    columns = drawn(right, 2)
    powers = choose_powers([sure, sure], columns, np.zeros(columns.shape, bool), TWO_ITEMS)
    assert powers.sum() == pytest.approx(1 / 1.2, abs=0.05)


def test_two_that_saw_different_things_are_better_together() -> None:
    first, second = chances(4_000, 1.0, 0), chances(4_000, 1.0, 1)
    columns = drawn(pooled([first, second], np.array([1.0, 1.0]), TWO_ITEMS), 2)
    nothing = np.zeros(columns.shape, bool)
    powers = choose_powers([first, second], columns, nothing, TWO_ITEMS)
    alone = min(loss_of(each, columns, nothing, TWO_ITEMS) for each in (first, second))
    assert loss_of(pooled([first, second], powers, TWO_ITEMS), columns, nothing, TWO_ITEMS) < alone - 0.05


def test_powers_of_one_member_alone_are_that_member() -> None:
    first, second = chances(50, 1.0, 0), chances(50, 1.0, 1)
    assert pooled([first, second], np.array([0.0, 1.0]), TWO_ITEMS) == pytest.approx(second, abs=1e-5)


def test_it_is_no_worse_than_its_best_member_on_held_out_persons(trained: Reasoner, people: People) -> None:
    assert isinstance(trained.model, EnsembleModel)
    layout = trained.model.layout
    columns = columns_of(people.take(training_rows(people, None, 0)[1]), layout)
    tests = held_out_masks(len(columns), layout.n_items, columns.shape[1], 0)
    members = {member.kind: answer_loss(member, columns, tests) for member in trained.model.members}
    assert set(members) == {"linear", "autoencoder"}
    assert trained.origin.held_out_loss == pytest.approx(answer_loss(trained.model, columns, tests))
    assert trained.origin.held_out_loss <= min(members.values())


def test_its_members_are_those_trained_alone(trained: Reasoner, people: People) -> None:
    alone = train_reasoner(people, settings=QUICK).model.tensors()
    kept = {name.removeprefix("linear."): value for name, value in trained.model.tensors().items()}
    for name, value in alone.items():
        assert (kept[name] == value).all(), name


def test_what_is_written_is_what_is_read(trained: Reasoner, people: People, tmp_path: Path) -> None:
    folder = ivc.save_reasoner(trained, tmp_path / "model")
    assert sorted(path.name for path in folder.iterdir()) == ["README.md", "model.safetensors", "reasoner.json"]
    again = ivc.read_reasoner(folder)
    assert (again.name, again.digest) == ("reasoner-ensemble", trained.digest)
    columns = columns_of(people.take(np.arange(50)), trained.model.layout)
    shown = np.random.default_rng(0).random(columns.shape) < 0.3
    found = again.model.probabilities(columns, shown)
    assert (found == trained.model.probabilities(columns, shown)).all()
    layout = trained.model.layout
    assert np.add.reduceat(found, layout.offsets[: layout.n_items], axis=1) == pytest.approx(1.0, abs=1e-5)
