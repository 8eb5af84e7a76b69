"""A response as the text that a store keeps, and what makes two responses the same answer."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.request import Response

_LATER = ("served", "fingerprint")
"""Fields that the first stores did not have; left out where nothing is known, so that older versions read on."""


def text_of(response: Response) -> str:
    """JSON of the response. Half a character, as a model cut off in the middle of one may give, is escaped."""
    plain = {name: value for name, value in response.to_dict().items() if value is not None or name not in _LATER}
    text = json.dumps(plain, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(plain)
    return text


def response_from(text: str) -> Response:
    """The response that `text_of` wrote, in this version or an earlier one; what a later one adds is left out.

    Raises:
        EvaluationError: it is none.
    """
    try:
        plain: dict[str, Any] = json.loads(text)
        if plain["probabilities"] is not None:
            plain["probabilities"] = tuple(map(tuple, plain["probabilities"]))
        return Response(**{name: value for name, value in plain.items() if name in _FIELDS})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise EvaluationError(f"an answer kept cannot be read: {error!r}") from None


def said(response: Response) -> tuple[Any, ...]:
    """What decides whether two responses are the same answer: not who gave it, nor after how many tokens or tries."""
    return response.text, response.finish_reason, response.probabilities


_FIELDS = frozenset(field.name for field in fields(Response))
