"""Every answer of the corpus is read as the corpus says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from indievaluecatalog.evaluation.reading import OUTCOMES, count_outcomes, read_with_extra
from indievaluecatalog.evaluation.request import LETTERS, Form, Request, Response, Slot

CORPUS, OF_MODELS = (
    yaml.safe_load(Path(__file__).with_name(name).read_text("utf-8"))
    for name in ("answers.yaml", "answers_of_models.yaml")
)
CASES = [(form, case) for corpus in (CORPUS, OF_MODELS) for form in ("joint", "single") for case in corpus[form]]


def corpus_request(form: Form) -> Request:
    """The corpus's probes; the options shown are those of the catalog reversed."""
    probes = {key: value for key, value in CORPUS["probes"].items() if form == "joint" or key == "P12"}
    slots = tuple(
        Slot(id=key, item=f"Q{at}", options=tuple(options), order=tuple(reversed(range(len(options)))))
        for at, (key, options) in enumerate(probes.items())
    )
    return Request("p", 0, "refined", form, slots, "", "", "")


@pytest.mark.parametrize(("form", "case"), CASES, ids=lambda value: value if isinstance(value, str) else value["name"])
def test_an_answer_is_read_as_expected(form: Form, case: dict[str, Any]) -> None:
    request = corpus_request(form)
    response = Response(key="k", text=case["text"], finish_reason=case.get("finish", "stop"))
    readings, extra = read_with_extra(request, response)
    found = {
        reading.slot: reading.outcome if reading.choice is None else LETTERS[slot.order.index(reading.choice)]
        for slot, reading in zip(request.slots, readings, strict=True)
    }
    expected = {slot.id: case["expect"].get(slot.id, case["expect"].get("all")) for slot in request.slots}
    assert found == expected
    assert extra == case.get("extra", 0)
    assert all((reading.outcome == "read") == (reading.choice is not None) for reading in readings)
    counts = count_outcomes(readings, extra)
    assert sum(counts.values()) == len(request.slots) + extra


def test_the_corpus_is_large_and_meets_every_outcome_a_text_can_have() -> None:
    assert len(CASES) >= 300
    for corpus in (CORPUS, OF_MODELS):
        names = [(form, case["name"]) for form in ("joint", "single") for case in corpus[form]]
        assert len(names) == len(set(names))
    expected = {value if value in OUTCOMES else "read" for _, case in CASES for value in case["expect"].values()}
    assert expected == set(OUTCOMES) - {"failed"}
