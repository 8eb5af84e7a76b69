"""From facts to a model: loadings on a unit scale, and cuts that give the wanted shares.

The model is fitted to a few thousand reference persons of its own, so that it depends on the facts and the seed
and not on how many persons are asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.catalog.model import Catalog, Item
from indievaluecatalog.survey.synthetic.countries import country_of_rows
from indievaluecatalog.survey.synthetic.draws import generator
from indievaluecatalog.survey.synthetic.facts import Facts
from indievaluecatalog.survey.synthetic.levels import choice_shares, graded_shares
from indievaluecatalog.survey.synthetic.limits import pick_probabilities
from indievaluecatalog.survey.synthetic.lives import make_lives
from indievaluecatalog.survey.synthetic.model import (
    ItemModel,
    Model,
    PickLimit,
    latent,
    pick_chances,
    softmax,
)
from indievaluecatalog.survey.synthetic.traits import Traits, draw_traits

Doubles = NDArray[np.float64]
REFERENCE_PERSONS = 3000
_LOGISTIC_STD = float(np.pi / np.sqrt(3.0))
_GUMBEL_STD = float(np.pi / np.sqrt(6.0))


def fit_model(facts: Facts, catalog: Catalog, seed: int) -> Model:
    """The model of a wave: deterministic by facts, catalog and seed."""
    country = country_of_rows(facts, REFERENCE_PERSONS)
    lives = make_lives(facts, catalog, country, seed, "reference")
    raw = draw_traits(facts, country, lives, seed, "reference")
    mean, std = raw.factors.mean(axis=0), raw.factors.std(axis=0)
    model = Model(
        factor_names=tuple(facts.factors),
        country_codes=tuple(entry.code for entry in facts.countries),
        factor_mean=mean,
        factor_std=np.maximum(std, np.float32(1e-3)),
        acquiescence=facts.tuning.acquiescence,
        extremeness=facts.tuning.extremeness,
        items={},
        limits=_limits(facts, catalog),
        second_choices={
            second: first for second, first in facts.second_choices.items() if {first, second} <= set(catalog.items)
        },
    )
    people = unit_scale(model, raw)
    items = {item.id: _fit_item(model, item, facts, people, seed) for item in catalog.items.values()}
    model = replace(model, items=items)
    for limit in model.limits:
        model = _fit_limit(model, limit, people)
    return model


def unit_scale(model: Model, raw: Traits) -> Traits:
    """The same traits with factor scores on the model's unit scale."""
    return replace(raw, factors=(raw.factors - model.factor_mean) / model.factor_std)


def _limits(facts: Facts, catalog: Catalog) -> tuple[PickLimit, ...]:
    found = []
    for group in facts.pick_at_most:
        members = tuple(
            item.id
            for item in catalog.items.values()
            if item.battery == group.battery and len(item.codes) == 2 and group.picked in item.codes
        )
        if members:
            found.append(PickLimit(members, group.picked, group.most))
    return tuple(found)


def scale_codes(item: Item, off: Mapping[int, float]) -> tuple[bool, tuple[int, ...], tuple[int, ...]]:
    """Whether an item is graded, the codes of its scale in order, and those off it that are in use."""
    graded = item.measurement != "nominal"
    if graded and item.direction is not None:
        codes = item.direction.low_to_high
    else:
        codes = tuple(code for code in item.codes if code not in item.uncovered)
    unused = set(item.codes) - set(codes)
    return graded, tuple(codes), tuple(code for code in item.codes if code in unused and off.get(code, 0) > 0)


