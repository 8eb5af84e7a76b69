"""Whether the Value Inequity Index says what it should: populations whose true spread is known.

    python -m benchmarks.inequity_simulation [--repetitions 100] [--resamples 400]

800 persons, 117 probes each, 15 demographics with group sizes as evaluation persons have them. A person's chance of
being right is 60 points, plus an effect of each group the person is in, plus a normal deviation of 6 points; the 117
answers are then right or wrong by that chance. Effects of a demographic have the stated spread exactly, over its
groups of at least 5. Four demographics hang together, as they do in the survey: people live on their country's
continent, and most in the country where they, or their mother, were born; there the effect is the country's, and
the true spread over the other three follows from it (it is less).

Two kinds of effects: `normal`, whatever the size of a group; and `minority`, where only the smallest eighth of the
groups differ, and the others are served alike.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.scoring.inequity import inequity
from indievaluecatalog.scoring.scores import Figure, Inequity

PROBES = 117
MIN_GROUP = 5
PERSON_SPREAD = 6.0
COUNTRIES = (
    *(43, 36, 32, 28, 24, 22, 20, 20, 18, 18, *[18] * 4, *[16] * 4, *[14] * 4, *[11] * 16, *[10] * 4),
    *(*[9] * 4, *[8] * 4, *[7] * 3, *[6] * 3, *[5] * 4, 2, 1, 1),
)
INDEPENDENT: Mapping[str, tuple[int, ...]] = {
    "age": (186, 153, 146, 135, 96, 84),
    "religion": (216, 214, 101, 95, 67, 53, 31, 12, 6, 5),
    "sex": (402, 398),
    "immigrant": (707, 93),
    "marital status": (507, 190, 36, 27, 22, 18),
    "children": (294, 144, 126, 81, 65, 43, 29, 18),
    "education": (213, 158, 131, 94, 81, 77, 30, 11, 5),
    "employment": (336, 107, 92, 92, 66, 66, 41),
    "occupation": (134, 109, 108, 107, 102, 53, 50, 50, 48, 20, 19),
    "class": (284, 243, 158, 59, 56),
    "income": (507, 156, 137),
}
BORN_ELSEWHERE = 0.1
SHOWN = ("sex", "age", "education", "religion", "country", "born in")
SPREADS = (0.0, 0.5, 1.0, 2.0)


@dataclass(frozen=True, slots=True, eq=False)
class Draw:
    """One simulated evaluation.

    Attributes:
        accuracy: points, shape (n,).
        groups: what `inequity` takes.
        truth: demographic -> the true spread over its groups of at least MIN_GROUP persons.
    """

    accuracy: NDArray[np.float64]
    groups: Mapping[str, tuple[str, tuple[str, ...], NDArray[np.int16]]]
    truth: Mapping[str, float]

    @property
    def true_index(self) -> float:
        """Root of the mean true variance."""
        return float(np.sqrt(np.mean([value**2 for value in self.truth.values()])))


def effects(sizes: NDArray[np.intp], spread: float, kind: str, rng: np.random.Generator) -> NDArray[np.float64]:
    """An effect for each group, of exactly this spread over the groups that are large enough."""
    large = np.flatnonzero(sizes >= MIN_GROUP)
    drawn = rng.normal(size=len(sizes))
    if kind == "minority":
        drawn = np.zeros(len(sizes))
        drawn[large[np.argsort(sizes[large], kind="stable")[: max(1, len(large) // 8)]]] = -1
    exact: NDArray[np.float64] = (drawn - drawn[large].mean()) / drawn[large].std() * spread
    return exact


def draw(spread: float, kind: str, rng: np.random.Generator, countries: tuple[int, ...] = COUNTRIES) -> Draw:
    """800 persons and their answers."""
    sizes = np.array(countries)
    country = np.repeat(np.arange(len(sizes)), sizes)
    n = len(country)
    continent_of = np.arange(len(sizes)) % 6
    elsewhere = rng.permuted(np.tile(country, (2, 1)), axis=1)
    born = np.where(rng.random((2, n)) < BORN_ELSEWHERE, elsewhere, country)
    by_country = effects(sizes, spread, kind, rng)
    mean = 60 + by_country[country]
    index = {"country": country, "continent": continent_of[country], "born in": born[0], "mother born in": born[1]}
    # What a group of the family is expected to have, over all evaluations that could have been drawn.
    average = float(by_country @ sizes) / n
    birth = (1 - BORN_ELSEWHERE) * by_country + BORN_ELSEWHERE * average
    true_means = {
        "country": by_country,
        "continent": np.bincount(continent_of, by_country * sizes) / np.bincount(continent_of, sizes),
        "born in": birth,
        "mother born in": birth,
    }
    for name, given in INDEPENDENT.items():
        index[name] = rng.permutation(np.repeat(np.arange(len(given)), given))
        true_means[name] = effects(np.array(given), spread, kind, rng)
        mean += true_means[name][index[name]]
    chance = np.clip(mean + rng.normal(0, PERSON_SPREAD, n), 2, 98) / 100
    truth = {}
    for name, values in true_means.items():
        large = np.bincount(index[name], minlength=len(values)) >= MIN_GROUP
        truth[name] = float(values[large].std())
    groups = {
        name: (name, tuple(str(g) for g in range(len(true_means[name]))), codes.astype(np.int16))
        for name, codes in index.items()
    }
    return Draw(rng.binomial(PROBES, chance) / PROBES * 100, groups, truth)


def restricted_likelihood(found: Inequity, name: str, accuracy: NDArray[np.float64], index: NDArray[np.int16]) -> float:
    """The rival: REML of the one-way random-effects model, as a population standard deviation; by a grid."""
    (dimension,) = (d for d in found.dimensions if d.name == name)
    sizes = np.array([n for n, _ in dimension.groups.values()], float)
    means = np.array([mean for _, mean in dimension.groups.values()])
    member = np.isin(index, [int(label) for label in dimension.groups])
    inside = float((accuracy[member] ** 2).sum() - sizes @ means**2)
    ratio = np.concatenate([[0], np.geomspace(1e-5, 2, 300)])[:, None]
    weight = sizes / (1 + sizes * ratio)
    centre = (weight @ means) / weight.sum(axis=1)
    squares = inside + (weight * (means - centre[:, None]) ** 2).sum(axis=1)
    freedom = sizes.sum() - 1
    loss = freedom * np.log(squares) + np.log1p(sizes * ratio).sum(axis=1) + np.log(weight.sum(axis=1))
    best = int(np.argmin(loss))
    groups = len(sizes)
    return float(np.sqrt(ratio[best, 0] * squares[best] / freedom * (groups - 1) / groups))


@dataclass(frozen=True, slots=True)
class Row:
    """One estimate beside its truth."""

    true: float
    plain: float
    floor: float
    p_value: float
    debiased: Figure
    variance: float
    rival: float


def simulate(
    spread: float, kind: str, repetitions: int, resamples: int, rng: np.random.Generator
) -> dict[str, list[Row]]:
    """Repeated evaluations: the index, and the demographics in SHOWN."""
    rows: dict[str, list[Row]] = {name: [] for name in ("index", *SHOWN)}
    for repetition in range(repetitions):
        one = draw(spread, kind, rng)
        found = inequity(one.accuracy, one.groups, permutations=100, resamples=resamples, seed=repetition)
        assert found is not None
        variance = float(np.mean([d.debiased_variance for d in found.dimensions if d.debiased_variance is not None]))
        rows["index"].append(
            Row(one.true_index, found.plain, found.floor, found.p_value, found.debiased, variance, np.nan)
        )
        for d in found.dimensions:
            if d.name in SHOWN:
                assert d.plain is not None
                assert d.floor is not None
                assert d.p_value is not None
                assert d.debiased is not None
                assert d.debiased_variance is not None
                rival = restricted_likelihood(found, d.name, one.accuracy, one.groups[d.name][2])
                rows[d.name].append(
                    Row(one.truth[d.name], d.plain, d.floor, d.p_value, d.debiased, d.debiased_variance, rival)
                )
    return rows


def covered(row: Row) -> bool:
    """Whether the interval holds the truth."""
    assert row.debiased.low is not None
    assert row.debiased.high is not None
    return row.debiased.low <= row.true <= row.debiased.high


def error(rows: list[Row], which: str) -> float:
    """Root mean square error of the debiased figure or its rival."""
    values = [row.debiased.value if which == "debiased" else row.rival for row in rows]
    return float(np.sqrt(np.mean([(value - row.true) ** 2 for value, row in zip(values, rows, strict=True)])))


HEAD = """Points; means over repetitions. `p<.05`: share of p-values so low. `rms`: root of the mean debiased variance.
`error`: root mean square error of one evaluation's debiased figure. `covered`, `width`: of its 95% interval.
`REML`: mean and error of the rival, restricted maximum likelihood.

