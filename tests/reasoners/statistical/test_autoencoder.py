"""The masked autoencoder: what it adds to the factors, and that it is a reasoner like any other."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import indievaluecatalog as ivc
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import MissingExtraError, ReasonerError
from indievaluecatalog.reasoners.statistical.autoencoder import AutoencoderSettings, chosen_device
from indievaluecatalog.reasoners.statistical.columns import columns_of, layout_of
from indievaluecatalog.reasoners.statistical.learn_heads import Learning
from indievaluecatalog.reasoners.statistical.reasoner import Reasoner
from indievaluecatalog.reasoners.statistical.train import held_out_masks, train_reasoner, training_rows
from tests.reasoners.statistical.conftest import QUICK, without

TINY = AutoencoderSettings(factors=(12,), hidden=8, rounds=2, learning=Learning(steps=60, looks=3))


@pytest.fixture(scope="module")
def trained(people: People) -> Reasoner:
    pytest.importorskip("torch")
    return train_reasoner(people, model="autoencoder", settings=TINY, device="cpu")


def test_without_torch_the_error_names_the_extra(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(
        MissingExtraError, match=r"an autoencoder needs the package 'torch'.*indievaluecatalog\[reasoner"
    ):
        train_reasoner(people, model="autoencoder", settings=TINY)
    with pytest.raises(MissingExtraError, match=r"indievaluecatalog\[reasoner\]"):
        train_reasoner(people, model="ensemble")


def test_a_file_that_needs_torch_says_so_where_it_lacks(
    trained: Reasoner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = ivc.save_reasoner(trained, tmp_path / "model")
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"a reasoner that is an autoencoder needs the package 'torch'"):
        ivc.read_reasoner(folder)


def test_models_devices_and_settings_it_does_not_know_are_named(people: People) -> None:
    with pytest.raises(ReasonerError, match=r"no model 'forest'; choose from linear, autoencoder, ensemble"):
        train_reasoner(people, model="forest")  # type: ignore[arg-type]
    with pytest.raises(ReasonerError, match=r"LinearSettings are not for the model 'autoencoder'"):
        train_reasoner(people, model="autoencoder", settings=QUICK)
    torch = pytest.importorskip("torch")
    with pytest.raises(ReasonerError, match=r"no device 'tpu'; choose from auto, cpu, cuda"):
        chosen_device("tpu")
    if not torch.cuda.is_available():
        assert chosen_device("auto") == "cpu"
        with pytest.raises(ReasonerError, match=r"torch sees no GPU"):
            chosen_device("cuda")


def test_learning_makes_it_less_surprised_than_its_factors(trained: Reasoner, people: People) -> None:
    unlearned = replace(TINY, learning=replace(TINY.learning, steps=1, rate=0.0))
    before = train_reasoner(people, model="autoencoder", settings=unlearned, device="cpu")
    assert trained.origin.held_out_loss < before.origin.held_out_loss - 0.001


def test_probabilities_of_an_item_add_up_to_one_whatever_is_shown(trained: Reasoner, people: People) -> None:
    layout = trained.model.layout
    columns = columns_of(people.take(np.arange(9)), layout)
    shown = np.random.default_rng(0).random(columns.shape) < np.linspace(0, 1, 9)[:, None]
    found = trained.model.probabilities(columns, shown)
    assert found.shape == (9, layout.n_item_columns)
    assert np.add.reduceat(found, layout.offsets[: layout.n_items], axis=1) == pytest.approx(1.0, abs=1e-5)
    assert trained.model.probabilities(columns[:0], shown[:0]).shape == (0, layout.n_item_columns)


def test_it_sees_only_what_it_is_shown(trained: Reasoner, people: People) -> None:
    columns = columns_of(people.take(np.arange(20)), trained.model.layout)
    shown = np.random.default_rng(0).random(columns.shape) < 0.3
    hidden = np.where(shown, columns, -1).astype(np.int16)
    assert (trained.model.probabilities(columns, shown) == trained.model.probabilities(hidden, shown)).all()


def test_one_person_alone_is_predicted_as_among_others(trained: Reasoner, people: People) -> None:
    columns = columns_of(people.take(np.arange(20)), trained.model.layout)
    shown = np.random.default_rng(0).random(columns.shape) < 0.3
    together = trained.model.probabilities(columns, shown)
    assert trained.model.probabilities(columns[3:4], shown[3:4])[0] == pytest.approx(together[3], abs=1e-4)


def test_the_same_training_gives_the_same_weights_and_leaves_chance_alone(trained: Reasoner, people: People) -> None:
    torch = pytest.importorskip("torch")
    before = torch.random.get_rng_state()
    again = train_reasoner(people, model="autoencoder", settings=TINY, device="cpu")
    assert (torch.random.get_rng_state() == before).all()
    assert again.digest == trained.digest
    for name, value in again.model.tensors().items():
        assert (value == trained.model.tensors()[name]).all(), name


def test_what_is_written_is_what_is_read(trained: Reasoner, people: People, tmp_path: Path) -> None:
    folder = ivc.save_reasoner(trained, tmp_path / "model")
    again = ivc.read_reasoner(folder)
    assert (again.name, again.digest) == ("reasoner-autoencoder", trained.digest)
    layout = trained.model.layout
    columns = columns_of(people.take(np.arange(50)), layout)
    shown = held_out_masks(50, layout.n_items, columns.shape[1], 0)
    assert (again.model.probabilities(columns, shown) == trained.model.probabilities(columns, shown)).all()
    table = ivc.predict_tasks(again, people, n_demonstrations=50, setups=(0,), too_few="fewer").table
    assert len(table) > 0


def test_unknown_countries_and_items_nobody_was_asked_do_no_harm(people: People) -> None:
    pytest.importorskip("torch")
    poor = without(people, items=range(40, 80), countries=False)
    few = replace(TINY, learning=replace(TINY.learning, steps=20))
    found = train_reasoner(poor, model="autoencoder", settings=few, device="cpu", persons=300)
    _, held_out = training_rows(poor, 300, 0)
    columns = columns_of(poor.take(held_out), layout_of(poor.take(held_out)))
    assert np.isfinite(found.model.probabilities(columns, columns >= 0)).all()
    assert np.isfinite(found.origin.held_out_loss)
