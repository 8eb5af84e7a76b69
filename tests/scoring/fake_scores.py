"""Made-up scores: what scoring would return, without any prediction or person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from indievaluecatalog.catalog.model import GRANULARITIES, Granularity
from indievaluecatalog.dataset.people import DatasetIdentity
from indievaluecatalog.scoring.cells import Coverage
from indievaluecatalog.scoring.run import Run
from indievaluecatalog.scoring.scores import (
    Accuracy,
    Bin,
    Comparison,
    Dimension,
    DistributionMatch,
    Figure,
    Inequity,
    Match,
    Part,
    Probability,
    Scores,
)

CATEGORIES = ("Social Values", "Trust", "Security", "Religious Values", "Ethical Values and Norms")
COUNTRIES = ("Andorra", "Brazil", "Chile", "Egypt", "Japan", "New Zealand")
GROUPS = {"Q260": ("Male", "Female"), "X003R": ("16-24", "25-34", "35-44", "45-54", "55-64", "65+")}
LABELS = {"Q260": "Sex", "X003R": "Age band"}


class Maker:
    """Draws plausible figures; the same seed draws the same."""

    def __init__(self, seed: int, granularities: Sequence[Granularity], intervals: bool) -> None:
        self.rng = np.random.default_rng(seed)
        self.granularities, self.intervals = granularities, intervals

    def figure(self, centre: float, half: float = 0.005) -> Figure:
        value = float(centre + self.rng.normal(0, half))
        if not self.intervals:
            return Figure(value)
        return Figure(value, value - 2 * half, value + 2 * half)

    def part(self, name: str, centre: float, half: float, persons: int = 100) -> Part:
        found: dict[str, Figure | None] = dict.fromkeys(("polar", "refined", "mean"))
        for key in self.granularities:
            found[key] = self.figure(centre + (0.08 if key == "polar" else -0.08), half)
        if len(self.granularities) == 2:
            found["mean"] = self.figure(centre, half)
        return Part(name, persons, found["polar"], found["refined"], found["mean"])

    def parts(self, names: Sequence[str], centre: float, half: float = 0.02) -> tuple[Part, ...]:
        return tuple(self.part(name, centre + float(self.rng.normal(0, 2 * half)), half) for name in names)

    def probability(self, centre: float) -> Probability:
        bins = tuple(
            Bin(low, low + 0.1, int(self.rng.integers(0, 400)), low + 0.05, min(1.0, low + 0.02)) for low in BIN_STARTS
        )
        return Probability(
            n=9_000,
            log_loss=self.figure(0.9 - centre / 5),
            floored=0,
            floor=1e-6,
            brier=self.figure(0.6 - centre / 3),
            calibration_error=float(self.rng.uniform(0.01, 0.2)),
            ordinal_distance=self.figure(0.2),
            n_ordinal=4_000,
            reliability=bins,
        )

    def match(self) -> DistributionMatch:
        def one(name: str) -> Match:
            return Match(name, 13, float(self.rng.uniform(0.05, 0.3)), float(self.rng.uniform(0.02, 0.1)))

        return DistributionMatch(
            "W_WEIGHT", one("all"), one("mean"), tuple(map(one, COUNTRIES)), tuple(map(one, ("Q1", "Q2")))
        )

    def dimension(self, name: str) -> Dimension:
        groups = {group: (50, float(60 + self.rng.normal(0, 2))) for group in GROUPS[name]}
        plain = float(self.rng.uniform(1, 4))
        return Dimension(name, LABELS[name], groups, {"too small": 2}, plain, 0.9, 0.04, 1.2, self.figure(1.1, 0.2))

    def inequity(self) -> Inequity:
        plain = float(self.rng.uniform(1, 4))
        return Inequity(5, plain, 0.91, 0.004, self.figure(1.4, 0.1), tuple(self.dimension(name) for name in GROUPS))


BIN_STARTS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def fake_scores(
    model: str = "majority",
    centre: float = 0.57,
    *,
    seed: int = 0,
    granularities: tuple[Granularity, ...] = GRANULARITIES,
    synthetic: bool = True,
    wave: str = "wvs7",
    unread: float = 0.0,
    probabilities: bool = True,
    inequity: bool = True,
    intervals: bool = True,
    predicted: int = 187_200,
    parts: bool = True,
    notes: tuple[str, ...] = (),
    **run: Any,
) -> Scores:
    """Scores of one made-up run about `centre`."""
    make = Maker(seed, granularities, intervals)
    whole = make.part("all", centre, 0.004)
    keys = [key for key in ("polar", "refined", "mean") if getattr(whole, key) is not None]
    accuracy = {}
    for key in keys:
        strict = getattr(whole, key)
        accuracy[key] = Accuracy(strict, Figure(strict.value / (1 - unread)), unread, {"W_WEIGHT": make.figure(centre)})
    identity = DatasetIdentity("made-up", "ab" * 32, "cd" * 32, wave, synthetic)
    values: dict[str, Any] = {"n_demonstrations": 200} | run
    return Scores(
        run=Run(model=model, dataset=identity, granularities=granularities, **values),
        coverage=Coverage(187_200, predicted, 800, 800 if predicted == 187_200 else 123),
        accuracy=accuracy,
        by_setup=make.parts(("setup 0", "setup 1", "setup 2"), centre),
        by_category=make.parts(CATEGORIES, centre) if parts else (),
        by_item=make.parts(("Q1", "Q2", "Q57"), centre) if parts else (),
        by_country=make.parts(COUNTRIES, centre) if parts else (),
        by_group={name: make.parts(groups, centre) for name, groups in GROUPS.items()} if parts else {},
        probability={key: make.probability(centre) for key in granularities} if probabilities else {},
        match={key: make.match() for key in granularities} if parts else {},
        inequity={key: make.inequity() for key in keys} if inequity else {},
        notes=notes,
    )


def many_scores() -> list[Scores]:
    """Twelve runs of five predictors."""
    found = [fake_scores("random", 0.36, n_demonstrations=0, shown="none"), fake_scores("majority", 0.57, seed=1)]
    for order, model in enumerate(("nearest 50", "autoencoder")):
        for step, n in enumerate((0, 50, 100, 200)):
            found.append(
                fake_scores(model, 0.6 + 0.02 * step + 0.01 * order, seed=10 * order + step, n_demonstrations=n)
            )
    found.append(fake_scores("a language model", 0.5, seed=40, unread=0.0321, probabilities=False))
    found.append(fake_scores("a language model", 0.53, seed=41, shown="both", unread=0.01, probabilities=False))
    return found


def fake_comparisons() -> list[Comparison]:
    """Two comparisons, of one pair."""
    return [
        Comparison("nearest 50", "majority", "mean", 800, Figure(0.0512, 0.0431, 0.0598), 0.0001, 0.0002),
        Comparison("nearest 50", "majority", "polar", 798, Figure(-0.0034, -0.0101, 0.0041), 0.412, 0.412),
    ]