| effects | over (groups) | true | plain | floor | p<.05 | rms | error | covered | width | REML | its error |
|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"""


def line(kind: str, name: str, rows: list[Row]) -> str:
    """One line of the table."""
    cells = [
        np.mean([row.true for row in rows]),
        np.mean([row.plain for row in rows]),
        np.mean([row.floor for row in rows]),
        np.mean([row.p_value < 0.05 for row in rows]),
        max(float(np.mean([row.variance for row in rows])), 0) ** 0.5,
        error(rows, "debiased"),
        np.mean([covered(row) for row in rows]),
        np.mean([(row.debiased.high or 0) - (row.debiased.low or 0) for row in rows]),
    ]
    if name != "index":
        cells += [np.mean([row.rival for row in rows]), error(rows, "rival")]
    shown = [f"{cell:.2f}" for cell in cells] + [""] * (10 - len(cells))
    groups = len(INDEPENDENT) + 4 if name == "index" else sum(n >= MIN_GROUP for n in INDEPENDENT.get(name, COUNTRIES))
    return f"| {kind} | {name} ({groups}) | {' | '.join(shown)} |"


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repetitions", type=int, default=100)
    parser.add_argument("--resamples", type=int, default=400)
    options = parser.parse_args()
    start = time.perf_counter()
    rng = np.random.default_rng(0)
    print(HEAD)
    for kind, spreads in (("normal", SPREADS), ("minority", SPREADS[2:])):
        for spread in spreads:
            for name, rows in simulate(spread, kind, options.repetitions, options.resamples, rng).items():
                print(line(kind, name, rows), flush=True)
    print(f"\n{options.repetitions} repetitions each, {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
