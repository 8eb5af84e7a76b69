"""A whole build to a Hub on loopback and back, by the command: python -m benchmarks.push DIR."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.publish.hub_server import WRITER, Hub, running_hub

PUSH = "from indievaluecatalog.cli.publish import app; app()"
LOAD = """
import sys, json
from datasets import load_dataset
repo, manifest = sys.argv[1], json.load(open(sys.argv[2]))
for config, splits in manifest["rows"].items():
    loaded = load_dataset(repo, config)
    assert {split: len(rows) for split, rows in loaded.items()} == {s: n for s, n in splits.items() if n}, config
print("every config loaded, rows as in the manifest")
"""
STREAM = """
import sys
from datasets import load_dataset
print(next(iter(load_dataset(sys.argv[1], "statements", split="train", streaming=True)))["person_id"])
"""


def measured(what: str, hub: Hub, home: str, program: str, *arguments: str) -> None:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("HF_")}
    own = {"HF_ENDPOINT": hub.url, "HF_HOME": home, "HF_HUB_DISABLE_XET": "1", "HF_TOKEN": WRITER}
    sent, start = len(hub.sent), time.perf_counter()
    command = [sys.executable, "-c", program, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=kept | own)
    took = time.perf_counter() - start
    assert done.returncode == 0, done.stderr
    print(f"{what:<24}{took:6.1f} s  {len(hub.sent) - sent:3} large files sent   {done.stdout.splitlines()[-1]}")


def main() -> None:
    folder = Path(sys.argv[1]).absolute()
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{folder}: {size:,} bytes")
    with running_hub() as hub, TemporaryDirectory() as home:
        arguments = (str(folder), "--repo", "org/values")
        measured("dry run", hub, home, PUSH, *arguments, "--dry-run")
        measured("push", hub, home, PUSH, *arguments)
        measured("push again", hub, home, PUSH, *arguments)
        measured("load every config", hub, home, LOAD, "org/values", str(folder / "manifest.json"))
        measured("stream the first row", hub, home, STREAM, "org/values")
        measured("statements alone", hub, home, PUSH, str(folder), "--repo", "org/statements", "--catalog-only")


if __name__ == "__main__":
    main()
