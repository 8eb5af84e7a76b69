"""What a push has to change in a repository: compared by digests, so that nothing unchanged is sent."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from indievaluecatalog.dataset.manifest import MANIFEST
from indievaluecatalog.publish.errors import PublishError
from indievaluecatalog.publish.gate import Access
from indievaluecatalog.publish.parcel import Parcel, ParcelFile
from indievaluecatalog.publish.remote import OF_THE_HUB, Remote, RemoteFile


@dataclass(frozen=True, slots=True)
class Plan:
    """The difference between a parcel and a repository.

    Attributes:
        send: files that are new or differ.
        delete: paths of an earlier push, or with `replace` of anyone, that the new manifest lacks.
        unchanged: how many files are there already, byte by byte.
        access: who may read the repository after the push.
        creates: whether the repository has to be made.
    """

    send: tuple[ParcelFile, ...]
    delete: tuple[str, ...]
    unchanged: int
    access: Access
    creates: bool

    @property
    def size(self) -> int:
        """Bytes to send, at most: what arrived in an earlier attempt is not sent again."""
        return sum(file.size for file in self.send)


def same(file: ParcelFile, there: RemoteFile | None) -> bool:
    """Whether a repository has this very file, by the digest it is stored under."""
    if there is None or there.size != file.size:
        return False
    if there.sha256 is not None:
        return there.sha256 == file.sha256
    # Small files lie in git itself, whose id of a blob is a digest of its length and bytes.
    return there.blob_id == hashlib.sha1(b"blob %d\0" % file.size + file.read(), usedforsecurity=False).hexdigest()


def settle_access(repo: str, asked: Access | None, respondents: bool, remote: Remote) -> Access:
    """Who may read the repository after the push; an existing one keeps its setting unless another is asked for.

    Raises:
        PublishError: respondents would go where anyone reads, or a closed repository would be opened.
    """
    if not remote.exists:
        return asked or "private"
    if asked is None:
        if remote.is_open and respondents:
            raise PublishError(
                f"{repo}: is public, and these are real respondents. Say --access private or --access gated to "
                "close it first, or push into another repository."
            )
        if not remote.keeps_respondents and respondents:
            raise PublishError(
                f"{repo}: its gate opens to whoever fills in the form, and these are real respondents. Say --access "
                "gated to have each request read by you, or --access private."
            )
        # One that is private and has a gate besides stays private.
        return "public" if remote.is_open else "private" if remote.private else "gated"
    if asked == "public" and not remote.is_open:
        raise PublishError(
            f"{repo}: is {'gated' if remote.gated else 'private'}, and its earlier commits may hold respondents, so "
            "a push does not open it. Push into a new repository, or open it yourself in its settings on the Hub."
        )
    return asked


def make_plan(parcel: Parcel, remote: Remote, repo: str, access: Access, *, replace: bool = False) -> Plan:
    """Compare a parcel with a repository.

    Raises:
        PublishError: the repository holds something else, and `replace` was not said.
    """
    ours = {file.path for file in parcel.files}
    theirs = set(remote.files) - OF_THE_HUB
    if not replace:
        _check_content(parcel, remote, repo, theirs)
    send = tuple(file for file in parcel.files if not same(file, remote.files.get(file.path)))
    return Plan(send, tuple(sorted(theirs - ours)), len(parcel.files) - len(send), access, not remote.exists)


def _check_content(parcel: Parcel, remote: Remote, repo: str, theirs: set[str]) -> None:
    if not theirs:
        return
    manifest = remote.manifest or {}
    listed = {entry["path"] for entry in manifest.get("files", ())} | ({MANIFEST} if manifest else set())
    foreign = sorted(theirs - listed)
    rest = "Choose another --repo, or say --replace to remove it in the same commit."
    if foreign:
        more = f" and {len(foreign) - 5} more" if len(foreign) > 5 else ""
        raise PublishError(
            f"{repo}: holds files that no push of ours put there: {', '.join(foreign[:5])}{more}. {rest}"
        )
    for key in ("wave", "name"):
        if manifest.get(key) != parcel.manifest[key]:
            raise PublishError(
                f"{repo}: holds another dataset ({key} {manifest.get(key)!r}, not {parcel.manifest[key]!r}). {rest}"
            )
