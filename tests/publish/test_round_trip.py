"""From the command line to the Hub and back with `load_dataset`, in processes of their own as a user has them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.publish.conftest import REPO
from tests.publish.hub_server import STRANGER, WRITER, Hub, running_hub

PUSH = "from indievaluecatalog.cli.publish import app; app()"

READ = """
import sys
from datasets import load_dataset
repo, revision = sys.argv[1:]
persons = load_dataset(repo, split="test", revision=revision)
print("persons", len(persons), persons.features["Q1"].int2str(persons[0]["Q1"]))
first = next(iter(load_dataset(repo, "polar", split="test", revision=revision, streaming=True)))
print("streamed", first["person_id"] == persons[0]["person_id"])
print("options", len(load_dataset(repo, "options", split="train", revision=revision)))
"""

REFUSED = """
import sys
from datasets import load_dataset
try:
    load_dataset(sys.argv[1], split="test")
except Exception as error:
    print(type(error).__name__)
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Hub]:
    with running_hub() as found:
        yield found


def python(server: Hub, home: Path, program: str, *arguments: str, token: str | None) -> str:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    environment |= {"HF_ENDPOINT": server.url, "HF_HOME": str(home), "HF_HUB_DISABLE_XET": "1"}
    if token is not None:
        environment["HF_TOKEN"] = token
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, env=environment, cwd=home
    )
    assert done.returncode == 0, done.stderr
    assert WRITER not in done.stdout + done.stderr
    return done.stdout


def test_pushed_by_command_and_loaded_streamed_and_pinned(server: Hub, build: Path, tmp_path: Path) -> None:
    told = python(server, tmp_path, PUSH, str(build), "--repo", REPO, token=WRITER)
    assert f"{server.url}/datasets/{REPO}: private, no real respondents" in told
    files = 1 + sum(path.is_file() for path in build.rglob("*"))  # croissant.json is made for the repository
    assert f"Loaded again and compared with the manifest: {files} files." in told
    revision = server.repos[REPO].commits[-1][0]
    assert f'load_dataset("{REPO}", revision="{revision}")' in told
    # Later commits do not change what the revision is.
    server.repos[REPO].commit("emptied", {})
    read = python(server, tmp_path, READ, REPO, revision, token=WRITER).split("\n")
    assert read[0].startswith("persons 21 ")
    assert read[1:3] == ["streamed True", "options 2603"]


def test_a_gated_dataset_is_seen_and_not_read_by_strangers(server: Hub, real_build: Path, tmp_path: Path) -> None:
    name = "org/gated"
    told = python(server, tmp_path, PUSH, str(real_build), "--repo", name, "--access", "gated", token=WRITER)
    assert f"{server.url}/datasets/{name}: gated, real respondents" in told
    for token in (STRANGER, None):
        refused = python(server, tmp_path, REFUSED, name, token=token)
        assert refused.split() == ["DatasetNotFoundError"]
