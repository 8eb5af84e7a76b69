"""Starting the page on this machine."""

from __future__ import annotations

import errno
import ipaddress
import socket
from collections.abc import Callable
from contextlib import closing, suppress
from importlib import import_module
from pathlib import Path

from indievaluecatalog.browse.app import LOCAL_HOSTS, create_app
from indievaluecatalog.browse.collection import Collection, open_collection
from indievaluecatalog.browse.problems import BrowseError
from indievaluecatalog.browse.space import SHOWN
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.dataset.load import find_build
from indievaluecatalog.dataset.manifest import read_manifest
from indievaluecatalog.errors import MissingExtraError
from indievaluecatalog.publish.gate import check_marked

HOST = "127.0.0.1"
PORT = 8377


def is_local(host: str) -> bool:
    """Whether an address is reached from this machine only."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_host(host: str, *, synthetic: bool, may_be_shown: bool) -> None:
    """Refuse to show real persons to other machines, unless somebody says that it is allowed.

    Raises:
        BrowseError: they would be shown.
    """
    if is_local(host) or synthetic or may_be_shown:
        return
    raise BrowseError(
        f"--host {host} would show real persons to other machines, and the survey's terms forbid passing its data "
        f"on. Leave --host away, or state with --i-may-show-these-data that you hold the right"
    )


def only_synthetic(folder: Path) -> bool:
    """Whether a build shows synthetic persons only, by its manifest and by every row of the files that are shown.

    Raises:
        BuildError, PublishError: the manifest says so, and a file cannot be read or does not.
    """
    if read_manifest(folder).get("synthetic") is not True:
        return False
    check_marked(path for config in SHOWN for path in sorted((folder / "data" / config).glob("*.parquet")))
    return True


def check_libraries() -> None:
    """Say at once what a page needs and is not installed.

    Raises:
        MissingExtraError: a library that is not there.
    """
    for name in ("starlette", "uvicorn"):
        try:
            import_module(name)
        except ImportError as error:
            raise MissingExtraError(name, "browse", "browsing a dataset") from error


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens already, so that a port that is taken is told before anything is read or printed.

    Raises:
        BrowseError: the port is taken or may not be used, or the machine does not have the address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        raise BrowseError(_refusal(host, port, error)) from error
    return listener


def _refusal(host: str, port: int, error: Exception) -> str:
    number = error.errno if isinstance(error, OSError) and not isinstance(error, socket.gaierror) else None
    if number == errno.EADDRINUSE:
        return (
            f"port {port} of {host} is taken, perhaps by another page like this one. "
            "Choose another with --port, or --port 0 for any that is free"
        )
    if number == errno.EACCES:
        return f"port {port} of {host} may not be used by you: take one above 1023 (--port), or 0 for any that is free"
    if number == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"this machine does not have the address {host}. Leave --host away to listen at {HOST}"
    return f"cannot listen at {host}, port {port}: {error}. Choose with --host and --port"


def browse(
    directory: str | Path | None = None,
    *,
    results: str | Path | None = None,
    catalog: Catalog | str | Path | None = None,
    host: str = HOST,
    port: int = PORT,
    may_be_shown: bool = False,
    smallest_group: int | None = None,
    reading: Callable[[], None] = lambda: None,
    started: Callable[[str, Collection], None] = lambda address, collection: None,
) -> None:
    """Show a build until it is interrupted. What can be refused is refused before the persons are read.

    Args:
        directory: the build's folder; None for ./build/indievaluecatalog or else the last one built.
        results: a folder of predictions, or one file.
        catalog: the catalog the dataset was built with, where that is not a shipped one.
        host: the address to listen at; the default is reached from this machine only.
        port: 0 for any that is free.
        may_be_shown: the user states that real persons may be shown to other machines.
        smallest_group: groups of fewer answers are not shown; None for 30, or for 1 where persons are synthetic.
        reading: called before the persons are read, which takes some seconds.
        started: called with the page's address and what it shows, once it can be opened.

    Raises:
        BrowseError: see `check_host` and `listen`.
        BuildError, ResultsError, PublishError: see `only_synthetic` and `open_collection`.
        MissingExtraError: the libraries for it are not installed.
    """
    check_libraries()
    folder = find_build(directory)
    if not is_local(host) and not may_be_shown:
        check_host(host, synthetic=only_synthetic(folder), may_be_shown=False)
    with closing(listen(host, port)) as listener:
        reading()
        collection = open_collection(folder, results=results, catalog=catalog, smallest_group=smallest_group)
        app = create_app(collection, hosts=(*LOCAL_HOSTS, host) if is_local(host) else ("*",))
        shown = f"[{host}]" if ":" in host else host
        started(f"http://{shown}:{listener.getsockname()[1]}/", collection)
        import uvicorn

        # No access log: an address names the person that somebody looks at.
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="off")
        # The server hands on the interruption that stopped it; stopping is how this ends.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
