"""The wording of prompts: golden files, the file of texts, and what a prompt's digest stands for."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation import prompt_spec
from indievaluecatalog.evaluation.prompt_spec import PromptSpec, prompt_file
from indievaluecatalog.evaluation.prompt_texts import read_texts
from tests.golden.prompts import FOLDER, SPECS, golden_prompts

FORMS = ("joint", "single")


# The golden files


@pytest.fixture(scope="module")
def prompts() -> dict[str, str]:
    return golden_prompts()


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("*.txt")))
def test_prompt_reads_as_before(prompts: dict[str, str], name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == prompts[name], "after a change that is meant: make golden"


def test_every_golden_prompt_is_there(prompts: dict[str, str]) -> None:
    assert {path.name for path in FOLDER.glob("*.txt")} == set(prompts)
    assert len(prompts) == len(SPECS) + len(FORMS)


# Identity


def test_digest_differs_for_every_choice() -> None:
    specs = [
        PromptSpec(*choices)  # type: ignore[arg-type]
        for choices in product(
            FORMS,
            ("none", "statements", "demographics", "both"),
            ("refined", "polar"),
            ("refined", "polar"),
            ("coded", "reversed", "rotated"),
        )
    ]
    assert len({spec.digest for spec in specs}) == len(specs)
    assert PromptSpec().digest == PromptSpec().digest == PromptSpec().to_dict()["digest"]


def test_digest_differs_for_another_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = PromptSpec().digest
    changed = tmp_path / "v1.yaml"
    changed.write_bytes(prompt_file("1").read_bytes().replace(b"one particular person", b"a person"))
    monkeypatch.setattr(prompt_spec, "prompt_file", lambda version: changed)
    assert PromptSpec().digest != before


@pytest.mark.parametrize("choice", [{"form": "both"}, {"option_order": "random"}, {"version": "0"}])
def test_unknown_choice_is_refused(choice: dict[str, Any]) -> None:
    with pytest.raises(EvaluationError, match=next(iter(choice.values()))):
        PromptSpec(**choice)


# The file of texts


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('version: "1"', 'version: "2"', "holds version 2"),
        ("probe: |-", "prob: |-", "'probe' is a required property"),
        ("{{ id }}", "P", "probe uses the variables letters, options; it is given id"),
        ("{{ id }}", "{{ id }} {{ answer }}", "probe uses the variables answer"),
        ("{{ id }}", "{{ id ", "probe: line"),
    ],
)
def test_faulty_texts_are_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    text = prompt_file("1").read_text("utf-8")
    assert old in text
    path = tmp_path / "v1.yaml"
    path.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(EvaluationError, match=re.escape(complaint)):
        read_texts(path, "1")
