"""How inspect scores the task: accuracy of each person, and how evenly groups of persons are served."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from inspect_ai.scorer import Score, mean, metric, scorer, stderr

from indievaluecatalog.evaluation.inspect_answers import ANSWERS, read_target, readings_of, shares
from indievaluecatalog.evaluation.inspect_explain import explanation
from indievaluecatalog.evaluation.inspect_job import Choices, asking
from indievaluecatalog.scoring.inequity import inequity

PERMUTATIONS = 200


@metric  # type: ignore[untyped-decorator]
def value_inequity(min_group: int = 5) -> Callable[[list[Any]], Mapping[str, float]]:
    """The Value Inequity Index in points, over the demographics in the samples' metadata; nothing without groups.

    Of the mean over granularities, or of the one there is. The plain figure is mostly chance at a few hundred
    persons: it stands beside what chance alone gives, and a debiased one.

    Args:
        min_group: persons a group needs.
    """

    def compute(scores: list[Any]) -> Mapping[str, float]:
        persons = [one for one in scores if isinstance(one.score.value, Mapping)]
        accuracy = np.array([_accuracy(one.score.value) for one in persons], np.float64)
        described = [(one.sample_metadata or {}).get("demographics", {}) for one in persons]
        known = np.isfinite(accuracy)
        described = [one for one, keep in zip(described, known, strict=True) if keep]
        groups = {}
        for name in dict.fromkeys(key for one in described for key in one):
            labels = tuple(sorted({one[name] for one in described if name in one}))
            places = {label: at for at, label in enumerate(labels)}
            index = np.array([places.get(one.get(name, ""), -1) for one in described], np.int16)
            groups[name] = (name, labels, index)
        found = (
            inequity(100 * accuracy[known], groups, min_group=min_group, permutations=PERMUTATIONS, resamples=0)
            if groups
            else None
        )
        if found is None:
            return {}
        return {
            "value_inequity": found.debiased.value,
            "value_inequity_plain": found.plain,
            "value_inequity_by_chance": found.floor,
        }

    return compute


def _accuracy(value: Mapping[str, Any]) -> float:
    names = ("mean", "polar", "refined")
    return next((float(value[name]) for name in names if value.get(name) is not None), float("nan"))


@scorer(metrics=[{"*": [mean(), stderr()]}, value_inequity()])  # type: ignore[untyped-decorator]
def same_answers(choices: dict[str, Any]) -> Any:
    """Share of a person's probes for which the model named what the person said; see `shares`.

    A person none of whose prompts were answered is not scored.

    Args:
        choices: as `Choices.to_dict` gives them.
    """
    asked = asking(Choices.from_dict(choices))

    async def score(state: Any, target: Any) -> Any:
        requests = asked.requests[str(state.sample_id)]
        read = list(readings_of(requests, state.store.get(ANSWERS, {})))
        if not read:
            return Score.unscored(reason="no_response", explanation="no prompt of this person was answered")
        right = read_target(target.text)
        value = _complete(shares(read, right), asked.choices.granularities)
        return Score(
            value=value,
            answer=f"{sum(len(readings) for _, readings in read)} probes answered",
            explanation=explanation(asked.job.people.catalog, read, right),
        )

    return score


def _complete(value: Mapping[str, float], granularities: Sequence[str]) -> dict[str, float]:
    """All names of a whole score; NaN, which inspect leaves out of its means, for what was not answered."""
    names = [*granularities, *(["mean"] if len(granularities) > 1 else []), "unread"]
    return {name: value.get(name, float("nan")) for name in names}
