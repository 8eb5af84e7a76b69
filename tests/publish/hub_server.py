"""A Hub on loopback, as much of it as the real clients ask for; everything in memory, every request on record.

Faults can be asked for: a connection cut while a large file is sent, an answer that never comes.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

WRITER, READER, STRANGER = "hf_writerwriterwriter", "hf_readerreaderreader", "hf_strangerstranger"
USERS = {WRITER: ("org", "write"), READER: ("org", "read"), STRANGER: ("elsewhere", "write")}
LARGE = (".parquet", ".png")


@dataclass
class Blob:
    data: bytes
    large: bool

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()

    @property
    def oid(self) -> str:
        """Git's id: of the bytes, or of the pointer that stands for a large file."""
        data = self.data
        if self.large:
            head = "version https://git-lfs.github.com/spec/v1"
            data = f"{head}\noid sha256:{self.sha256}\nsize {len(self.data)}\n".encode()
        return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


@dataclass
class Repo:
    private: bool
    gated: str | bool = False
    commits: list[tuple[str, str, dict[str, Blob]]] = field(default_factory=list)
    large: dict[str, bytes] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)

    def at(self, revision: str) -> tuple[str, dict[str, Blob]] | None:
        if revision in ("main", "HEAD", "refs/heads/main"):
            return self.commits[-1][0], self.commits[-1][2]
        return next(((oid, files) for oid, _, files in self.commits if oid == revision), None)

    def commit(self, message: str, files: dict[str, Blob]) -> str:
        named = {path: blob.oid for path, blob in files.items()}
        oid = hashlib.sha1(json.dumps([len(self.commits), message, named]).encode()).hexdigest()
        self.commits.append((oid, message, files))
        return oid


