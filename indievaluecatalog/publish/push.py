"""From a finished build to a repository on the Hub: guarded, in one commit, checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from indievaluecatalog.publish.arrived import check_arrived
from indievaluecatalog.publish.errors import PublishError
from indievaluecatalog.publish.gate import Access, check_access
from indievaluecatalog.publish.parcel import Parcel, pack
from indievaluecatalog.publish.plan import Plan, make_plan, settle_access
from indievaluecatalog.publish.remote import SENDING, Remote, asked, read_remote

if TYPE_CHECKING:
    from huggingface_hub import CommitOperationAdd, HfApi

Progress = Callable[[str, float], None]

_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*")


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did, or with `dry_run` would do.

    Attributes:
        repo: ORG/NAME.
        url: where it is on the Hub.
        plan: what was, or would be, sent and deleted.
        parcel: everything the repository then holds.
        revision: the commit that holds it; None for a dry run.
        looked: whether the repository was looked at; a dry run without a token takes it to be new.
    """

    repo: str
    url: str
    plan: Plan
    parcel: Parcel
    revision: str | None
    looked: bool = True


def push_dataset(
    folder: str | Path,
    repo: str,
    *,
    access: Access | None = None,
    catalog_only: bool = False,
    right: str | None = None,
    replace: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> Pushed:
    """Push a finished build to a dataset repository in one commit, and check what arrived.

    The token is the one `huggingface_hub` finds (HF_TOKEN, or `hf auth login`). Run it again after any interruption:
    files that arrived are not sent again, and a push of what is there already makes no commit.

    Args:
        folder: the build.
        repo: ORG/NAME; made if it is not there.
        access: "private", "gated" (anyone sees the card, files on request) or "public"; None keeps what an existing
            repository has, and makes a new one private.
        catalog_only: send the statements alone, no respondents.
        right: the sentence of `right_sentence`, which alone lets real respondents into a public repository.
        replace: remove other files that the repository holds, in the same commit.
        dry_run: change nothing and send nothing.
        progress: called with a stage's name and how much of the whole is done, 0 to 1.

    Raises:
        BuildError: the folder is no finished build, or was edited.
        PublishError: not allowed, not possible, or not what arrived; says what to do.
    """
    from huggingface_hub import HfApi, get_token

    say = progress or (lambda stage, done: None)
    if not _NAME.fullmatch(repo):
        raise PublishError(f"--repo {repo!r}: write it as ORG/NAME, such as my-university/values")
    # Held by this object alone: the client's own errors, which show it, never leave `asked`.
    token = get_token()
    api = HfApi(token=token, library_name="indievaluecatalog")
    say("checking the build", 0.0)
    parcel = pack(Path(folder).absolute(), repo, api.endpoint.rstrip("/"), catalog_only=catalog_only)
    if access == "public" or right is not None:
        check_access(repo, access or "private", parcel.respondents, right)
    if token is None and not dry_run:
        raise PublishError(f"{repo}: no token to push with. Log in with `hf auth login`, or set HF_TOKEN.")
    say("looking at the repository", 0.1)
    remote = read_remote(api, repo, token) if token else Remote()
    settled = _settled(repo, access, parcel, remote, right)
    plan = make_plan(parcel, remote, repo, settled, replace=replace)
    url = f"{api.endpoint.rstrip('/')}/datasets/{repo}"
    if dry_run:
        return Pushed(repo, url, plan, parcel, None, looked=token is not None)
    remote = _make_ready(api, repo, settled, parcel, remote, right, token)
    revision = remote.head
    if plan.send or plan.delete:
        say("sending", 0.2)
        revision = _commit(api, repo, parcel, plan, remote, right, token)
    if revision is None:
        raise PublishError(f"{repo}: the Hub names no commit. Run the same command again.")
    say("checking what arrived", 0.7)
    check_arrived(api, repo, revision, parcel, token)
    say("done", 1.0)
    return Pushed(repo, url, plan, parcel, revision)


def _settled(repo: str, access: Access | None, parcel: Parcel, remote: Remote, right: str | None) -> Access:
    stated = right is not None
    settled = settle_access(repo, access, parcel.respondents and not stated, remote)
    check_access(repo, settled, parcel.respondents, right)
    return settled


def _make_ready(
    api: HfApi, repo: str, access: Access, parcel: Parcel, remote: Remote, right: str | None, token: str | None
) -> Remote:
    """Make the repository and close it before anything is sent; the gate stands before the door is opened."""
    if not remote.exists:
        asked(
            lambda: api.create_repo(repo, repo_type="dataset", private=access != "public", exist_ok=False),
            repo,
            "making the repository",
            token,
        )
        remote = read_remote(api, repo, token)
    guarded = parcel.respondents and right is None
    # A private repository is about to be shown, and its earlier commits may hold respondents.
    if access == "gated" and (not remote.gated or (remote.admits_all and (guarded or remote.private))):
        asked(lambda: api.update_repo_settings(repo, gated="manual", repo_type="dataset"), repo, "gating it", token)
        remote = read_remote(api, repo, token)
    if access == "private" and not remote.private:
        asked(lambda: api.update_repo_settings(repo, private=True, repo_type="dataset"), repo, "closing it", token)
        remote = read_remote(api, repo, token)
    if access == "gated" and remote.gated and remote.private:
        asked(lambda: api.update_repo_settings(repo, private=False, repo_type="dataset"), repo, "showing it", token)
        remote = read_remote(api, repo, token)
    _check_closed(repo, parcel, remote, right)
    return remote


def _check_closed(repo: str, parcel: Parcel, remote: Remote, right: str | None) -> None:
    if parcel.respondents and right is None and not remote.keeps_respondents:
        raise PublishError(
            f"{repo}: the Hub does not keep this repository closed, so no respondent was sent. Look at its settings."
        )


def _commit(
    api: HfApi, repo: str, parcel: Parcel, plan: Plan, remote: Remote, right: str | None, token: str | None
) -> str:
    from huggingface_hub import CommitOperationAdd, CommitOperationDelete

    additions = [CommitOperationAdd(file.path, _source(file.content)) for file in plan.send]
    changed = [
        f.path for f, sent in zip(plan.send, additions, strict=True) if sent.upload_info.sha256.hex() != f.sha256
    ]
    if changed:
        raise PublishError(
            f"{repo}: {', '.join(changed[:5])} changed while the push began. Nothing was sent; run it again."
        )
    _upload(api, repo, additions, token)
    # Sending may take long; nobody may have opened the repository meanwhile.
    _check_closed(repo, parcel, read_remote(api, repo, token), right)
    digest = parcel.manifest["dataset_digest"]
    removals = [CommitOperationDelete(path) for path in plan.delete]
    made = asked(
        lambda: api.create_commit(
            repo,
            [*additions, *removals],
            commit_message=f"{parcel.manifest['name']}, dataset {digest[:12]}",
            repo_type="dataset",
            parent_commit=remote.head,
        ),
        repo,
        "committing",
        token,
    )
    return str(made.oid)


def _source(content: Path | bytes) -> str | bytes:
    return content if isinstance(content, bytes) else str(content)


def _upload(api: HfApi, repo: str, additions: list[CommitOperationAdd], token: str | None) -> None:
    """Send the large files, which show in no revision until the commit names them."""
    asked(
        lambda: api.preupload_lfs_files(repo, additions, repo_type="dataset", free_memory=False),
        repo,
        f"{SENDING} {len(additions)} files",
        token,
    )
