"""Baselines as models of inspect: each prompt of the task is answered with what the baseline predicts.

They need no network, and give by inspect the figures they have by themselves.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from indievaluecatalog.baselines.listing import complete_settings, named_baseline
from indievaluecatalog.baselines.run import run_baseline
from indievaluecatalog.dataset.people import read_people
from indievaluecatalog.errors import EvaluationError
from indievaluecatalog.evaluation.inspect_job import Choices, asking
from indievaluecatalog.evaluation.request import LETTERS, Request
from indievaluecatalog.scoring.results import Results

NOTE = "indievaluecatalog"
"""Key of the note in a prompt's metadata. Metadata of messages goes to the log and to no server."""

Predictions = Mapping[tuple[str, int, str], Mapping[str, int]]
"""By person, setup and granularity: by item the position of the predicted option."""


def note(choices: Choices, request: Request) -> dict[str, Any]:
    """What the provider must know of a prompt that it cannot read: which request it is. Holds no answer."""
    return {
        NOTE: {
            "choices": choices.to_dict(),
            "person_id": request.person_id,
            "setup": request.setup,
            "granularity": request.granularity,
            "form": request.form,
            "slots": {slot.id: [slot.item, list(slot.order)] for slot in request.slots},
        }
    }


def baseline_answer(name: str, settings: Mapping[str, Any], noted: Mapping[str, Any]) -> str:
    """The text with which a baseline answers the prompt that a note is about.

    Raises:
        SamplingError, BuildError, SurveyError: as `run_baseline` and `read_people` do.
    """
    traits = settings.get("traits")
    own = tuple(sorted((key, value) for key, value in settings.items() if key != "traits"))
    choices = Choices.from_dict(noted["choices"])
    found = predictions(name, choices, own, None if traits is None else str(traits))
    chosen = found[noted["person_id"], noted["setup"], noted["granularity"]]
    letters = {
        slot: LETTERS[list(order).index(chosen[item])]
        for slot, (item, order) in noted["slots"].items()
        if item in chosen
    }
    return " ".join(letters.values()) if noted["form"] == "single" else json.dumps(letters)


@lru_cache(maxsize=4)
def predictions(name: str, choices: Choices, settings: tuple[tuple[str, Any], ...], traits: str | None) -> Predictions:
    """All predictions of a baseline on the persons that are asked; made once."""
    results = baseline_results(name, choices, settings, traits)
    table = results.table
    columns = [table[key].to_pylist() for key in ("person_id", "setup", "granularity", "item", "prediction")]
    found: dict[tuple[str, int, str], dict[str, int]] = defaultdict(dict)
    for person, setup, granularity, item, prediction in zip(*columns, strict=True):
        if prediction is not None:
            found[person, setup, granularity][item] = prediction
    return dict(found)


def baseline_results(
    name: str, choices: Choices, settings: tuple[tuple[str, Any], ...] = (), traits: str | None = None
) -> Results:
    """What a baseline predicts on the persons that some choices ask."""
    job = asking(choices).job
    people = read_people(choices.dataset, catalog=choices.catalog)
    asked = np.isin(people.person_ids, job.people.person_ids[job.persons])
    rows = np.flatnonzero(asked | np.isin(np.arange(len(people)), people.rows_of("train")))
    return run_baseline(
        name,
        people.take(rows),
        n_demonstrations=choices.demonstrations,
        splits=choices.splits,
        setups=choices.setups,
        protocol=job.protocol,
        too_few=choices.too_few,
        settings=dict(settings),
        traits=traits,
    )


def baseline_api() -> Any:
    """The class that inspect makes models of."""
    from inspect_ai.model import GenerateConfig, ModelAPI, ModelOutput, ModelUsage

    class BaselineAPI(ModelAPI):  # type: ignore[misc]
        """A baseline behind inspect's interface of models."""

        def __init__(
            self,
            model_name: str,
            base_url: str | None = None,
            api_key: str | None = None,
            config: Any = None,
            **settings: Any,
        ) -> None:
            super().__init__(model_name, base_url, api_key, [], config or GenerateConfig())
            baseline = named_baseline(model_name)
            if baseline.decision != "option":
                raise EvaluationError(
                    f"the baseline {model_name} names no option and cannot answer: run it with `baseline`"
                )
            complete_settings(baseline, {key: value for key, value in settings.items() if key != "traits"})
            self._settings = settings

        async def generate(self, input: list[Any], tools: Any, tool_choice: Any, config: Any) -> Any:
            noted = next((one.metadata[NOTE] for one in input if one.metadata and NOTE in one.metadata), None)
            if noted is None:
                raise EvaluationError("a baseline answers the prompts of indievaluecatalog/individual_values only")
            output = ModelOutput.from_content(
                model=self.model_name, content=baseline_answer(self.model_name, self._settings, noted)
            )
            output.usage = ModelUsage(input_tokens=0, output_tokens=0, total_tokens=0)
            return output

    return BaselineAPI
