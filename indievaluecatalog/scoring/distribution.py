"""How near the answers predicted for a group are, as a distribution, to those the group gave."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Granularity
from indievaluecatalog.dataset.lookup import NO_OPTION
from indievaluecatalog.scoring.cells import Cells
from indievaluecatalog.scoring.ranks import rank_table, wasserstein
from indievaluecatalog.scoring.results import UNREAD
from indievaluecatalog.scoring.scores import DistributionMatch, Match


def distribution_match(
    cells: Cells, weight: str | None = None, weights: NDArray[np.float64] | None = None
) -> dict[str, DistributionMatch]:
    """Group-level match by granularity: overall, by country and by item.

    For each item the predicted probabilities (the named option with probability one where there are none) and the
    answers are averaged over the group's persons, then compared; the distances are averaged over items, each the
    same. Predictions that could not be read are left out on both sides. An item asked in several setups is one
    item: each of its tasks counts. With few persons in a group the distance of two distributions is biased
    upwards by chance, so that small countries look worse than they are: compare runs, not countries.

    Args:
        cells: one run of n persons.
        weight: name of the survey weight, None for none.
        weights: its values without NaN, shape (n,); persons of weight 0 are left out. None for the same for all.
    """
    counts = np.ones(len(cells.people)) if weights is None else weights
    return {
        granularity: _match(cells, at, granularity, weight, counts)
        for at, granularity in enumerate(cells.run.granularities)
        if _usable(cells, at).any()
    }


def _usable(cells: Cells, at: int) -> NDArray[np.bool_]:
    """Tasks with a predicted distribution or a named option, shape (s, n, p)."""
    usable = cells.prediction[at] != UNREAD
    if cells.probabilities is not None:
        usable |= ~np.isnan(cells.probabilities[at, ..., 0])
    found: NDArray[np.bool_] = usable & cells.given[at] & cells.asked[at]
    return found


def _match(
    cells: Cells, at: int, granularity: Granularity, weight: str | None, weights: NDArray[np.float64]
) -> DistributionMatch:
    catalog, people = cells.people.catalog, cells.people
    country = catalog.wave.country_demographic
    # A survey of one place has no countries: then there is only everybody.
    countries = catalog.demographics[country].options if country else ()
    where = people.demographic(country) if country else np.full(len(people), NO_OPTION)
    member = where[:, None] == np.arange(len(countries))
    # The last group is everybody, those of no known country included.
    group = np.column_stack([member, np.ones(len(people), np.bool_)]) * weights[:, None]
    probed = np.unique(cells.probes)
    usable = _usable(cells, at)
    heard = np.any(usable, axis=(0, 2)).reshape(-1, 1)
    persons = ((group > 0) & heard).sum(axis=0)
    predicted, answered, mass = _distributions(cells, at, group, probed)
    items = list(catalog.items.values())
    ranks = rank_table([items[i] for i in probed], granularity, predicted.shape[-1])
    here = mass > 0
    variation = np.where(here, np.abs(predicted - answered).sum(axis=-1) / 2, np.nan)
    distance = np.where(here, wasserstein(predicted, answered, np.broadcast_to(ranks, predicted.shape)), np.nan)

    by_country = tuple(
        sorted(
            (
                Match(option.label, int(persons[c]), _average(variation[c]) or 0.0, _average(distance[c]))
                for c, option in enumerate(countries)
                if here[c].any()
            ),
            key=lambda match: match.name,
        )
    )
    asked = (usable & (weights > 0)[:, None]).astype(np.int64)
    by_item = tuple(
        Match(
            name=items[i].id,
            persons=int((asked * (cells.probes == i)[:, None, :]).any(axis=(0, 2)).sum()),
            total_variation=float(variation[-1, column]),
            wasserstein=None if np.isnan(distance[-1, column]) else float(distance[-1, column]),
        )
        for column, i in enumerate(probed)
        if here[-1, column]
    )
    everybody = int(persons[-1])
    return DistributionMatch(
        weight=weight,
        overall=Match("all", everybody, _average(variation[-1]) or 0.0, _average(distance[-1])),
        mean_over_countries=_over(by_country) if countries else None,
        by_country=by_country,
        by_item=by_item,
    )


def _over(by_country: tuple[Match, ...]) -> Match:
    return Match(
        name="mean over countries",
        persons=sum(match.persons for match in by_country),
        total_variation=_average(np.array([match.total_variation for match in by_country])) or 0.0,
        wasserstein=_average(np.array([match.wasserstein for match in by_country], np.float64)),
    )


def _distributions(
    cells: Cells, at: int, group: NDArray[np.float64], probed: NDArray[np.int16]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Predicted and answered distributions (groups, items, k) and the weight behind them (groups, items)."""
    widest = int(cells.sizes.max())
    options = np.arange(widest)
    usable = _usable(cells, at)
    guess = (cells.prediction[at][..., None] == options).astype(np.float64)
    if cells.probabilities is not None:
        given = cells.probabilities[at].astype(np.float64)
        guess = np.where(np.isnan(given[..., :1]), guess, given)
    # What is no task or could not be read has neither an option nor probabilities, and so adds nothing.
    truth = ((cells.truth[at][..., None] == options) & usable[..., None]).astype(np.float64)
    both = np.stack([guess, truth])  # (2, s, n, p, k)
    setups, persons, probes = usable.shape
    # Persons are summed in one product: (groups, n) @ (n, 2 s p k).
    flat = group.T @ np.moveaxis(both, 2, 0).reshape(persons, -1)
    by_probe = flat.reshape(group.shape[1], 2, setups, probes, widest)
    sums = np.zeros((2, group.shape[1], len(probed), widest))
    for setup, row in enumerate(np.searchsorted(probed, cells.probes)):
        for probe, item in enumerate(row):
            sums[:, :, item] += by_probe[:, :, setup, probe].swapaxes(0, 1)
    mass = sums[1].sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return sums[0] / mass[..., None], sums[1] / mass[..., None], mass


def _average(values: NDArray[np.float64]) -> float | None:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else None