def _fit_item(model: Model, item: Item, facts: Facts, people: Traits, seed: int) -> ItemModel:
    tuning = facts.tuning
    rng = generator(seed, "item", item.id)
    off = facts.off_scale.get(item.id, {})
    graded, codes, off_codes = scale_codes(item, off)
    explained = float(np.clip(tuning.shared_variance * np.exp(rng.normal(0, 0.2)), 0.0, 0.9))
    between = tuning.item_country_variance
    noise_variance = max(1.0 - explained - between, 0.02)
    rows = _loadings(model, facts.load_of(item.id, item.battery), codes, graded, tuning.cross_loading, rng)
    spread = (people.factors @ rows.T).std(axis=0)
    # A utility's noise has a size of its own, so that the rest is measured against it.
    unit = 1.0 if graded else _GUMBEL_STD / np.sqrt(noise_variance)
    size = np.sqrt(explained) * unit / max(float(np.sqrt((spread**2).mean())), 1e-6)
    lean = rng.normal(0, np.sqrt(between) * unit, (len(facts.countries), len(rows)))
    off_lean = np.exp(rng.normal(0, 0.4, (len(facts.countries), len(off_codes))))
    off_shares = np.minimum(np.array([off[code] / 100 for code in off_codes]) * off_lean, 0.4)
    draft = ItemModel(
        item_id=item.id,
        listed=tuple(item.codes),
        codes=codes,
        graded=graded,
        loadings=(rows[0] * size if graded else rows * size).astype(np.float32),
        country=(lean[:, 0] if graded else lean).astype(np.float32),
        cuts=np.zeros(len(codes) - 1 if graded else len(codes), dtype=np.float32),
        noise=float(np.sqrt(noise_variance)) / _LOGISTIC_STD,
        off_codes=off_codes,
        off_shares=off_shares.astype(np.float32),
    )
    score = latent(model, draft, people)
    if graded:
        shares = graded_shares(item, len(codes), facts, seed)
        return replace(draft, cuts=_fit_cuts(model, score, people, draft.noise, np.cumsum(shares)[:-1]))
    return replace(draft, cuts=_fit_utilities(score, choice_shares(item, len(codes), facts, seed)))


def _loadings(
    model: Model,
    load: Mapping[Any, Any],
    codes: tuple[int, ...],
    graded: bool,
    cross: float,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Loadings before scaling, (1, k) for a graded item, (codes, k) for another."""
    names = list(model.factor_names)
    rows = rng.normal(0, cross, (1 if graded else len(codes), len(names)))
    by_code = {int(code): part for code, part in load.items() if isinstance(part, Mapping)}
    whole = {name: weight for name, weight in load.items() if not isinstance(weight, Mapping)}
    for index in range(len(rows)):
        named: Mapping[str, float] = whole if graded or not by_code else by_code.get(codes[index], {})
        for name, weight in named.items():
            if name in names:
                # Without an order to go by, a leaning of a whole item pulls each of its codes another way.
                pull = weight if graded or by_code else weight * rng.normal()
                rows[index, names.index(name)] += pull * np.exp(rng.normal(0, 0.15))
    return rows


def _fit_cuts(
    model: Model, score: NDArray[np.float32], people: Traits, noise: float, below: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Cuts under which the wanted shares of answers lie, by bisection over every fourth reference person.

    The middle cut comes first: extreme and moderate answerers grade by the distance from it.
    """
    points = score[::4].astype(np.float64)
    shrink = np.exp(-model.extremeness * people.extremeness[::4].astype(np.float64))
    middle = _bisect(lambda cut: cut, points, noise, below[[len(below) // 2]])
    cuts = middle + _bisect(lambda gap: middle + gap * shrink, points, noise, below)
    return np.asarray(np.maximum.accumulate(cuts), dtype=np.float32)


def _bisect(place: Callable[[Doubles], Doubles], points: Doubles, noise: float, below: Doubles) -> Doubles:
    """Where shares `below` of answers lie under `place` of the result, shape as `below`."""
    low, high = np.full(len(below), -30.0), np.full(len(below), 30.0)
    for _ in range(24):
        half = (low + high) / 2
        distance = (place(half[:, None]) - points) / noise
        share = (1 / (1 + np.exp(-np.clip(distance, -60, 60)))).mean(axis=1)
        low, high = np.where(share < below, half, low), np.where(share < below, high, half)
    return np.asarray((low + high) / 2, dtype=np.float64)


def _fit_utilities(score: NDArray[np.float32], shares: NDArray[np.float64]) -> NDArray[np.float32]:
    """Average utilities that give the wanted shares over the reference persons."""
    average = np.log(shares).astype(np.float32)
    for _ in range(15):
        average += np.log(shares / np.maximum(softmax(score + average).mean(axis=0), 1e-6)).astype(np.float32)
    return np.asarray(average, dtype=np.float32)


def _fit_limit(model: Model, limit: PickLimit, people: Traits) -> Model:
    """Raise the items' chances so that the shares come out as wanted although picks are limited."""
    items = dict(model.items)
    wanted = pick_chances(model, limit, people).mean(axis=0)
    for _ in range(12):
        found = pick_probabilities(pick_chances(replace(model, items=items), limit, people), limit.most).mean(axis=0)
        step = np.log(wanted / (1 - wanted)) - np.log(found / (1 - found))
        for name, move in zip(limit.items, np.clip(step, -1.5, 1.5), strict=True):
            up = -1.0 if items[name].codes[-1] == limit.picked else 1.0
            shifted = items[name].cuts + np.float32(up * move * items[name].noise)
            items[name] = replace(items[name], cuts=shifted)
    return replace(model, items=items)
