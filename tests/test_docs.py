"""Every command and every line of Python in the README and in docs/ works, in the order it stands there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from indievaluecatalog.catalog.load import load_catalog
from indievaluecatalog.survey.synthetic import synthesize, write_survey
from tests.catalog.test_published import lines_of, write

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
DOCS = ROOT / "docs"
ALONE = ("new_wave.md",)
TOGETHER = (
    *("quick_start.md", "real_file.md", "concepts.md", "dataset.md", "task.md", "evaluating.md", "studies.md"),
    *(
        "reasoners.md",
        "explaining.md",
        "training_data.md",
        "language_reasoner.md",
        "browsing.md",
        "publishing.md",
        "citing.md",
        "api/index.md",
    ),
    *("commands/dataset.md", "commands/task.md", "commands/language_models.md", "commands/reasoners.md"),
    "commands/catalogs.md",
)
"""Pages that a reader goes through in one folder: each goes on from the dataset that the first one builds."""


def blocks_of(text: str) -> list[tuple[str, str]]:
    """(language, text) of every block of code."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_readme_blocks_run_in_order(tmp_path: Path) -> None:
    catalog = load_catalog("wvs7")
    write_survey(synthesize(catalog, 1_500, seed=3), tmp_path / "wave7.sav")
    write(tmp_path / "refined.jsonl", lines_of(catalog, "refined"))
    write(tmp_path / "polar.jsonl", lines_of(catalog, "polar"))
    assert run_blocks(README, tmp_path) >= 6


@pytest.mark.slow
@pytest.mark.parametrize("pages", [TOGETHER, *((page,) for page in ALONE)], ids=lambda pages: pages[0])
def test_blocks_of_guides_run_in_order(pages: tuple[str, ...], tmp_path: Path) -> None:
    """They need no file but those that their own blocks write."""
    for page in pages:
        run_blocks((DOCS / page).read_text("utf-8"), tmp_path)


def test_every_page_with_blocks_is_run() -> None:
    with_blocks = {
        str(path.relative_to(DOCS))
        for path in DOCS.rglob("*.md")
        if any(language in ("bash", "python") for language, _ in blocks_of(path.read_text("utf-8")))
    }
    assert with_blocks <= {*TOGETHER, *ALONE}


def run_blocks(text: str, folder: Path) -> int:
    """Run what is bash or Python, in a folder; how many there were."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "HF_HOME": str(folder / "hf"),
        "HF_DATASETS_CACHE": str(folder / "hf" / "datasets"),
        "XDG_CACHE_HOME": str(folder / "cache"),
        "HF_HUB_OFFLINE": "1",
    }
    ran = 0
    for language, block in blocks_of(text):
        if language not in ("bash", "python"):
            continue
        command = ["bash", "-euc", block] if language == "bash" else [sys.executable, "-c", block]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
        ran += 1
    return ran


@pytest.mark.parametrize("target", re.findall(r"^make (\w+)", README, re.MULTILINE))
def test_make_targets_of_the_readme_exist(target: str) -> None:
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)


def test_package_folder_points_at_the_build() -> None:
    """`load_dataset("indievaluecatalog")` in the checkout's root reads this file's YAML."""
    import yaml

    from indievaluecatalog.dataset.features import CONFIGS, DEFAULT_CONFIG
    from indievaluecatalog.dataset.write import config_splits

    text = (ROOT / "indievaluecatalog" / "README.md").read_text("utf-8")
    configs = yaml.safe_load(text.split("---")[1])["configs"]
    assert [config["config_name"] for config in configs] == list(CONFIGS)
    for config in configs:
        name = config["config_name"]
        assert config.get("default", False) == (name == DEFAULT_CONFIG)
        assert {entry["split"]: entry["path"] for entry in config["data_files"]} == {
            split: f"../build/indievaluecatalog/data/{name}/{split}-*.parquet" for split in config_splits(name)
        }
