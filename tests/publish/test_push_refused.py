"""What is not pushed: no build, an edited one, no name, somebody else's repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from indievaluecatalog.dataset.manifest import file_digest
from indievaluecatalog.errors import BuildError
from indievaluecatalog.publish.errors import PublishError
from indievaluecatalog.publish.parcel import pack
from indievaluecatalog.publish.push import push_dataset
from indievaluecatalog.publish.remote import Remote
from tests.publish.conftest import REPO, commits, push_statements
from tests.publish.hub_server import Hub


def test_an_edited_build_is_refused_before_the_hub_is_asked(hub: Hub, build: Path) -> None:
    (build / "notes.txt").write_text("mine")
    with pytest.raises(BuildError, match=r"notes.txt is not in the manifest"):
        push_dataset(build, REPO)
    (build / "notes.txt").unlink()
    with (build / "README.md").open("a") as card:
        card.write("edited")
    with pytest.raises(BuildError, match=r"README.md was changed"):
        push_dataset(build, REPO)
    assert not hub.requests


def test_a_manifest_whose_list_was_edited_is_refused(hub: Hub, build: Path) -> None:
    (build / "notes.csv").write_text("mine")
    manifest = json.loads((build / "manifest.json").read_text("utf-8"))
    digest = file_digest(build / "notes.csv")
    manifest["files"] = [*manifest["files"], {"path": "notes.csv", "bytes": 4, "sha256": digest}]
    (build / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BuildError, match=r"manifest.json: its list of files was changed"):
        push_dataset(build, REPO)
    assert not hub.requests


def test_a_build_that_is_replaced_while_the_push_begins_is_not_sent(
    hub: Hub, build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indievaluecatalog.publish import push

    path = build / "data" / "options" / "train-00000-of-00001.parquet"
    looked = push.read_remote

    def meanwhile(*arguments: Any) -> Remote:
        path.write_bytes(b"another build")
        return looked(*arguments)

    monkeypatch.setattr(push, "read_remote", meanwhile)
    with pytest.raises(PublishError, match=r"options/train-00000-of-00001.parquet changed while the push began"):
        push_statements(build)
    assert not hub.sent
    assert commits(hub) == ["initial commit"]


def test_a_folder_that_is_no_build_is_refused(hub: Hub, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="no finished build"):
        push_dataset(tmp_path, REPO)
    assert not hub.requests


def test_a_repository_with_other_content_is_left_alone_unless_said(hub: Hub, build: Path) -> None:
    hub.new(REPO, {"model.bin": b"weights", "README.md": b"# theirs"}, private=True)
    with pytest.raises(PublishError, match=r"no push of ours put there: README.md, model.bin.*--replace"):
        push_statements(build)
    assert commits(hub) == ["initial commit", "theirs"]
    assert not hub.sent
    push_statements(build, replace=True)
    assert "model.bin" not in hub.repos[REPO].commits[-1][2]
    assert len(commits(hub)) == 3


@pytest.mark.parametrize("files", [["a.parquet"], "a.parquet", None, [{"name": "a.parquet"}]])
def test_a_manifest_of_somebody_else_is_a_file_like_any_other(hub: Hub, build: Path, files: object) -> None:
    theirs = {"catalog_digest": "", "dataset_digest": "", "wave": "wvs7", "name": "theirs", "files": files}
    hub.new(REPO, {"manifest.json": json.dumps(theirs).encode()}, private=True)
    with pytest.raises(PublishError, match=r"no push of ours put there: manifest.json"):
        push_statements(build)
    assert commits(hub) == ["initial commit", "theirs"]


def test_another_dataset_of_ours_is_not_overwritten(hub: Hub, build: Path) -> None:
    files = pack(build, REPO, hub.url).files
    hub.new(REPO, {file.path: file.read() for file in files}, private=True)
    with pytest.raises(PublishError, match=r"holds another dataset \(name 'indievaluecatalog-synthetic'"):
        push_dataset(build, REPO, catalog_only=True)
    assert len(commits(hub)) == 2


@pytest.mark.parametrize("name", ["values", "org/", "a/b/c", "org/va lues", "", "https://huggingface.co/org/values"])
def test_a_name_that_is_none(hub: Hub, build: Path, name: str) -> None:
    with pytest.raises(PublishError, match="write it as ORG/NAME"):
        push_dataset(build, name)
    assert not hub.requests
