"""A small model trained, left off, gone on with, written, read and asked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from indievaluecatalog.baselines.run import run_baseline
from indievaluecatalog.catalog.probes import probe_setup
from indievaluecatalog.dataset.people import People
from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.small.folder import read_small
from indievaluecatalog.reasoners.language.small.predict import predict_small
from indievaluecatalog.reasoners.language.small.sequences import sequences_of
from indievaluecatalog.reasoners.language.small.settings import SmallSettings
from indievaluecatalog.reasoners.language.small.train import train_small
from indievaluecatalog.reasoners.language.small.vocabulary import Vocabulary
from indievaluecatalog.scoring.results import Results, read_results, write_results
from indievaluecatalog.scoring.score import score

torch = pytest.importorskip("torch", minversion="2.9")
TINY = SmallSettings(width=16, inner=16, layers=2, batch=20, steps=8, warmup=2, watch_every=2, length=30, looks=2)


@pytest.fixture(autouse=True)
def one_thread() -> None:
    torch.set_num_threads(1)


def trained(people: People, folder: Path, **changed: Any) -> dict[str, Any]:
    facts = train_small(people, folder, TINY.changed(**changed), device="cpu")
    assert facts is not None
    return facts


def network_of(people: People, settings: SmallSettings = TINY) -> Any:
    from indievaluecatalog.reasoners.language.small.network import StatementNetwork

    torch.manual_seed(0)
    return StatementNetwork(Vocabulary.of(people.catalog), settings)


def test_probabilities_of_every_item_add_up_to_one_and_nothing_later_is_read(trainable: People) -> None:
    vocabulary, network = Vocabulary.of(trainable.catalog), network_of(trainable)
    part = sequences_of(trainable, vocabulary, trainable.rows_of("train")[:4], epoch=0, length=30, looks=2)
    tokens, steps = torch.from_numpy(part.tokens), torch.from_numpy(part.steps)
    with torch.no_grad():
        found = network.probabilities(tokens, steps)
        sums = torch.zeros(*steps.shape, len(trainable.catalog.items)).index_add_(-1, network.owners, found)
        assert torch.allclose(sums, torch.ones_like(sums), atol=1e-5)
        later = tokens.clone()
        later[torch.arange(31) > steps[:, -1:]] = 3
        assert torch.equal(network.probabilities(later, steps), found)
        before = tokens.clone()
        before[:, 1] = 3
        assert not torch.equal(network.probabilities(before, steps), found)


def test_the_loss_is_that_of_the_answers_asked(trainable: People) -> None:
    from indievaluecatalog.reasoners.language.small.network import answer_loss

    vocabulary, network = Vocabulary.of(trainable.catalog), network_of(trainable)
    part = sequences_of(trainable, vocabulary, trainable.rows_of("train")[:3], epoch=0, length=30, looks=2)
    tokens, steps = torch.from_numpy(part.tokens), torch.from_numpy(part.steps)
    with torch.no_grad():
        likely = network.probabilities(tokens, steps).numpy()
        told = (torch.from_numpy(one) for one in (vocabulary.columns, part.asked, part.answers))
        found = answer_loss(network(tokens, steps), *told).item()
    looks = [
        -np.mean([
            np.log(likely[person, look, vocabulary.columns[item] + part.answers[person, item]])
            for item in np.flatnonzero(part.asked[person, look])
        ])
        for person in range(3)
        for look in range(2)
    ]  # fmt: skip
    assert found == pytest.approx(np.mean(looks), abs=1e-5)


def test_a_training_that_was_left_off_ends_with_the_same_weights(trainable: People, tmp_path: Path) -> None:
    whole = trained(trainable, tmp_path / "whole")
    left = train_small(trainable, tmp_path / "left", TINY, device="cpu", stop_after=4)
    assert left is None
    assert not (tmp_path / "left").exists()
    with pytest.raises(ReasonerError, match="checkpoint of a training with other settings or persons"):
        trained(trainable, tmp_path / "left", seed=1)
    assert trained(trainable, tmp_path / "left")["weights_sha256"] == whole["weights_sha256"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["left", "whole"]


def test_a_checkpoint_that_was_cut_off_is_not_gone_on_from(trainable: People, tmp_path: Path) -> None:
    checkpoint = tmp_path / "model.checkpoint" / "state.pt"
    checkpoint.parent.mkdir()
    checkpoint.write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(ReasonerError, match=r"state.pt: the checkpoint cannot be read; delete it"):
        trained(trainable, tmp_path / "model")
    assert train_small(trainable, tmp_path / "model", TINY, device="cpu", resume=False) is not None


def test_a_written_model_predicts_every_task_the_same_each_time(trainable: People, tmp_path: Path) -> None:
    facts = trained(trainable, tmp_path / "model", said="both")
    model = read_small(tmp_path / "model", trainable.catalog, device="cpu")
    made = predict_small(model, trainable, n_demonstrations=20)
    write_results(made, tmp_path / "small.parquet")
    assert made.run.settings["weights"] == facts["weights_sha256"]
    assert score(read_results(tmp_path / "small.parquet"), trainable, resamples=0, permutations=1).coverage.complete
    assert predict_small(model, trainable, n_demonstrations=20, batch=7).table.equals(made.table) or np.allclose(
        likely_of(predict_small(model, trainable, n_demonstrations=20, batch=7)), likely_of(made), atol=1e-5
    )
    polar = predict_small(model, trainable, n_demonstrations=20, demonstrations="polar")
    assert not np.allclose(likely_of(polar), likely_of(made))
    nothing = predict_small(model, trainable, n_demonstrations=0)
    assert nothing.table.num_rows == made.table.num_rows
    assert "Trained on synthetic persons" in (tmp_path / "model" / "README.md").read_text()


def test_each_probe_may_be_shown_other_statements(trainable: People, tmp_path: Path) -> None:
    trained(trainable, tmp_path / "model")
    model = read_small(tmp_path / "model", trainable.catalog, device="cpu")
    asked = replace(trainable.protocol, exclude="asked")
    made = predict_small(model, trainable, n_demonstrations=20, protocol=asked, splits=("test",), setups=(0,))
    assert made.table.num_rows == 2 * 39 * 20 - 2 * unanswered(trainable)


@pytest.mark.slow
def test_it_learns_what_goes_together_among_synthetic_persons(population: People, tmp_path: Path) -> None:
    settings = SmallSettings(width=128, inner=128, batch=64, steps=100, watch_every=50)
    train_small(population, tmp_path / "model", settings, device="cpu")
    model = read_small(tmp_path / "model", population.catalog, device="cpu")
    known = {d: accuracy(predict_small(model, population, n_demonstrations=d), population) for d in (0, 50, 200)}
    majority = accuracy(run_baseline("majority", population), population)
    assert known[0] == pytest.approx(majority, abs=0.015)
    assert known[50] > majority + 0.02
    assert known[200] > known[50] + 0.005


def accuracy(results: Results, people: People) -> float:
    return score(results, people, resamples=0, permutations=1).accuracy["mean"].strict.value


def likely_of(results: Results) -> Any:
    return results.table["probabilities"].combine_chunks().flatten().to_numpy()


def unanswered(people: People) -> int:
    items = list(people.catalog.items)
    places = [items.index(item) for item in probe_setup(people.catalog, 0)]
    return int((people.refined[np.ix_(places, people.rows_of("test"))] < 0).sum())
