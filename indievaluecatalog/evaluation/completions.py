"""The wire format of OpenAI-compatible servers: the body of a request, and what an answer's body says."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from indievaluecatalog.evaluation.request import ModelSpec, Request, Response

TOP_LOGPROBS = 20
_LONGEST_NAME = 200
PLAIN_TOKENS_PER_PROBE = 16
_REFUSING_CODES = ("content_filter", "content_policy_violation", "invalid_prompt")


class UnusableAnswerError(ValueError):
    """A server answered with success, but not with an answer."""


def endpoint(spec: ModelSpec) -> str:
    """The path below the server's base URL."""
    return "/chat/completions" if spec.settings.get("chat", True) else "/completions"


def body(request: Request, spec: ModelSpec) -> dict[str, Any]:
    """What is sent, decided by the request and the model's identity alone.

    The joint form asks for the structured output that the settings name; the single form asks for one letter and no
    structure. A request asked again because its answer could not be read has a seed of its own, or a model that
    always answers alike would only repeat itself.
    """
    settings = spec.settings
    content: dict[str, Any] = {"model": spec.name}
    chat = settings.get("chat", True)
    if chat:
        content["messages"] = request.messages()
    else:
        content["prompt"] = request.plain()
    for name in ("temperature", "max_tokens", "max_completion_tokens", "reasoning_effort"):
        if settings.get(name) is not None:
            content[name] = settings[name]
    if not chat and "max_completion_tokens" not in content:
        # Servers cut a plain completion at 16 tokens where they are not told otherwise, or let it run on and on.
        content.setdefault("max_tokens", PLAIN_TOKENS_PER_PROBE * len(request.slots))
    if settings.get("seed") is not None:
        content["seed"] = settings["seed"] + request.attempt
    if chat and request.form == "joint" and settings.get("structured", "none") != "none":
        content["response_format"] = _response_format(settings["structured"], request)
    if settings.get("logprobs") and request.form == "single":
        content |= {"logprobs": True, "top_logprobs": TOP_LOGPROBS} if chat else {"logprobs": TOP_LOGPROBS}
    return content | dict(settings.get("extra") or {})


def _response_format(structured: str, request: Request) -> dict[str, Any]:
    if structured == "object":
        return {"type": "json_object"}
    return {"type": "json_schema", "json_schema": {"name": "choices", "strict": True, "schema": request.schema()}}


def read_answer(key: str, content: Any, request: Request) -> Response:
    """The response in an answer's body.

    A refusal that the server sets apart becomes the text, with "refusal" as the reason to finish.

    Args:
        key: of the request.
        content: the body, parsed.
        request: what was asked.

    Raises:
        UnusableAnswerError: an error under the guise of success, no choices, or no such format at all.
    """
    try:
        if content.get("error") and not content.get("choices"):
            raise UnusableAnswerError(f"the answer is an error: {_message(content['error'])}")
        if not content["choices"]:
            raise UnusableAnswerError("the answer has no choices")
        choice = content["choices"][0]
        message = choice.get("message") or {}
        text = message.get("content") if "message" in choice else choice["text"]
        if isinstance(text, list):
            text = "".join(part.get("text") or "" for part in text)
        reason = choice.get("finish_reason") or "stop"
        if not text and message.get("refusal"):
            text, reason = message["refusal"], "refusal"
        usage = content.get("usage") or {}
        details = usage.get("prompt_tokens_details") or {}
        return Response(
            key=key,
            text=str(text or ""),
            finish_reason=str(reason),
            prompt_tokens=_whole(usage.get("prompt_tokens")),
            completion_tokens=_whole(usage.get("completion_tokens")),
            cached_tokens=_whole(details.get("cached_tokens")),
            probabilities=_probabilities_if_any(choice.get("logprobs"), request),
            served=_named(content.get("model")),
            fingerprint=_named(content.get("system_fingerprint")),
        )
    except (AttributeError, KeyError, TypeError, IndexError) as error:
        raise UnusableAnswerError(f"the answer is not in the format of completions: {error!r}") from None


def refused_by_filter(content: Any) -> bool:
    """Whether the body of an error says that a filter of the service refused the prompt: an answer of a kind."""
    error = content.get("error", content) if isinstance(content, Mapping) else None
    if not isinstance(error, Mapping):
        return False
    # Routers before several services say it so, with the status that otherwise stands for a key without rights.
    about = error.get("metadata")
    return error.get("code") in _REFUSING_CODES or (isinstance(about, Mapping) and "flagged_input" in about)


def _message(error: Any) -> str:
    return str(error.get("message", error) if isinstance(error, Mapping) else error)


def _named(value: Any) -> str | None:
    return value[:_LONGEST_NAME] if isinstance(value, str) and value else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _probabilities_if_any(logprobs: Any, request: Request) -> tuple[tuple[float, ...], ...] | None:
    """A list that cannot be read is none: the answer is there all the same, and asking again would cost it again."""
    try:
        return _probabilities(logprobs, request)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _probabilities(logprobs: Any, request: Request) -> tuple[tuple[float, ...], ...] | None:
    """Of a single probe's options, from the first token that is more than space; None where the server lists none.

    A token counts for the option whose letter it is, with or without space around it. Options that are not among
    the listed tokens get 0; the others share what is left of 1 in proportion.
    """
    if not logprobs or len(request.slots) != 1:
        return None
    letters = request.slots[0].letters
    for listed in _listed(logprobs):
        masses = dict.fromkeys(letters, 0.0)
        for token, logprob in listed:
            if token.strip() in masses:
                masses[token.strip()] += math.exp(min(logprob, 0.0))
        total = sum(masses.values())
        return (tuple(masses[letter] / total for letter in letters),) if total > 0 else None
    return None


def _listed(logprobs: Mapping[str, Any]) -> list[list[tuple[str, float]]]:
    """For each token of the answer that is more than space, the likeliest tokens there, of either endpoint."""
    if logprobs.get("content"):
        return [
            [(top["token"], float(top["logprob"])) for top in token.get("top_logprobs") or [token]]
            for token in logprobs["content"]
            if token["token"].strip()
        ]
    tokens, tops = logprobs.get("tokens") or [], logprobs.get("top_logprobs") or []
    return [
        [(token, float(logprob)) for token, logprob in top.items()]
        for chosen, top in zip(tokens, tops, strict=False)
        if chosen.strip() and top
    ]
