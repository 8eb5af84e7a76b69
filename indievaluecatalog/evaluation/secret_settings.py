"""Leaving secrets out of settings that come from other tools, before they become part of a result."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_SECRET = re.compile(r"key|secret|password|header|credential|authorization|cookie|(^|_)(auth|token)$")
_USER = re.compile(r"(?<=://)[^/@\s]*@")
"""User and password in an address."""


def without_secrets(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings without what looks like a secret by its name, at any depth, and without users in addresses.

    Names such as max_tokens or tokenizer are none.
    """
    return {str(name): _clean(value) for name, value in settings.items() if not _SECRET.search(str(name).casefold())}


def _clean(value: Any) -> Any:
    if isinstance(value, Mapping):
        return without_secrets(value)
    if isinstance(value, list | tuple):
        return [_clean(one) for one in value]
    return _USER.sub("", value) if isinstance(value, str) else value
