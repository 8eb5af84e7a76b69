"""The whole road at full size: slow, run by `make test-slow`."""

from __future__ import annotations

from pathlib import Path

import pytest

from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.build import build_dataset
from indievaluecatalog.dataset.manifest import check_build
from indievaluecatalog.survey.synthetic import synthesize, write_survey

PERSONS = 97_220


@pytest.mark.slow
def test_every_format_gives_the_same_dataset_at_full_size(catalog: Catalog, tmp_path: Path) -> None:
    population = synthesize(catalog, PERSONS, seed=0)
    digests = set()
    for ending in (".sav", ".dta", ".csv"):
        write_survey(population, tmp_path / f"full{ending}", layout="full")
        made = build_dataset(tmp_path / f"full{ending}", tmp_path / "out", register=False)
        manifest = check_build(made.path)
        assert manifest["counts"]["persons"] == PERSONS
        assert manifest["splits"]["chosen"] == 800
        assert sum(manifest["rows"]["refined"].values()) == PERSONS
        data = [entry for entry in manifest["files"] if entry["path"].startswith("data/")]
        digests.add(str(data))
    assert len(digests) == 1
