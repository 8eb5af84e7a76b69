"""Starting the page on this machine."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable
from contextlib import closing, suppress

from indievaluecatalog.browse.app import LOCAL_HOSTS, create_app
from indievaluecatalog.browse.collection import Collection
from indievaluecatalog.browse.problems import BrowseError
from indievaluecatalog.errors import MissingExtraError

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


def check_host(collection: Collection, host: str, *, may_be_shown: bool) -> None:
    """Refuse to show real persons to other machines, unless somebody says that it is allowed.

    Raises:
        BrowseError: they would be shown.
    """
    if is_local(host) or collection.people.identity.synthetic or may_be_shown:
        return
    raise BrowseError(
        f"--host {host} would show real persons to other machines, and the survey's terms forbid passing its data "
        f"on. Leave --host away, or state with --i-may-show-these-data that you hold the right"
    )


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens already, so that a port that is taken is told before anything is printed.

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
        raise BrowseError(
            f"cannot listen at {host}, port {port}: {error}. Choose another with --port, or 0 for any that is free"
        ) from error
    return listener


def serve(
    collection: Collection,
    *,
    host: str = HOST,
    port: int = PORT,
    may_be_shown: bool = False,
    started: Callable[[str], None] = lambda address: None,
) -> None:
    """Show a collection until it is interrupted.

    Args:
        collection: what is shown.
        host: the address to listen at; the default is reached from this machine only.
        port: 0 for any that is free.
        may_be_shown: the user states that real persons may be shown to other machines.
        started: called with the page's address once it can be opened.

    Raises:
        BrowseError: see `check_host` and `listen`.
        MissingExtraError: the libraries for it are not installed.
    """
    try:
        import uvicorn
    except ImportError as error:
        raise MissingExtraError("uvicorn", "browse", "browsing a dataset") from error
    check_host(collection, host, may_be_shown=may_be_shown)
    app = create_app(collection, hosts=(*LOCAL_HOSTS, host) if is_local(host) else ("*",))
    with closing(listen(host, port)) as listener:
        shown = f"[{host}]" if ":" in host else host
        started(f"http://{shown}:{listener.getsockname()[1]}/")
        # No access log: an address names the person that somebody looks at.
        config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="off")
        # The server hands on the interruption that stopped it; stopping is how this ends.
        with suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listener])
