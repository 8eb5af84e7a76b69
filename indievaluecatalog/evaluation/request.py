"""What is asked of a model and what comes back, whatever the model."""

from __future__ import annotations

import hashlib
import json
import string
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from typing import Any, Literal, Protocol

from indievaluecatalog.catalog.model import Granularity

Form = Literal["joint", "single"]
LETTERS = string.ascii_uppercase


@dataclass(frozen=True, slots=True)
class Slot:
    """One probe as a prompt asks it.

    Attributes:
        id: how prompt and answer call it, such as "P07"; unique within a setup, whatever the form.
        item: the item's id.
        options: the statements in the order shown; the model sees them lettered A, B, C, ...
        order: of each option shown, its position in the catalog.
    """

    id: str
    item: str
    options: tuple[str, ...]
    order: tuple[int, ...]

    @property
    def letters(self) -> tuple[str, ...]:
        """The options' letters, in the order shown."""
        return tuple(LETTERS[: len(self.options)])


@dataclass(frozen=True, slots=True)
class Request:
    """One prompt: all probes of a person's setup (joint) or one of them (single).

    Attributes:
        person_id, setup: whose task.
        granularity: of the probes.
        form: see above.
        slots: the probes asked, in order.
        system: the instructions.
        context: what is known of the person; the same text for all requests of a person and setup (unless the
            protocol leaves out only the asked probe), and first in the prompt, so that servers can keep it.
        question: the probes with their options, and how to answer.
        attempt: 0, and one more each time the same is asked again because the answer could not be read.
    """

    person_id: str
    setup: int
    granularity: Granularity
    form: Form
    slots: tuple[Slot, ...]
    system: str
    context: str
    question: str
    attempt: int = 0

    def messages(self) -> list[dict[str, str]]:
        """The prompt for a chat model."""
        return [
            {"role": "system", "content": self.system},
            {"role": "user", "content": f"{self.context}\n\n{self.question}" if self.context else self.question},
        ]

    def plain(self) -> str:
        """The prompt for a model without a chat template; the answer follows it."""
        return "\n\n".join(part for part in (self.system, self.context, self.question) if part)

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the answer: an object with a letter for each probe's id."""
        return {
            "type": "object",
            "properties": {slot.id: {"type": "string", "enum": list(slot.letters)} for slot in self.slots},
            "required": [slot.id for slot in self.slots],
            "additionalProperties": False,
        }


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """The identity of a model and everything that decides its answers; never a key or a secret.

    Attributes:
        name: as the server or library calls it.
        kind: "openai", "transformers", "files", ...
        settings: temperature, structured output, revision, quantisation, ...; plain values.
    """

    name: str
    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for files."""
        return {"name": self.name, "kind": self.kind, "settings": dict(self.settings)}


def request_key(request: Request, model: ModelSpec) -> str:
    """SHA-256 (hex) of model, settings and everything sent: what is asked once is never asked again."""
    place = [request.person_id, request.setup, request.granularity, request.form, request.attempt]
    slots = [[slot.id, slot.item, slot.options, slot.order] for slot in request.slots]
    # The JSON of one list, put together from parts: a person's context is the same in many requests.
    parts = [json.dumps(part, sort_keys=True, ensure_ascii=False) for part in (model.to_dict(), place, slots)]
    parts += [_quoted(request.system), _quoted(request.context), json.dumps(request.question, ensure_ascii=False)]
    return hashlib.sha256(f"[{', '.join(parts)}]".encode()).hexdigest()


@lru_cache(maxsize=16)
def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Response:
    """What came back for one request.

    Attributes:
        key: the request's.
        text: the raw answer; empty where the model answered by probabilities alone.
        finish_reason: "stop", "length", "content_filter", ..., or "error".
        error: what went wrong for good, after the retries; empty if nothing.
        prompt_tokens, completion_tokens, cached_tokens: as the server counts them; None where it does not say.
        tries: how often the request was sent until an answer came.
        probabilities: of models scored by likelihood: for each slot one probability an option shown.
        served: the model's name as the server gives it with the answer, often more exact than the one asked for.
        fingerprint: what the server says of its own set-up; changes where the same model may answer differently.
    """

    key: str
    text: str = ""
    finish_reason: str = "stop"
    error: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    cached_tokens: int | None = None
    tries: int = 1
    probabilities: tuple[tuple[float, ...], ...] | None = None
    served: str | None = None
    fingerprint: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values, for files."""
        return asdict(self)


class Model(Protocol):
    """Anything that answers requests."""

    @property
    def spec(self) -> ModelSpec:
        """Its identity."""
        ...

    def answer(self, requests: Iterable[tuple[str, Request]]) -> Iterator[Response]:
        """Answer (key, request) pairs; responses come as they are ready, in any order, one for each key.

        A request that fails for good gives a response with `error`; it raises only what no retry can help, such as
        a wrong key or a missing library. Closing the iterator stops the asking and waits for what is under way.
        """
        ...