@dataclass
class Hub:
    url: str
    repos: dict[str, Repo] = field(default_factory=dict)
    requests: list[tuple[str, str]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    """SHA-256 of each large file that arrived whole."""
    cut_uploads_after: int | None = None
    """Cut every connection that sends a large file once so many have arrived."""
    cut_commit: str | None = None
    """"before" or "after" the commit is made, the connection goes."""
    deaf_to_settings: bool = False
    """Answer 200 to a change of settings, and change nothing."""

    def new(self, name: str, files: dict[str, bytes], *, private: bool = False) -> Repo:
        repo = self.repos[name] = Repo(private)
        repo.commit("initial commit", {".gitattributes": Blob(b"*.parquet filter=lfs\n", False)})
        if files:
            made = {path: Blob(data, path.endswith(LARGE)) for path, data in files.items()}
            repo.commit("theirs", repo.commits[-1][2] | made)
        return repo


class Refused(Exception):
    def __init__(self, status: int, code: str = "", message: str = "") -> None:
        self.status, self.code, self.message = status, code, message


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    hub: Hub

    def log_message(self, *_: Any) -> None:
        pass

    def _answer(self) -> None:
        split = urlsplit(self.path)
        self.query = parse_qs(split.query)
        path = unquote(split.path)
        self.hub.requests.append((self.command, path))
        length = int(self.headers.get("Content-Length") or 0)
        if self.headers.get("Transfer-Encoding") == "chunked":
            self.body = b"".join(self._chunks())
        else:
            self.body = self.rfile.read(length)
        try:
            for method, pattern, name in _ROUTES:
                found = re.fullmatch(pattern, path)
                if found and self.command in method:
                    return getattr(self, name)(*found.groups())
            raise Refused(404, "", f"no such address {path}")
        except Refused as refused:
            told = {"X-Error-Code": refused.code} if refused.code else {}
            if refused.message:
                told["X-Error-Message"] = refused.message
            self._send({"error": refused.message}, refused.status, told)
        except ConnectionAbortedError:
            self.close_connection = True
            self.connection.close()

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer

    def _chunks(self) -> Iterator[bytes]:
        while size := int(self.rfile.readline(), 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def _send(self, content: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        for key, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    # Who asks, and what they may.

    def _user(self) -> tuple[str, str] | None:
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ").strip()
        if not token:
            return None
        if token not in USERS:
            raise Refused(401, "", "Invalid credentials in Authorization header")
        return USERS[token]

    def _repo(self, name: str, *, write: bool = False, files: bool = False) -> Repo:
        user, repo = self._user(), self.hub.repos.get(name)
        own = user is not None and user[0] == name.split("/")[0]
        if repo is None or (repo.private and not own):
            raise Refused(404 if user else 401, "RepoNotFound", "Repository not found")
        if write and not (own and user and user[1] == "write"):
            raise Refused(403, "", f"Forbidden: you may not write to {name} with {self.headers.get('Authorization')}")
        if files and repo.gated and not own:
            raise Refused(403 if user else 401, "GatedRepo", "Access to this dataset is restricted.")
        return repo

    def _at(self, name: str, revision: str, *, files: bool = False) -> tuple[str, dict[str, Blob]]:
        found = self._repo(name, files=files).at(revision)
        if found is None:
            raise Refused(404, "RevisionNotFound", f"no revision {revision}")
        return found

    # Repositories.

    def whoami(self) -> None:
        user = self._user()
        if user is None:
            raise Refused(401, "", "Invalid username or password.")
        self._send({"type": "user", "name": user[0], "orgs": [], "auth": {"accessToken": {"role": user[1]}}})

    def create(self) -> None:
        asked, user = json.loads(self.body), self._user()
        name = f"{asked['organization']}/{asked['name']}"
        if user is None:
            raise Refused(401, "", "Invalid username or password.")
        if user[0] != asked["organization"] or user[1] != "write":
            raise Refused(403, "", f"You have no right to make {name}, {self.headers.get('Authorization')}")
        if name in self.hub.repos:
            raise Refused(409, "", "You already created this dataset repo")
        self.hub.new(name, {}, private=asked.get("visibility") == "private" or asked.get("private") is True)
        self._send({"url": f"{self.hub.url}/datasets/{name}", "name": name, "id": name})

    def settings(self, name: str) -> None:
        repo, asked = self._repo(name, write=True), json.loads(self.body)
        if not self.hub.deaf_to_settings:
            repo.gated = asked.get("gated", repo.gated)
            repo.private = asked.get("visibility", "private" if repo.private else "public") == "private"
        self._send({})

    def info(self, name: str, revision: str | None = None) -> None:
        oid, files = self._at(name, revision or "main")
        repo = self.hub.repos[name]
        self._send(
            {
                "_id": "0",
                "id": name,
                "author": name.split("/")[0],
                "sha": oid,
                "private": repo.private,
                "gated": repo.gated,
                "disabled": False,
                "tags": [],
                "downloads": 0,
                "likes": 0,
                "lastModified": "2026-01-01T00:00:00.000Z",
                "siblings": [{"rfilename": path} for path in files],
            }
        )

    def refs(self, name: str) -> None:
        oid, _ = self._at(name, "main")
        self._send(
            {"branches": [{"name": "main", "ref": "refs/heads/main", "targetCommit": oid}], "tags": [], "converts": []}
        )

    def commits(self, name: str, _: str) -> None:
        listed = [
            {"id": oid, "title": message, "message": "", "authors": [], "date": "2026-01-01T00:00:00.000Z"}
            for oid, message, _ in reversed(self._repo(name).commits)
        ]
        self._send(listed)

    @staticmethod
    def _entry(path: str, blob: Blob) -> dict[str, Any]:
        entry: dict[str, Any] = {"type": "file", "path": path, "size": len(blob.data), "oid": blob.oid}
        if blob.large:
            entry["lfs"] = {"oid": blob.sha256, "size": len(blob.data), "pointerSize": 134}
        return entry

    def _listing(self, files: dict[str, Blob], under: str, deep: bool) -> list[dict[str, Any]]:
        start = f"{under}/" if under else ""
        found: dict[str, dict[str, Any]] = {}
        for path, blob in sorted(files.items()):
            if not path.startswith(start):
                continue
            parts = path.removeprefix(start).split("/")
            for depth in range(1, len(parts)):
                folder = start + "/".join(parts[:depth])
                if deep or depth == 1:
                    oid = hashlib.sha1(folder.encode()).hexdigest()
                    found[folder] = {"type": "directory", "path": folder, "oid": oid, "size": 0}
            if deep or len(parts) == 1:
                found[path] = self._entry(path, blob)
        return list(found.values())

    def tree(self, name: str, revision: str, under: str | None = None) -> None:
        _, files = self._at(name, revision)
        deep = self.query.get("recursive", ["false"])[0].lower() in ("true", "1")
        listed = self._listing(files, (under or "").strip("/"), deep)
        if under and not listed:
            raise Refused(404, "EntryNotFound", f"no {under}")
        self._send(listed)

    def paths_info(self, name: str, revision: str) -> None:
        _, files = self._at(name, revision)
        everything = {entry["path"]: entry for entry in self._listing(files, "", True)}
        asked = parse_qs(self.body.decode()).get("paths", [])
        self._send([everything[path] for path in asked if path in everything])

    # Sending.

    def validate_yaml(self) -> None:
        self._send({"errors": [], "warnings": []})

    def preupload(self, name: str, revision: str) -> None:
        self._repo(name, write=True)
        _, files = self._at(name, revision)
        answer = []
        for entry in json.loads(self.body)["files"]:
            mode = "lfs" if entry["path"].endswith(LARGE) else "regular"
            answer.append({"path": entry["path"], "uploadMode": mode, "shouldIgnore": False})
            if entry["path"] in files:
                answer[-1]["oid"] = files[entry["path"]].oid
        self._send({"files": answer})

    def lfs_batch(self, name: str) -> None:
        repo, objects = self._repo(name, write=True), []
        for entry in json.loads(self.body)["objects"]:
            if entry["oid"] not in repo.large:
                where = f"{self.hub.url}/lfs/{name}/{entry['oid']}"
                entry["actions"] = {"upload": {"href": where}, "verify": {"href": f"{where}/verify"}}
            objects.append(entry)
        self._send({"transfer": "basic", "objects": objects})

    def lfs_put(self, name: str, oid: str) -> None:
        if self.hub.cut_uploads_after is not None and len(self.hub.sent) >= self.hub.cut_uploads_after:
            raise ConnectionAbortedError
        if hashlib.sha256(self.body).hexdigest() != oid:
            raise Refused(400, "", "the bytes are not those of this digest")
        self.hub.repos[name].large[oid] = self.body
        self.hub.sent.append(oid)
        self._send({})

    def lfs_verify(self, name: str, oid: str) -> None:
        if oid not in self._repo(name, write=True).large:
            raise Refused(404)
        self._send({})

    def commit(self, name: str, revision: str) -> None:
        repo = self._repo(name, write=True)
        if self.hub.cut_commit == "before":
            raise ConnectionAbortedError
        head, files = self._at(name, revision)
        files, message = dict(files), ""
        for line in self.body.splitlines():
            entry = json.loads(line)
            key, value = entry["key"], entry["value"]
            if key == "header":
                message = value["summary"]
                if value.get("parentCommit") not in (None, head):
                    raise Refused(412, "", "The branch moved on")
            elif key == "file":
                files[value["path"]] = Blob(base64.b64decode(value["content"]), False)
            elif key == "lfsFile":
                if value["oid"] not in repo.large:
                    raise Refused(400, "", f"{value['path']} did not arrive")
                files[value["path"]] = Blob(repo.large[value["oid"]], True)
            elif key == "deletedFile":
                del files[value["path"]]
        oid = repo.commit(message, files)
        if self.hub.cut_commit == "after":
            raise ConnectionAbortedError
        self._send({"success": True, "commitOid": oid, "commitUrl": f"{self.hub.url}/datasets/{name}/commit/{oid}"})

    # Reading.

    def resolve(self, name: str, revision: str, path: str) -> None:
        oid, files = self._at(name, revision, files=True)
        if path not in files:
            raise Refused(404, "EntryNotFound", f"no {path}")
        blob = files[path]
        etag = f'"{blob.sha256 if blob.large else blob.oid}"'
        headers = {"X-Repo-Commit": oid, "ETag": etag, "Accept-Ranges": "bytes"}
        headers |= {"Content-Type": "application/octet-stream"}
        if blob.large:
            headers |= {"X-Linked-Etag": etag, "X-Linked-Size": str(len(blob.data))}
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if asked is None:
            return self._send(blob.data, 200, headers)
        start, last = int(asked[1]), min(int(asked[2] or len(blob.data)), len(blob.data) - 1)
        headers["Content-Range"] = f"bytes {start}-{last}/{len(blob.data)}"
        return self._send(blob.data[start : last + 1], 206, headers)

    def ask_access(self, name: str) -> None:
        user = self._user()
        if user is None:
            raise Refused(401)
        self.hub.repos[name].waiting.append(user[0])
        self._send({})


_NAME, _REVISION = r"([\w.-]+/[\w.-]+)", r"([^/]+|refs/[^/]+/[^/]+)"
_ROUTES = (
    ("GET", r"/api/whoami-v2", "whoami"),
    ("POST", r"/api/repos/create", "create"),
    ("POST", r"/api/validate-yaml", "validate_yaml"),
    ("PUT", rf"/api/datasets/{_NAME}/settings", "settings"),
    ("POST", rf"/api/datasets/{_NAME}/preupload/{_REVISION}", "preupload"),
    ("POST", rf"/api/datasets/{_NAME}/commit/{_REVISION}", "commit"),
    ("GET", rf"/api/datasets/{_NAME}/revision/{_REVISION}", "info"),
    ("GET", rf"/api/datasets/{_NAME}/refs", "refs"),
    ("GET", rf"/api/datasets/{_NAME}/commits/{_REVISION}", "commits"),
    ("GET", rf"/api/datasets/{_NAME}/tree/{_REVISION}(/.*)?", "tree"),
    ("POST", rf"/api/datasets/{_NAME}/paths-info/{_REVISION}", "paths_info"),
    ("GET", rf"/api/datasets/{_NAME}", "info"),
    ("POST", rf"/datasets/{_NAME}\.git/info/lfs/objects/batch", "lfs_batch"),
    ("POST", rf"/datasets/{_NAME}/ask-access", "ask_access"),
    ("PUT", rf"/lfs/{_NAME}/([0-9a-f]+)", "lfs_put"),
    ("POST", rf"/lfs/{_NAME}/([0-9a-f]+)/verify", "lfs_verify"),
    ("GET HEAD", rf"/datasets/{_NAME}/resolve/{_REVISION}/(.+)", "resolve"),
)


@contextmanager
def running_hub() -> Iterator[Hub]:
    """A Hub on a free port of loopback, gone at the end."""
    hub = Hub("")
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
