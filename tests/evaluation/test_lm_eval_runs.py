"""lm-evaluation-harness itself, offline and with a real model, takes the same options as our own likelihood."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("lm_eval")
pytest.importorskip("torch")
pytest.importorskip("transformers")

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.people import People
from indievaluecatalog.evaluation.evaluate import evaluate
from indievaluecatalog.evaluation.job import prepare
from indievaluecatalog.evaluation.lm_eval_export import export_lm_eval
from indievaluecatalog.evaluation.lm_eval_files import group_name
from indievaluecatalog.evaluation.lm_eval_import import results_from_lm_eval
from indievaluecatalog.evaluation.local_model import LocalModel
from indievaluecatalog.evaluation.prompt_spec import PromptSpec
from tests.evaluation.tiny_model import TEMPLATE, save_tiny_model, statements


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, catalog: Catalog) -> Path:
    return save_tiny_model(tmp_path_factory.mktemp("tiny"), statements(catalog), template=TEMPLATE)


@pytest.mark.slow
@pytest.mark.parametrize(("chat", "variant"), [(False, "letter"), (True, "letter"), (False, "statement")])
def test_predictions_are_those_of_our_own_likelihood(
    people: People, folder: Path, tmp_path: Path, chat: bool, variant: str
) -> None:
    prompt = PromptSpec(form="single")
    job = prepare(
        people, prompt=prompt, n_demonstrations=3, setups=(0,), splits=("train", "validation", "test"), persons=2
    )
    done = export_lm_eval(job, tmp_path / "tasks", chat=chat)
    command = [sys.executable, "-m", "lm_eval", "run", "--include_path", str(done.folder)]
    command += ["--tasks", group_name(variant), "--model", "hf", "--device", "cpu", "--batch_size", "16"]
    command += ["--model_args", f"pretrained={folder},dtype=float32", "--log_samples", "--output_path", "out"]
    command += ["--apply_chat_template"] if chat else []
    home = {**os.environ, "HF_HOME": str(tmp_path / "home"), "HF_HUB_OFFLINE": "1"}
    run = subprocess.run(command, cwd=tmp_path, env=home, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    theirs = results_from_lm_eval(done.folder, tmp_path / "out")
    model = LocalModel(folder, device="cpu", chat="template" if chat else "plain", answer=variant)
    ours = evaluate(model, job, store=tmp_path / "run.sqlite").results
    keys = ("person_id", "setup", "item", "granularity")
    found, expected = (
        {tuple(row[key] for key in keys): row for row in results.table.to_pylist()} for results in (theirs, ours)
    )
    assert set(found) == set(expected)
    assert len({row["prediction"] for row in expected.values()}) > 1
    for place, row in expected.items():
        assert found[place]["probabilities"] == pytest.approx(row["probabilities"], abs=1e-3)
    assert not list((tmp_path / "home").rglob("*.arrow")), "copies of the answers should stay in the folder"
