"""Draws of answers from the model, item by item."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from indievaluecatalog.survey.synthetic.draws import choose_rows, generator
from indievaluecatalog.survey.synthetic.limits import draw_picks
from indievaluecatalog.survey.synthetic.model import (
    ItemModel,
    Model,
    PickLimit,
    latent,
    pick_chances,
    softmax,
    stretched,
)
from indievaluecatalog.survey.synthetic.traits import Traits

Codes = NDArray[np.int8]


def draw_item(model: Model, item: ItemModel, traits: Traits, seed: int, first_choice: Codes | None = None) -> Codes:
    """One substantive code a person, shape (n,). `first_choice`: what a second choice may not repeat."""
    rng = generator(seed, "answer", item.item_id)
    codes = np.array(item.codes, dtype=np.int8)
    if first_choice is not None:
        first_item = model.items[model.second_choices[item.item_id]]
        weights = softmax(latent(model, first_item, traits))
        first_codes = np.array(first_item.codes, dtype=np.int8)
        weights[first_codes[None, :] == first_choice[:, None]] = 0.0
        answers = first_codes[choose_rows(rng, weights)]
    elif item.graded:
        chance = np.clip(rng.random(len(traits), dtype=np.float32), 1e-7, 1 - 1e-7)
        noise = np.float32(item.noise) * np.log(chance / (1 - chance))
        score = stretched(model, item, traits, latent(model, item, traits) + noise)
        answers = codes[np.searchsorted(item.cuts, score)]
    else:
        answers = codes[choose_rows(rng, softmax(latent(model, item, traits)))]
    if item.off_codes:
        edges = np.cumsum(item.off_shares, axis=1)[traits.country]
        draw = rng.random(len(traits))[:, None]
        which = (edges <= draw).sum(axis=1)
        off = np.array([*item.off_codes, 0], dtype=np.int8)
        answers = np.where(which < len(item.off_codes), off[which], answers).astype(np.int8)
    return answers


def draw_limited(model: Model, limit: PickLimit, traits: Traits, seed: int) -> dict[str, Codes]:
    """Codes of all items of a group of limited picks, each shape (n,)."""
    rng = generator(seed, "answer", *limit.items)
    picks = draw_picks(pick_chances(model, limit, traits), limit.most, rng)
    found = {}
    for index, name in enumerate(limit.items):
        other = next(code for code in model.items[name].codes if code != limit.picked)
        found[name] = np.where(picks[:, index], limit.picked, other).astype(np.int8)
    return found
