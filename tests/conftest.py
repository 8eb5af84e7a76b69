"""Fixtures shared by every room's tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.catalog.model import Catalog

# A busy machine may take long over one example; how long is no property of the code.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return load_catalog("wvs7")


@pytest.fixture(scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="session", autouse=True)
def caches_of_our_own(own_home: Path) -> Iterator[None]:
    """No test may touch the user's caches or the network; `datasets` reads these when it is first imported."""
    assert "datasets" not in sys.modules, "a test module imports datasets at its top: import it inside the test"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(own_home / "cache"))
        patch.setenv("HF_HOME", str(own_home / "hf"))
        patch.setenv("HF_DATASETS_CACHE", str(own_home / "hf" / "datasets"))
        patch.setenv("HF_HUB_OFFLINE", "1")
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The documents first: each is one long test, which would otherwise end alone while other cores wait."""
    items.sort(key=lambda item: item.path.name != "test_docs.py")
