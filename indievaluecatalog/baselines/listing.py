"""Every baseline there is, with what it sees of a person."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from indievaluecatalog.baselines.demographics import predict_demographics
from indievaluecatalog.baselines.given import Given, Prediction
from indievaluecatalog.baselines.naive_bayes import predict_naive_bayes
from indievaluecatalog.baselines.resemblance import predict_nearest, predict_neighbourhood
from indievaluecatalog.baselines.shares import predict_country_majority, predict_majority, predict_random
from indievaluecatalog.baselines.truth import predict_truth
from indievaluecatalog.catalog.model import Catalog
from indievaluecatalog.errors import SamplingError
from indievaluecatalog.scoring.run import Decision, Shown

DEMONSTRATIONS = ("same", "refined", "polar")
"""At which granularity demonstrations are read: the probes' own, or always one."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """A predictor without a language model.

    Attributes:
        name: how it is asked for, and how tables call it.
        describes: what it predicts, in one line.
        shown: what it is shown of a person, as a language model would be.
        sees_also: what it sees of a person beyond that; empty for none.
        needs_demonstrations: whether it uses them.
        predict: does it.
        settings: names and default values of what can be set.
        decision: whether it names an option or is scored by its probabilities.
        needs: what a survey must have asked, beyond its items.
    """

    name: str
    describes: str
    shown: Shown
    sees_also: str
    needs_demonstrations: bool
    predict: Callable[[Given], Prediction] = field(repr=False, compare=False)
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}), compare=False)
    decision: Decision = "option"
    needs: Literal["", "countries", "demographics"] = ""

    def cannot(self, catalog: Catalog) -> str:
        """Why it cannot predict persons of a survey; "" where it can."""
        if self.needs == "countries" and not catalog.wave.country_demographic:
            return f"the survey {catalog.wave.id} has no countries (no country_demographic in its wave.yaml)"
        if self.needs == "demographics" and not catalog.demographics:
            return f"the survey {catalog.wave.id} describes no person (no demographics in its catalog)"
        return ""


def _settings(**values: Any) -> Mapping[str, Any]:
    return MappingProxyType(values)


BASELINES: tuple[Baseline, ...] = (
    Baseline(
        "random",
        "every option with the same probability, scored exactly",
        "none",
        "",
        False,
        predict_random,
        decision="expected",
    ),
    Baseline("majority", "the most frequent option among training persons", "none", "", False, predict_majority),
    Baseline(
        "country-majority",
        "the most frequent option among training persons of the same country",
        "demographics",
        "",
        False,
        predict_country_majority,
        _settings(shrinkage=20.0),
        needs="countries",
    ),
    Baseline(
        "demographics",
        "the most probable option in the person's country, given the person's other demographics",
        "demographics",
        "",
        False,
        predict_demographics,
        _settings(shrinkage=20.0, smoothing=5.0),
        needs="demographics",
    ),
    Baseline(
        "resemblance-1",
        "the answer of the training person who shares most of the demonstrated answers",
        "statements",
        "",
        True,
        predict_nearest,
        _settings(k=1, demonstrations="same"),
    ),
    Baseline(
        "resemblance-k",
        "the plurality of the k training persons who share most of the demonstrated answers",
        "statements",
        "",
        True,
        predict_nearest,
        _settings(k=50, demonstrations="same"),
    ),
    Baseline(
        "resemblance-neighbourhood",
        "the plurality of all training persons as near as the k-th nearest, the nearer the more votes",
        "statements",
        "",
        True,
        predict_neighbourhood,
        _settings(k=300, demonstrations="same"),
    ),
    Baseline(
        "naive-bayes",
        "the most probable option given the demonstrations, each taken as evidence of its own",
        "statements",
        "",
        True,
        predict_naive_bayes,
        _settings(demonstrations="same", smoothing=5.0),
    ),
    Baseline(
        "truth",
        "synthetic persons only: the most probable option given the true traits, an upper reference",
        "none",
        "the person's true traits and the model that turned them into answers",
        False,
        predict_truth,
    ),
)
"""In the order of how much they see."""


def named_baseline(name: str) -> Baseline:
    """One of BASELINES.

    Raises:
        SamplingError: there is no such baseline.
    """
    for baseline in BASELINES:
        if baseline.name == name:
            return baseline
    raise SamplingError(f"no baseline {name!r}; there are {', '.join(one.name for one in BASELINES)}")


def complete_settings(baseline: Baseline, settings: Mapping[str, Any] | None) -> dict[str, Any]:
    """The defaults with some of them changed.

    Raises:
        SamplingError: an unknown setting, or a value that cannot be.
    """
    found = dict(baseline.settings)
    for name, value in (settings or {}).items():
        if name not in found:
            known = ", ".join(found) or "none"
            raise SamplingError(f"the baseline {baseline.name} has no setting {name!r}; it has {known}")
        default = found[name]
        if isinstance(default, str):
            if value not in DEMONSTRATIONS:
                raise SamplingError(f"the setting {name} is one of {', '.join(DEMONSTRATIONS)}, not {value!r}")
            found[name] = value
            continue
        whole = isinstance(default, int)
        lowest = 1 if whole else 0
        if (
            isinstance(value, bool)
            or not isinstance(value, int if whole else int | float)
            or not lowest <= value < math.inf
        ):
            kind = "a whole number of 1 or more" if whole else "a number of 0 or more"
            raise SamplingError(f"the setting {name} of {baseline.name} is {kind}, not {value!r}")
        found[name] = value if whole else float(value)
    return found
