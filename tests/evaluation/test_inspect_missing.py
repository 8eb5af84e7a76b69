"""Without inspect_ai the package says what to install; with or without it, nothing else imports it."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from indievaluecatalog.errors import MissingExtraError
from indievaluecatalog.evaluation.inspect_results import results_from_log

REGISTRY = "indievaluecatalog.evaluation.inspect_registry"
HINT = r"needs the package 'inspect_ai'. Install it with: pip install 'indievaluecatalog\[inspect\]'"


@pytest.fixture
def no_inspect(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "inspect_ai"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "inspect_ai", None)
    monkeypatch.delitem(sys.modules, REGISTRY, raising=False)


@pytest.mark.usefixtures("no_inspect")
def test_a_log_cannot_be_read_without_it(tmp_path: Path) -> None:
    with pytest.raises(MissingExtraError, match=HINT):
        results_from_log(tmp_path / "log.eval")


@pytest.mark.usefixtures("no_inspect")
def test_the_task_cannot_be_had_without_it() -> None:
    with pytest.raises(MissingExtraError, match=HINT):
        importlib.import_module(REGISTRY)


def test_evaluating_does_not_import_it() -> None:
    program = "import sys, indievaluecatalog.evaluation.evaluate; print('inspect_ai' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
