"""Requests for tests of the asking, small and different from each other, and a model to ask."""

from __future__ import annotations

from typing import Any

from indievaluecatalog.evaluation.openai_model import OpenAIModel
from indievaluecatalog.evaluation.request import Request, Slot
from tests.evaluation.scripted_server import ScriptedServer


def made_request(number: int, *, single: bool = False, attempt: int = 0) -> Request:
    """One of any number of requests; every third is of the same person."""
    ids = ("P01",) if single else ("P01", "P02")
    slots = tuple(
        Slot(one, f"Q{at + 1}", ("I trust people.", "I do not – ever."), (1, 0)) for at, one in enumerate(ids)
    )
    return Request(
        person_id=f"person-{number // 3}",
        setup=number % 3,
        granularity="polar",
        form="single" if single else "joint",
        slots=slots,
        system="Predict, in JSON.",
        context=f"Family is important to me, says person {number // 3}.",
        question=f"Question {number}: " + " ".join(f"[{slot.id}] A or B?" for slot in slots),
        attempt=attempt,
    )


def made_requests(count: int, *, single: bool = False) -> list[Request]:
    return [made_request(number, single=single) for number in range(count)]


def model_at(server: ScriptedServer, **settings: Any) -> OpenAIModel:
    """A model behind the server that is asked for no form and does not wait long before it tries again."""
    usual: dict[str, Any] = {"structured": "none", "back_off_s": 0.01}
    return OpenAIModel("m", base_url=server.url, **usual | settings)
