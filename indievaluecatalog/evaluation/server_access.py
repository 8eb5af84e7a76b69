"""Where a server is and the key to it, and that neither gives a secret away."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.plain_settings import named_values

SHORTEST_SECRET = 8
"""Characters of a key that is one; what is shorter is a word for a server that wants none, such as "x" or "none"."""


def address_of(url: str) -> str:
    """Host, port and path of a base URL.

    Raises:
        EvaluationError: no URL of a server, or one with a secret in it.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise EvaluationError("the base URL is no http:// or https:// address of a server")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise EvaluationError("the base URL holds more than an address; a key belongs into the environment")
    return parts.netloc + parts.path


def on_this_machine(url: str) -> bool:
    """Whether a base URL is of this machine, where a server needs no key."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def key_to(url: str, variable: str) -> str:
    """The key that an environment variable holds; empty where a server on this machine is asked without one.

    Raises:
        EvaluationError: there is none, or it cannot be one.
    """
    key = os.environ.get(variable, "").strip()
    if not key and not on_this_machine(url):
        raise EvaluationError(
            f"there is no key for the server at {address_of(url)}: set the environment variable {variable} (to any word"
            " if the server wants none), or name another server with --base-url"
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise EvaluationError(f"what {variable} holds is no key: it has spaces or other than ASCII characters")
    return key


def check_without_key(settings: Mapping[str, Any], variable: str) -> None:
    """Refuse settings that hold the key.

    Raises:
        EvaluationError: a name or a text among them does.
    """
    key = os.environ.get(variable, "").strip()
    if len(key) >= SHORTEST_SECRET and any(key in text for pair in named_values(settings) for text in map(str, pair)):
        raise EvaluationError(f"the key in {variable} is among the settings; it must not be")


def redacted(text: str, key: str) -> str:
    """A text without the key, which a server may quote; words that stand for no key are left."""
    return text.replace(key, "[key]") if len(key) >= SHORTEST_SECRET else text
