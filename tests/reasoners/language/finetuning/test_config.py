"""The config of a fine-tuning: a YAML file under a schema."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from indievaluecatalog.errors import ReasonerError
from indievaluecatalog.reasoners.language.finetuning.config import (
    PACKAGE,
    make_config,
    read_config,
    setting_names,
    shipped_configs,
)
from indievaluecatalog.reasoners.training_data.listing import find_mixture

LEAST = {"model": "m", "out": "o"}


def test_the_schema_and_the_settings_are_the_same(tmp_path: Path) -> None:
    schema = json.loads(files(PACKAGE).joinpath("finetune.schema.json").read_text("utf-8"))
    assert tuple(schema["properties"]) == setting_names()


def test_the_papers_best_mixture_is_the_union_of_both_fours_at_800_persons() -> None:
    config = read_config("paper-best")
    mixture = find_mixture(config.mixture, size=config.persons)  # type: ignore[arg-type]
    assert len(mixture.units) == 8
    assert {unit.persons for unit in mixture.units} == {800}
    assert {unit.number for unit in mixture.units} == {(200, 200), (50, 200)}


@pytest.mark.parametrize("name", shipped_configs())
def test_every_shipped_config_names_a_mixture_that_is_there(name: str) -> None:
    config = read_config(name)
    wanted = config.mixture if isinstance(config.mixture, str) else list(config.mixture)
    assert find_mixture(wanted, file=config.units_file, size=config.persons).units


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"model": None}, "model: None is not of type 'string'"),
        ({"lora_rnak": 8}, "'lora_rnak' was unexpected"),
        ({"method": "qlora"}, "method: 'qlora' is not one of"),
        ({"batch": 0}, "batch: 0 is less than the minimum of 1"),
        ({"length": 8}, "length: 8 is less than the minimum"),
        ({"evaluate_setups": [3]}, r"evaluate_setups.0: 3 is not one of"),
    ],
)
def test_a_wrong_value_is_named(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(ReasonerError, match=message):
        make_config(LEAST | changed)


def test_a_file_is_read_and_options_go_before_it(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text("model: m\nout: o\nunits_file: mine.yaml\nsteps: 5\n")
    config = read_config(tmp_path / "own.yaml", steps=7, rows=None)
    assert config.steps == 7
    assert config.rows is None
    assert config.units_file == str(tmp_path / "mine.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("model: [", "own.yaml"),
        ("- model\n", "a config is a list of names and values"),
        ("out: o\n", "own.yaml: it: 'model' is a required property"),
    ],
)
def test_a_file_that_is_no_config_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "own.yaml").write_text(text)
    with pytest.raises(ReasonerError, match=message):
        read_config(tmp_path / "own.yaml")


def test_without_a_file_model_and_folder_are_enough() -> None:
    assert read_config(model="m", out="o", steps=None) == make_config(LEAST)
    with pytest.raises(ReasonerError, match="'out' is a required property"):
        read_config(model="m")


def test_an_unknown_name_lists_those_shipped() -> None:
    with pytest.raises(ReasonerError, match=r"no such config file.*paper-best"):
        read_config("papers-best")


def test_the_digest_is_that_of_what_is_learned() -> None:
    config = make_config(LEAST)
    assert config.changed(out="elsewhere", evaluate_persons=3, save_every=1).digest == config.digest
    for change in ({"seed": 1}, {"model": "n"}, {"learning_rate": 1e-5}, {"mixture": "four-200"}):
        assert config.changed(**change).digest != config.digest
