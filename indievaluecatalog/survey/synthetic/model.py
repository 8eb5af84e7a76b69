"""The model that answers: from traits to the probability of each code of each item.

Graded items are ordered by the item's direction: a latent score (loadings times traits, the country's own lean,
acquiescence) plus logistic noise falls between cuts. Other items are multinomial: each code has a utility of
that kind. Items of which only so many may be picked are drawn together, given that the limit holds; a second
choice is the first one's draw with the first choice taken out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.survey.synthetic.limits import pick_probabilities
from indievaluecatalog.survey.synthetic.traits import Traits

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class ItemModel:
    """How one item is answered, for c countries, k factors and m codes on its scale.

    Attributes:
        listed: every substantive code of the item, in catalog order.
        codes: the m codes on the scale; for a graded item from least to most of its attribute.
        graded: whether the codes are ordered.
        loadings: (k,) for a graded item, else (m, k).
        country: (c,) for a graded item, else (c, m): lean of a country beyond the traits.
        cuts: (m - 1,) cuts of the latent score, else (m,) utilities of an average person.
        noise: scale of the logistic noise of a graded item.
        off_codes, off_shares: codes off the scale, and their share of answers in each country, (c, off codes).
    """

    item_id: str
    listed: tuple[int, ...]
    codes: tuple[int, ...]
    graded: bool
    loadings: Floats
    country: Floats
    cuts: Floats
    noise: float
    off_codes: tuple[int, ...]
    off_shares: Floats


@dataclass(frozen=True, slots=True)
class PickLimit:
    """Items of which at most `most` may be picked; `picked` is the code of a pick."""

    items: tuple[str, ...]
    picked: int
    most: int


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """All items' models, and what turns raw factor scores into the unit scale of `Traits`."""

    factor_names: tuple[str, ...]
    country_codes: tuple[int, ...]
    factor_mean: Floats
    factor_std: Floats
    acquiescence: float
    extremeness: float
    items: Mapping[str, ItemModel]
    limits: tuple[PickLimit, ...]
    second_choices: Mapping[str, str]

    def limit_of(self, item_id: str) -> PickLimit | None:
        """The group of limited picks that an item belongs to, if any."""
        return next((limit for limit in self.limits if item_id in limit.items), None)


def latent(model: Model, item: ItemModel, traits: Traits) -> Floats:
    """Latent score (n,) of a graded item, or utilities (n, m) of another, before noise."""
    score: Floats = traits.factors @ item.loadings.T + item.country[traits.country]
    if item.graded:
        score += np.float32(model.acquiescence) * traits.acquiescence
    else:
        score += item.cuts
    return score


def stretched(model: Model, item: ItemModel, traits: Traits, score: Floats) -> Floats:
    """The score as an extreme or a moderate answerer grades it: farther from the middle cut, or nearer to it."""
    middle = item.cuts[len(item.cuts) // 2]
    stretch = np.exp(np.float32(model.extremeness) * traits.extremeness)
    result: Floats = (score - middle) * stretch + middle
    return result


def softmax(utilities: Floats) -> Floats:
    """Shares in proportion to the exponentials of each row's utilities, shape as given."""
    weights = np.exp(utilities - utilities.max(axis=1, keepdims=True))
    shares: Floats = weights / weights.sum(axis=1, keepdims=True)
    return shares


def _graded(model: Model, item: ItemModel, traits: Traits) -> Floats:
    middle = item.cuts[len(item.cuts) // 2]
    stretch = np.exp(-np.float32(model.extremeness) * traits.extremeness)[:, None]
    distance = middle + (item.cuts - middle) * stretch - latent(model, item, traits)[:, None]
    below = 1.0 / (1.0 + np.exp(np.clip(-distance / np.float32(item.noise), -60, 60)))
    edges = np.concatenate([np.zeros((len(below), 1)), below, np.ones((len(below), 1))], axis=1)
    return np.diff(edges, axis=1).astype(np.float32)


def pick_chances(model: Model, limit: PickLimit, traits: Traits) -> Floats:
    """Chance (n, items) that a person would pick each item of a group if there were no limit."""
    chances = [
        _graded(model, model.items[name], traits)[:, model.items[name].codes.index(limit.picked)]
        for name in limit.items
    ]
    return np.stack(chances, axis=1)


def probabilities(model: Model, traits: Traits, item_id: str) -> Floats:
    """True probability of each code, given that the question is answered, shape (n, codes of the item).

    Columns follow `model.items[item_id].listed`, which is the catalog's order of codes.

    Raises:
        KeyError: the model has no such item.
    """
    item = model.items[item_id]
    limit = model.limit_of(item_id)
    if limit is not None:
        picked = pick_probabilities(pick_chances(model, limit, traits), limit.most)[:, limit.items.index(item_id)]
        first = item.codes[0] == limit.picked
        on_scale = np.stack([picked, 1 - picked] if first else [1 - picked, picked], axis=1)
    elif item_id in model.second_choices:
        first_item = model.items[model.second_choices[item_id]]
        shares = softmax(latent(model, first_item, traits)).astype(np.float64)
        rest = shares / np.maximum(1.0 - shares, 1e-9)
        on_scale = shares * (rest.sum(axis=1, keepdims=True) - rest)
        on_scale /= on_scale.sum(axis=1, keepdims=True)
    elif item.graded:
        on_scale = _graded(model, item, traits)
    else:
        on_scale = softmax(latent(model, item, traits))
    off = item.off_shares[traits.country]
    result = np.zeros((len(traits), len(item.listed)), dtype=np.float32)
    result[:, [item.listed.index(code) for code in item.codes]] = on_scale * (1 - off.sum(axis=1, keepdims=True))
    if item.off_codes:
        result[:, [item.listed.index(code) for code in item.off_codes]] = off
    return result
