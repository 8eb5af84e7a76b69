"""A push, with the real clients and a Hub on loopback: one commit, nothing twice, all or nothing."""

from __future__ import annotations

import json
from pathlib import Path

from indievaluecatalog.dataset.manifest import check_build
from indievaluecatalog.publish.parcel import pack
from indievaluecatalog.publish.push import push_dataset
from tests.publish.conftest import REPO, commits, push_statements
from tests.publish.hub_server import WRITER, Hub


def test_a_push_makes_a_private_repository_with_one_commit(hub: Hub, build: Path) -> None:
    done = push_dataset(build, REPO)
    repo = hub.repos[REPO]
    assert (repo.private, repo.gated) == (True, False)
    assert len(repo.commits) == 2, "the Hub's own first commit, and ours"
    oid, _, files = repo.commits[-1]
    assert done.revision == oid
    sent = {file.path: file.sha256 for file in done.parcel.files}
    assert {path: blob.sha256 for path, blob in files.items() if path != ".gitattributes"} == sent


def test_what_is_sent_is_the_build_with_its_digests(build: Path) -> None:
    files = {file.path: file for file in pack(build, REPO, "https://hub.example").files}
    built = check_build(build)
    manifest = json.loads(files["manifest.json"].read())
    assert manifest["published"] == {"repository": REPO, "from_dataset_digest": built["dataset_digest"]}
    assert manifest["answers_digest"] == built["answers_digest"]
    listed = {entry["path"]: entry["sha256"] for entry in manifest["files"]}
    assert set(listed) | {"manifest.json"} == set(files)
    assert all(files[path].sha256 == digest for path, digest in listed.items())
    assert set(listed) == {entry["path"] for entry in built["files"]} | {"croissant.json"}
    for entry in built["files"]:
        if entry["path"] != "README.md":
            assert listed[entry["path"]] == entry["sha256"]
    assert f'load_dataset("{REPO}"' in files["README.md"].read().decode()


def test_pushed_again_nothing_is_sent_and_no_commit_is_made(hub: Hub, build: Path) -> None:
    first = push_statements(build)
    sent = list(hub.sent)
    again = push_statements(build)
    assert (again.plan.send, again.plan.unchanged) == ((), len(first.parcel.files))
    assert again.revision == first.revision
    assert hub.sent == sent
    assert len(commits(hub)) == 2


def test_only_what_changed_is_sent_and_what_is_gone_is_deleted(hub: Hub, build: Path) -> None:
    from indievaluecatalog.dataset.manifest import write_manifest

    push_dataset(build, REPO)
    sent = len(hub.sent)
    manifest = json.loads((build / "manifest.json").read_text("utf-8"))
    (build / "assets" / "answers.png").unlink()
    (build / "assets" / "countries.png").write_bytes(b"another picture")
    write_manifest(build, {key: value for key, value in manifest.items() if key not in ("files", "dataset_digest")})
    done = push_dataset(build, REPO)
    assert {file.path for file in done.plan.send} == {"assets/countries.png", "manifest.json"}
    assert done.plan.delete == ("assets/answers.png",)
    assert len(hub.sent) == sent + 1
    assert len(commits(hub)) == 3
    assert "assets/answers.png" not in hub.repos[REPO].commits[-1][2]


def test_a_dry_run_says_all_and_changes_nothing(hub: Hub, build: Path) -> None:
    said = push_dataset(build, REPO, catalog_only=True, dry_run=True)
    assert said.revision is None
    assert said.plan.creates
    assert {file.path for file in said.plan.send} == {file.path for file in said.parcel.files}
    assert not hub.repos
    assert {method for method, _ in hub.requests} == {"GET"}
    done = push_statements(build)
    assert [file.sha256 for file in done.plan.send] == [file.sha256 for file in said.plan.send], "the same bytes"


def test_the_token_is_only_in_the_requests(hub: Hub, build: Path) -> None:
    done = push_statements(build)
    assert WRITER not in repr(done)
    assert not any(WRITER.encode() in file.read() for file in done.parcel.files)
    assert not any(WRITER.encode() in path.read_bytes() for path in build.parent.rglob("*") if path.is_file())
