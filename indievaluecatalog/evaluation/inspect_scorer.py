"""How inspect scores the task: accuracy of each person, and how evenly groups of persons are served."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from inspect_ai.scorer import Score, mean, metric, scorer, stderr

from indievaluecatalog.evaluation.inspect_answers import ANSWERS, read_target, readings_of, shares
from indievaluecatalog.evaluation.inspect_explain import explanation
from indievaluecatalog.evaluation.inspect_job import Choices, asking
from indievaluecatalog.evaluation.reading import Reading, count_outcomes
from indievaluecatalog.evaluation.request import Request
from indievaluecatalog.scoring.inequity import inequity

PERMUTATIONS = 200
"""For the share of chance; few, since inspect works the metrics out again and again while it runs."""


@metric  # type: ignore[untyped-decorator]
def value_inequity(min_group: int = 5) -> Callable[[list[Any]], Mapping[str, float]]:
    """The Value Inequity Index in points, over the demographics in the samples' metadata; nothing without groups.

    The plain figure is mostly chance at a few hundred persons, so it stands beside what chance alone gives and a
    debiased one.

    Args:
        min_group: persons a group needs.
    """

    def compute(scores: list[Any]) -> Mapping[str, float]:
        accuracy = np.array([float(one.score.value) for one in scores], np.float64)
        described = [(one.sample_metadata or {}).get("demographics", {}) for one in scores]
        groups = {}
        for name in dict.fromkeys(key for one in described for key in one):
            labels = tuple(sorted({one[name] for one in described if name in one}))
            places = {label: at for at, label in enumerate(labels)}
            groups[name] = (name, labels, np.array([places.get(one.get(name, ""), -1) for one in described], np.int16))
        found = inequity(100 * accuracy, groups, min_group=min_group, permutations=PERMUTATIONS, resamples=0)
        if found is None:
            return {}
        return {"debiased": found.debiased.value, "plain": found.plain, "chance": found.floor}

    return compute


@scorer(metrics={"*": [mean(), stderr()], "[!u]*": [value_inequity()]})  # type: ignore[untyped-decorator]
def same_answers(choices: dict[str, Any]) -> Any:
    """Share of a person's probes for which the model named what the person said; see `shares`.

    A person none of whose prompts were answered is not scored.

    Args:
        choices: as `Choices.to_dict` gives them.
    """
    asked = asking(Choices.from_dict(choices))

    async def score(state: Any, target: Any) -> Any:
        requests = asked.requests[str(state.sample_id)]
        answers = state.store.get(ANSWERS, {})
        read = list(readings_of(requests, answers))
        if not read:
            return Score.unscored(reason="no_response", explanation="no prompt of this person was answered")
        right = read_target(target.text)
        value = _complete(shares(read, right), asked.choices.granularities)
        return Score(
            value=value,
            answer=_told(read),
            explanation=explanation(asked.job.people.catalog, read, right),
            # A log recovered after a kill has lost the stores of samples, but not their scores.
            metadata={ANSWERS: answers},
        )

    return score


def _told(read: Sequence[tuple[Request, Sequence[Reading]]]) -> str:
    outcomes = count_outcomes(reading for _, readings in read for reading in readings)
    return ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in outcomes.items() if count)


def _complete(value: Mapping[str, float], granularities: Sequence[str]) -> dict[str, float]:
    """All names of a whole score; NaN, which inspect leaves out of its means, for what was not answered."""
    names = [*granularities, *(["mean"] if len(granularities) > 1 else []), "unread"]
    return {name: value.get(name, float("nan")) for name in names}
