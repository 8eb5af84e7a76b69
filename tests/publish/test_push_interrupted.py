"""The network goes, or somebody comes between: the repository holds all of a push or nothing of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from indievaluecatalog.publish.errors import PublishError
from indievaluecatalog.publish.push import push_dataset
from tests.publish.conftest import REPO, commits, push_statements
from tests.publish.hub_server import Hub


def test_an_interrupted_push_goes_on_where_it_stopped(hub: Hub, build: Path) -> None:
    hub.cut_uploads_after = 5
    told = r"org/values: sending .* connection was lost.*Run the same command again.*HF_HUB_DISABLE_XET=1"
    with pytest.raises(PublishError, match=told):
        push_dataset(build, REPO)
    assert commits(hub) == ["initial commit"], "never half-updated"
    arrived = list(hub.sent)
    assert len(arrived) >= 5
    hub.cut_uploads_after = None
    done = push_dataset(build, REPO)
    assert len(hub.sent) == len(set(hub.sent)), "nothing that arrived was sent again"
    assert hub.sent[: len(arrived)] == arrived
    assert commits(hub)[-1] == f"{done.parcel.manifest['name']}, dataset {done.parcel.manifest['dataset_digest'][:12]}"


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_connection_lost_at_the_commit_leaves_all_or_nothing(hub: Hub, build: Path, when: str) -> None:
    hub.cut_commit = when
    with pytest.raises(PublishError, match="committing: the connection was lost") as caught:
        push_statements(build)
    assert "XET" not in str(caught.value), "no large file was under way"
    assert len(commits(hub)) == (1 if when == "before" else 2)
    hub.cut_commit = None
    done = push_statements(build)
    assert len(commits(hub)) == 2
    assert (done.plan.send == ()) is (when == "after")


def test_a_change_by_somebody_else_meanwhile_is_no_reason_to_overwrite_it(
    hub: Hub, build: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import HfApi

    upload = HfApi.preupload_lfs_files

    def interfering(*args: object, **kwargs: object) -> None:
        upload(*args, **kwargs)  # type: ignore[arg-type]
        if len(commits(hub)) == 1:
            hub.repos[REPO].commit("somebody else's", dict(hub.repos[REPO].commits[-1][2]))

    monkeypatch.setattr(HfApi, "preupload_lfs_files", interfering)
    with pytest.raises(PublishError, match="somebody changed the repository meanwhile"):
        push_statements(build)
    assert commits(hub) == ["initial commit", "somebody else's"]


def test_bytes_that_changed_on_the_way_are_noticed(hub: Hub, build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = push_statements(build)
    blob = hub.repos[REPO].commits[-1][2]["data/options/train-00000-of-00001.parquet"]
    kept, real = blob.sha256, type(blob).sha256
    blob.data = blob.data[:-1] + b"?"
    monkeypatch.setattr(type(blob), "sha256", property(lambda b: kept if b is blob else real.fget(b)))
    with pytest.raises(
        PublishError, match=r"is not what was pushed: data/options/train-00000-of-00001.parquet differs"
    ):
        push_statements(build)
    assert done.revision == hub.repos[REPO].commits[-1][0]
