"""The evaluation as a task of inspect: a sample a person, all of whose prompts the solver sends one by one.

A log holds survey data: the prompts show answers of the persons, and the targets, which the scorer alone reads, are
answers. Pass a log on only where the survey may be passed on; results read from it hold none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspect_ai import Task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, ResponseSchema
from inspect_ai.solver import solver
from inspect_ai.util import JSONSchema
from inspect_ai.viewer import (
    SampleScoreView,
    ScoreColorScale,
    TaskSamplesColumn,
    TaskSamplesView,
    ViewerConfig,
)

from indievaluecatalog.evaluation.completions import TOP_LOGPROBS
from indievaluecatalog.evaluation.completions import read_answer as read_completion
from indievaluecatalog.evaluation.inspect_answers import ANSWERS, Letters, kept_answer, target_text
from indievaluecatalog.evaluation.inspect_job import Asking, Choices, answer_key, asking, right_letters
from indievaluecatalog.evaluation.inspect_provider import note
from indievaluecatalog.evaluation.inspect_scorer import same_answers
from indievaluecatalog.evaluation.request import Request

OWN_MODELS = "ivc"
SCORER = "same_answers"


def make_task(choices: Choices) -> Task:
    """The task of some choices.

    Raises:
        EvaluationError, SamplingError, BuildError: as `prepare` does.
    """
    asked = asking(choices)
    plain = choices.to_dict()
    people = asked.job.people
    return Task(
        dataset=MemoryDataset([_sample(asked, person) for person in asked.requests], name=people.identity.name),
        solver=ask_person(plain),
        scorer=same_answers(plain),
        description="Predict what each person answered in a survey of values, from what is shown of the person.",
        metadata={
            "choices": plain,
            "dataset": people.identity.to_dict(),
            "protocol": asked.job.protocol.name,
            "prompts": {name: prompt.digest for name, prompt in asked.job.prompts.items()},
        },
        headline_metric=f"{SCORER}.{_names(choices)[-1]}",
        viewer=_viewer(choices),
    )


def _sample(asked: Asking, person: str) -> Sample:
    requests = asked.requests[person]
    right: Letters = {
        (request.setup, request.granularity, slot): letter
        for request in requests
        for slot, letter in right_letters(asked, request).items()
    }
    return Sample(
        id=person,
        input=_summary(asked, requests),
        target=target_text(right),
        metadata={"demographics": asked.demographics(person)},
    )


def _summary(asked: Asking, requests: Sequence[Request]) -> str:
    """What is asked of the person, for whoever looks at a log; no model sees it."""
    choices, job = asked.choices, asked.job
    parts = {"none": [], "demographics": ["demographics"], "statements": [], "both": ["demographics"]}[choices.shown]
    if job.n_demonstrations:
        parts = [*parts, f"{job.n_demonstrations} {choices.show} statements"]
    probes = sum(len(request.slots) for request in requests)
    return (
        f"Shown: {' and '.join(parts) or 'nothing'}. Asked: {probes} probes in {len(requests)} "
        f"prompt{'s' if len(requests) > 1 else ''}, {choices.form} form; setups {', '.join(map(str, choices.setups))}; "
        f"{' and '.join(choices.granularities)} options."
    )


def _names(choices: Choices) -> list[str]:
    return [*choices.granularities, *(["mean"] if len(choices.granularities) > 1 else [])]


def _viewer(choices: Choices) -> ViewerConfig:
    names = _names(choices)
    columns = [
        TaskSamplesColumn(id="sampleStatus"),
        TaskSamplesColumn(id="sampleId"),
        *(TaskSamplesColumn.score(SCORER, name) for name in (*names, "unread")),
        TaskSamplesColumn(id="input", visible=False),
        TaskSamplesColumn(id="target", visible=False),
        TaskSamplesColumn(id="answer", visible=False),
        TaskSamplesColumn(id="tokens"),
        TaskSamplesColumn(id="duration"),
    ]
    high, low = (ScoreColorScale(palette=palette, min=0.0, max=1.0) for palette in ("good-high", "good-low"))
    return ViewerConfig(
        sample_score_view=SampleScoreView(default="chips"),
        task_samples_view=TaskSamplesView(
            name="persons",
            columns=columns,
            multiline=False,
            score_color_scales=dict.fromkeys(names, high) | {"unread": low},
            color_scales_enabled=True,
        ),
    )


@solver  # type: ignore[untyped-decorator]
def ask_person(choices: dict[str, Any]) -> Any:
    """Send all prompts of a person, each as a conversation of its own, and keep the answers in the sample's store.

    Args:
        choices: as `Choices.to_dict` gives them.
    """
    asked = asking(Choices.from_dict(choices))

    async def solve(state: Any, generate: Any) -> Any:
        answers: dict[str, dict[str, Any]] = {}
        noting = state.model.api.split("/")[-1] == OWN_MODELS
        for request in asked.requests[str(state.sample_id)]:
            state.messages = _messages(asked.choices, request, noting)
            state = await generate(state, tool_calls="none", **_wishes(asked.choices, request))
            answers[answer_key(request)] = _kept(request, state.output, str(state.model.name))
            state.store.set(ANSWERS, dict(answers))
        return state

    return solve


def _wishes(choices: Choices, request: Request) -> dict[str, Any]:
    """Settings of one prompt: the schema of its answer, or the wish for probabilities of its first token."""
    if choices.structured:
        schema = JSONSchema.model_validate(request.schema())
        return {"response_schema": ResponseSchema(name="choices", json_schema=schema, strict=True)}
    return {"logprobs": True, "top_logprobs": TOP_LOGPROBS} if choices.logprobs else {}


def _kept(request: Request, output: Any, name: str) -> dict[str, Any]:
    listed = output.choices[0].logprobs if output.choices else None
    body = {"choices": [{"text": output.completion, "logprobs": listed.model_dump() if listed else None}]}
    return kept_answer(
        output.completion,
        str(output.stop_reason),
        output.error,
        probabilities=read_completion("", body, request).probabilities,
        served=output.model if output.model and output.model != name else None,
    )


def _messages(choices: Choices, request: Request, noting: bool) -> list[Any]:
    system, user = request.messages()
    metadata = note(choices, request) if noting else None
    return [ChatMessageSystem(content=system["content"]), ChatMessageUser(content=user["content"], metadata=metadata)]
