"""Settings that may be kept with results: plain values, and nothing secret among them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from indievaluecatalog.errors import EvaluationError

_SECRET_NAME = re.compile(
    r"^(?:x[-_])?(?:api[-_]?key|apikey|authori[sz]ation|auth|bearer|password|passwd|passphrase|credentials?|cookie"
    r"|(?:client|api)?[-_]?secrets?(?:[-_]?key)?|(?:access|auth|api|hf|id|refresh|session)[-_]?token|extra_headers|headers)$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    r"^(?:Bearer |Basic |sk-|hf_[A-Za-z0-9]{8}|gh[pousr]_|AKIA|AIza|eyJ[A-Za-z0-9_-]+\.|[a-z]+://[^/\s]*:[^/\s]*@)"
)


def check_plain(settings: Mapping[str, Any], called: str) -> None:
    """Refuse settings that cannot be kept with results: what is no JSON, and what is, or looks like, a secret.

    Args:
        settings: any nesting of mappings and lists.
        called: what they are called in the message, which never holds a value.

    Raises:
        EvaluationError: such a setting.
    """
    try:
        json.dumps(settings, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise EvaluationError(
            f"{called} holds what JSON cannot: use plain numbers, texts, lists and mappings"
        ) from None
    for name, value in named_values(settings):
        last = name.rsplit(".", 1)[-1]
        if _SECRET_NAME.match(last) or (isinstance(value, str) and _SECRET_VALUE.match(value)):
            raise EvaluationError(
                f"{called} holds {name!r}, which looks like a secret; it would be kept with every result. A key "
                "belongs into the environment variable that api_key_env names"
            )


def named_values(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Every value within, named by its path."""
    if isinstance(value, Mapping):
        for key, inside in value.items():
            path = f"{name}.{key}" if name else str(key)
            yield path, inside
            yield from named_values(inside, path)
    elif isinstance(value, list | tuple):
        for inside in value:
            yield name, inside
            yield from named_values(inside, name)
