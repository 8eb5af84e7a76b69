"""The same scripted answers give the same rows by inspect as by `evaluate`; what is wished of a model reaches it."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("inspect_ai")

from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation import inspect_task
from indievaluecatalog.evaluation.evaluate import evaluate
from indievaluecatalog.evaluation.inspect_job import Choices, asking
from indievaluecatalog.evaluation.inspect_results import results_from_log
from indievaluecatalog.evaluation.request import ModelSpec, Request, Response
from indievaluecatalog.keyed_hash import keyed_hash
from indievaluecatalog.scoring.results import Results
from tests.evaluation.inspect_runs import run_task

STYLES = 6


@pytest.fixture
def dataset(larger_dataset: Path) -> Path:
    return larger_dataset


@pytest.fixture(autouse=True)
def own_data_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def scripted(request: Request) -> tuple[str, str]:
    """Text and end of an answer, decided by the question: right ones and those that are hard to read."""
    (number,) = keyed_hash(0, "scripted", [f"{request.person_id}{request.question}"])
    letters = {slot.id: slot.letters[int(number) % len(slot.letters)] for slot in request.slots}
    text = json.dumps(letters) if request.form == "joint" else next(iter(letters.values()))
    shaped = (
        text,
        f"Here it is:\n```json\n{text}\n```",
        text[: len(text) // 2],
        "",
        "I cannot say that.",
        f"Z {text} Z",
    )
    style = int(number >> 8) % STYLES
    return shaped[style], "length" if style == 2 else "stop"


class Scripted:
    """The scripted answers, for `evaluate`."""

    spec = ModelSpec("scripted", "test")

    def answer(self, requests: Iterable[tuple[str, Request]]) -> Iterator[Response]:
        for key, request in requests:
            text, end = scripted(request)
            yield Response(key, text=text, finish_reason=end)


def by_inspect(
    monkeypatch: pytest.MonkeyPatch, dataset: Path, folder: Path, *, listed: Any = None, more: Any = None, **args: Any
) -> Any:
    """The log of the scripted answers, and the configuration each prompt was sent with."""
    from inspect_ai.model import ChatCompletionChoice, ChatMessageAssistant, GenerateConfig, ModelOutput, get_model
    from inspect_ai.model import Model as InspectModel
    from inspect_ai.model._providers.mockllm import MockLLM

    choices = Choices.from_dict({"dataset": str(dataset), "persons": 5, "demonstrations": 20, **args})
    asked = asking(choices)
    by_text = {one.messages()[1]["content"]: one for some in asked.requests.values() for one in some}
    configs = []

    def respond(input: list[Any], tools: Any, tool_choice: Any, config: Any) -> Any:
        configs.append(config)
        text, end = scripted(by_text[input[-1].text])
        message = ChatMessageAssistant(content=text)
        choice = ChatCompletionChoice(message=message, stop_reason="max_tokens" if end == "length" else end)
        choice.logprobs = listed
        return ModelOutput(model="scripted-2026-01-01", choices=[choice])

    async def count(*_: Any, **__: Any) -> int:
        return 1

    # The mock's own counting of tokens wants a file from the net.
    monkeypatch.setattr(MockLLM, "count_tokens", count, raising=False)
    monkeypatch.setattr(MockLLM, "count_text_tokens", count, raising=False)
    model = get_model("mockllm/model", custom_outputs=respond, config=GenerateConfig())
    assert isinstance(model, InspectModel)
    return run_task(folder, dataset, model, more=more, **args), configs


def rows(results: Results) -> list[tuple[Any, ...]]:
    return sorted(tuple(map(str, row.values())) for row in results.table.to_pylist())


@pytest.mark.parametrize(
    "args", [{"setups": "0,2"}, {"form": "single", "setups": 1, "granularities": "polar", "option_order": "rotated"}]
)
def test_the_same_answers_give_the_same_rows(
    monkeypatch: pytest.MonkeyPatch, dataset: Path, tmp_path: Path, args: dict[str, Any]
) -> None:
    log, _ = by_inspect(monkeypatch, dataset, tmp_path, **args)
    assert log.status == "success"
    choices = Choices.from_dict({"dataset": str(dataset), "persons": 5, "demonstrations": 20, **args})
    ours = evaluate(Scripted(), asking(choices).job, store=tmp_path / "run.sqlite")
    assert 0 < ours.outcomes["read"] < sum(ours.outcomes.values()), "some should be read, some not"
    assert rows(results_from_log(log.location)) == rows(ours.results)
    kept = log.samples[0].scores["same_answers"].metadata["answers"]
    assert {one["served"] for one in kept.values()} == {"scripted-2026-01-01"}


def test_a_limit_leaves_persons_out(monkeypatch: pytest.MonkeyPatch, dataset: Path, tmp_path: Path) -> None:
    log, _ = by_inspect(monkeypatch, dataset, tmp_path, setups=0, more={"limit": 2})
    assert len(set(results_from_log(log.location).table["person_id"].to_pylist())) == 2


def test_structured_output_is_the_schema_of_each_request(
    monkeypatch: pytest.MonkeyPatch, dataset: Path, tmp_path: Path
) -> None:
    log, configs = by_inspect(monkeypatch, dataset, tmp_path, setups=0, granularities="polar", structured=True)
    sent = configs[0].response_schema
    assert sent.strict
    plain = sent.json_schema.model_dump(exclude_none=True)
    wanted = [one.schema() for some in asked_of(log) for one in some]
    assert plain in wanted
    assert results_from_log(log.location).run.settings["structured"] is True


def asked_of(log: Any) -> list[tuple[Request, ...]]:
    return list(asking(Choices.from_dict(log.eval.metadata["choices"])).requests.values())


def test_probabilities_of_the_first_token_are_kept(
    monkeypatch: pytest.MonkeyPatch, dataset: Path, tmp_path: Path
) -> None:
    from inspect_ai.model import Logprob, Logprobs, TopLogprob

    tops = [TopLogprob(token=one, logprob=math.log(share)) for one, share in ((" B", 0.6), ("A", 0.2), ("x", 0.1))]
    listed = Logprobs(content=[Logprob(token=" B", logprob=math.log(0.6), top_logprobs=tops)])
    args = {"setups": 0, "form": "single", "granularities": "polar", "logprobs": True, "persons": 1}
    log, configs = by_inspect(monkeypatch, dataset, tmp_path, listed=listed, **args)
    assert (configs[0].logprobs, configs[0].top_logprobs) == (True, inspect_task.TOP_LOGPROBS)
    for row in results_from_log(log.location).table.to_pylist():
        assert row["prediction"] == 1
        assert row["probabilities"][:2] == pytest.approx([0.25, 0.75])


def test_wishes_that_do_not_fit_the_form() -> None:
    with pytest.raises(EvaluationError, match="for the joint form"):
        Choices.from_dict({"form": "single", "structured": True})
    with pytest.raises(EvaluationError, match="use form=single"):
        Choices.from_dict({"logprobs": True})
