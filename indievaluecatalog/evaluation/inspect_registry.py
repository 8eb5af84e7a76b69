"""What inspect_ai finds of this package by its entry point: a task, and a provider of models.

Example: `inspect eval indievaluecatalog/individual_values --model openai/gpt-4o -T dataset=DIR -T persons=50`
"""

from __future__ import annotations

from typing import Any

from indievaluecatalog.catalog.model import GRANULARITIES, Granularity
from indievaluecatalog.catalog.probes import SETUPS
from indievaluecatalog.dataset.splits import EVALUATION_SPLITS
from indievaluecatalog.errors import MissingExtraError
from indievaluecatalog.evaluation.inspect_job import Choices, Several
from indievaluecatalog.evaluation.prompt_spec import OptionOrder
from indievaluecatalog.evaluation.request import Form
from indievaluecatalog.sampling.tasks import TooFew
from indievaluecatalog.scoring.run import Shown

try:
    from inspect_ai import Task, task
    from inspect_ai.model import modelapi
except ImportError as error:
    raise MissingExtraError("inspect_ai", "inspect", "running the evaluation as a task of inspect") from error


@task  # type: ignore[untyped-decorator]
def individual_values(
    dataset: str | None = None,
    form: Form = "joint",
    shown: Shown = "statements",
    demonstrations: int | None = None,
    show: Granularity = "refined",
    setups: Several = SETUPS,
    splits: Several = EVALUATION_SPLITS,
    persons: int | None = None,
    granularities: Several = GRANULARITIES,
    option_order: OptionOrder = "coded",
    protocol: str | None = None,
    too_few: TooFew = "error",
    catalog: str | None = None,
    structured: bool = False,
    logprobs: bool = False,
) -> Task:
    """Predict what each person answered to the probes of each setup, from what is shown of the person.

    A sample is a person, with all its prompts; so standard errors are over persons, whose answers hang together.

    Args:
        dataset: a build's folder; None for ./build/indievaluecatalog or else the last one built.
        form: "joint" asks all probes of a setup at once, "single" one a prompt.
        shown: what the model is told of a person: "none", "statements", "demographics", "both".
        demonstrations: statements shown of each person; None for as many as all have (200 in wave 7).
        show: granularity of the statements shown.
        setups: of 0, 1, 2, several as "0,1".
        splits: of "validation", "test".
        persons: how many persons; None for all. The first 20 are among the first 50.
        granularities: "polar", "refined" or both: at which the probes are asked.
        option_order: "coded", "reversed" or "rotated".
        protocol: "ours", "paper", or None for the one the dataset was built by.
        too_few: what becomes of persons with fewer answers to show: "error", "leave_out", "fewer".
        catalog: the folder of the catalog the dataset was built with, where that is not a shipped one.
        structured: hold answers of the joint form to a JSON schema, where inspect's provider can.
        logprobs: take the options' probabilities in the single form from the first token, where the model lists them.
    """
    from indievaluecatalog.evaluation.inspect_task import make_task

    given = dict(locals())
    return make_task(Choices.from_dict({name: given[name] for name in Choices.__dataclass_fields__}))


@modelapi(name="ivc")  # type: ignore[untyped-decorator]
def ivc() -> Any:
    """The baselines as models: `--model ivc/majority`. Settings by -M, such as `-M k=20`."""
    from indievaluecatalog.evaluation.inspect_provider import baseline_api

    return baseline_api()
