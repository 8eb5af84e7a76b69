"""What scoring finds, as plain frozen things: what tables print, JSON holds and the report draws.

All accuracies, rates and differences are shares of one (0.6496, not 64.96); the Value Inequity Index is in points.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import numpy as np

from indievaluecatalog.scoring.cells import Coverage
from indievaluecatalog.scoring.run import Run


@dataclass(frozen=True, slots=True)
class Figure:
    """A value with its 95% interval from resampling persons.

    Attributes:
        value: the figure itself.
        low, high: the interval's bounds; None where none was asked for.
    """

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Accuracy at one granularity, or the mean of both ("mean").

    Attributes:
        strict: an answer that could not be read counts as wrong.
        valid_only: such answers are left out; None where none could be read.
        invalid_rate: share of the predictions that could not be read.
        weighted: strict accuracy with survey weights, by name of the weight.
    """

    strict: Figure
    valid_only: Figure | None
    invalid_rate: float
    weighted: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Part:
    """Strict accuracy on a part of the tasks: a category, item, country, group or setup.

    Attributes:
        name: its label; of an item, its id.
        persons: how many persons it is over.
        polar, refined, mean: None where the run has no such granularity.
        label: of an item, what it is about.
    """

    name: str
    persons: int
    polar: Figure | None
    refined: Figure | None
    mean: Figure | None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Bin:
    """Predictions whose highest probability lies between two bounds: how sure they were, how often right."""

    low: float
    high: float
    n: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Probability:
    """Scores of predicted distributions at one granularity, over tasks that have one.

    Attributes:
        n: tasks with probabilities.
        log_loss: mean negative natural logarithm of the right option's probability, floored (see `floor`).
        floored: how many tasks had a probability below the floor.
        floor: the smallest probability that counts.
        brier: mean sum of squared differences from the right option, 0 to 2.
        calibration_error: expected calibration error of the most probable option over the bins, 0 to 1.
        ordinal_distance: mean Wasserstein distance between the prediction and the answer on option ranks, as a
            share of the scale (0 the very option, 1 the other end); None without an ordinal item.
        n_ordinal: tasks in it: items whose options have an order.
        reliability: the bins.
    """

    n: int
    log_loss: Figure
    floored: int
    floor: float
    brier: Figure
    calibration_error: float
    ordinal_distance: Figure | None
    n_ordinal: int
    reliability: tuple[Bin, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """How near predicted and answered distributions of a group of persons are, at one granularity.

    For each item: predicted probabilities (or named options) and answers, each averaged over the group's persons;
    then averaged over items.

    Attributes:
        name: "all", a country, or an item id.
        persons: persons in it.
        total_variation: 0 to 1.
        wasserstein: on option ranks as a share of the scale, ordinal items only; None without one.
    """

    name: str
    persons: int
    total_variation: float
    wasserstein: float | None


@dataclass(frozen=True, slots=True)
class DistributionMatch:
    """Group-level match at one granularity, of all persons, by country and by item.

    `by_country` averages over items within a country; `mean_over_countries` weighs countries equally; None where
    the survey has none.
    """

    weight: str | None
    overall: Match
    mean_over_countries: Match | None
    by_country: tuple[Match, ...]
    by_item: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """Evenness over the groups of one demographic.

    Attributes:
        name, label: the demographic's id and label.
        groups: group label -> (persons, mean accuracy in points), groups large enough only.
        left_out: group label -> persons, the smaller ones.
        plain: sample standard deviation of the group means, points; None with fewer than two groups.
        floor: its mean under random regrouping of persons (what a perfectly even model would read), points.
        p_value: share of regroupings that reach `plain`.
        debiased_variance: the spread's variance less sampling noise, points squared; may be negative.
        debiased: its square root, 0 where negative, with an interval.
    """

    name: str
    label: str
    groups: Mapping[str, tuple[int, float]]
    left_out: Mapping[str, int]
    plain: float | None
    floor: float | None
    p_value: float | None
    debiased_variance: float | None
    debiased: Figure | None


@dataclass(frozen=True, slots=True)
class Inequity:
    """The Value Inequity Index at one granularity or their mean.

    Attributes:
        min_group: persons a group needs.
        plain: mean of the dimensions' plain figures, points, as published.
        floor: its mean under permutation.
        p_value: share of permutations that reach `plain`.
        debiased: root of the mean debiased variance, points, with a pivot interval.
        dimensions: the table.
    """

    min_group: int
    plain: float
    floor: float
    p_value: float
    debiased: Figure
    dimensions: tuple[Dimension, ...]


@dataclass(frozen=True, slots=True)
class Scores:
    """Everything scored of one run.

    Attributes:
        accuracy: by "polar", "refined", "mean" (mean only where the run has both).
        by_setup, by_category, by_item, by_country: parts, in the catalog's order (countries by name).
        by_group: parts by demographic id.
        probability, match: by granularity; empty where the run has no probabilities (match never is).
        inequity: by "polar", "refined", "mean"; empty where no dimension has two groups large enough.
        notes: what a reader must know, such as that the results are partial.
    """

    run: Run
    coverage: Coverage
    accuracy: Mapping[str, Accuracy]
    by_setup: tuple[Part, ...]
    by_category: tuple[Part, ...]
    by_item: tuple[Part, ...]
    by_country: tuple[Part, ...]
    by_group: Mapping[str, tuple[Part, ...]]
    probability: Mapping[str, Probability]
    match: Mapping[str, DistributionMatch]
    inequity: Mapping[str, Inequity]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs on the same tasks, by granularity or mean.

    Attributes:
        first, second: names of the runs.
        granularity: "polar", "refined" or "mean".
        persons: persons that both have predictions for.
        difference: mean accuracy of the first less that of the second, with a paired bootstrap interval.
        p_value: two-sided, paired over persons.
        adjusted_p_value: after Holm's correction over all comparisons of the granularity made together.
    """

    first: str
    second: str
    granularity: str
    persons: int
    difference: Figure
    p_value: float
    adjusted_p_value: float


def to_plain(thing: Any) -> Any:
    """Plain values of any of these, for JSON: dataclasses and mappings become dictionaries, tuples lists.

    What is no finite number becomes None, since JSON has no NaN.
    """
    if isinstance(thing, Run):
        return to_plain(thing.to_dict() | {"digest": thing.digest})
    if is_dataclass(thing) and not isinstance(thing, type):
        return {f.name: to_plain(getattr(thing, f.name)) for f in fields(thing)}
    if isinstance(thing, Mapping):
        return {str(key): to_plain(value) for key, value in thing.items()}
    if isinstance(thing, tuple | list):
        return [to_plain(value) for value in thing]
    plain = thing.item() if isinstance(thing, np.generic) else thing
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain
