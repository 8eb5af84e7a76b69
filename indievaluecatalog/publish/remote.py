"""What lies in a repository on the Hub, and errors of the Hub in words that say what to do, without any token."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeVar

from indievaluecatalog.dataset.manifest import MANIFEST
from indievaluecatalog.publish.errors import PublishError

if TYPE_CHECKING:
    from huggingface_hub import HfApi

Result = TypeVar("Result")

OF_THE_HUB = frozenset({".gitattributes"})
"""Files that the Hub itself puts into a new repository."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file in a repository: bytes, git's id of the blob, and SHA-256 (hex) where it is stored as a large file."""

    size: int
    blob_id: str
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Remote:
    """A repository as it is now.

    Attributes:
        exists: whether this user can see it at all.
        private: whether only its owners see it.
        gated: whether whoever sees it must ask for the files.
        admits_all: whether its gate opens to whoever fills in the form, without anybody reading the request.
        head: the newest commit, None where there is none.
        files: by path.
        manifest: the content of its manifest.json, None where there is no such file or it is not ours.
    """

    exists: bool = False
    private: bool = False
    gated: bool = False
    admits_all: bool = False
    head: str | None = None
    files: dict[str, RemoteFile] = field(default_factory=dict)
    manifest: dict[str, Any] | None = None

    @property
    def is_open(self) -> bool:
        """Whether anyone can read the files."""
        return self.exists and not self.private and not self.gated

    @property
    def keeps_respondents(self) -> bool:
        """Whether nobody reads the files whom its owners did not admit."""
        return self.exists and (self.private or (self.gated and not self.admits_all))


def asked(call: Callable[[], Result], repo: str, doing: str, token: str | None) -> Result:
    """The result of a call of the Hub's client.

    Errors are told without the client's own, whose requests carry the token.

    Raises:
        PublishError: the Hub cannot be reached, refuses, or finds nothing.
    """
    try:
        return call()
    except PublishError:
        raise
    except Exception as error:
        told = _explain(error, repo, doing)
    # Outside of the handler, so that the client's exception and its request do not travel along.
    raise PublishError(told.replace(token, "(token)") if token else told)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def status_of(error: BaseException) -> int | None:
    """The HTTP status behind an exception of the client; None where no answer came."""
    for link in _chain(error):
        status = getattr(getattr(link, "response", None), "status_code", None)
        if isinstance(status, int):
            return status
    return None


def _explain(error: Exception, repo: str, doing: str) -> str:
    status = status_of(error)
    kinds = {type(link).__name__ for link in _chain(error)}
    where = f"{repo}: {doing}"
    if "OfflineModeIsEnabled" in kinds:
        return f"{where}: HF_HUB_OFFLINE is set, so the Hub is not asked. Unset it and run the same command again."
    if status == 401:
        return f"{where}: the Hub does not know this token (401). Log in again with `hf auth login`, or set HF_TOKEN."
    if status == 403 or "GatedRepoError" in kinds:
        return (
            f"{where}: the token has no right to do this (403). Use a token that may write to {repo.split('/')[0]}, "
            "or a name of your own in --repo."
        )
    if status == 404:
        return f"{where}: not found (404). Check the name, and that your token may see it."
    if status in (409, 412):
        return f"{where}: somebody changed the repository meanwhile ({status}). Nothing was changed; run it again."
    if status == 429:
        return f"{where}: the Hub asks to wait (429). Run the same command again later."
    if status is not None and status >= 500:
        return f"{where}: the Hub failed ({status}). {_AGAIN}"
    if status is None and _bases(error) & _NO_ANSWER:
        # The client moves large files by a way of its own, over other hosts; what refuses it looks like a lost network.
        older = f" {_OLDER_WAY}" if doing.startswith((SENDING, FETCHING)) else ""
        return f"{where}: the connection was lost or could not be made. {_AGAIN}{older}"
    return f"{where}: {str(error).strip()}"


_NO_ANSWER = frozenset({"TransportError", "ConnectionError", "TimeoutError", "gaierror", "LocalEntryNotFoundError"})
"""Classes, by name, of the several HTTP libraries beneath the client, for a request that had no answer."""

_AGAIN = (
    "The repository's files are as they were, or all new: a push is one commit. Run the same command again; "
    "files that arrived whole are not sent again."
)

SENDING, FETCHING = "sending", "downloading"
"""How what a push is doing begins, where large files are moved."""

_OLDER_WAY = "If it stops here every time, set HF_HUB_DISABLE_XET=1: files then go the older way."


def _bases(error: BaseException) -> set[str]:
    return {base.__name__ for link in _chain(error) for base in type(link).__mro__}


def read_remote(api: HfApi, repo: str, token: str | None) -> Remote:
    """A repository's visibility, newest commit, files and manifest.

    Raises:
        PublishError: the Hub cannot be reached or refuses.
    """
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError
    from huggingface_hub.hf_api import RepoFile

    def look() -> Remote:
        try:
            info = api.dataset_info(repo)
        except RepositoryNotFoundError as error:
            # The client calls a 401 by the same name; a token that is not known is no missing repository.
            if isinstance(error, GatedRepoError) or (status_of(error) == 401 and not _knows(api)):
                raise
            return Remote()
        found = api.list_repo_tree(repo, recursive=True, repo_type="dataset", revision=info.sha) if info.sha else ()
        files = {
            entry.path: RemoteFile(entry.size, entry.blob_id, entry.lfs.sha256 if entry.lfs else None)
            for entry in found
            if isinstance(entry, RepoFile)
        }
        manifest = _manifest(api, repo, info.sha) if MANIFEST in files and info.sha else None
        return Remote(True, bool(info.private), bool(info.gated), info.gated == "auto", info.sha, files, manifest)

    return asked(look, repo, "looking at the repository", token)


def _knows(api: HfApi) -> bool:
    try:
        api.whoami()
    except Exception:
        return False
    return True


def _manifest(api: HfApi, repo: str, revision: str) -> dict[str, Any] | None:
    with TemporaryDirectory() as folder:
        path = api.hf_hub_download(repo, MANIFEST, repo_type="dataset", revision=revision, local_dir=folder)
        try:
            with open(path, encoding="utf-8") as stream:  # noqa: PTH123 - the client gives a text
                content = json.load(stream)
        except ValueError:
            return None
    needed = ("catalog_digest", "dataset_digest", "files", "wave")
    if not isinstance(content, dict) or any(key not in content for key in needed):
        return None
    # Whatever lies there under this name was written by others.
    listed = content["files"]
    ours = isinstance(listed, list) and all(isinstance(entry, dict) and "path" in entry for entry in listed)
    return content if ours else None
