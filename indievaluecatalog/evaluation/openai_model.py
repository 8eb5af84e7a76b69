"""A model behind any OpenAI-compatible server: hosted, vLLM, llama.cpp, SGLang, ..."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from indievaluecatalog.errors import EvaluationError, MissingExtraError
from indievaluecatalog.evaluation.adapting import TOKENS_FIELDS, adaptations, adapted
from indievaluecatalog.evaluation.answers import Answers
from indievaluecatalog.evaluation.plain_settings import check_plain
from indievaluecatalog.evaluation.rate_limit import RateLimit
from indievaluecatalog.evaluation.request import ModelSpec, Request, Response, Slot, request_key
from indievaluecatalog.evaluation.sending import Manners, Sender
from indievaluecatalog.evaluation.server_access import address_of, check_without_key, key_to, redacted

if TYPE_CHECKING:
    from openai import AsyncOpenAI

Structured = Literal["auto", "schema", "object", "none"]
TokensField = Literal["max_tokens", "max_completion_tokens"]
OWN_SERVER = "https://api.openai.com/v1"
_OURS = ("model", "messages", "prompt", "stream", "n", "response_format")
_NAMED = ("temperature", *TOKENS_FIELDS, "seed", "reasoning_effort")


class OpenAIModel:
    """A model that answers over HTTP.

    The key comes from the environment and goes nowhere but into the client that sends it. With structured="auto" the
    model's identity is only known once the server was asked one small question, which happens when `spec` is first
    looked at: it tells whether a JSON schema is taken, or at least the wish for an object, and which of the usual
    temperature, seed and name of the limit of tokens the server refuses: it is then asked without them, and the
    identity says so.

    Args:
        name: as the server calls the model.
        base_url: of the server, up to and with /v1; by default $OPENAI_BASE_URL, or OpenAI's own.
        server: what tells this server from another in the model's identity; by default its address. Name it where
            the address may change between runs that belong together.
        api_key_env: the environment variable that holds the key. A server on this machine needs none.
        temperature, max_tokens, seed, reasoning_effort: sent as they are; None leaves one out, as some models want.
        max_tokens_field: what the server calls the limit of an answer's tokens.
        structured: of the joint form's answers: "schema", "object", "none", or "auto" for the first that works.
        logprobs: take the options' probabilities in the single form from the first token, where the server lists
            them.
        chat: whether the model has a chat template; if not, /completions continues the plain prompt.
        extra: further fields of the body, such as {"top_k": 1}; part of the identity. Never put a secret here.
        manners: further arguments are those of `Manners`: concurrency, requests_per_minute, tokens_per_minute,
            timeout_s, retries, back_off_s, patience_s.

    Raises:
        EvaluationError: settings that cannot be, or do not go together.
    """

    def __init__(
        self,
        name: str,
        *,
        base_url: str | None = None,
        server: str | None = None,
        api_key_env: str = "OPENAI_API_KEY",
        temperature: float | None = 0.0,
        max_tokens: int | None = None,
        max_tokens_field: TokensField = "max_tokens",
        structured: Structured = "auto",
        seed: int | None = 0,
        reasoning_effort: str | None = None,
        logprobs: bool = False,
        chat: bool = True,
        extra: Mapping[str, Any] | None = None,
        **manners: Any,
    ) -> None:
        self._url = (base_url or os.environ.get("OPENAI_BASE_URL") or OWN_SERVER).strip().rstrip("/")
        # Looked at even where the server has another name: a client that logs addresses would log what is in one.
        address = address_of(self._url)
        if server and server.startswith(("http://", "https://")):
            address_of(server)
        self._key_env = api_key_env
        unknown = sorted(set(manners) - {field.name for field in fields(Manners)})
        if unknown:
            raise EvaluationError(f"a model behind a server has no {', '.join(unknown)}")
        self._manners = Manners(**manners)
        if structured not in get_args(Structured):
            raise EvaluationError(f"structured is one of {', '.join(get_args(Structured))}, not {structured!r}")
        if not chat and structured in ("schema", "object"):
            raise EvaluationError("plain completions have no structured output: use structured='none' or chat=True")
        self._probing = structured == "auto" and chat
        self._changes: list[str] = []
        if max_tokens_field not in TOKENS_FIELDS:
            raise EvaluationError(f"max_tokens_field is one of {', '.join(TOKENS_FIELDS)}, not {max_tokens_field!r}")
        # Named only where it is not the usual one, so that it changes the identity of no other model.
        other: dict[str, Any] = (
            {} if max_tokens_field == "max_tokens" or max_tokens is None else {max_tokens_field: max_tokens}
        )
        self._spec = ModelSpec(
            name=name,
            kind="openai",
            settings={
                "server": server or address,
                "chat": chat,
                "structured": "none" if structured == "auto" and not chat else structured,
                "temperature": temperature,
                "max_tokens": None if other else max_tokens,
                "seed": seed,
                "reasoning_effort": reasoning_effort,
                "logprobs": logprobs,
                "extra": dict(extra or {}),
                **other,
            },
        )
        self._check()

    def _check(self) -> None:
        settings = self._spec.settings
        if not self._spec.name.strip():
            raise EvaluationError("the model has no name")
        for name, least in (("temperature", 0), ("max_tokens", 1), ("max_completion_tokens", 1)):
            value = settings.get(name)
            if value is not None and not value >= least:
                raise EvaluationError(f"{name} is at least {least}, not {value!r}")
        taken = [name for name in _OURS if name in settings["extra"]]
        if taken:
            raise EvaluationError(f"{', '.join(taken)} cannot be set by extra")
        twice = [name for name in _NAMED if name in settings["extra"] and settings.get(name) is not None]
        if twice:
            raise EvaluationError(f"{', '.join(twice)} is set twice: leave it out of extra, or make the other None")
        check_without_key(self._spec.to_dict(), self._key_env)
        check_plain(settings["extra"], "extra")

    @property
    def spec(self) -> ModelSpec:
        """The model's identity; asks the server first where that is needed to know it.

        Raises:
            EvaluationError: the server was asked, and refuses.
            MissingExtraError: `openai` is needed to ask it, and not installed.
        """
        if self._probing:
            self._spec = self._probe()
            self._probing = False
        return self._spec

    @property
    def possible_specs(self) -> tuple[ModelSpec, ...]:
        """What `spec` may turn out to be, without asking anybody."""
        if not self._probing:
            return (self._spec,)
        return tuple(self._structured(name) for name in ("schema", "object", "none"))

    @property
    def adapted_specs(self) -> tuple[ModelSpec, ...]:
        """What else `spec` may turn out to be, where the server refuses some of the usual settings."""
        return tuple(other for spec in self.possible_specs for other in adaptations(spec)) if self._probing else ()

    @property
    def changes(self) -> tuple[str, ...]:
        """What is asked otherwise than told because the server refuses it, in words; none before `spec` is known."""
        return tuple(self._changes)

    def _structured(self, name: str) -> ModelSpec:
        return replace(self._spec, settings={**self._spec.settings, "structured": name})

    def _probe(self) -> ModelSpec:
        changes: list[str] = []
        spec = self.possible_specs[0]
        for structured in ("schema", "object", "none"):
            spec = replace(spec, settings={**spec.settings, "structured": structured})
            while (response := self._first_answer(spec)).error and (other := adapted(spec, response.error)):
                spec, change = other
                if change in changes:
                    break  # it refuses one name and the other
                changes.append(change)
            if not response.error:
                self._changes = changes
                return spec
            if not response.error.startswith(("HTTP 400", "HTTP 415", "HTTP 422", "HTTP 501")):
                break
        raise EvaluationError(
            f"{self._spec.name} at {address_of(self._url)} does not answer a first small question: {response.error}"
        )

    def _first_answer(self, spec: ModelSpec) -> Response:
        answers = self._answers(spec, [(request_key(PROBE, spec), PROBE)])
        try:
            response = next(answers)
        except Exception:
            answers.close()
            raise
        # Not in a `finally`: closing waits for what is under way, and who interrupts does not want to.
        answers.close()
        return response

    def answer(self, requests: Iterable[tuple[str, Request]]) -> Answers:
        """Answer (key, request) pairs; see `evaluation.request.Model`. The iterator can also be stopped softly.

        Raises:
            EvaluationError: there is no key, or the server refuses for good.
            MissingExtraError: `openai` is not installed.
        """
        return self._answers(self.spec, requests)

    def _answers(self, spec: ModelSpec, requests: Iterable[tuple[str, Request]]) -> Answers:
        key = key_to(self._url, self._key_env)
        limit = RateLimit(self._manners.requests_per_minute, self._manners.tokens_per_minute)

        def sender() -> Sender:
            return Sender(
                _client(self._url, key or _NO_KEY, self._manners.timeout_s),
                spec,
                self._manners,
                limit,
                lambda text: redacted(text, key),
            )

        return Answers(sender, requests, self._manners.concurrency)

    def __repr__(self) -> str:
        return f"OpenAIModel({self._spec.name!r}, server={self._spec.settings['server']!r})"


_NO_KEY = "none"
PROBE = Request(
    person_id="",
    setup=0,
    granularity="polar",
    form="joint",
    slots=(Slot("P01", "", ("yes", "no"), (0, 1)),),
    system="You answer in JSON.",
    context="",
    question='Is water wet? A. yes B. no\nAnswer with a JSON object such as {"P01": "A"} and nothing else.',
)
"""What a server is asked to learn whether it takes a schema."""


def _client(url: str, key: str, timeout_s: float) -> AsyncOpenAI:
    try:
        from openai import AsyncOpenAI
    except ModuleNotFoundError:
        raise MissingExtraError("openai", "evaluate", "a model behind a server") from None
    return AsyncOpenAI(api_key=key, base_url=url, max_retries=0, timeout=timeout_s)
