"""What the command prints: every file before it goes, and what was done."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from indievaluecatalog.cli.publish import app
from indievaluecatalog.publish.errors import PublishError
from tests.publish.conftest import REPO, commits
from tests.publish.hub_server import Hub


def test_a_dry_run_names_every_file(hub: Hub, build: Path) -> None:
    done = CliRunner().invoke(app, [str(build), "--repo", REPO, "--dry-run"])
    assert done.exit_code == 0, done.output
    lines = done.stdout.splitlines()
    assert lines[0] == f"{hub.url}/datasets/{REPO}: private, no real respondents"
    named = [line.split()[-1] for line in lines if line.startswith("would send    ")]
    assert {"README.md", "croissant.json", "manifest.json"} < set(named)
    assert lines[-1].startswith(f"would send {len(named)} files, ")
    assert not hub.repos


def test_a_push_says_what_it_did_and_how_to_load_it(hub: Hub, build: Path) -> None:
    arguments = [str(build), "--repo", REPO, "--catalog-only", "--access", "public"]
    first = CliRunner().invoke(app, arguments).stdout
    assert "committed 5 files, " in first
    assert f'revision="{hub.repos[REPO].commits[-1][0]}"' in first
    again = CliRunner().invoke(app, arguments).stdout
    assert "nothing to send; 5 unchanged." in again
    assert len(commits(hub)) == 2


def test_a_refusal_is_an_error_of_ours(hub: Hub, real_build: Path) -> None:
    done = CliRunner().invoke(app, [str(real_build), "--repo", REPO, "--access", "public"])
    assert done.exit_code != 0
    assert isinstance(done.exception, PublishError)


def test_a_hub_that_cannot_be_reached(hub: Hub, build: Path) -> None:
    from huggingface_hub import constants

    constants.ENDPOINT = "http://127.0.0.1:9"  # the fixture puts it back
    done = CliRunner().invoke(app, [str(build), "--repo", REPO, "--catalog-only"])
    assert isinstance(done.exception, PublishError)
    assert "looking at the repository: the connection was lost or could not be made" in str(done.exception)
